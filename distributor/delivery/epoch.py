"""Recognising a restored database before it sends again what it does not know of.

A number grows with everything that is about to leave. It is kept in the database
and in a file of the data directory, which no backup of the database brings back:
a database whose number is behind the file's is a copy of an earlier moment.
"""

from __future__ import annotations

import threading
from pathlib import Path

import structlog
from django.db import connection

from ..audit.chain import record
from ..context import Context
from ..errors import BadConfiguration
from . import doubts, switch
from .models import Epoch

_log = structlog.get_logger()

FILE = "epoch"
WHY = "this database is older than the last one used here"
_ACTOR = "distributor"
_ROW = 1
_ADVANCE = """
    INSERT INTO delivery_epoch (id, number) VALUES (%s, 1)
    ON CONFLICT (id) DO UPDATE SET number = delivery_epoch.number + 1 RETURNING number
"""
_writing = threading.Lock()


def advance() -> int:
    """The next number; part of the transaction that commits an intent."""
    with connection.cursor() as cursor:
        cursor.execute(_ADVANCE, [_ROW])
        return int(cursor.fetchone()[0])


def note(directory: Path, number: int) -> None:
    """Keep a committed number in the file; before the request it stands for.

    Raises BadConfiguration when it cannot be written: the request must not leave.
    """
    path = directory / FILE
    try:
        with _writing:
            if number > (_read(directory) or 0):
                fresh = path.with_suffix(".new")
                fresh.write_text(f"{number}\n", encoding="ascii")
                fresh.replace(path)
    except OSError as error:
        raise BadConfiguration(
            f"{path} cannot be written ({error.strerror}). Make room on the disk, or check who "
            "owns the folder; it is tried again."
        ) from None


def enter(context: Context) -> int:
    """Begin to work on this database; part of the transaction at the start of a process.

    An older copy halts everything, and puts all that it has unfinished in doubt.
    Gives the number to be noted after the commit. Raises BadConfiguration when the
    file is damaged.
    """
    known = _read(context.configuration.directory)
    number = advance()
    if not _is_behind(number - 1, known):
        return number
    now = context.now()
    doubts.doubt_all(now)
    switch.turn_on(context.configuration.directory, by=_ACTOR, why=WHY, now=now)
    record(_ACTOR, "halt", "everything", {"why": WHY}, now)
    _log.warning("everything is halted", why=WHY)
    following = max(number, known or 0) + 1
    Epoch.objects.filter(pk=_ROW).update(number=following)
    return following


def _is_behind(number: int, known: int | None) -> bool:
    if known is not None:
        return number < known
    # A machine that joins others brings no file; an SQLite file always had one beside it.
    return number > 0 and connection.vendor == "sqlite"


def _read(directory: Path) -> int | None:
    try:
        return int((directory / FILE).read_text(encoding="ascii"))
    except FileNotFoundError:
        return None
    except ValueError:
        raise BadConfiguration(
            f"{directory / FILE} is damaged, so nobody can tell whether the database is a "
            "restored one. Delete that file, and start again."
        ) from None
