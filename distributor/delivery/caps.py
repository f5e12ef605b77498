"""Caps: the most posts a channel may send in an hour and in a day. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cap:
    """So many posts in any stretch of time this long."""

    most: int
    period: dt.timedelta


def free_at(
    starts: Sequence[dt.datetime], asked: int, caps: Sequence[Cap], now: dt.datetime
) -> dt.datetime:
    """The earliest moment when `asked` more posts stay within every cap.

    `starts` are the moments of all tries of the last day, oldest first. A try
    counts whether or not it succeeded: a runaway fails fast too. A thread
    longer than the cap itself waits until the whole period is free.
    """
    return max((_free_under(cap, starts, asked, now) for cap in caps), default=now)


def _free_under(
    cap: Cap, starts: Sequence[dt.datetime], asked: int, now: dt.datetime
) -> dt.datetime:
    recent = [start for start in starts if start > now - cap.period]
    excess = len(recent) + asked - cap.most
    if excess <= 0 or not recent:
        return now
    return recent[min(excess, len(recent)) - 1] + cap.period
