"""How much a channel may send in an hour and in a day."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from distributor.delivery.caps import DAY, HOUR, Cap, free_at

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
CAPS = [Cap(4, HOUR), Cap(10, DAY)]

histories = st.lists(st.integers(0, 1500), max_size=20).map(
    lambda minutes: sorted(NOON - minute * MINUTE for minute in minutes)
)


def ago(*minutes: int) -> list[dt.datetime]:
    """Moments before noon, oldest first."""
    return [NOON - minute * MINUTE for minute in minutes]


def test_what_is_within_the_cap_may_go_at_once() -> None:
    assert free_at(ago(50, 40, 30), 1, CAPS, NOON) == NOON


def test_one_too_many_waits_until_the_oldest_is_an_hour_ago() -> None:
    assert free_at(ago(50, 40, 30, 20), 1, CAPS, NOON) == NOON + 10 * MINUTE
    assert free_at(ago(50, 40, 30, 20), 2, CAPS, NOON) == NOON + 20 * MINUTE


def test_the_stricter_cap_decides() -> None:
    ten = ago(*range(1400, 900, -50))
    assert free_at(ten, 1, CAPS, NOON) == NOON + 40 * MINUTE


def test_a_thread_longer_than_the_cap_goes_when_the_whole_hour_is_free() -> None:
    assert free_at([], 7, [Cap(4, HOUR)], NOON) == NOON
    assert free_at(ago(50, 20), 7, [Cap(4, HOUR)], NOON) == NOON + 40 * MINUTE


def test_without_caps_everything_may_go() -> None:
    assert free_at(ago(*range(60)), 5, [], NOON) == NOON


@given(histories, st.integers(1, 4))
def test_at_the_moment_given_no_cap_is_exceeded(starts: list[dt.datetime], asked: int) -> None:
    free = free_at(starts, asked, CAPS, NOON)
    assert free >= NOON
    for cap in CAPS:
        recent = [start for start in starts if start > free - cap.period]
        assert len(recent) + asked <= cap.most


@given(histories, st.integers(1, 4))
def test_a_moment_sooner_would_be_too_soon(starts: list[dt.datetime], asked: int) -> None:
    free = free_at(starts, asked, CAPS, NOON)
    if free > NOON:
        sooner = free - dt.timedelta(microseconds=1)
        assert any(
            len([start for start in starts if start > sooner - cap.period]) + asked > cap.most
            for cap in CAPS
        )
