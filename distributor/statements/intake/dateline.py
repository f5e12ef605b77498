"""Lines that hold a date and little else: a label, a place, a weekday, a time."""

from __future__ import annotations

import datetime as dt
import re

from ...errors import BadInput
from .dates import FoundDate, find_date, lacks_year
from .draft import Draft, Line
from .phrases import DATE_LABELS

_LONGEST = 120  # characters
_LABEL = rf"(?:{DATE_LABELS.pattern})\s*[:：]?\s*"
# "London", "Brussels/London", "Washington, D.C.": words with a capital or of a script without.
_SMALL = "a-zà-öø-ÿα-ωа-яёіїєґ"
_NAME = rf"(?:[^\W\d_{_SMALL}][\w.'’-]*|d[eu]|la|le|am|den|of|the|upon|an|der)"
_PLACE = rf"{_NAME}(?:[ ,/]{{1,2}}{_NAME}){{0,4}}\s*[,:،、(（–—|-]\s*"
_IN_PLACE = rf"(?:Ve?|We?|[ВУ])\s+{_NAME}[,\s]+"  # "V Praze dne 3. června 2023"
_WEEKDAY = r"[^\W\d_]{2,12}\.?(?:\s(?:den|the|le))?[,،]?\s+"
_ARTICLE = r"(?i:(?:the|den|le|el|dne|am|on|il|em)\s+)?"
_BEFORE = re.compile(
    rf"[\s(（]*(?i:{_LABEL})?(?:{_PLACE}|{_IN_PLACE})?{_ARTICLE}(?:{_WEEKDAY})?{_ARTICLE}[(（]?\s*"
)
_PLACE_BEFORE = re.compile(rf"[\s(（]*(?:{_PLACE})?(?:{_WEEKDAY})?[(（]?\s*")
_AFTER = re.compile(
    r"\s*[)）]?[.,]?(?:\s*(?:року|рік|р\.?|года|г\.?|r\.|roku|m\.|d\.|gada|م|هـ)\.?)?"
    r"(?:\s*[(（][^()（）]{1,12}[)）]|\s*[日月火水木金土]曜日?|\s*[星週周]期?[一二三四五六日天])?"
    r"(?:\s*(?:[,|–—·-]|at|um|à|a las|o|v|kl\.)?\s*\d{1,2}[:.h]\d\d(?::\d\d)?\s*(?:[ap]\.?m\.?)?"
    r"\s*(?:[A-Z]{2,5}|uhr)?)?(?:\s*[|·•]\s*.{0,40}|\s+(?:by|von|par|por)\s.{2,40})?\s*[)）]?[.。]?",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"(?:date|datum|fecha|дата|日期|發佈日期|发布日期|التاريخ)\s*[:：]\s*(?P<rest>\S.*)",
    re.IGNORECASE,
)
_RUN_ON = re.compile(r"(?:\s?[рrг])?\.?\s*[)）]?\s*(?:[–—:]|-\s|/)")
_UPDATED = re.compile(
    r"(?:last )?(?:updated|modified)|aktualisiert|mis à jour|actualizado|更新", re.IGNORECASE
)


def take_date_line(draft: Draft, line: Line) -> bool:
    """Whether the line is a date line; then it is taken out, and the first one dates the draft.

    Raises BadInput for a line that is meant as a date and names no day.
    """
    found = _read(line)
    if found is None or found.date is None:
        return False
    first = draft.date is None
    if first:
        draft.date = found.date
        if found.ambiguous:
            draft.warn(f"Line {line.number} was read as day/month/year, {found.date}: check it.")
    draft.repair(line, "date", str(found.date) if first else "")
    if not first and found.date != draft.date and not _UPDATED.search(line.body):
        draft.warn(f"Line {line.number} names another date, {found.date}, and was left out.")
    return True


def is_date_line(line: Line) -> bool:
    """Whether the line holds a date and little else. Raises BadInput as `take_date_line` does."""
    return _read(line) is not None


def run_in_date(text: str) -> dt.date | None:
    """The date of a dateline that opens a paragraph: "LONDON, 3 June 2023 – The alliance …"."""
    found = find_date(text[:_LONGEST])
    if found is None or not _PLACE_BEFORE.fullmatch(text[: found.start]):
        return None
    return found.date if _RUN_ON.match(text[found.end :]) else None


def _read(line: Line) -> FoundDate | None:
    text = line.body.strip("*_ ")
    if len(text) > _LONGEST:
        return None
    labelled = _LABELLED.fullmatch(text)
    found = find_date(text)
    if found and _is_alone(text, found):
        if found.date is None:
            raise _unreadable(line, "there is no such date")
        return found
    if lacks_year(labelled["rest"] if labelled else text):
        raise _unreadable(line, "the year is missing")
    if labelled and not found:
        raise _unreadable(line, "it names no day")
    return None


def _is_alone(text: str, found: FoundDate) -> bool:
    before, after = text[: found.start], text[found.end :]
    return bool(_BEFORE.fullmatch(before)) and bool(_AFTER.fullmatch(after))


def _unreadable(line: Line, why: str) -> BadInput:
    return BadInput(
        f"The date on line {line.number} cannot be read, {why}: write it like 2023-06-03."
    )
