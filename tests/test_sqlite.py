"""Writers of one process take turns, however a transaction ends."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import OperationalError, connections, transaction

from distributor.sqlite.base import DatabaseWrapper

Connect = Callable[[], DatabaseWrapper]

# With the tests' usual transaction around it this thread would have its turn all the time.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def connect(tmp_path: Path) -> Connect:
    """Makes connections to one file, on which SQLite itself never waits."""
    usual = connections["default"].settings_dict
    options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA busy_timeout=0;",
        "check_same_thread": False,
    }
    settings = usual | {"NAME": str(tmp_path / "turns.sqlite3"), "OPTIONS": options}

    def made() -> DatabaseWrapper:
        wrapper = DatabaseWrapper(settings, "default")
        wrapper.inc_thread_sharing()
        return wrapper

    with made().cursor() as cursor:
        cursor.execute("CREATE TABLE turn (number INTEGER)")
    return made


def write(wrapper: DatabaseWrapper, number: int) -> None:
    """One transaction."""
    wrapper.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    with wrapper.cursor() as cursor:
        cursor.execute("INSERT INTO turn VALUES (%s)", [number])
    wrapper.commit()
    wrapper.set_autocommit(True)


def begin(wrapper: DatabaseWrapper) -> None:
    """Open a transaction and leave it open."""
    wrapper.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def test_threads_wait_for_each_other_without_asking_the_file(connect: Connect) -> None:
    def write_many(number: int) -> None:
        wrapper = connect()
        for _ in range(50):
            write(wrapper, number)
        wrapper.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write_many, range(4)))
    with connect().cursor() as cursor:
        cursor.execute("SELECT count(*) FROM turn")
        assert cursor.fetchone() == (200,)


@pytest.mark.parametrize("end", ["rollback", "close"])
def test_however_a_transaction_ends_the_next_one_has_its_turn(connect: Connect, end: str) -> None:
    first = connect()
    begin(first)
    waiting = threading.Thread(target=lambda: write(connect(), 1))
    waiting.start()
    getattr(first, end)()
    waiting.join(4)
    assert not waiting.is_alive()


def test_a_transaction_that_cannot_begin_takes_nobodys_turn(
    connect: Connect, tmp_path: Path
) -> None:
    with sqlite3.connect(tmp_path / "turns.sqlite3") as another_process:
        another_process.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            begin(connect())
    write(connect(), 1)


def test_the_program_writes_through_it() -> None:
    assert isinstance(connections["default"], DatabaseWrapper)
    with transaction.atomic():
        assert connections["default"]._has_turn
    assert not connections["default"]._has_turn
