"""Dates as people write them on a line of their own."""

from __future__ import annotations

import datetime as dt
import difflib
import re
import unicodedata
from dataclasses import dataclass

from .months import NAMES, month_number

_WORD = r"[^\W\d_]+(?:\s(?:الأول|الاول|الثاني))?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>\d{1,2})(?:\s?(?:st|nd|rd|th|er|º|ª|°|o|e)(?!\w))?"
_MONTH = rf"(?P<month>{_WORD})"
_OF = r"(?:(?:of|de|del|di)\s+|d['’])?"

_PATTERNS = tuple(
    re.compile(rf"(?<![\w/.-]){pattern}(?!\w)", re.IGNORECASE)
    for pattern in (
        rf"{_YEAR}\s?[-/.]\s?(?P<number>\d{{1,2}})\s?[-/.]\s?(?P<day>\d{{1,2}})(?:T[\d:.]+Z?)?(?:[+-]\d\d:?\d\d)?",
        r"(?P<day>\d{1,2})\s?(?P<sign>[-/.])\s?(?P<number>\d{1,2})\s?(?P=sign)\s?"
        r"(?P<year>\d{4}|\d\d)",
        rf"(?:the\s+)?{_DAY}\.?\s*(?:-\s?)?{_OF}{_MONTH}\.?(?:\s|,|-)\s*{_OF}{_YEAR}",
        rf"{_MONTH}\.?\s+(?:the\s+)?{_DAY}\.?,?\s+{_OF}{_YEAR}",
        rf"{_YEAR}\.?\s+(?:m\.\s+)?{_MONTH}\.?\s+{_DAY}\.?(?:\s+d\.)?",
        rf"(?:西元|公元|西暦)?{_YEAR}\s?[年년]\s?(?P<number>\d{{1,2}})\s?[月월]\s?(?P<day>\d{{1,2}})\s?[日号號일]",
        r"(?:中華|中华)?(?P<era>民國|民国|令和)\s?(?P<eon>\d{1,3})\s?年\s?(?P<number>\d{1,2})\s?月\s?"
        r"(?P<day>\d{1,2})\s?日",
    )
)
_CHINESE_DIGITS = {c: i % 10 for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0}
_CHINESE_DATE = re.compile(
    "([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)
_ERAS = {"民國": 1911, "民国": 1911, "令和": 2018}
_NO_YEAR = re.compile(
    rf"(?:{_MONTH}\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?|(?P<day2>\d{{1,2}})(?:st|nd|rd|th|er)?"
    rf"\.?\s+{_OF}(?P<month2>{_WORD}))\.?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in a line: from `start` to `end`; `date` is None when there is no such day."""

    start: int
    end: int
    date: dt.date | None
    ambiguous: bool = False


def find_date(text: str) -> FoundDate | None:
    """The first thing in the text that is written like a date."""
    if match := _CHINESE_DATE.search(text):
        return _read_chinese(match)
    plain = _ascii_digits(text)
    for pattern in _PATTERNS:
        for match in pattern.finditer(plain):
            found = _read(match)
            if found:
                return found
    return None


def lacks_year(text: str) -> bool:
    """Whether the whole text is a day and a month."""
    match = _NO_YEAR.fullmatch(_ascii_digits(text).strip())
    return bool(match and month_number(match["month"] or match["month2"]))


def _ascii_digits(text: str) -> str:
    """The text with the digits of every script as 0 to 9, each in its place."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c, c)) for c in text)


def _chinese_number(text: str) -> int:
    """A number up to 99 as a calendar writes it: 三, 十四, 二十, 三十一."""
    tens, ten, ones = text.partition("十")
    if not ten:
        return _CHINESE_DIGITS[text[0]]
    return _CHINESE_DIGITS[tens[:1] or "一"] * 10 + _CHINESE_DIGITS.get(ones[:1], 0)


def _read_chinese(match: re.Match[str]) -> FoundDate:
    year = int("".join(str(_CHINESE_DIGITS[c]) for c in match[1]))
    return _found(match, year, _chinese_number(match[2]), _chinese_number(match[3]))


def _read(match: re.Match[str]) -> FoundDate | None:
    groups = match.groupdict()
    if groups.get("month"):
        month = month_number(groups["month"])
        if month is None and not _misspelt(groups["month"]):
            return None
        return _found(match, _year(groups), month or 0, int(groups["day"]))
    first, second = int(groups["day"]), int(groups["number"])
    if groups.get("sign") in ("/", "-") and first <= 12:
        if second > 12:
            return _found(match, _year(groups), first, second)
        return _found(match, _year(groups), second, first, ambiguous=first != second)
    return _found(match, _year(groups), second, first)


def _year(groups: dict[str, str]) -> int:
    if groups.get("era"):
        return _ERAS[groups["era"]] + int(groups["eon"])
    year = int(groups["year"])
    return year if year > 99 else 2000 + year


def _misspelt(word: str) -> bool:
    return bool(difflib.get_close_matches(word.casefold(), NAMES, n=1, cutoff=0.8))


def _found(
    match: re.Match[str], year: int, month: int, day: int, ambiguous: bool = False
) -> FoundDate:
    try:
        date = dt.date(year, month, day)
    except ValueError:
        date = None
    return FoundDate(match.start(), match.end(), date, ambiguous)
