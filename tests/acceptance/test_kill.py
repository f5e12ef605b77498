"""kill -9 of the real program, before and after the effect of every request it makes."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Approve
from tests.acceptance.expecting import require_exactly_once, require_mailed_or_unsure
from tests.acceptance.installation import Installation, Running
from tests.acceptance.world import Trap, World

CHANNELS = ("x", "bluesky", "mastodon")
EFFECT = {"before": "drop_before", "after": "drop_after"}  # of the request it dies in
LEAST_REQUESTS = {"x": 6, "bluesky": 3, "mastodon": 4, "mail": 2}


def dies_at(world: World, server: str, number: int, when: str, here: Installation) -> bool:
    """Deliver, and die at the n-th request to a server; False when there were fewer."""
    delivering: list[Running] = []
    world.reset()
    # Of what is said to a mail server only the final dot has an effect.
    verbs = ("DOT",) if server == "mail" and when == "after" else None
    trap = Trap(number, lambda: delivering[0].kill(), EFFECT[when], verbs)
    world.server(server).faults = trap
    with Running(here, "deliver", "--until-idle", "--timeout", "30") as running:
        delivering.append(running)
        code = running.wait()
    assert code == (-9 if trap.sprung else 0), running.said
    world.server(server).faults.clear()
    return trap.sprung


def after_each_kill(
    world: World, server: str, when: str, start: Installation, folder: Path
) -> Iterator[Any]:
    """Die at each request in turn, each time from the same start; the states after a restart."""
    for number in itertools.count(1):
        here = start.copy_to(folder / f"killed-{number}")
        if not dies_at(world, server, number, when, here):
            assert number > LEAST_REQUESTS[server]
            return
        yield here.deliver(code=None)["statements"][0]


@pytest.mark.parametrize("when", EFFECT)
@pytest.mark.parametrize("channel", CHANNELS)
def test_a_kill_at_any_request_leaves_every_post_exactly_once(
    approved: Approve, world: World, tmp_path: Path, channel: str, when: str
) -> None:
    begin = approved(channel)
    for status in after_each_kill(world, channel, when, begin.here, tmp_path):
        require_exactly_once(world, begin.proof, status)


@pytest.mark.parametrize("when", EFFECT)
def test_a_kill_at_any_step_of_a_mail_sends_it_once_or_says_that_it_is_unsure(
    approved: Approve, world: World, tmp_path: Path, when: str
) -> None:
    here = approved("mail").here
    here.run("subscriber", "erase", "fay@parliament.example")
    here.configure(mail={"connections": 1})
    for status in after_each_kill(world, "mail", when, here, tmp_path):
        require_mailed_or_unsure(world, status, readers=3)


def kill_at_random_moments(world: World, here: Installation, chance: random.Random) -> None:
    """Start to deliver four times, and kill it somewhere in the midst of its work."""
    for server in (*CHANNELS, "mail"):
        world.add_fault(server, "* ", "delay", times=None, seconds=0.05)
    for _ in range(4):
        met = world.contacts()
        with Running(here, "deliver", "--until-idle", "--timeout", "30") as running:
            while world.contacts() == met and running.process.poll() is None:
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 0.6))


@pytest.mark.parametrize("seed", [1, 2])
def test_kills_at_random_moments_leave_every_post_exactly_once(
    approved: Approve, world: World, seed: int
) -> None:
    begin = approved()
    kill_at_random_moments(world, begin.here, random.Random(seed))
    status = begin.here.deliver(code=None)["statements"][0]
    require_exactly_once(world, begin.proof, status)
    require_mailed_or_unsure(world, status, readers=3)
    assert begin.here.json("audit", "verify")["ok"] is True


def test_kills_on_postgresql_leave_every_post_exactly_once(
    on_postgresql: Installation, world: World
) -> None:
    statement = on_postgresql.submit()
    on_postgresql.approve(statement)
    kill_at_random_moments(world, on_postgresql, random.Random(3))
    status = on_postgresql.deliver(code=None)["statements"][0]
    require_exactly_once(world, on_postgresql.json("proof", statement), status)
