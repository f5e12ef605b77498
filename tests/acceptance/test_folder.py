"""The watched folder of a running system: what is dropped there becomes a statement once."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Run
from tests.acceptance.installation import TEXT, Installation
from tests.waiting import until

HALF = len(TEXT.encode()) // 2


@pytest.fixture
def inbox(fresh: Installation, start: Run) -> Path:
    """A folder that a running system watches."""
    fresh.configure(sources={"inbox": {"kind": "folder", "path": "inbox", "every": "200ms"}})
    running = start("run", "--port", "0")
    until(lambda: "The desk is at" in running.said)
    return fresh.folder / "inbox"


def statements(installation: Installation) -> list[Any]:
    """All statements there are."""
    found: list[Any] = installation.json("status")["statements"]
    return found


def names(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(os.listdir(folder)) if folder.is_dir() else []


def test_a_file_is_read_only_when_it_is_whole_and_closed(fresh: Installation, inbox: Path) -> None:
    raw = TEXT.encode()
    with (inbox / "slow.txt").open("wb") as file:
        file.write(raw[:HALF])
        file.flush()
        time.sleep(4)  # longer than a quiet file is left alone
        assert names(inbox) == ["slow.txt"]
        file.write(raw[HALF:])
    until(lambda: names(inbox / "done") == ["slow.txt"])
    [statement] = statements(fresh)
    until(lambda: fresh.json("proof", statement["statement"])["findings"])
    assert "carries water home" in json.dumps(fresh.json("proof", statement["statement"]))


def test_the_same_text_under_two_names_is_one_statement(fresh: Installation, inbox: Path) -> None:
    (inbox / "water.txt").write_text(TEXT)
    (inbox / "water copy.txt").write_text(TEXT)
    until(lambda: len(names(inbox / "done")) == 2)
    (inbox / "water.txt").write_text(TEXT)
    until(lambda: names(inbox / "done") == ["water copy.txt", "water-2.txt", "water.txt"])
    assert len(statements(fresh)) == 1


def test_an_unreadable_file_lies_aside_with_a_note(fresh: Installation, inbox: Path) -> None:
    (inbox / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(900))
    (inbox / "water.txt").write_text(TEXT)
    until(lambda: names(inbox / "done") == ["water.txt"])
    assert names(inbox / "unreadable") == ["picture.txt", "picture.txt.note.txt"]
    note = (inbox / "unreadable" / "picture.txt.note.txt").read_text()
    assert "This is an image, not plain text" in note
    assert len(statements(fresh)) == 1


def test_a_file_replaced_in_time_is_read_as_it_is_now(fresh: Installation, inbox: Path) -> None:
    with (inbox / "water.txt").open("w") as file:
        file.write(TEXT.replace("47", "48"))
        file.flush()
        time.sleep(0.7)  # it is looked at, and not read as long as it is open
        (fresh.folder / "better.txt").write_text(TEXT)
        (fresh.folder / "better.txt").rename(inbox / "water.txt")
    until(lambda: names(inbox / "done") == ["water.txt"])
    [statement] = statements(fresh)
    assert "47 villages" in json.dumps(fresh.json("proof", statement["statement"]))


def test_any_name_will_do_and_what_is_no_file_is_left_alone(
    fresh: Installation, inbox: Path
) -> None:
    (inbox / "Erklärung – 水 ♥.txt").write_text(TEXT)
    (inbox / "draft.txt.part").write_text(TEXT.replace("47", "49"))
    (inbox / ".hidden.txt").write_text(TEXT.replace("47", "50"))
    (inbox / "linked.txt").symlink_to(fresh.write("elsewhere.txt", TEXT.replace("47", "51")))
    (inbox / "old").mkdir()
    (inbox / "old" / "older.txt").write_text(TEXT.replace("47", "52"))
    os.mkfifo(inbox / "pipe.txt")
    until(lambda: names(inbox / "done") == ["Erklärung – 水 ♥.txt"])
    time.sleep(1)
    left = {".hidden.txt", "done", "draft.txt.part", "linked.txt", "old", "pipe.txt"}
    assert set(names(inbox)) == left
    assert len(statements(fresh)) == 1


def test_a_file_dropped_while_nothing_runs_is_found_later(fresh: Installation, start: Run) -> None:
    fresh.configure(sources={"inbox": {"kind": "folder", "path": "inbox", "every": "200ms"}})
    inbox = fresh.folder / "inbox"
    inbox.mkdir()
    (inbox / "water.txt").write_text(TEXT)
    start("run", "--port", "0").kill()  # whatever it had begun
    start("run", "--port", "0")
    until(lambda: names(inbox / "done") == ["water.txt"])
    assert len(statements(fresh)) == 1


def test_nothing_that_was_dropped_is_sent_without_an_approval(
    fresh: Installation, inbox: Path, world: Any
) -> None:
    (inbox / "water.txt").write_text(TEXT)
    until(lambda: names(inbox / "done") == ["water.txt"])
    time.sleep(1)
    assert [one["state"] for one in statements(fresh)] == ["waiting_approval"]
    assert not any(world.texts(channel) for channel in world.networks)
    assert world.mails() == []
