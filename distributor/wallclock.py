"""From what a clock on the wall shows to a moment."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from .errors import BadInput


def in_zone(wall: dt.datetime, zone: str) -> dt.datetime:
    """The moment when clocks in the zone show this; one with an offset is a moment already.

    Raises BadInput for the hour that a change of clocks skips or repeats: an embargo
    must not be guessed.
    """
    if wall.tzinfo is not None:
        return wall
    place = zoneinfo.ZoneInfo(zone)
    early, late = wall.replace(tzinfo=place, fold=0), wall.replace(tzinfo=place, fold=1)
    if early.utcoffset() != late.utcoffset():
        raise BadInput(
            f"The clocks change at {wall:%H:%M on %-d %B %Y} in {zone}, so that time is missing "
            "or comes twice. Choose a time outside that hour."
        )
    return early
