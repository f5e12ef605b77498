"""What holds everything back: the halt, the time to think again, the embargo, the caps."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.acceptance.conftest import Approve, Run
from tests.acceptance.expecting import require_exactly_once, require_mailed_or_unsure
from tests.acceptance.installation import Installation, Running
from tests.acceptance.world import Trap, World
from tests.waiting import until

X_ALONE = {"bluesky": None, "mastodon": None}


def halt_by_command(installation: Installation) -> None:
    """As somebody at a terminal does."""
    installation.run("halt", "--why", "a wrong number in the second post")


def halt_by_file(installation: Installation) -> None:
    """As somebody does who can only reach the machine's disk."""
    (installation.data / "HALT").touch()


Halt = Callable[[Installation], None]


def last_contact(world: World) -> float:
    """When the last request reached a network (monotonic)."""
    requests = [request for server in world.networks.values() for request in server.requests]
    return max(request.monotonic for request in requests)


def first_contact(world: World) -> dt.datetime:
    """When the first request reached a network."""
    requests = [request for server in world.networks.values() for request in server.requests]
    return min(dt.datetime.fromisoformat(request.at) for request in requests)


@pytest.mark.parametrize("halt", [halt_by_command, halt_by_file])
def test_a_halt_in_the_midst_of_a_thread_stops_it_within_a_second(
    approved: Approve, world: World, start: Run, halt: Halt
) -> None:
    begin = approved("x")
    trap = Trap(2, lambda: halt(begin.here), "delay", ("POST",))  # while the second post is sent
    world.networks["x"].faults = trap
    start("run", "--port", "0", within=begin.here)
    until(lambda: len(world.texts("x")) == 2)
    halted_at = time.monotonic()
    time.sleep(2)
    assert last_contact(world) < halted_at
    assert len(world.texts("x")) == 2
    assert begin.here.status()["halted"] is True
    begin.here.run("resume", "--as", "Ben")
    until(lambda: begin.here.status(begin.statement)["state"] == "delivered")
    require_exactly_once(world, begin.proof, begin.here.status(begin.statement))


def test_a_halt_in_the_midst_of_a_campaign_leaves_the_others_for_later(
    approved: Approve, world: World, start: Run
) -> None:
    begin = approved("mail")
    here = begin.here
    here.configure(mail={"connections": 1})
    world.add_fault("mail", "DOT ", "delay", times=None, seconds=1.2)
    start("run", "--port", "0", within=here)
    until(lambda: world.mail.mails)
    halt_by_file(here)
    time.sleep(2.5)
    assert len(world.mail.mails) < 3
    here.run("resume", "--as", "Ben")
    until(lambda: here.status(begin.statement)["state"] == "delivered")
    require_mailed_or_unsure(world, here.status(begin.statement), readers=3)
    assert len(world.mail.mails) == 3


def test_while_everything_is_halted_nothing_is_even_asked(approved: Approve, world: World) -> None:
    here = approved().here
    world.reset()  # rendering asked an instance for its limits
    halt_by_command(here)
    report = here.deliver()
    assert report["halted"] is True
    assert report["statements"][0]["state"] == "approved"
    assert world.contacts() == 0


def seconds_of_work_in(running: Running, seconds: float) -> float:
    """How much processor time it uses from now on, in so many seconds."""
    used = running.seconds_of_work()
    time.sleep(seconds)
    return running.seconds_of_work() - used


def test_a_halt_costs_next_to_no_work(approved: Approve, start: Run) -> None:
    here = approved().here
    halt_by_command(here)
    running = start("run", "--port", "0", within=here)
    until(lambda: "The desk is at" in running.said)
    # Imports go on for a while, on a busy machine for a long one; then it must be quiet.
    until(lambda: seconds_of_work_in(running, 2) < 0.3)


def test_only_an_approver_or_an_admin_lifts_a_halt(fresh: Installation) -> None:
    halt_by_command(fresh)
    refused = fresh.run("resume", "--as", "Ana", code=1)
    assert refused.stderr == "Ana may not resume deliveries. Ask an approver or an admin.\n"
    assert fresh.status()["halted"] is True
    fresh.run("resume", "--as", "Abe")
    assert fresh.status()["halted"] is False


