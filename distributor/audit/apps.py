"""Django's registration of this room."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The tables of this room."""

    name = "distributor.audit"
    label = "audit"
