"""Time zones as press offices abbreviate them."""

from __future__ import annotations

import datetime as dt
import re

# Hours east of Greenwich. IST and CST are missing: each names several zones.
_HOURS = {
    "Z": 0.0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "BST": 1,
    "CET": 1, "MEZ": 1, "SEČ": 1, "SEC": 1, "CEST": 2, "MESZ": 2, "SELČ": 2, "SELC": 2,
    "EET": 2, "EEST": 3, "MSK": 3, "TRT": 3, "EAT": 3, "CAT": 2, "SAST": 2, "WAT": 1,
    "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AST": -4,
    "BRT": -3, "PKT": 5, "HKT": 8, "SGT": 8, "PHT": 8, "AWST": 8, "JST": 9, "KST": 9,
    "ACST": 9.5, "AEST": 10, "ACDT": 10.5, "AEDT": 11, "NZST": 12, "NZDT": 13,
}  # fmt: skip
_OFFSET = re.compile(r"(?:UTC|GMT)?\s?([+\-\N{MINUS SIGN}])(\d{1,2}):?(\d\d)?", re.IGNORECASE)


def read_zone(text: str) -> dt.tzinfo | None:
    """The zone of an abbreviation or of an offset such as UTC+2; None when it is not known."""
    if match := _OFFSET.fullmatch(text):
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        return _zone(-minutes if match[1] != "+" else minutes)
    hours = _HOURS.get(text.upper())
    return None if hours is None else _zone(round(hours * 60))


def _zone(minutes: int) -> dt.tzinfo | None:
    return dt.timezone(dt.timedelta(minutes=minutes)) if abs(minutes) <= 14 * 60 else None
