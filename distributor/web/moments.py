"""Moments as the team writes and reads them: in the time zone of the organisation."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from distributor.errors import BadInput
from distributor.wallclock import in_zone


def read_moment(text: str, zone: str) -> dt.datetime | None:
    """What a `datetime-local` field holds, as a moment; None when it is empty.

    Raises BadInput for text that is no moment, and as `wallclock.in_zone` does.
    """
    if not text.strip():
        return None
    try:
        wall = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadInput("The embargo is not a date and time. Pick both in the field.") from None
    return in_zone(wall, zone)


def show_moment(moment: dt.datetime, zone: str) -> str:
    """A moment for people: "3 June 2023, 14:05 BST"."""
    local = moment.astimezone(zoneinfo.ZoneInfo(zone))
    return f"{local.day} {local:%B %Y, %H:%M %Z}"


def show_clock(moment: dt.datetime, zone: str) -> str:
    """The same, short, where many stand in a column: "3 Jun, 14:05:09"."""
    local = moment.astimezone(zoneinfo.ZoneInfo(zone))
    return f"{local.day} {local:%b, %H:%M:%S}"


def show_date(date: dt.date) -> str:
    """A date for people: "3 June 2023"."""
    return f"{date.day} {date:%B %Y}"
