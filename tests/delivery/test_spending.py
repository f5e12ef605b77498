"""What X may cost in a day."""

from __future__ import annotations

import datetime as dt

from distributor.delivery.spending import affordable_at, price

NOON = dt.datetime(2026, 6, 3, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


def test_a_link_makes_a_post_dear() -> None:
    assert price({"links": []}) == 15
    assert price({"links": ["https://water.example"]}) == 200


def test_what_is_within_the_sum_may_leave_at_once() -> None:
    assert affordable_at([(NOON - HOUR, 200)], 15, 215, NOON) == NOON


def test_what_goes_beyond_waits_until_enough_is_a_day_old() -> None:
    spent = [(NOON - 3 * HOUR, 15), (NOON - 2 * HOUR, 200), (NOON - HOUR, 15)]
    assert affordable_at(spent, 15, 230, NOON) == NOON - 3 * HOUR + DAY
    assert affordable_at(spent, 200, 230, NOON) == NOON - 2 * HOUR + DAY


def test_what_is_older_than_a_day_is_forgotten() -> None:
    assert affordable_at([(NOON - DAY, 200)], 200, 200, NOON) == NOON
