"""Django's registration of this room."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """The tables of this room."""

    name = "distributor.approvals"
    label = "approvals"
