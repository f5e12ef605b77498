"""The database of all schedules: SQLite in memory, put back to its start before each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import connections
from django.db.backends.sqlite3.base import DatabaseWrapper

Hook = Callable[[bool], None]


class Store:
    """The open database. `hook` is called before each statement: may others act now?"""

    def __init__(self, wrapper: DatabaseWrapper) -> None:
        self.hook: Hook = lambda may_wait: None
        self._wrapper = wrapper
        self._start = b""

    def keep(self) -> None:
        """What is in it now is where every schedule starts."""
        self._start = self._wrapper.connection.serialize()

    def reset(self) -> None:
        """Back to the start."""
        self._wrapper.connection.deserialize(self._start)

    def next_due(self) -> dt.datetime | None:
        """When the next open or leased job comes due; asked too often to go by way of Django."""
        (due,) = self._wrapper.connection.execute("SELECT min(due) FROM delivery_job").fetchone()
        return dt.datetime.fromisoformat(due).replace(tzinfo=dt.UTC) if due else None

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._wrapper.in_atomic_block

    def watch(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Django calls this in the place of each statement."""
        self.hook(not self._wrapper.in_atomic_block or sql.startswith("BEGIN"))
        return execute(sql, params, many, context)


@contextmanager
def open_store() -> Iterator[Store]:
    """A database with the tables of the program, in the place of the configured one."""
    settings = dict(connections.settings["default"], NAME=":memory:")
    settings["OPTIONS"] = {"transaction_mode": "IMMEDIATE"}
    usual = connections["default"]
    wrapper = DatabaseWrapper(settings, "default")
    connections["default"] = wrapper
    store = Store(wrapper)
    try:
        call_command("migrate", verbosity=0, interactive=False)
        with wrapper.execute_wrapper(store.watch):
            yield store
    finally:
        connections["default"] = usual
        wrapper.connection.close()
