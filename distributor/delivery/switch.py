"""The halt: nothing leaves while it is on, and only a person lifts it.

It is on when the file HALT lies in the data directory, or a row says so: the
file works without a database, the row reaches every machine.
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..errors import BadState
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


def stop_here(directory: Path, *, by: str, why: str) -> None:
    """Stop what this machine sends, by the file: at once, whatever the database does.

    Raises BadState when the file cannot be made.
    """
    path = directory / FILE
    try:
        path.touch()  # what counts; a full disk may have no room for the words
        with suppress(OSError):
            path.write_text(f"{why or 'halted'} ({by})\n", encoding="utf-8")
    except OSError as error:
        raise BadState(
            f"Nothing is halted: {path} cannot be made ({error.strerror}). "
            "End the program instead (systemctl stop distributor)."
        ) from None


def turn_on(directory: Path, *, by: str, why: str, now: dt.datetime) -> None:
    """Stop everything, on all machines."""
    stop_here(directory, by=by, why=why)
    Halt.objects.create(by=by, why=why, at=now)


def turn_off(directory: Path) -> None:
    """Let deliveries go on."""
    Halt.objects.all().delete()
    (directory / FILE).unlink(missing_ok=True)
