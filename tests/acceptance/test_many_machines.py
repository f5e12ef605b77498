"""Several workers on one PostgreSQL: killed, cut off, without a database for a while."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from tests.acceptance.conftest import Run
from tests.acceptance.expecting import require_exactly_once
from tests.acceptance.installation import TEXT, Installation, Running
from tests.acceptance.world import World
from tests.servers.postgres import Postgres
from tests.waiting import until

CHANNELS = ("x", "bluesky", "mastodon")
VERBS = ("Open", "Dig", "Guard", "Clean")
WORKING = "Delivering what is due"


def slow_down(world: World, seconds: float) -> None:
    """Let every network take its time, so that a thread lasts."""
    for channel in CHANNELS:
        world.add_fault(channel, "* ", "delay", times=None, seconds=seconds)


def start_workers(start: Run, *installations: Installation) -> list[Running]:
    """A worker for each installation; all are at work."""
    running = [start("worker", within=one) for one in installations]
    until(lambda: all(WORKING in one.said for one in running))
    return running


def approve(installation: Installation, text: str = TEXT) -> Any:
    """Approve a statement; its proof."""
    statement = installation.submit(text)
    installation.approve(statement)
    return installation.json("proof", statement)


def wait_until_delivered(installation: Installation, proof: Any) -> Any:
    """The status of a statement, once all of it is out."""
    statement = proof["statement"]
    until(lambda: installation.status(statement)["state"] == "delivered")
    return installation.status(statement)


def test_two_machines_on_one_database_send_every_post_once(
    on_postgresql: Installation, world: World, tmp_path: Path
) -> None:
    proof = approve(on_postgresql)
    other = on_postgresql.copy_to(tmp_path / "other machine")
    slow_down(world, 0.1)
    arguments = ("deliver", "--until-idle", "--timeout", "100")
    with Running(on_postgresql, *arguments) as one, Running(other, *arguments) as two:
        assert (one.wait(), two.wait()) == (0, 0), one.said + two.said
    require_exactly_once(world, proof, on_postgresql.status(proof["statement"]))


def test_two_machines_do_not_interleave_threads_on_one_account(
    on_postgresql: Installation, world: World, start: Run
) -> None:
    slow_down(world, 0.1)
    proofs = [approve(on_postgresql, text_about(place)) for place in ("Oster", "Wend", "Halm")]
    start_workers(start, on_postgresql, on_postgresql)
    for proof in proofs:
        wait_until_delivered(on_postgresql, proof)
    for channel in CHANNELS:
        approved = [text for proof in proofs for text in texts_of(proof, channel)]
        assert world.texts(channel) == approved


def text_about(place: str) -> str:
    """A statement of several posts, none of which another place has, too."""
    demands = "\n".join(f"• {verb} the wells of {place}{' without delay' * 9}." for verb in VERBS)
    return f"Water for {place}\n\n3 June 2026\n\nWe call on {place} to:\n\n{demands}\n"


def texts_of(proof: Any, channel: str) -> list[str]:
    """What was approved for a channel."""
    [thread] = [one for one in proof["channels"] if one["channel"] == channel]
    return [post["text"] for post in thread["posts"]]


def test_the_others_take_over_from_a_killed_worker(
    on_postgresql: Installation, world: World, start: Run
) -> None:
    slow_down(world, 0.3)
    workers = start_workers(start, on_postgresql, on_postgresql, on_postgresql)
    proof = approve(on_postgresql)
    until(lambda: world.texts("x") and world.texts("mastodon"))
    workers[0].kill()
    status = wait_until_delivered(on_postgresql, proof)
    require_exactly_once(world, proof, status)


def test_a_restart_of_the_database_loses_and_repeats_nothing(
    on_postgresql: Installation, world: World, start: Run, postgres: Postgres
) -> None:
    slow_down(world, 0.3)
    workers = start_workers(start, on_postgresql, on_postgresql)
    proof = approve(on_postgresql)
    until(lambda: world.texts("x"))
    postgres.restart()
    status = wait_until_delivered(on_postgresql, proof)
    require_exactly_once(world, proof, status)
    assert [worker.process.poll() for worker in workers] == [None, None]
    assert on_postgresql.json("audit", "verify")["ok"] is True


def test_cut_connections_lose_and_repeat_nothing(
    on_postgresql: Installation, world: World, start: Run, postgres: Postgres
) -> None:
    slow_down(world, 0.2)
    workers = start_workers(start, on_postgresql, on_postgresql)
    proof = approve(on_postgresql)
    until(lambda: world.texts("x"))
    for _ in range(3):
        until(lambda: postgres.cut_connections(on_postgresql.values["storage"]["database"]))
        time.sleep(0.7)
    status = wait_until_delivered(on_postgresql, proof)
    require_exactly_once(world, proof, status)
    assert [worker.process.poll() for worker in workers] == [None, None]


def test_a_worker_ends_when_it_is_asked_to(on_postgresql: Installation, start: Run) -> None:
    [worker] = start_workers(start, on_postgresql)
    assert worker.end() == 0


def test_with_sqlite_only_one_process_works(fresh: Installation, start: Run) -> None:
    start_workers(start, fresh)
    second = fresh.run("worker", code=1)
    assert "is working on var already" in second.stderr
