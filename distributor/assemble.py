"""Putting the parts together: from a configuration file to something that runs."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

import django
from django.apps import apps
from django.db import DatabaseError, connection, connections, transaction

from . import config, vault
from .config import Configuration, require_secret
from .context import Context
from .database import explain, open_clock, require_sound
from .errors import BadConfiguration, BadState
from .instance import only_one

if TYPE_CHECKING:
    from .delivery.models import Moved


def set_up() -> None:
    """Make Django ready for the configuration in use. Raises BadConfiguration."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "distributor.settings")
    django.setup()


@functools.cache
def context() -> Context:
    """The context of this process. Raises BadConfiguration when `init` was not run."""
    from django.conf import settings

    configuration: Configuration = settings.CONFIGURATION
    return Context(
        configuration,
        vault.load(configuration.directory),
        settings.TEMPLATES_FOLDER,
        now=open_clock(),
    )


def initialise(configuration: Configuration) -> None:
    """Data directory, keys and database; what is there already is kept."""
    from django.core.management import call_command

    directory = configuration.directory
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        vault.create(directory)
        if connection.vendor == "sqlite":
            database = str(connection.settings_dict["NAME"])
            parent = os.path.dirname(database)
            if parent:
                os.makedirs(parent, mode=0o700, exist_ok=True)
    except OSError as error:
        raise BadConfiguration(
            f"storage.directory: {directory} cannot be set up ({error.strerror})."
        ) from None
    with plain_database_errors():
        call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def plain_database_errors() -> Iterator[None]:
    """Turn what the database refuses into one sentence for a person."""
    try:
        yield
    except DatabaseError as error:
        raise BadConfiguration(explain(error)) from None


def require_ready() -> None:
    """Check that the database is there and at this program's state. Raises BadConfiguration."""
    from django.db.migrations.executor import MigrationExecutor

    with plain_database_errors():
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise BadConfiguration(
                "The database belongs to an older state of this program. "
                "Run `distributor init` to bring it up to date; nothing is lost."
            )


def moved_to() -> Moved | None:
    """Where an SQLite database was moved by `distributor database copy`, or None."""
    from .delivery.models import Moved

    if connection.vendor != "sqlite":
        return None
    try:
        return Moved.objects.first()
    except DatabaseError:  # what needs the database will say what is wrong with it
        return None


def require_not_moved() -> None:
    """Check that this database is still the one in use. Raises BadState."""
    if moved := moved_to():
        raise BadState(moved.sentence)


def require_secrets(configuration: Configuration) -> None:
    """Check that every secret a configured channel needs is there. Raises BadConfiguration."""
    needed = {
        config.XChannel: (
            "consumer_key", "consumer_secret", "access_token", "access_token_secret",
        ),
        config.BlueskyChannel: ("app_password",),
        config.MastodonChannel: ("access_token",),
    }  # fmt: skip
    for name, table in configuration.channels.items():
        for secret in needed[type(table)]:
            require_secret(table, secret, f"channels.{name}")
    if configuration.lists:
        for secret in ("username", "password"):
            config.optional_secret(configuration.mail, secret, "mail")


def _ledger() -> list[str]:
    """The tables that say what was sent; those of people are large and decide nothing."""
    return [model._meta.db_table for model in apps.get_app_config("delivery").get_models()]


@contextmanager
def working(context: Context, *, one_of_many: bool = False) -> Iterator[None]:
    """Be a process that works on the queue, alone on this data directory.

    Being alone, with SQLite it may release at once the leases a killed process left
    behind. With PostgreSQL it may be `one_of_many`: then leases alone keep them apart.
    """
    require_secrets(context.configuration)
    shared = one_of_many and connection.vendor == "postgresql"
    with nullcontext() if shared else only_one(context.configuration.directory):
        require_not_moved()  # it may have been while this process started
        with plain_database_errors():
            require_sound(*_ledger())
        take_over(context, alone=connection.vendor == "sqlite")
        try:
            yield
        finally:
            connections.close_all()


def take_over(context: Context, *, alone: bool) -> None:
    """What a process does before it works on the queue; `alone` it frees all leases."""
    from .delivery import dispatch, epoch, queue
    from .delivery.models import Delivery, State
    from .newsletter.models import Campaign, CampaignState

    with transaction.atomic():
        if alone:
            queue.release_all(context.now())
        number = epoch.enter(context)
        # What was held or paused may have been put right meanwhile.
        for delivery in Delivery.objects.filter(state=State.HELD):
            queue.enqueue(dispatch.THREAD, delivery.pk, context.now(), lane=delivery.channel)
        for campaign in Campaign.objects.filter(state=CampaignState.PAUSED):
            queue.enqueue(dispatch.MAIL, campaign.pk, context.now())
    epoch.note(context.configuration.directory, number)
