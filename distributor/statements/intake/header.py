"""The head of a statement: its title, and the date on a line of its own near it."""

from __future__ import annotations

import re

from ...errors import BadInput
from .dates import FoundDate, find_date, lacks_year
from .draft import Draft, Line
from .leftovers import is_leftover

_LABEL = re.compile(
    r"(?:date|dated|published|published on|posted|posted on|issued|released|for release|updated"
    r"|last updated|datum|veröffentlicht|veröffentlicht am|stand|publié|publié le|date de publication"
    r"|publicado|publicado el|fecha|pubblicato|pubblicato il|data|publikováno|vydáno|zveřejněno"
    r"|опубліковано|дата|發佈日期|发布日期|日期|発表日|公開日|تاريخ النشر|التاريخ)\s*[:：]?\s*",
    re.IGNORECASE,
)
_WEEKDAY = r"[^\W\d_]{2,12}\.?(?:\s(?:den|the|le))?"
_BEFORE = re.compile(
    rf"(?:{_LABEL.pattern})?(?:[^\d.!?]{{2,50}}[,:(–—|-]\s*)?(?:{_WEEKDAY}[,\s]+)?\(?"
)
_AFTER = re.compile(
    r"\)?[.,]?(?:\s*(?:року|р\.?|года|г\.?|r\.|m\.|d\.|م|هـ)\.?)?(?:\s*[(（].{1,8}[)）])?"
    r"(?:\s*(?:[,|–—-]|at|um|à|o)?\s*\d{1,2}[:.h]\d\d(?::\d\d)?\s*(?:[ap]\.?m\.?)?\s*(?:[A-Z]{2,5}|uhr)?)?"
    r"\)?[.。]?",
    re.IGNORECASE,
)
_STRICT = re.compile(r"(?:date|datum|fecha|data|дата|日期)\s*[:：]\s*(?P<rest>.+)", re.IGNORECASE)
_MARKS = re.compile(r"#{1,6}\s+|\s+#+$")


def take_title(draft: Draft) -> None:
    """The first line is the title, but for a date line above it. Raises BadInput without one."""
    if draft.title is not None:
        return
    for position, line in enumerate(draft.lines):
        if line.blank or _take_date(draft, line):
            continue
        draft.title = _MARKS.sub("", line.body)
        draft.lines = draft.lines[position + 1 :]
        return
    raise BadInput("The text has no title: write the title in its first line.")


def take_date(draft: Draft) -> None:
    """Take the date line and leftovers off the top of the body."""
    rest = draft.lines
    for position, line in enumerate(rest):
        if line.blank or _take_date(draft, line):
            continue
        if is_leftover(line.body):
            draft.repair(line, "page leftover")
            continue
        draft.lines = rest[position:]
        break
    else:
        draft.lines = []
    if draft.date is None:
        draft.warn("No date was found: write it on a line of its own below the title.")


def _take_date(draft: Draft, line: Line) -> bool:
    """Whether the line is a date line; if so, its date is the draft's."""
    found = date_line(line)
    if found is None:
        return False
    if draft.date is None:
        draft.date = found.date
        if found.ambiguous:
            draft.warn(
                f"Line {line.number} was read as day/month/year, {found.date}: check the date."
            )
    draft.repair(line, "date", str(found.date))
    return True


def date_line(line: Line) -> FoundDate | None:
    """The date when the line holds nothing else. Raises BadInput when it cannot be read."""
    text = line.body.strip("*_ ")
    if len(text) > 120:
        return None
    strict = _STRICT.fullmatch(text)
    found = find_date(text)
    if found and _is_alone(text, found):
        if found.date is None:
            raise _unreadable(line, "there is no such day")
        return found
    if lacks_year(strict["rest"] if strict else text):
        raise _unreadable(line, "the year is missing")
    if strict and not found:
        raise _unreadable(line, "it names no day")
    return None


def _is_alone(text: str, found: FoundDate) -> bool:
    before, after = text[: found.start], text[found.end :]
    return bool(_BEFORE.fullmatch(before)) and bool(_AFTER.fullmatch(after))


def _unreadable(line: Line, why: str) -> BadInput:
    return BadInput(
        f"The date on line {line.number} cannot be read, {why}: write it like 2023-06-03."
    )
