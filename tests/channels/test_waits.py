"""Rate-limit headers in every dialect."""

from __future__ import annotations

import datetime as dt

import pytest

from distributor.channels.waits import LONGEST_WAIT, wait_until

NOW = dt.datetime(2026, 11, 22, 10, 0, 0, tzinfo=dt.UTC)
UNIX = int(NOW.timestamp())

IN_TWO_MINUTES = {
    "X": {"x-rate-limit-reset": str(UNIX + 120)},
    "Bluesky": {"ratelimit-reset": str(UNIX + 120), "retry-after": "120"},
    "Mastodon": {"x-ratelimit-reset": "2026-11-22T10:02:00.000Z"},
    "GoToSocial": {"x-ratelimit-reset": str(UNIX + 120)},
    "seconds": {"retry-after": "120"},
    "a date": {"retry-after": "Sun, 22 Nov 2026 10:02:00 GMT"},
    "twice": {"retry-after": "120, Sun, 22 Nov 2026 10:02:00 GMT"},
    "a delay as a reset": {"ratelimit-reset": "120"},
    "the later of two": {"retry-after": "5", "x-rate-limit-reset": str(UNIX + 120)},
    "X, for a day": {
        "x-rate-limit-remaining": "99",
        "x-rate-limit-reset": str(UNIX + 60),
        "x-user-limit-24hour-remaining": "0",
        "x-user-limit-24hour-reset": str(UNIX + 120),
    },
    "X, with more for that day": {
        "x-rate-limit-reset": str(UNIX + 120),
        "x-app-limit-24hour-remaining": "9",
        "x-app-limit-24hour-reset": str(UNIX + 80_000),
    },
    "a server in the past": {
        "date": "Sun, 22 Nov 2026 08:00:00 GMT",
        "x-rate-limit-reset": str(UNIX - 7200 + 120),
    },
}


@pytest.mark.parametrize("headers", IN_TWO_MINUTES.values(), ids=IN_TWO_MINUTES)
def test_a_wait_is_read_in_every_dialect(headers: dict[str, str]) -> None:
    assert wait_until(headers, NOW) == NOW + dt.timedelta(minutes=2)


@pytest.mark.parametrize(
    "value", ["", "soon", "-5", "nan", "inf", "0", "2026-13-45", "\x00", "9" * 5000 + "x"]
)
def test_nonsense_is_no_wait(value: str) -> None:
    assert wait_until({"retry-after": value, "x-rate-limit-reset": value}, NOW) is None


def test_a_moment_that_has_passed_is_no_wait() -> None:
    assert wait_until({"x-rate-limit-reset": str(UNIX - 1)}, NOW) is None


@pytest.mark.parametrize("value", ["99999999", "9999999999999", "9" * 300, "9999-12-31T00:00:00Z"])
def test_no_wait_is_longer_than_a_day(value: str) -> None:
    assert wait_until({"x-ratelimit-reset": value}, NOW) == NOW + LONGEST_WAIT
