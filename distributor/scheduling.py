"""The clock: a tick, and the arithmetic of recurring work.

The only file that knows APScheduler. Its job stores are never used: two
processes sharing one fire the same job twice (docs/decisions). What recurs is a
row of the lease table whose next moment is computed here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

_TICK = 1  # seconds


class Clock:
    """Calls a function every second, in a thread of its own."""

    def __init__(self, tick: Callable[[], None]) -> None:
        self._scheduler = BackgroundScheduler(timezone=dt.UTC, daemon=True)
        self._scheduler.add_job(
            tick, "interval", seconds=_TICK, max_instances=1, coalesce=True, misfire_grace_time=60
        )

    def start(self) -> None:
        """Begin ticking."""
        self._scheduler.start()

    def stop(self) -> None:
        """End ticking; waits for a tick under way."""
        self._scheduler.shutdown(wait=True)


def next_run(every: dt.timedelta, last: dt.datetime, now: dt.datetime) -> dt.datetime:
    """When work that recurs `every` so often, and last ran at `last`, runs next."""
    trigger = IntervalTrigger(seconds=every.total_seconds(), start_date=last, timezone=dt.UTC)
    following: dt.datetime = trigger.get_next_fire_time(last, now)
    return following if following > now else following + every
