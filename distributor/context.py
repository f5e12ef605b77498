"""What every verb needs to know of its surroundings: configuration, keys, templates, time."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .config import Configuration
from .vault import Vault


def utc_now() -> dt.datetime:
    """The present moment; the one place that reads the wall clock for decisions."""
    return dt.datetime.now(dt.UTC)


class Stopwatch:
    """How long things have been going on in this process, by a clock that nobody can set.

    When the clock on the wall is put forward, a request of a moment ago looks old.
    """

    def __init__(self, elapsed: Callable[[], float] = time.monotonic) -> None:
        self.elapsed = elapsed  # seconds; only differences mean something
        self._begun: dict[int, float] = {}

    def since(self, what: int) -> dt.timedelta:
        """How long ago this was asked first: nothing, when it is asked for the first time."""
        now = self.elapsed()
        return dt.timedelta(seconds=now - self._begun.setdefault(what, now))

    def forget(self, what: int) -> None:
        """It is over."""
        self._begun.pop(what, None)


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was, by both clocks."""

    shown: dt.datetime
    elapsed: float


@dataclass(frozen=True, slots=True)
class Context:
    """Handed to each verb of `actions`."""

    configuration: Configuration
    vault: Vault
    templates: Path
    now: Callable[[], dt.datetime] = utc_now
    stopwatch: Stopwatch = field(default_factory=Stopwatch)  # of attempts in doubt

    def moment(self) -> Moment:
        """The present one."""
        return Moment(self.now(), self.stopwatch.elapsed())

    def since(self, moment: Moment) -> dt.timedelta:
        """How long ago a moment of this process was, by whichever clock shows more.

        That on the wall may have been put back; the other one may stop while a machine sleeps.
        """
        elapsed = dt.timedelta(seconds=self.stopwatch.elapsed() - moment.elapsed)
        return max(elapsed, self.now() - moment.shown)
