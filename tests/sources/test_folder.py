"""A watched folder, look by look."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from distributor.sources.folder import LARGEST, QUIET, Folder, read


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty folder."""
    return Folder(tmp_path)


def drop(folder: Folder, name: str, text: str = "water", seconds_ago: float = 60) -> Path:
    """Put a file there that has lain for some time."""
    path = folder.path / name
    path.write_text(text)
    age(path, seconds_ago)
    return path


def age(path: Path, seconds: float) -> None:
    """Let a file have been changed so long ago."""
    moment = time.time() - seconds
    os.utime(path, (moment, moment))


def look(folder: Folder) -> list[str]:
    """The names of what is complete."""
    return [path.name for path in folder.complete()]


def test_a_file_is_complete_when_two_looks_find_it_the_same(folder: Folder) -> None:
    drop(folder, "water.txt")
    assert look(folder) == []
    assert look(folder) == ["water.txt"]


def test_a_file_that_grew_between_two_looks_is_looked_at_again(folder: Folder) -> None:
    path = drop(folder, "water.txt")
    look(folder)
    drop(folder, "water.txt", "more water")
    assert look(folder) == []
    age(path, 90)
    assert look(folder) == []
    assert look(folder) == ["water.txt"]


def test_a_file_changed_a_moment_ago_is_left_alone(folder: Folder) -> None:
    path = drop(folder, "water.txt", seconds_ago=0.5)
    assert look(folder) + look(folder) == []
    age(path, QUIET / 1e9 + 1)
    assert look(folder) + look(folder) == ["water.txt"]


def test_a_file_that_is_open_for_writing_is_left_alone(folder: Folder) -> None:
    path = drop(folder, "water.txt")
    with path.open("a"):
        assert look(folder) + look(folder) == []
    assert look(folder) == ["water.txt"]


def test_a_file_that_is_being_read_is_no_matter(folder: Folder) -> None:
    path = drop(folder, "water.txt")
    with path.open():
        assert look(folder) + look(folder) == ["water.txt"]


def test_a_file_from_a_clock_that_is_ahead_is_read(folder: Folder) -> None:
    drop(folder, "water.txt", seconds_ago=-3600)
    assert look(folder) + look(folder) == ["water.txt"]


@pytest.mark.parametrize(
    "name", [".hidden.txt", "water.txt.part", "water.tmp", "water.txt~", "a.crdownload"]
)
def test_what_others_have_not_finished_is_left_alone(folder: Folder, name: str) -> None:
    drop(folder, name)
    assert look(folder) + look(folder) == []


def test_what_is_no_plain_file_is_left_alone(folder: Folder) -> None:
    (folder.path / "old").mkdir()
    (folder.path / "linked.txt").symlink_to(drop(folder, ".target"))
    os.mkfifo(folder.path / "pipe.txt")
    assert look(folder) + look(folder) == []


def test_the_oldest_file_comes_first(folder: Folder) -> None:
    drop(folder, "b.txt", seconds_ago=30)
    drop(folder, "a.txt", seconds_ago=20)
    drop(folder, "c.txt", seconds_ago=40)
    look(folder)
    assert look(folder) == ["c.txt", "b.txt", "a.txt"]


def test_what_was_read_moves_out_of_the_way_and_overwrites_nothing(folder: Folder) -> None:
    first = folder.put_away(drop(folder, "water.txt", "first"))
    second = folder.put_away(drop(folder, "water.txt", "second"))
    assert [first.name, second.name] == ["water.txt", "water-2.txt"]
    assert (first.read_text(), second.read_text()) == ("first", "second")


def test_what_cannot_be_read_lies_beside_a_note(folder: Folder) -> None:
    moved = folder.set_aside(drop(folder, "water.txt"), "The text has no title.")
    note = moved.with_name("water.txt.note.txt").read_text()
    assert note.startswith("The text has no title.\n")
    assert moved.parent.name == "unreadable"


def test_a_file_of_the_same_name_is_looked_at_twice_again(folder: Folder) -> None:
    drop(folder, "water.txt")
    look(folder)
    folder.put_away(folder.path / "water.txt")
    drop(folder, "water.txt")
    assert look(folder) == []


def test_of_a_huge_file_only_the_beginning_is_read(folder: Folder) -> None:
    path = folder.path / "water.txt"
    with path.open("wb") as file:
        file.truncate(LARGEST * 4)
    assert len(read(path)) == LARGEST + 1
