"""What the steps of intake work on: numbered lines, and what was found and changed so far."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass, field

from ..values import Repair

_TAB = 4  # columns
_WIDE = frozenset("WF")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the text; `number` counts from 1 in the text as it was handed in."""

    number: int
    text: str

    @property
    def body(self) -> str:
        """The line without the white space around it."""
        return self.text.strip()

    @property
    def blank(self) -> bool:
        """Whether nothing is written on it."""
        return not self.text or self.text.isspace()

    @property
    def indent(self) -> int:
        """Columns of white space before the text."""
        return indentation(self.text)


@dataclass(slots=True)
class Draft:
    """A statement on its way from text to `Reading`; each step takes and leaves something."""

    lines: list[Line]
    language: str
    title: str | None = None
    date: dt.date | None = None
    url: str | None = None
    not_before: dt.datetime | None = None
    hashtags: tuple[str, ...] = ()
    markdown: bool = False
    repairs: list[Repair] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def repair(self, line: Line, kind: str, after: str = "") -> None:
        """Note that `line` is read as `after` (or not at all)."""
        self.repairs.append(Repair(line.number, kind, line.text, after))

    def warn(self, sentence: str) -> None:
        """Note a doubt once, as a sentence for the person who approves."""
        if sentence not in self.warnings:
            self.warnings.append(sentence)


def cells(text: str) -> int:
    """How many columns of a terminal the text takes: CJK characters take two."""
    if text.isascii():
        return len(text)
    return len(text) + sum(unicodedata.east_asian_width(c) in _WIDE for c in text)


def indentation(text: str) -> int:
    """Columns of white space at the start of the text; a tab goes to the next multiple of 4."""
    columns = 0
    for character in text:
        if character == "\t":
            columns += _TAB - columns % _TAB
        elif character.isspace():
            columns += cells(character)
        else:
            break
    return columns
