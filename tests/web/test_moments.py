"""Moments as the team writes and reads them."""

from __future__ import annotations

import datetime as dt

import pytest

from distributor.errors import BadInput
from distributor.web.moments import read_moment, show_clock, show_date, show_moment

LONDON = "Europe/London"


@pytest.mark.parametrize(
    ("typed", "utc"),
    [
        pytest.param("2026-06-03T09:00", "2026-06-03T08:00+00:00", id="summer time"),
        pytest.param("2026-12-03T09:00", "2026-12-03T09:00+00:00", id="winter time"),
        pytest.param("2026-12-03T09:00+02:00", "2026-12-03T07:00+00:00", id="its own zone"),
    ],
)
def test_a_moment_is_read_in_the_zone_of_the_organisation(typed: str, utc: str) -> None:
    assert read_moment(typed, LONDON) == dt.datetime.fromisoformat(utc)


def test_an_empty_field_is_no_embargo() -> None:
    assert read_moment(" ", LONDON) is None


@pytest.mark.parametrize("typed", ["2026-10-25T01:30", "2026-03-29T01:30"])
def test_an_hour_that_comes_twice_or_never_is_not_guessed(typed: str) -> None:
    with pytest.raises(BadInput, match="missing or comes twice"):
        read_moment(typed, LONDON)


@pytest.mark.parametrize("typed", ["tomorrow", "2026-02-30T10:00", "2026-06-03T25:00"])
def test_what_is_no_moment_is_refused(typed: str) -> None:
    with pytest.raises(BadInput, match="not a date and time"):
        read_moment(typed, LONDON)


def test_moments_and_dates_are_shown_in_words() -> None:
    moment = dt.datetime(2026, 6, 3, 13, 5, tzinfo=dt.UTC)
    assert show_moment(moment, LONDON) == "3 June 2026, 14:05 BST"
    assert show_clock(moment, LONDON) == "3 Jun, 14:05:00"
    assert show_date(moment.date()) == "3 June 2026"
