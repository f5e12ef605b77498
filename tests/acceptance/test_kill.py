"""kill -9 of the real program, before and after the effect of every request it makes."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Approve
from tests.acceptance.expecting import require_exactly_once, require_mailed_or_unsure
from tests.acceptance.installation import Approved, Installation, Running
from tests.acceptance.killing import Then, dies_at
from tests.acceptance.world import World
from tests.servers.gate_server import GateServer, When
from tests.servers.pds import Pds
from tests.servers.postgres import Postgres

CHANNELS = ("x", "bluesky", "mastodon")
EFFECT: dict[When, Then] = {"before": "drop_before", "after": "drop_after"}
LEAST_REQUESTS = {"x": 6, "bluesky": 3, "mastodon": 4, "mail": 2}


def dies_in(world: World, server: str, number: int, when: When, here: Installation) -> bool:
    """Deliver, and die before or after the effect of the n-th request; False: there were fewer."""
    # Of what is said to a mail server only the final dot has an effect.
    verbs = ("DOT",) if server == "mail" and when == "after" else None
    return dies_at(world, server, number, EFFECT[when], here, verbs)


def after_each_kill(
    world: World, server: str, when: When, start: Installation, folder: Path
) -> Iterator[Any]:
    """Die at each request in turn, each time from the same start; the states after a restart."""
    for number in itertools.count(1):
        here = start.copy_to(folder / f"killed-{number}")
        world.reset()
        if not dies_in(world, server, number, when, here):
            assert number > LEAST_REQUESTS[server]
            return
        yield here.deliver(code=None)["statements"][0]


@pytest.mark.parametrize("when", EFFECT)
@pytest.mark.parametrize("channel", CHANNELS)
def test_a_kill_at_any_request_leaves_every_post_exactly_once(
    approved: Approve, world: World, tmp_path: Path, channel: str, when: When
) -> None:
    begin = approved(channel)
    for status in after_each_kill(world, channel, when, begin.here, tmp_path):
        require_exactly_once(world, begin.proof, status)


@pytest.mark.parametrize("when", EFFECT)
def test_a_kill_at_any_step_of_a_mail_sends_it_once_or_says_that_it_is_unsure(
    approved: Approve, world: World, tmp_path: Path, when: When
) -> None:
    here = approved("mail").here
    here.run("subscriber", "erase", "fay@parliament.example")
    here.configure(mail={"connections": 1})
    for status in after_each_kill(world, "mail", when, here, tmp_path):
        require_mailed_or_unsure(world, status, readers=3)


def kill_at_random_moments(world: World, here: Installation, chance: random.Random) -> None:
    """Start to deliver four times, and kill it somewhere in the midst of its work."""
    here.configure(delivery={"in_flight": "1500ms"})  # the killed one's request may be on its way
    for server in (*CHANNELS, "mail"):
        world.add_fault(server, "* ", "delay", times=None, seconds=0.05)
    for _ in range(4):
        met = world.contacts()
        with Running(here, "deliver", "--until-idle", "--timeout", "100") as running:
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


# --- in pairs ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moment:
    """When to kill: before or after the effect of the n-th request that a process makes."""

    number: int
    when: When

    def __str__(self) -> str:
        return f"{self.when} {self.number}"


def moments_of(channel: str) -> list[Moment]:
    """All moments of a thread, and one more request than a process makes."""
    numbers = range(1, LEAST_REQUESTS[channel] + 2)
    return [Moment(number, when) for number in numbers for when in EFFECT]


def some_of(every: list[Any], number: int) -> list[Any]:
    """The same few each time; `make soak` tries them all."""
    return random.Random(1).sample(every, number)


EVERY_MOMENT = [(channel, moment) for channel in CHANNELS for moment in moments_of(channel)]
EVERY_PAIR = [
    (channel, first, second)
    for channel in CHANNELS
    for first, second in itertools.product(moments_of(channel), repeat=2)
]


def require_once_after_kills(
    world: World, begin: Approved, channel: str, moments: Sequence[Moment]
) -> None:
    """Die at each of these moments, one after the other; then everything is out once."""
    world.reset()
    for moment in moments:
        dies_in(world, channel, moment.number, moment.when, begin.here)
    status = begin.here.deliver(code=None)["statements"][0]
    require_exactly_once(world, begin.proof, status)


@pytest.mark.parametrize(("channel", "first", "second"), some_of(EVERY_PAIR, 5), ids=str)
def test_two_kills_one_after_the_other_leave_every_post_exactly_once(
    approved: Approve, world: World, channel: str, first: Moment, second: Moment
) -> None:
    require_once_after_kills(world, approved(channel), channel, (first, second))


@pytest.mark.soak
@pytest.mark.parametrize(("channel", "first", "second"), EVERY_PAIR, ids=str)
def test_any_two_kills_leave_every_post_exactly_once(
    approved: Approve, world: World, channel: str, first: Moment, second: Moment
) -> None:
    require_once_after_kills(world, approved(channel), channel, (first, second))


# --- on PostgreSQL ----------------------------------------------------------------------------


@pytest.fixture(scope="session")
def moved_before() -> dict[str, str]:
    """The databases that `approved_on_postgresql` copies, by channel."""
    return {}


@pytest.fixture
def approved_on_postgresql(
    approved: Approve, postgres: Postgres, moved_before: dict[str, str]
) -> Approve:
    """Gives what `approved` does, moved to PostgreSQL."""

    def give(channel: str) -> Approved:
        begin = approved(channel)
        if channel not in moved_before:
            moved_before[channel] = postgres.create_database()
            begin.here.run("database", "copy", moved_before[channel])
        url = postgres.create_database(like=moved_before[channel])
        begin.here.configure(storage={"database": url}, delivery={"lease": "1s"})
        return begin

    return give


@pytest.mark.parametrize(("channel", "moment"), some_of(EVERY_MOMENT, 4), ids=str)
def test_a_kill_on_postgresql_leaves_every_post_exactly_once(
    approved_on_postgresql: Approve, world: World, channel: str, moment: Moment
) -> None:
    require_once_after_kills(world, approved_on_postgresql(channel), channel, [moment])


@pytest.mark.soak
@pytest.mark.parametrize(("channel", "moment"), EVERY_MOMENT, ids=str)
def test_any_kill_on_postgresql_leaves_every_post_exactly_once(
    approved_on_postgresql: Approve, world: World, channel: str, moment: Moment
) -> None:
    require_once_after_kills(world, approved_on_postgresql(channel), channel, [moment])


@pytest.mark.soak
@pytest.mark.parametrize(("channel", "first", "second"), some_of(EVERY_PAIR, 60), ids=str)
def test_two_kills_on_postgresql_leave_every_post_exactly_once(
    approved_on_postgresql: Approve, world: World, channel: str, first: Moment, second: Moment
) -> None:
    begin = approved_on_postgresql(channel)
    require_once_after_kills(world, begin, channel, (first, second))


def test_kills_on_postgresql_at_random_moments_leave_every_post_exactly_once(
    on_postgresql: Installation, world: World
) -> None:
    statement = on_postgresql.submit()
    on_postgresql.approve(statement)
    kill_at_random_moments(world, on_postgresql, random.Random(3))
    status = on_postgresql.deliver(code=None)["statements"][0]
    require_exactly_once(world, on_postgresql.json("proof", statement), status)


# --- against the real Bluesky server ----------------------------------------------------------


@pytest.mark.parametrize("when", EFFECT)
def test_a_kill_in_the_midst_of_a_write_to_a_real_server_leaves_the_thread_there_once(
    fresh: Installation, pds: Pds, when: When
) -> None:
    account = pds.create_account()
    fresh.write("app-password", account.app_password)
    victim: Future[Running] = Future()
    with GateServer(pds.url, "applyWrites", when, lambda: victim.result().kill()) as gate:
        bluesky = {
            "service": gate.url,
            "handle": account.handle,
            "app_password_file": "app-password",
        }
        fresh.configure(channels={"x": None, "mastodon": None, "bluesky": bluesky}, lists=None)
        statement = fresh.submit()
        fresh.approve(statement)
        with Running(fresh, "deliver", "--until-idle") as running:
            victim.set_result(running)
            assert running.wait() == -9, running.said
        assert gate.sprung
        [delivery] = fresh.deliver()["statements"][0]["deliveries"]
    [thread] = fresh.json("proof", statement)["channels"]
    records = sorted(pds.posts(account), key=lambda one: str(one["uri"]))
    assert [one["value"]["text"] for one in records] == [post["text"] for post in thread["posts"]]
    parents = [one["value"].get("reply", {}).get("parent", {}).get("uri") for one in records]
    assert parents == [None, *(one["uri"] for one in records[:-1])]
    assert [post["id"] for post in delivery["posts"]] == [one["uri"] for one in records]
