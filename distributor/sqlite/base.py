"""Django's SQLite backend; only the turns of the writers are ours.

SQLite lets one writer in at a time. Who waits for the file's lock sleeps longer
and longer between two looks (up to 100 ms, `sqliteDefaultBusyCallback` in SQLite's
main.c), so the threads of one process would lose tens of milliseconds to each
other. Here they queue for a lock of the process first and are woken at once.
"""

from __future__ import annotations

import threading

from django.db import OperationalError
from django.db.backends.sqlite3 import base

_TURN = threading.Lock()


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions begin when it is the thread's turn."""

    _has_turn = False

    def _start_transaction_under_autocommit(self) -> None:
        if not _TURN.acquire(timeout=self.settings_dict["OPTIONS"]["timeout"]):
            raise OperationalError("database is locked by another thread")
        self._has_turn = True
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._end_turn()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._end_turn()  # after a failed commit Django rolls back

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _end_turn(self) -> None:
        if self._has_turn:
            self._has_turn = False
            _TURN.release()
