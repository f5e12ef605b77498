"""Django's registration of this room."""

from django.apps import AppConfig


class NewsletterConfig(AppConfig):
    """The tables of this room."""

    name = "distributor.newsletter"
    label = "newsletter"
