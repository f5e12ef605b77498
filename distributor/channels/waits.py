"""When a network that asks us to slow down wants to be asked again.

Each has its own dialect: X and Bluesky name a moment in unix seconds, Mastodon
an ISO 8601 moment, GoToSocial an integer; proxies add Retry-After in seconds or
as an HTTP date, at times twice in one header ("120, Sun, 22 Nov 2026 …").
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

LONGEST_WAIT = dt.timedelta(hours=24)
"""The longest window any of the networks counts in; a later moment is not believed."""

_HEADERS = ("retry-after", "x-rate-limit-reset", "ratelimit-reset", "x-ratelimit-reset")
# X tells these with every answer; they mean something once nothing remains.
_DAYS = ("x-user-limit-24hour", "x-app-limit-24hour")
_LARGEST_DELAY = 100_000_000  # seconds; a larger number is a moment since 1970


def wait_until(headers: Mapping[str, str], now: dt.datetime) -> dt.datetime | None:
    """The latest moment the headers ask us to wait for; None when they name none to come.

    Header names are in lower case. Moments are understood by the clock of the
    server (its Date), so a wrong clock on this side does not shorten the wait.
    """
    there = _date(headers.get("date", "")) or now
    spent = (f"{day}-reset" for day in _DAYS if headers.get(f"{day}-remaining") == "0")
    waits = [_delay(headers[name], there) for name in (*_HEADERS, *spent) if name in headers]
    longest = max((wait for wait in waits if wait is not None), default=dt.timedelta())
    return now + min(longest, LONGEST_WAIT) if longest > dt.timedelta() else None


def _delay(value: str, there: dt.datetime) -> dt.timedelta | None:
    for text in (value.strip(), value.partition(",")[0].strip()):
        if (number := _number(text)) is not None:
            seconds = number if number < _LARGEST_DELAY else number - there.timestamp()
            return dt.timedelta(seconds=min(seconds, LONGEST_WAIT.total_seconds()))
        if moment := _date(text):
            return moment - there
    return None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _date(text: str) -> dt.datetime | None:
    """An ISO 8601 or HTTP date; without a zone it is UTC."""
    for read in (dt.datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text)
        except (ValueError, TypeError, IndexError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return None
