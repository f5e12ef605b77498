"""What an answer of a network means, and what is done next."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.channels.base import Absent, Later, Receipt, Refused, Sent, Unsure
from distributor.delivery.decisions import (
    LookUp,
    Record,
    Request,
    Rules,
    SendNow,
    Stop,
    TryAgain,
    after_look_up,
    after_publish,
    pause,
)

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
RULES = Rules(attempts=5, backoff=2 * SECOND, backoff_max=60 * SECOND, in_flight=300 * SECOND)
SENT = Sent((Receipt("7", "https://x.example/7"),))

tries = st.integers(1, 40)
ages = st.integers(0, 900).map(lambda seconds: seconds * SECOND)
anything_found = st.sampled_from([SENT, Absent(), Later("busy"), Unsure("cannot say")])
requests = st.builds(
    Request, age=ages, sends=st.integers(1, 9), repeatable=st.booleans(), taken=st.booleans()
)


def request(
    age: dt.timedelta, *, sends: int = 1, repeatable: bool = False, taken: bool = False
) -> Request:
    """A request of so long ago."""
    return Request(age, sends, repeatable, taken)


def looked_up(found: Sent | Absent | Later | Unsure, request: Request, tries: int = 1) -> object:
    """The decision at noon."""
    return after_look_up(found, request, tries=tries, now=NOON, rules=RULES, jitter=1.0)


@pytest.mark.parametrize(
    ("number", "seconds"), [(0, 2), (1, 2), (2, 4), (3, 8), (5, 32), (6, 60), (5000, 60)]
)
def test_each_wait_is_twice_the_last_up_to_the_most(number: int, seconds: int) -> None:
    assert pause(number, RULES, 1.0) == seconds * SECOND


def test_a_receipt_is_recorded_and_a_refusal_stops() -> None:
    assert after_publish(SENT, 1, NOON, RULES, 1.0) == Record(SENT)
    assert after_publish(Refused("no"), 1, NOON, RULES, 1.0) == Stop("refused", "no")


def test_an_unsure_answer_is_looked_up_however_often_it_was_tried() -> None:
    for number in (1, 5, 500):
        assert isinstance(after_publish(Unsure("?"), number, NOON, RULES, 1.0), LookUp)


def test_a_networks_own_moment_counts_when_it_is_the_later_one() -> None:
    until = NOON + 900 * SECOND
    assert after_publish(Later("busy", until), 1, NOON, RULES, 1.0) == TryAgain(until, "busy")
    soon = after_publish(Later("busy", NOON), 1, NOON, RULES, 1.0)
    assert soon == TryAgain(NOON + 2 * SECOND, "busy")


def test_what_was_asked_to_wait_often_enough_is_given_up() -> None:
    assert isinstance(after_publish(Later("busy"), 4, NOON, RULES, 1.0), TryAgain)
    given_up = after_publish(Later("busy"), 5, NOON, RULES, 1.0)
    assert given_up == Stop("gave_up", "given up after 5 tries: busy")


def test_what_is_not_found_may_still_arrive_until_the_horizon() -> None:
    early = looked_up(Absent(), request(299 * SECOND), tries=9)
    assert early == LookUp(NOON + SECOND, "not found yet; the request may still arrive")
    assert looked_up(Absent(), request(300 * SECOND)) == SendNow(is_certain=True)


def test_what_can_be_repeated_is_sent_again_at_once_and_stays_in_doubt() -> None:
    assert looked_up(Absent(), request(0 * SECOND, repeatable=True)) == SendNow(is_certain=False)
    assert looked_up(Absent(), request(300 * SECOND, repeatable=True)) == SendNow(is_certain=True)


def test_a_text_the_network_has_but_does_not_show_is_for_a_person() -> None:
    decision = looked_up(Absent(), request(600 * SECOND, taken=True))
    assert isinstance(decision, Stop) and decision.state == "unsure"


def test_what_vanishes_every_time_is_given_up() -> None:
    decision = looked_up(Absent(), request(600 * SECOND, sends=5))
    assert isinstance(decision, Stop) and decision.state == "gave_up"


def test_what_may_still_arrive_is_not_given_up_even_if_it_could_be_repeated() -> None:
    recent = request(299 * SECOND, sends=5, repeatable=True)
    assert isinstance(looked_up(Absent(), recent), LookUp)
    decision = looked_up(Absent(), request(300 * SECOND, sends=5, repeatable=True))
    assert isinstance(decision, Stop) and decision.state == "gave_up"


def test_a_look_that_fails_is_repeated_until_both_tries_and_horizon_are_over() -> None:
    assert isinstance(looked_up(Later("busy"), request(299 * SECOND), tries=99), LookUp)
    assert isinstance(looked_up(Later("busy"), request(600 * SECOND), tries=4), LookUp)
    decision = looked_up(Later("busy"), request(600 * SECOND), tries=5)
    assert isinstance(decision, Stop) and decision.state == "unsure"


@given(requests, tries)
def test_what_is_found_is_recorded_whatever_was_before(request: Request, number: int) -> None:
    assert looked_up(SENT, request, number) == Record(SENT)


@given(anything_found, requests, tries)
def test_nothing_is_sent_again_that_may_still_land_or_that_the_network_has(
    found: Sent | Absent | Later | Unsure, request: Request, number: int
) -> None:
    decision = looked_up(found, request, number)
    if isinstance(decision, SendNow):
        assert found == Absent()
        assert decision.is_certain == (request.age >= RULES.in_flight)
        assert request.repeatable or request.age >= RULES.in_flight
        assert not request.taken and request.sends < RULES.attempts


@given(anything_found, requests, tries, st.floats(0.8, 1.2))
def test_every_wait_lies_ahead_and_ends(
    found: Sent | Absent | Later | Unsure, request: Request, number: int, jitter: float
) -> None:
    decision = after_look_up(found, request, tries=number, now=NOON, rules=RULES, jitter=jitter)
    if isinstance(decision, LookUp):
        assert NOON < decision.due <= NOON + 72 * SECOND
