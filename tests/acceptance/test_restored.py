"""A restored backup: it is recognised, and what it does not know of is not sent again."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Run
from tests.acceptance.expecting import require_exactly_once
from tests.acceptance.installation import Installation
from tests.acceptance.world import World
from tests.waiting import until

WHY = "this database is older than the last one used here"


def copy(source: Path, target: Path) -> None:
    """What `sqlite3 source ".backup target"` does, while others write."""
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
        read.backup(written)


def back_up(installation: Installation) -> Path:
    """A copy of the database as it is at this moment."""
    copied = installation.folder / "backup.sqlite3"
    copy(installation.data / "distributor.sqlite3", copied)
    return copied


def restore(installation: Installation, backup: Path) -> None:
    """Put the copy in the place of the database; nothing works on it now."""
    for end in ("", "-wal", "-shm"):
        (installation.data / f"distributor.sqlite3{end}").unlink(missing_ok=True)
    copy(backup, installation.data / "distributor.sqlite3")


def approved(installation: Installation) -> Any:
    """Approve a statement; its proof."""
    statement = installation.submit()
    installation.approve(statement)
    return installation.json("proof", statement)


def require_halted_by_itself(installation: Installation, world: World) -> None:
    """A start sends nothing, asks nothing, and says why."""
    met = world.contacts()
    done = installation.run("deliver", "--until-idle", "--json", code=None)
    assert done.json()["halted"] is True
    assert WHY in done.stderr
    assert WHY in (installation.data / "HALT").read_text()
    assert world.contacts() == met


def go_on(installation: Installation) -> Any:
    """A person looks into it and resumes; the status of the one statement."""
    installation.run("resume", "--as", "Ben")
    return installation.deliver(code=None)["statements"][0]


def test_what_went_out_after_the_backup_is_found_and_not_sent_again(
    fresh: Installation, world: World
) -> None:
    proof = approved(fresh)
    backup = back_up(fresh)
    fresh.deliver()
    restore(fresh, backup)
    require_halted_by_itself(fresh, world)
    status = go_on(fresh)
    require_exactly_once(world, proof, status)
    assert len(world.mail.mails) == 3
    assert status["campaigns"][0]["unsure"] == 3  # mail cannot be looked up
    assert fresh.json("audit", "verify")["ok"] is True


def test_a_backup_made_in_the_midst_of_the_threads_repeats_nothing(
    fresh: Installation, world: World, start: Run
) -> None:
    fresh.configure(lists=None)
    proof = approved(fresh)
    for channel in ("x", "mastodon"):
        world.add_fault(channel, "POST ", "delay", times=None, seconds=0.4)
    running = start("deliver", "--until-idle")
    until(lambda: len(world.texts("x")) >= 2)
    backup = back_up(fresh)
    assert running.wait() == 0
    restore(fresh, backup)
    require_halted_by_itself(fresh, world)
    require_exactly_once(world, proof, go_on(fresh))


def test_what_had_not_gone_out_goes_out_after_all(fresh: Installation, world: World) -> None:
    fresh.configure(lists=None)
    proof = approved(fresh)
    backup = back_up(fresh)
    fresh.run("halt")
    fresh.deliver()
    restore(fresh, backup)
    require_halted_by_itself(fresh, world)
    assert world.texts("x") == []
    require_exactly_once(world, proof, go_on(fresh))


def test_what_is_under_embargo_is_not_in_doubt(fresh: Installation) -> None:
    statement = fresh.submit(**{"not-before": "2099-03-01T09:00"})
    fresh.approve(statement)
    backup = back_up(fresh)
    fresh.deliver()
    restore(fresh, backup)
    fresh.deliver()
    status = fresh.status(statement)
    assert status["state"] == "approved"
    assert {post["attempts"] for one in status["deliveries"] for post in one["posts"]} == {0}


def test_a_database_brought_to_another_machine_is_not_trusted_either(
    fresh: Installation, world: World
) -> None:
    fresh.deliver()
    (fresh.data / "epoch").unlink()
    approved(fresh)
    require_halted_by_itself(fresh, world)


@pytest.mark.parametrize("content", ["", "many\n"])
def test_a_damaged_number_is_said_and_nothing_leaves(
    fresh: Installation, world: World, content: str
) -> None:
    (fresh.data / "epoch").write_text(content)
    refused = fresh.run("deliver", code=1)
    assert "Delete that file, and start again." in refused.stderr
    assert world.contacts() == 0


def test_starting_again_and_again_halts_nothing(fresh: Installation, world: World) -> None:
    fresh.configure(lists=None)
    for _ in range(3):
        fresh.deliver()
    proof = approved(fresh)
    require_exactly_once(world, proof, fresh.deliver()["statements"][0])
