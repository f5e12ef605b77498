"""Django's registration of this room."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """The tables of this room."""

    name = "distributor.delivery"
    label = "delivery"
