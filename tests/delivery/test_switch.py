"""The halt: a file, a row, or both."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from distributor.delivery import switch

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)

pytestmark = pytest.mark.django_db


def test_a_file_alone_halts(tmp_path: Path) -> None:
    assert not switch.is_on(tmp_path)
    (tmp_path / "HALT").touch()
    assert switch.is_on(tmp_path)


def test_the_row_halts_machines_that_do_not_see_the_file(tmp_path: Path) -> None:
    switch.turn_on(tmp_path, by="Ana", why="a wrong number", now=NOON)
    (tmp_path / "HALT").unlink()
    assert switch.is_on(tmp_path)


def test_the_reason_names_who_and_why(tmp_path: Path) -> None:
    assert switch.reason(tmp_path) is None
    switch.turn_on(tmp_path, by="Ana", why="a wrong number", now=NOON)
    assert switch.reason(tmp_path) == switch.Reason("Ana", "a wrong number", NOON)


def test_the_reason_may_be_what_the_file_says(tmp_path: Path) -> None:
    (tmp_path / "HALT").write_bytes(b"the lawyers call\xff\n")
    found = switch.reason(tmp_path)
    assert found is not None and found.why.startswith("the lawyers call")


def test_turning_it_off_lifts_file_and_rows(tmp_path: Path) -> None:
    switch.turn_on(tmp_path, by="Ana", why="once", now=NOON)
    switch.turn_on(tmp_path, by="Ben", why="twice", now=NOON)
    switch.turn_off(tmp_path)
    assert not switch.is_on(tmp_path)
