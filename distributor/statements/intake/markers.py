"""The marks that begin the items of a list."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .draft import cells, indentation
from .months import month_number

# Round and square bullets, and those that Word's symbol fonts leave behind in a paste.
_BULLETS = "•·・‣▪◦●○■□▸►▶⁃∙⦁➢➤❖✓✔\uf0b7\uf0a7\uf0d8\uf076\uf0fc"
_BULLET = re.compile(rf"([{_BULLETS}])\s*|o(?:\t|\s{{2,}})")
_DASH = re.compile(r"([-–—*+])(?:\s+|$)")
_NUMBER = re.compile(r"[(（]?(\d{1,3})(?:(?:[.)]|\.?[ºª]\)?)(?:\s+|$)|[、．）]\s*|\u3000+)")
_CHINESE = re.compile(r"[(（]?([一二三四五六七八九十]{1,3})(?:、|[)）])\s*")
_CIRCLED = re.compile("([\u2460-\u2473])\\s*")
_LETTER = re.compile(r"\(?([a-zа-яґєі]|[ivx]{2,5})(?:\)|(?<!\(.)\.)\s+")
_ROMAN = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv".split()
_ALPHABETS = ("abcdefghijklmnopqrstuvwxyz", "абвгдежзиклмн", "абвгґдеєжзиіклмн")
_ONES = "〇一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Marker:
    """The mark of an item: what it looks like, what follows it, and where both stand."""

    mark: str
    kind: str  # "bullet", "dash", "number", "chinese", "circled" or "letter"
    values: frozenset[int]  # the numbers it can mean: "i" is a letter and a roman number
    text: str
    indent: int  # column of the mark
    text_indent: int  # column of the text after it

    @property
    def ordered(self) -> bool:
        """Whether the mark counts."""
        return bool(self.values)


def read_marker(line: str) -> Marker | None:
    """The marker at the start of the line, if there is one."""
    body = line.strip()
    if match := _BULLET.match(body):
        return _marker(line, match, "bullet")
    if match := _DASH.match(body):
        return _marker(line, match, "dash")
    if match := _NUMBER.match(body):
        if _is_date(body[match.end() :]):
            return None
        return _marker(line, match, "number", {int(match[1])})
    if match := _CHINESE.match(body):
        return _marker(line, match, "chinese", {_chinese_number(match[1])})
    if match := _CIRCLED.match(body):
        return _marker(line, match, "circled", {ord(match[1]) - 0x245F})
    if (match := _LETTER.match(body)) and (values := _letter_values(match[1])):
        return _marker(line, match, "letter", values)
    return None


def _marker(line: str, match: re.Match[str], kind: str, values: set[int] | None = None) -> Marker:
    indent = indentation(line)
    return Marker(
        mark=match[0].strip(),
        kind=kind,
        values=frozenset(values or ()),
        text=match.string[match.end() :],
        indent=indent,
        text_indent=indent + cells(match[0]),
    )


def _is_date(rest: str) -> bool:
    """Whether "3." begins a date: "3. Juni 2023 …" is a sentence, not an item."""
    words = rest[:40].split()
    return len(words) > 1 and words[1][:4].isdecimal() and month_number(words[0]) is not None


def _chinese_number(text: str) -> int:
    tens, ten, ones = text.partition("十")
    if not ten:
        return _ONES.index(text[0])
    return 10 * (_ONES.index(tens) if tens in _ONES and tens else 1) + (
        _ONES.index(ones[0]) if ones and ones[0] in _ONES else 0
    )


def _letter_values(letters: str) -> set[int]:
    values = {row.index(letters) + 1 for row in _ALPHABETS if letters in row}
    return values | ({_ROMAN.index(letters) + 1} if letters in _ROMAN else set())
