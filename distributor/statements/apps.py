"""Django's registration of this room."""

from django.apps import AppConfig


class StatementsConfig(AppConfig):
    """The tables of this room."""

    name = "distributor.statements"
    label = "statements"
