"""The database of all schedules: SQLite in memory, put back to its start before each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import connections
from django.db.backends.sqlite3.base import DatabaseWrapper

Hook = Callable[[bool, str], None]


def no_hook(may_wait: bool, sql: str) -> None:
    """Nothing goes wrong."""


class Store:
    """The open database. `hook` is told of each statement, and whether others may act before it."""

    def __init__(self, wrapper: DatabaseWrapper) -> None:
        self.hook: Hook = no_hook
        self._wrapper = wrapper

    def copy(self) -> bytes:
        """What is in it now."""
        content: bytes = self._wrapper.connection.serialize()
        return content

    def put_back(self, content: bytes) -> None:
        """Let it hold what it held when this copy was made."""
        self._wrapper.connection.deserialize(content)

    def read(self, sql: str, *values: object) -> list[Any]:
        """Rows as SQLite has them: what checks the program does not go through it."""
        rows: list[Any] = self._wrapper.connection.execute(sql, values).fetchall()
        return rows

    def next_due(self) -> dt.datetime | None:
        """When the next open or leased job comes due."""
        ((due,),) = self.read("SELECT min(due) FROM delivery_job")
        return dt.datetime.fromisoformat(due).replace(tzinfo=dt.UTC) if due else None

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._wrapper.in_atomic_block

    def watch(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Django calls this in the place of each statement."""
        self.hook(not self._wrapper.in_atomic_block or sql.startswith("BEGIN"), sql)
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
