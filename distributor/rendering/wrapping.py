"""Wrapping of plain text by the columns it takes on a screen.

Latin text breaks at spaces, Chinese and Japanese between characters; a word or
an address that is longer than a line is never cut.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import pairwise

import regex

COLUMNS = 72

# Line breaking of wide scripts, in short (UAX 14, classes CL, EX, NS and OP).
_NOT_AT_START = frozenset(
    "、。，．：；？！）］｝〕〉》」』】〙〗〟’”…—‥・ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々%％"
)
_NOT_AT_END = frozenset("（［｛〔〈《「『【〘〖〝‘“")


def columns(text: str) -> int:
    """How many columns a fixed-width screen gives this text."""
    return sum(_columns_of(character) for character in text)


def _columns_of(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Cf", "Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def wrap(text: str, first: str = "", rest: str = "", width: int = COLUMNS) -> str:
    """The text in lines of at most `width` columns, as far as its words allow.

    `first` stands before the first line (a bullet), `rest` before all others.
    """
    lines: list[str] = []
    line, room = first, width - columns(first)
    blank = True
    for gap, piece in pieces(text):
        needed = columns(piece) + (0 if blank else len(gap))
        if needed > room and not blank:
            lines.append(line)
            line, room = rest, width - columns(rest)
            blank, needed = True, columns(piece)
        line += piece if blank else gap + piece
        room -= needed
        blank = False
    return "\n".join([*lines, line])


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """What must stay together, each with the space before it."""
    for word in text.split():
        gap = " "
        for piece in _split_wide(word):
            yield gap, piece
            gap = ""


def _split_wide(word: str) -> list[str]:
    """A word of a script without spaces in its breakable pieces; any other word whole."""
    graphemes: list[str] = regex.findall(r"\X", word)
    pieces = graphemes[:1]
    for before, after in pairwise(graphemes):
        if _may_break(before, after):
            pieces.append(after)
        else:
            pieces[-1] += after
    return pieces


def _may_break(before: str, after: str) -> bool:
    if before in _NOT_AT_END or after in _NOT_AT_START:
        return False
    return columns(before[0]) == 2 or columns(after[0]) == 2
