"""The doctor: asks everything the system stands on whether it is well."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import DatabaseError, connection

from .assemble import require_ready
from .audit.models import Entry
from .channels import open_channel
from .channels.base import ChannelError, Surroundings
from .channels.guards import is_same
from .context import Context
from .database import require_sound
from .delivery.roster import session_store
from .errors import DistributorError
from .newsletter.smtp import Mailer, MailServer


@dataclass(frozen=True, slots=True)
class Check:
    """One question and its answer."""

    what: str
    ok: bool
    words: str


def examine(context: Context) -> Iterator[Check]:
    """All checks, one after the other; none of them changes anything or sends anything."""
    yield Check("configuration", True, "it can be read, and every key is known")
    yield _database()
    yield _clock(context)
    for name in context.configuration.sources:
        yield _source(context, name)
    for name in context.configuration.channels:
        yield _channel(context, name)
    if context.configuration.lists:
        yield _mail(context)


def _database() -> Check:
    try:
        require_ready()
        require_sound()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return Check("database", True, f"{connection.display_name} answers and is up to date")
    except (DistributorError, DatabaseError) as error:
        return Check("database", False, str(error))


def _clock(context: Context) -> Check:
    """The clock must not stand before what was already recorded."""
    last = Entry.objects.order_by("-sequence").first()
    now = context.now()
    if last and dt.datetime.fromisoformat(last.at) > now + dt.timedelta(minutes=1):
        return Check(
            "clock", False, f"it says {now:%Y-%m-%d %H:%M} UTC, which is before the last act "
            f"on record ({last.at}). Set the machine's clock."
        )  # fmt: skip
    return Check("clock", True, f"it says {now:%Y-%m-%d %H:%M} UTC")


def _source(context: Context, name: str) -> Check:
    path = Path(context.configuration.sources[name].path)
    what = f"source {name}"
    if not path.exists():
        return Check(what, True, f"{path} will be made when the system runs")
    if not path.is_dir():
        return Check(what, False, f"sources.{name}.path: {path} is not a folder.")
    return Check(what, True, f"{path} is watched")


def _channel(context: Context, name: str) -> Check:
    table = context.configuration.channels[name]
    what = f"channel {name}"
    session = session_store(context.configuration.directory, context.vault, name)
    try:
        channel = open_channel(name, table, Surroundings(session))
        try:
            account = channel.who_am_i()
            expected = getattr(table, "account", None) or getattr(table, "handle", None)
            if expected and not is_same(expected, account.handle):
                return Check(
                    what, False, f"the credentials belong to @{account.handle}, not to @{expected}"
                )
            return Check(what, True, f"speaks as @{account.handle} ({account.url})")
        finally:
            channel.close()
    except (DistributorError, ChannelError) as error:
        return Check(what, False, str(error))


def _mail(context: Context) -> Check:
    mailer = Mailer(MailServer.from_configuration(context.configuration.mail))
    try:
        return Check("mail", True, mailer.check())
    except (DistributorError, ChannelError) as error:
        return Check("mail", False, str(error))
    finally:
        mailer.close()
