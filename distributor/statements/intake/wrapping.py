"""Hard-wrapped lines: whether a line goes on in the next one, and how the two join."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .draft import Line, cells

_WIDEST = 110  # cells; nobody wraps wider
_NARROWEST = 40
_ENDS = re.compile(r"[.!?…。！？；;:：؟۔][\"'”’»«)\]」』）*]*(?:\[?\d{0,3}\]?)?$")
_SPACES = re.compile(r"[ \t]+")  # a no-break space is the author's and stays
_CJK = frozenset("WF")


@dataclass(frozen=True, slots=True)
class Wrapping:
    """The width at which the lines of a text are wrapped; None: a line is a paragraph."""

    width: int | None

    def continues(self, first: str, second: str) -> bool:
        """Whether `second` goes on with the sentence or paragraph of `first`."""
        return self.fills(first, second) or (starts_small(second) and not ends_sentence(first))

    def fills(self, first: str, second: str) -> bool:
        """Whether `first` had no room for the first word of `second`."""
        if self.width is None:
            return False
        return cells(first.rstrip()) + 1 + cells(_first_word(second)) > self.width


def measure_wrapping(lines: Sequence[Line]) -> Wrapping:
    """Find the width of a text by the lines that break in the middle of a sentence."""
    broken = [a for a, b in pairwise(lines) if not a.blank and not b.blank]
    widths = [cells(line.text.rstrip()) for line in broken]
    wrapped = [width for width in widths if _NARROWEST <= width <= _WIDEST]
    inside = sum(
        not ends_sentence(line.body)
        for line, width in zip(broken, widths, strict=True)
        if _NARROWEST <= width <= _WIDEST
    )
    long = sum(" " in line.body and cells(line.text) > _WIDEST for line in lines)
    if inside <= long or inside * 3 < len(wrapped) or len(wrapped) * 2 < len(broken):
        return Wrapping(None)
    return Wrapping(max(wrapped))


def ends_sentence(text: str) -> bool:
    """Whether the text ends as a sentence does, or with a colon or semicolon."""
    return bool(_ENDS.search(text.rstrip()[-12:]))


def starts_small(text: str) -> bool:
    """Whether the text begins with a small letter."""
    return text.lstrip("\"'“‘«„( ")[:1].islower()


def join_lines(lines: Iterable[str]) -> str:
    """One text of several lines: a space between words, none between Chinese characters."""
    joined: list[str] = []
    for line in lines:
        text = _SPACES.sub(" ", line.strip())
        if joined and text and _needs_space(joined[-1], text):
            joined.append(" ")
        if text:
            joined.append(text)
    return "".join(joined)


def _needs_space(left: str, right: str) -> bool:
    if left[-1] == "-" and left[-2:-1].isalpha() and right[0].isalpha():
        return False
    return not (_is_cjk(left[-1]) and _is_cjk(right[0]))


def _is_cjk(character: str) -> bool:
    wide = unicodedata.east_asian_width(character) in _CJK
    return wide and not "\uac00" <= character <= "\ud7a3"  # Korean puts spaces between words


def _first_word(text: str) -> str:
    word = text.split(None, 1)[0] if text.strip() else ""
    return word[:1] if word and _is_cjk(word[0]) else word
