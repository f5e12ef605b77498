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
_CJK = frozenset("WF")


@dataclass(frozen=True, slots=True)
class Wrapping:
    """The width at which the lines of a text are wrapped; None: a line is a paragraph."""

    width: int | None

    def continues(self, first: str, second: str) -> bool:
        """Whether `second` goes on with the sentence or paragraph of `first`."""
        if starts_small(second) and not ends_sentence(first):
            return True
        if self.width is None:
            return False
        return cells(first.rstrip()) + 1 + cells(_first_word(second)) > self.width


def measure_wrapping(lines: Sequence[Line]) -> Wrapping:
    """Find the width from the lines that break in the middle of a sentence."""
    broken = [cells(a.text.rstrip()) for a, b in pairwise(lines) if not a.blank and not b.blank]
    candidates = [width for width in broken if _NARROWEST <= width <= _WIDEST]
    inside = sum(
        not ends_sentence(a.body)
        for a, b in pairwise(lines)
        if not a.blank and not b.blank and _NARROWEST <= cells(a.text.rstrip()) <= _WIDEST
    )
    if not inside or inside * 3 < len(candidates) or len(candidates) * 2 < len(broken):
        return Wrapping(None)
    return Wrapping(max(candidates))


def ends_sentence(text: str) -> bool:
    """Whether the text ends as a sentence does, or with a colon or semicolon."""
    return bool(_ENDS.search(text.rstrip()[-12:]))


def starts_small(text: str) -> bool:
    """Whether the text begins with a small letter."""
    return text.lstrip("\"'“‘«„( ")[:1].islower()


def join_lines(lines: Iterable[str]) -> str:
    """One text of several lines: a space between words, none between Chinese characters."""
    joined = ""
    for line in lines:
        text = " ".join(line.split())
        joined += (" " if joined and _needs_space(joined, text) else "") + text
    return joined


def _needs_space(left: str, right: str) -> bool:
    if not right or (left[-1] == "-" and left[-2:-1].isalpha()):
        return False
    return not (_is_cjk(left[-1]) and _is_cjk(right[0]))


def _is_cjk(character: str) -> bool:
    wide = unicodedata.east_asian_width(character) in _CJK
    return wide and not "\uac00" <= character <= "\ud7a3"  # Korean puts spaces between words


def _first_word(text: str) -> str:
    word = text.split(None, 1)[0] if text.strip() else ""
    return word[:1] if word and _is_cjk(word[0]) else word
