"""The halt: nothing leaves while it is on, and only a person lifts it.

It is on when the file HALT lies in the data directory, or a row says so: the
file works without a database, the row reaches every machine.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from .models import Halt

FILE = "HALT"


@dataclass(frozen=True, slots=True)
class Reason:
    """Who stopped everything, when and why."""

    by: str
    why: str
    at: dt.datetime | None


def is_on(directory: Path) -> bool:
    """Whether anything may leave; asked before every request."""
    return (directory / FILE).exists() or Halt.objects.exists()


def reason(directory: Path) -> Reason | None:
    """Why nothing leaves, or None when it may."""
    row = Halt.objects.order_by("at").first()
    if row:
        return Reason(row.by, row.why, row.at)
    try:
        why = (directory / FILE).read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return None
    return Reason("the file HALT", why[:500], None)


def turn_on(directory: Path, *, by: str, why: str, now: dt.datetime) -> None:
    """Stop everything. The file comes first: it counts even if the database does not answer."""
    (directory / FILE).write_text(f"{why or 'halted'} ({by})\n", encoding="utf-8")
    Halt.objects.create(by=by, why=why, at=now)


def turn_off(directory: Path) -> None:
    """Let deliveries go on."""
    Halt.objects.all().delete()
    (directory / FILE).unlink(missing_ok=True)
