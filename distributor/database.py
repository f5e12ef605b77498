"""Which database, how it is spoken to, and whether it is ready.

The only file that knows the differences between SQLite and PostgreSQL besides
the claim in `delivery.queue`, the wake-up in `delivery.wake` and `database_copy`.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.db import Error, connection, models

from .context import utc_now
from .errors import BadConfiguration

# WAL: readers never wait for the writer. FULL: a commit survives a power cut,
# without which a "sent" mark could vanish and a post go out twice.
# secure_delete: what is erased is overwritten in the file, not only unlinked.
_SQLITE_START = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000; "
    "PRAGMA secure_delete=ON;"
)


# No transaction of ours waits for anything: one that does belongs to a process that stands
# still, or to a machine that is gone, and must not keep its locks from the others.
_POSTGRESQL_START = "-c idle_in_transaction_session_timeout=10s"


def connection_settings(url: str) -> dict[str, Any]:
    """Django's DATABASES entry for an address as the configuration writes it.

    `sqlite:///var/x.sqlite3` is relative to the working directory,
    `sqlite:////srv/x.sqlite3` absolute (the convention of SQLAlchemy).
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = unquote(parts.path.removeprefix("/"))
        if not path:
            raise BadConfiguration(
                "storage.database: the address names no file. "
                'Write "sqlite:///var/distributor.sqlite3".'
            )
        return {
            "ENGINE": "distributor.sqlite",
            "NAME": str(Path(path)),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": _SQLITE_START,
            },
        }
    try:
        port = parts.port
    except ValueError:
        raise BadConfiguration("storage.database: the port is not a number.") from None
    name = unquote(parts.path.removeprefix("/"))
    if not name:
        raise BadConfiguration(
            'storage.database: the address names no database. Write "postgresql://user@host/name".'
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(port or ""),
        "OPTIONS": {"options": _POSTGRESQL_START} | dict(parse_qsl(parts.query)),
        "CONN_MAX_AGE": None,  # kept, and asked before each use whether it is still alive
        "CONN_HEALTH_CHECKS": True,
    }


_REMEASURE = 10.0  # seconds


class ServerClock:
    """The time of the PostgreSQL server, the same for all machines that share it.

    Asked for now and then; in between a counter of this machine goes on, which
    neither a wrong clock nor a change of the clock touches. Where an event loop runs, as in
    the mailer's thread, nothing is asked: no database may be spoken to there.
    """

    def __init__(self, ask: Callable[[], dt.datetime], counter: Callable[[], float]) -> None:
        self._ask = ask
        self._counter = counter
        self._lock = threading.Lock()
        self._at: tuple[dt.datetime, float] | None = None

    def now(self) -> dt.datetime:
        """The present moment. Raises DatabaseError when the server must be asked and is away."""
        with self._lock:
            at = self._at
        if at is None or (self._counter() - at[1] > _REMEASURE and not _in_event_loop()):
            before = self._counter()  # an answer that took long must not set the clock ahead
            at = (self._ask(), before)
            with self._lock:
                self._at = at
        return at[0] + dt.timedelta(seconds=self._counter() - at[1])


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def ask_server_time() -> dt.datetime:
    """What the clock of the PostgreSQL server says at this moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: dt.datetime = cursor.fetchone()[0]
    return moment.astimezone(dt.UTC)


def open_clock() -> Callable[[], dt.datetime]:
    """The clock by which everything due is compared: the server's, or this machine's alone."""
    if connection.vendor == "postgresql":
        return ServerClock(ask_server_time, time.monotonic).now
    return utc_now


_DAMAGED = (
    "The database's file is damaged; nothing is sent from it. Put the newest copy in its place, "
    "and delete the files that end in -wal and -shm beside it first."
)


def require_sound(*tables: str) -> None:
    """Raises BadConfiguration when these tables (none named: all) of an SQLite file are damaged.

    A copy that is put back beside the log of another state becomes a mixture of both, which
    may have forgotten what was sent.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for what in tables or ("1",):  # the most faults that are told
            cursor.execute(f"PRAGMA integrity_check({what})")
            if cursor.fetchone() != ("ok",):
                raise BadConfiguration(_DAMAGED)


_NOT_SET_UP = ("no such table", "no such column", "has no column", "does not exist")


def explain(error: Error) -> str:
    """What the database refused, in a sentence for a person that says what to do."""
    words = " ".join(str(error).split())
    lower = words.lower()
    if "database was moved" in lower:  # the words of a trigger; see `database_copy`
        return words
    if any(missing in lower for missing in _NOT_SET_UP):
        return "The database is not set up for this program yet. Run `distributor init`."
    if "locked" in lower:
        return "The database is busy with another process. Try again in a moment."
    if "readonly" in lower or "read-only" in lower:
        return "The database cannot be written to. Check who owns its file and folder."
    if "full" in lower:
        return "The disk is full. Make room; nothing was lost."
    if "disk i/o error" in lower:
        return (
            "The disk does not take what is written: it is full, a limit is reached, or it is "
            "damaged. Make room, or look at the system's log; nothing was lost."
        )
    if "not a database" in lower:
        return (
            "storage.database: the file is not a database. Check the address; if it is right, "
            "the file is damaged, and the newest copy belongs in its place."
        )
    if "malformed" in lower:
        return _DAMAGED
    if "unable to open" in lower:
        return (
            "storage.database: the file cannot be opened. "
            "Check who owns its folder, or run `distributor init` to make both."
        )
    return (
        f"storage.database cannot be used: {words.rstrip('.')}. "
        "Check the address, and that the database runs."
    )


def insert_new(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert many rows as they are; a row that a unique column holds already is passed over.

    Three times as fast as `bulk_create`, which prepares each value through its field.
    """
    quote = connection.ops.quote_name
    names = ", ".join(map(quote, columns))
    marks = ", ".join(["%s"] * len(columns))
    table = quote(model._meta.db_table)
    statement = f"INSERT INTO {table} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING"
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(rows))


def stored(moment: dt.datetime) -> Any:
    """A moment in the form that a column of the database in use takes."""
    return connection.ops.adapt_datetimefield_value(moment)


def one_at_a_time(what: str) -> None:
    """Let no other transaction pass here for the same thing until this one has ended.

    On SQLite each writing transaction (IMMEDIATE) is alone anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [what])


def forget_deleted() -> None:
    """Empty SQLite's write-ahead log, which still holds what was just deleted.

    On PostgreSQL the server does so by itself (autovacuum, recycling of its log).
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
