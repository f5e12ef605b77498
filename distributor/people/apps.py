"""Django's registration of this room."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Persons of the team."""

    name = "distributor.people"
    label = "people"
