"""Waiting for work without polling the queue: the database says when something was committed.

SQLite counts the commits of other connections (PRAGMA data_version, a read of
shared memory); PostgreSQL notifies. Either way a commit by another process
wakes us as one of our own threads does.
"""

from __future__ import annotations

import threading
import time
from typing import Any, Protocol

from django.db import connection

_LOOK = 0.01  # seconds between looks at SQLite's counter
_TICK = 1.0
CHANNEL = "distributor_jobs"


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

    def _read(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            return int(cursor.fetchone()[0])


class ListenWaker:
    """PostgreSQL: listens on a connection of its own; a lost one is opened anew."""

    def __init__(self, nudged: threading.Event) -> None:
        self._nudged = nudged
        self._connection: Any = None

    def wait(self, seconds: float) -> None:
        """See Waker."""
        import psycopg  # only where PostgreSQL is the database

        try:
            if self._connection is None:
                parameters = connection.get_connection_params()
                for option in ("cursor_factory", "context", "prepare_threshold"):
                    parameters.pop(option, None)
                self._connection = psycopg.connect(**parameters, autocommit=True)
                self._connection.execute(f"LISTEN {CHANNEL}")
                return  # what was committed meanwhile was not announced to us
            # A nudge cannot interrupt this, so it lasts no longer than a tick.
            for _ in self._connection.notifies(timeout=min(seconds, _TICK), stop_after=1):
                return
        except psycopg.Error:
            self.close()
            self._nudged.wait(_TICK)

    def close(self) -> None:
        """See Waker."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def announce() -> None:
    """Tell listeners that a job was opened; delivered when the transaction commits."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")
