"""The clock of many machines: the database server's."""

from __future__ import annotations

import asyncio
import datetime as dt

from distributor.database import ServerClock

NOON = dt.datetime(2026, 6, 3, 12, tzinfo=dt.UTC)


class Instruments:
    """A server's clock and a machine's counter, set by hand."""

    def __init__(self) -> None:
        self.server = NOON
        self.counter = 5000.0
        self.asked = 0

    def pass_by(self, seconds: float) -> None:
        """Let time go by on both."""
        self.server += dt.timedelta(seconds=seconds)
        self.counter += seconds

    def ask(self) -> dt.datetime:
        """What the server says."""
        self.asked += 1
        return self.server


def test_the_time_is_the_servers_and_it_is_asked_now_and_then_only() -> None:
    given = Instruments()
    clock = ServerClock(given.ask, lambda: given.counter)
    for _ in range(9):
        assert clock.now() == given.server
        given.pass_by(1)
    assert given.asked == 1
    given.pass_by(5)
    assert clock.now() == given.server
    assert given.asked == 2


def test_a_machine_that_counts_too_slowly_is_put_right() -> None:
    given = Instruments()
    clock = ServerClock(given.ask, lambda: given.counter)
    clock.now()
    given.pass_by(11)
    given.counter -= 0.5
    assert clock.now() == given.server


def test_a_slow_answer_never_sets_the_clock_back() -> None:
    given = Instruments()

    def ask_slowly() -> dt.datetime:
        told = given.ask()
        given.pass_by(3)
        return told

    assert ServerClock(ask_slowly, lambda: given.counter).now() >= NOON + dt.timedelta(seconds=3)


def test_where_an_event_loop_runs_the_time_goes_on_without_asking() -> None:
    given = Instruments()
    clock = ServerClock(given.ask, lambda: given.counter)
    clock.now()
    given.pass_by(60)

    async def look() -> dt.datetime:
        return clock.now()

    assert asyncio.run(look()) == given.server
    assert given.asked == 1
