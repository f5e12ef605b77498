"""A damaged database: it is said in a sentence, and nothing is sent from it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.acceptance.conftest import Approve
from tests.acceptance.world import World

EMPTY_INDEX = b"\x0a\x00\x00\x00\x00\x10\x00\x00"  # the head of a page (sqlite.org/fileformat.html)


def lose_index(database: Path, name: str) -> None:
    """As a copy does that was put back beside the log of another state."""
    with closing(sqlite3.connect(database)) as open_:
        (size,) = open_.execute("PRAGMA page_size").fetchone()
        asked = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        (page,) = open_.execute(asked, [name]).fetchone()
    with database.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(EMPTY_INDEX)


def test_from_a_damaged_database_nothing_is_sent(approved: Approve, world: World) -> None:
    begin = approved("x")
    lose_index(begin.here.data / "distributor.sqlite3", "sqlite_autoindex_delivery_post_1")
    for command in ("deliver", "worker"):
        refused = begin.here.run(command, code=1)
        assert refused.stderr.startswith("The database's file is damaged; nothing is sent from it.")
    assert world.contacts() == 0
    assert "damaged" in begin.here.run("doctor", code=1).stdout
