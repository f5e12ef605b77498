"""Waiting for work without polling the queue: the database says when something was committed.

SQLite counts the commits of other connections (PRAGMA data_version, a read of
shared memory); PostgreSQL notifies. Either way a commit by another process
wakes us; what this process opens on SQLite wakes its own workers at once.
"""

from __future__ import annotations

import threading
import time
import weakref
from typing import Any, Protocol

from django.db import connection, transaction

_LOOK = 0.005  # seconds between looks at SQLite's counter
_AWAY = 0.5  # seconds between tries to reach a PostgreSQL that is away
CHANNEL = "distributor_jobs"
_resting: weakref.WeakSet[threading.Event] = weakref.WeakSet()  # of this process's workers


class Waker(Protocol):
    """Waits in the thread that made it."""

    def wait(self, seconds: float) -> None:
        """Return when something was committed, when nudged, or after so many seconds."""
        ...

    def close(self) -> None:
        """Release what was opened for waiting."""
        ...


def open_waker(nudged: threading.Event) -> Waker:
    """The waker that fits the database."""
    return ListenWaker(nudged) if connection.vendor == "postgresql" else CounterWaker(nudged)


class CounterWaker:
    """SQLite: looks at the commit counter of this thread's connection."""

    def __init__(self, nudged: threading.Event) -> None:
        self._nudged = nudged
        self._last = self._read()
        _resting.add(nudged)

    def wait(self, seconds: float) -> None:
        """See Waker."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self._nudged.wait(_LOOK):
            count = self._read()
            if count != self._last:
                self._last = count
                break
        self._nudged.clear()

    def close(self) -> None:
        """See Waker."""
        _resting.discard(self._nudged)

    def _read(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            return int(cursor.fetchone()[0])


class ListenWaker:
    """PostgreSQL: a thread listens on a connection of its own, and opens a lost one anew."""

    def __init__(self, nudged: threading.Event) -> None:
        self._nudged = nudged
        self._closed = threading.Event()
        self._parameters = connection.get_connection_params()
        for option in ("cursor_factory", "context", "prepare_threshold"):
            self._parameters.pop(option, None)  # of Django's connections, not of this one
        self._listener = threading.Thread(target=self._listen, name="listener", daemon=True)
        self._listener.start()

    def wait(self, seconds: float) -> None:
        """See Waker."""
        self._nudged.wait(seconds)
        self._nudged.clear()

    def close(self) -> None:
        """See Waker."""
        self._closed.set()
        self._listener.join()

    def _listen(self) -> None:
        import psycopg  # only where PostgreSQL is the database

        while not self._closed.is_set():
            try:
                with psycopg.connect(**self._parameters, autocommit=True) as listening:
                    listening.execute(f"LISTEN {CHANNEL}")
                    self._nudged.set()  # what was committed before was not announced to us
                    self._hear(listening)
            except psycopg.Error:
                self._closed.wait(_AWAY)  # until then the workers look once a second

    def _hear(self, listening: Any) -> None:
        while not self._closed.is_set():
            for _ in listening.notifies(timeout=_AWAY):
                self._nudged.set()


def announce() -> None:
    """Tell who waits that a job was opened, once the transaction commits."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")
    else:
        transaction.on_commit(_nudge)


def _nudge() -> None:
    for nudged in list(_resting):
        nudged.set()
