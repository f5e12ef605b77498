"""Disks, locks and clocks that fail: nothing twice, nothing lost, and a word about it."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from tests.acceptance.conftest import Approve, Run
from tests.acceptance.expecting import require_exactly_once, require_mailed_or_unsure
from tests.acceptance.full_disk import Disk, LimitedFiles, SmallDisk, may_mount
from tests.acceptance.installation import Approved, Installation, Running
from tests.acceptance.world import Trap, World
from tests.waiting import until

# An administrator may write whatever the modes say, unless that right is given up.
WITHOUT_RIGHTS = ("setpriv", "--bounding-set", "-dac_override") if os.geteuid() == 0 else ()
NO_FILE_MAY_GROW = ("prlimit", "--fsize=1")
SLOW = {"do": "delay", "times": None, "seconds": 0.3}
HOURS = 3600


def wait_for_posts(world: World, number: int) -> None:
    """So many posts of the thread on X are out."""
    until(lambda: len(world.texts("x")) >= number)


def wait_for_another_warning(running: Running, said: str) -> None:
    """It has said, after this, that the disk is full."""
    until(lambda: "Make room" in running.said[len(said) :])


def wait_until_delivered(begin: Approved, world: World) -> None:
    """Everything is out, once."""
    until(lambda: begin.here.status(begin.statement)["state"] == "delivered")
    require_exactly_once(world, begin.proof, begin.here.status(begin.statement))


def only_sentence(stderr: str) -> str:
    """What a person is told, which is one line."""
    assert stderr.count("\n") == 1, stderr
    return stderr


# --- a full disk -----------------------------------------------------------------------------


@contextmanager
def disk_of(here: Installation, folder: Path) -> Iterator[Disk]:
    """A real small disk where one can be mounted, else a limit that has the same effect."""
    if not may_mount(folder):
        yield LimitedFiles()
        return
    small = SmallDisk(here)
    try:
        yield small
    finally:
        small.remove()


@pytest.mark.parametrize("real", [True, False], ids=["a small disk", "a limit"])
def test_a_disk_that_is_full_for_a_while_costs_no_post_and_doubles_none(
    approved: Approve, world: World, tmp_path: Path, real: bool
) -> None:
    begin = approved("x")
    started: Future[Running] = Future()
    with ExitStack() as stack:
        disk = stack.enter_context(disk_of(begin.here, tmp_path)) if real else LimitedFiles()
        full = Trap(2, lambda: disk.fill(started.result()), "delay", ("POST",))
        world.networks["x"].faults = full  # while the second post is sent
        running = stack.enter_context(Running(begin.here, "worker"))
        started.set_result(running)
        until(lambda: "Make room" in running.said)
        time.sleep(1.5)
        assert len(world.texts("x")) == 2
        disk.make_room(running)
        wait_until_delivered(begin, world)
        assert running.end() == 0
    assert "Traceback" not in running.said


def test_a_disk_that_is_full_in_the_midst_of_a_commit_is_outlasted(
    approved: Approve, world: World, start: Run
) -> None:
    begin, disk = approved("x"), LimitedFiles()
    world.add_fault("x", "POST ", "delay", times=None, seconds=1)
    running = start("worker", within=begin.here)
    log = begin.here.data / "distributor.sqlite3-wal"
    for number, more in enumerate((100, 5000, 9000), 1):  # bytes; a page takes 4120 there
        wait_for_posts(world, number)
        said = running.said
        disk.fill(running, log.stat().st_size + more)
        wait_for_another_warning(running, said)
        disk.make_room(running)
    wait_until_delivered(begin, world)
    assert "Traceback" not in running.said
    assert begin.here.json("audit", "verify")["ok"] is True


def test_on_a_full_disk_every_command_says_so_and_halt_still_halts(fresh: Installation) -> None:
    name = fresh.write("statement.txt", "Wells\n\n1 May 2026\n\nDig them deeper.\n")
    full = fresh.under(*NO_FILE_MAY_GROW)
    for command in (("submit", name, "--as", "Ana"), ("deliver",), ("run", "--port", "0")):
        assert "Make room" in only_sentence(full.run(*command, code=1).stderr)
    halted = only_sentence(full.run("halt", code=1).stderr)
    assert "What this machine sends is halted, by the file HALT." in halted
    assert fresh.status()["halted"] is True


# --- a database that cannot be written --------------------------------------------------------


@pytest.mark.parametrize("where", ["the file", "the folder"])
def test_a_database_that_may_only_be_read_is_said_and_nothing_leaves(
    approved: Approve, world: World, where: str
) -> None:
    begin = approved()
    name = begin.here.write("statement.txt", "Wells\n\n1 May 2026\n\nDig them deeper.\n")
    database = begin.here.data / "distributor.sqlite3"
    path, mode = (database, 0o444) if where == "the file" else (begin.here.data, 0o555)
    met, before = world.contacts(), path.stat().st_mode
    path.chmod(mode)
    reader = begin.here.under(*WITHOUT_RIGHTS)
    for command in (("deliver",), ("run", "--port", "0"), ("submit", name, "--as", "Ana")):
        assert "Check who owns" in only_sentence(reader.run(*command, code=1).stderr)
    assert world.contacts() == met
    path.chmod(before)
    require_exactly_once(world, begin.proof, begin.here.deliver()["statements"][0])


def test_a_machine_that_cannot_be_halted_says_what_else_to_do(fresh: Installation) -> None:
    fresh.data.chmod(0o555)
    refused = only_sentence(fresh.under(*WITHOUT_RIGHTS).run("halt", code=1).stderr)
    assert refused.startswith("Nothing is halted: ")
    assert "End the program instead" in refused
    fresh.data.chmod(0o755)


# --- a database that somebody else holds ------------------------------------------------------


@contextmanager
def locked(here: Installation) -> Iterator[None]:
    """Another program is about to write, and takes its time."""
    with closing(sqlite3.connect(here.data / "distributor.sqlite3", timeout=30)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


def test_a_lock_of_seconds_delays_a_thread_and_repeats_nothing(
    approved: Approve, world: World, start: Run
) -> None:
    begin = approved()
    world.add_fault("x", "POST ", **SLOW)
    start("worker", within=begin.here)
    for number in (1, 2):
        wait_for_posts(world, number)
        with locked(begin.here):
            time.sleep(2)
    wait_until_delivered(begin, world)
    require_mailed_or_unsure(world, begin.here.status(begin.statement), readers=3)


def test_a_halt_does_not_wait_for_a_lock(approved: Approve, world: World, start: Run) -> None:
    begin = approved("x")
    world.add_fault("x", "POST ", "delay", times=None, seconds=0.7)
    start("worker", within=begin.here)
    until(lambda: world.texts("x"))
    with locked(begin.here):
        halting = start("halt", within=begin.here)
        until((begin.here.data / "HALT").exists)
        assert halting.process.poll() is None
    assert halting.wait() == 0
    assert len(world.texts("x")) < 4


# --- a process that stands still --------------------------------------------------------------


def test_a_machine_that_sleeps_beyond_its_lease_is_replaced_and_sends_nothing_more(
    on_postgresql: Installation, world: World, start: Run
) -> None:
    on_postgresql.configure(delivery={"lease": "1s"})
    statement = on_postgresql.submit()
    for channel in ("x", "mastodon"):
        world.add_fault(channel, "POST ", **SLOW)
    asleep = start("worker", within=on_postgresql)
    on_postgresql.approve(statement)
    until(lambda: world.texts("x") and world.texts("mastodon"))
    asleep.freeze()
    awake = start("worker", within=on_postgresql)
    until(lambda: on_postgresql.status(statement)["state"] == "delivered")
    asleep.thaw()
    time.sleep(1)
    proof = on_postgresql.json("proof", statement)
    require_exactly_once(world, proof, on_postgresql.status(statement))
    assert (asleep.end(), awake.end()) == (0, 0)


@pytest.mark.parametrize("then", ["it wakes up", "it is killed"])
def test_a_sleep_beyond_the_lease_on_sqlite_repeats_nothing(
    approved: Approve, world: World, start: Run, then: str
) -> None:
    begin = approved()
    begin.here.configure(delivery={"lease": "1s"})
    for channel in ("x", "mastodon"):
        world.add_fault(channel, "POST ", **SLOW)
    asleep = start("worker", within=begin.here)
    until(lambda: world.texts("x") and world.texts("mastodon"))
    asleep.freeze()
    time.sleep(2)
    refused = begin.here.run("deliver", code=1)
    assert "is working on var already" in refused.stderr
    if then == "it wakes up":
        asleep.thaw()
    else:
        asleep.kill()
        start("worker", within=begin.here)
    wait_until_delivered(begin, world)
    require_mailed_or_unsure(world, begin.here.status(begin.statement), readers=3)


# --- a clock that is wrong --------------------------------------------------------------------


def kill_after_the_first_post(here: Installation, world: World) -> None:
    """Deliver with slow answers, and kill it in the midst of the threads."""
    for channel in ("x", "mastodon"):
        world.add_fault(channel, "POST ", **SLOW)
    with Running(here, "deliver", "--until-idle") as running:
        until(lambda: world.texts("x") and world.texts("mastodon"))
        running.kill()
    world.reset_faults()


def test_a_clock_put_two_hours_forward_in_the_midst_repeats_nothing(
    approved: Approve, world: World
) -> None:
    begin = approved()
    kill_after_the_first_post(begin.here, world)
    status = begin.here.with_clock_off_by(2 * HOURS).deliver(code=None)["statements"][0]
    require_exactly_once(world, begin.proof, status)
    require_mailed_or_unsure(world, status, readers=3)


def test_a_clock_put_two_hours_back_in_the_midst_repeats_nothing_and_is_named(
    approved: Approve, world: World
) -> None:
    begin = approved()
    kill_after_the_first_post(begin.here, world)
    behind = begin.here.with_clock_off_by(-2 * HOURS)
    assert "Set the machine's clock." in behind.run("doctor", code=1).stdout
    behind.json("deliver", "--until-idle", "--timeout", "3", code=None)
    status = begin.here.deliver(code=None)["statements"][0]  # somebody set it right
    require_exactly_once(world, begin.proof, status)
    require_mailed_or_unsure(world, status, readers=3)


def test_an_embargo_in_the_hour_that_comes_twice_or_never_is_refused(fresh: Installation) -> None:
    fresh.configure(organisation={"timezone": "Europe/London"})
    name = fresh.write("statement.txt", "Wells\n\n1 May 2026\n\nDig them deeper.\n")
    for wall in ("2099-03-29T01:30", "2099-10-25T01:30"):
        submit = ("submit", name, "--as", "Ana", "--not-before", wall)
        refused = only_sentence(fresh.run(*submit, code=1).stderr)
        assert "that time is missing or comes twice. Choose a time outside that hour" in refused
    given = fresh.submit(**{"not-before": "2099-10-25T01:30+00:00"})
    assert fresh.json("proof", given)["not_before"] == "2099-10-25T01:30:00+00:00"


def test_an_embargo_over_a_change_of_clocks_ends_at_the_hour_that_was_meant(
    fresh: Installation, world: World
) -> None:
    """Approved in summer time for ten o'clock in winter time, which is an hour later in UTC."""
    fresh.configure(
        organisation={"timezone": "Europe/London"},
        channels={"bluesky": None, "mastodon": None},
        lists=None,
    )
    until_ten = dt.datetime(2098, 10, 26, 10, tzinfo=dt.UTC) - dt.datetime.now(dt.UTC)
    saturday = fresh.with_clock_off_by((until_ten - dt.timedelta(days=2)).total_seconds())
    statement = saturday.submit(**{"not-before": "2098-10-26T10:00"})
    saturday.approve(statement)
    early = fresh.with_clock_off_by((until_ten - dt.timedelta(minutes=30)).total_seconds())
    assert early.deliver()["statements"][0]["state"] == "approved"
    assert world.texts("x") == []
    later = fresh.with_clock_off_by((until_ten + dt.timedelta(seconds=1)).total_seconds())
    require_exactly_once(world, fresh.json("proof", statement), later.deliver()["statements"][0])