def test_nothing_leaves_before_the_time_to_think_again_is_over(
    fresh: Installation, world: World
) -> None:
    fresh.configure(channels=X_ALONE, lists=None, approval={"undo": "4s"})
    statement = fresh.submit()
    digest = fresh.json("proof", statement)["digest"]
    before = dt.datetime.now(dt.UTC)
    fresh.run("approve", statement, "--as", "Ben", "--digest", digest)
    assert world.contacts() == 0
    fresh.deliver()
    assert first_contact(world) >= before + dt.timedelta(seconds=4)
    assert len(world.texts("x")) == 4


def test_nothing_leaves_before_the_embargo_ends_and_then_it_does(
    fresh: Installation, world: World, start: Run
) -> None:
    fresh.configure(channels=X_ALONE, lists=None)
    running = start("run", "--port", "0")
    until(lambda: "The desk is at" in running.said)
    # Time enough for three commands, on a machine that may be busy.
    not_before = dt.datetime.now(dt.UTC) + 10 * time_for_a_command(fresh)
    statement = fresh.submit(**{"not-before": not_before.isoformat()})
    fresh.approve(statement)
    approved = dt.datetime.now(dt.UTC)
    until(lambda: len(world.texts("x")) == 4)
    began = first_contact(world)
    assert not_before <= began < max(not_before, approved) + dt.timedelta(seconds=5)


def time_for_a_command(installation: Installation) -> dt.timedelta:
    """How long a command takes on this machine at this moment; at least half a second."""
    began = time.monotonic()
    installation.status()
    return dt.timedelta(seconds=max(time.monotonic() - began, 0.5))


def test_deliver_leaves_what_is_under_embargo_alone(fresh: Installation, world: World) -> None:
    fresh.configure(channels=X_ALONE, lists=None)
    fresh.approve(fresh.submit(**{"not-before": "2099-03-01T09:00"}))
    assert fresh.deliver()["statements"][0]["state"] == "approved"
    assert world.contacts() == 0


def test_an_embargo_without_an_offset_is_meant_in_the_organisations_time_zone(
    fresh: Installation,
) -> None:
    fresh.configure(organisation={"timezone": "Asia/Taipei"})
    statement = fresh.submit(**{"not-before": "2099-03-01T09:00"})
    assert fresh.json("proof", statement)["not_before"] == "2099-03-01T01:00:00+00:00"


def is_capped(status: Any) -> bool:
    """Whether the thread waits for the cap of its channel."""
    return bool(status["deliveries"][0]["reason"] == "the channel's cap")


def test_a_cap_stops_a_channel_and_no_other(approved: Approve, world: World) -> None:
    begin = approved()
    begin.here.configure(channels={"x": {"per_hour": 2}})
    begin.here.deliver_until(
        begin.statement,
        lambda status: (
            is_capped(status) and {one["state"] for one in status["deliveries"][1:]} == {"sent"}
        ),
    )
    assert len(world.texts("x")) == 2


def test_the_cap_of_all_channels_counts_for_one_that_has_none(
    approved: Approve, world: World
) -> None:
    begin = approved("x")
    begin.here.configure(delivery={"caps": {"per_day": 3}})
    begin.here.deliver_until(begin.statement, is_capped)
    assert len(world.texts("x")) == 3


def test_spending_on_x_ends_with_what_a_day_may_cost(fresh: Installation, world: World) -> None:
    fresh.configure(channels={**X_ALONE, "x": {"spend_per_day": 0.23}}, lists=None)
    statement = fresh.submit()
    fresh.approve(statement)
    spent = "the channel has spent what it may in a day ($0.23)"
    status = fresh.deliver_until(statement, lambda it: it["deliveries"][0]["reason"] == spent)
    assert len(world.texts("x")) == 3  # $0.20 for the link, $0.015 for each of the others
    assert status["deliveries"][0]["state"] == "waiting"


def test_a_cap_that_pays_for_nothing_is_refused(fresh: Installation) -> None:
    fresh.configure(channels={"x": {"spend_per_day": 0.1}})
    refused = fresh.run("status", code=1)
    assert "channels.x.spend_per_day: 0.1 dollars pay for no post with a link." in refused.stderr
