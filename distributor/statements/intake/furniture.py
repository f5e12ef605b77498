"""The furniture of press releases: embargo lines, "For immediate release", end marks."""

from __future__ import annotations

import datetime as dt
import re

from ...errors import BadInput
from .dates import find_date
from .draft import Draft, Line
from .phrases import CONTACT, EMBARGO, END_MARK, RELEASE
from .zones import read_zone

# "Embargo on arms must stay" is a title; the rest of an embargo line goes on like this.
_GOES_ON = re.compile(
    r"\s*(?:$|copy\b|\(?\d|[:：–—-](?=.*(?:\d|until|till)|\s*$)"
    r"|(?:until|till|before|lift|expire|bis|vor|jusqu|hasta|fino|до|حتى)|do\s\d|not for)",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(?<![\d./:-])(?:(?P<hour>\d{1,2})\s?(?:[:.h時]\s?(?P<minute>\d\d)?|(?=[ap]\.?m))"
    r"(?::\d\d)?\s?(?:(?P<half>[ap])\.?m\b)?"
    r"|(?P<clock>[0-2]\d[0-5]\d)(?=\s?(?:hrs?|hours|uhr|[A-Z]{2,4}\b))"
    r"|(?P<word>midnight|noon|midday))",
    re.IGNORECASE,
)
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?\s?(?:Z|[+-]\d\d:?\d\d)")
_ZONE = re.compile(
    r"(?<!\w)(?:UTC|GMT)\s?[+\-−]\s?\d{1,2}(?::?\d\d)?|[+−-]\d\d:?\d\d|(?<!\w)[A-ZČ]{1,5}(?![\w.])"
)
_SEPARATOR = re.compile(r"(?:[-–—_=*~·•.]\s*){3,}|--")

_ISSUE = re.compile(r"\s+(?:(?:nr|no|núm|č)\.|n[°º]|№)?\s*\d{1,4}(?:\s?/\s?\d{2,4})?$", re.I)

_LONGEST = 160  # characters of an embargo line
_HOW = "write it like EMBARGOED UNTIL 09:00 UTC, 4 June 2024"


def take_release_line(draft: Draft, line: Line) -> bool:
    """Take a line of a release's head: an embargo, "Press release", a contact; False if none."""
    if is_embargo(line.body):
        take_embargo(draft, line)
    elif _is_release(line.body) or CONTACT.fullmatch(line.body):
        draft.repair(line, "release header")
    else:
        return False
    return True


def _is_release(text: str) -> bool:
    """Whether a line says "Press release", maybe with its number."""
    return bool(RELEASE.fullmatch(_ISSUE.sub("", text.strip("*_:：|·-–— "))))


def is_embargo(text: str) -> bool:
    """Whether a line says from when the text may be published."""
    match = EMBARGO.match(text) if len(text) <= _LONGEST else None
    return bool(match and _GOES_ON.match(text, match.end()))


def take_embargo(draft: Draft, line: Line) -> None:
    """Read the moment of an embargo line. Raises BadInput when it is not said in full."""
    moment = _moment(line)
    if draft.not_before is not None and draft.not_before != moment:
        draft.warn("The text names two embargoes: the later one holds.")
        moment = max(moment, draft.not_before)
    draft.not_before = moment
    draft.repair(line, "embargo", moment.isoformat())


def _moment(line: Line) -> dt.datetime:
    if iso := _ISO.search(line.body):
        return dt.datetime.fromisoformat(iso[0])
    found = find_date(line.body)
    if found is None or found.date is None:
        raise _incomplete(line, "names no day that can be read")
    rest = line.body[: found.start] + " " + line.body[found.end :]
    time = _TIME.search(rest)
    clock = _clock(time) if time else None
    if clock is None:
        raise _incomplete(line, "names no time of day")
    zones = (read_zone("".join(match[0].split())) for match in _ZONE.finditer(rest))
    zone = next((zone for zone in zones if zone), None)
    if zone is None:
        raise _incomplete(line, "names no time zone that is known")
    return dt.datetime.combine(found.date, clock, zone)


def _clock(match: re.Match[str]) -> dt.time | None:
    if match["word"]:
        return dt.time(0 if match["word"].lower() == "midnight" else 12)
    digits = match["clock"] or f"{int(match['hour']):02}{match['minute'] or '00'}"
    hour, minute = int(digits[:2]), int(digits[2:])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
    return dt.time(hour, minute) if hour < 24 and minute < 60 else None


def _incomplete(line: Line, why: str) -> BadInput:
    return BadInput(f"The embargo on line {line.number} {why}: {_HOW}.")


def remove_end_mark(draft: Draft) -> None:
    """Take out the mark that ends a release, and rules between its parts; keep what follows."""
    kept = []
    ended: Line | None = None
    for line in draft.lines:
        text = line.body
        if text and END_MARK.fullmatch(text):
            ended = ended or line
            draft.repair(line, "end mark")
        elif text and _SEPARATOR.fullmatch(text):
            draft.repair(line, "separator")
        else:
            kept.append(line)
            continue
        kept.append(Line(line.number, ""))
    draft.lines = kept
    if ended and any(not line.blank for line in kept if line.number > ended.number):
        draft.warn(
            f"Text follows the end mark on line {ended.number} and stays in the statement: "
            "take it out if it is meant for the press only."
        )
