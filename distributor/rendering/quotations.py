"""Where a text quotes somebody: what opens, what closes, and what stays open."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter

OPENING, _CLOSED = '“„«「『"', '”“»」』"'
QUOTATION_MARKS = frozenset("\"'“”„‟‘’‚«»‹›「」『』《》")

_CLOSING = {
    "“": "”",
    "„": "“”",
    "«": "»",
    "»": "«",
    "‹": "›",
    "「": "」",
    "『": "』",
    '"': '"',
    "(": ")",
    "（": "）",
    "[": "]",
    "【": "】",
    "《": "》",
}
_BRACKETS = frozenset("(（[【《")
_DEEPEST = 50
"""Further back nothing is open: asking all quotations of a very long sentence takes too long."""
_SPOKEN = frozenset(",!?،，！？。")
_SPACES = frozenset(" \u00a0\u202f")  # French guillemets keep a space


@dataclass(frozen=True, slots=True)
class Quotation:
    """Code points `start` to `end` of a text, marks included, and the marks themselves.

    `end` is None when nothing closes it. A bracket has no marks of its own.
    """

    start: int
    end: int | None
    opening: str = ""
    closing: str = ""

    def is_open_at(self, place: int) -> bool:
        """Whether this place stands between the marks."""
        return self.start < place and (self.end is None or place < self.end)


def find_quotations(text: str) -> tuple[Quotation, ...]:
    """Every quotation and bracket of a text, in the order in which they close."""
    found: list[Quotation] = []
    open_: list[int] = []
    for place, sign in enumerate(text):
        if open_ and sign in _CLOSING[text[open_[-1]]]:
            found.append(_quotation(text, open_.pop(), place))
        elif sign in _CLOSING:
            open_.append(place)
    return (*found, *(Quotation(start, None) for start in open_))


def _quotation(text: str, start: int, last: int) -> Quotation:
    if text[start] in _BRACKETS:
        return Quotation(start, last + 1)
    after, before = text[start + 1], text[last - 1]
    opening = text[start] + (after if after in _SPACES else "")
    closing = (before if before in _SPACES else "") + text[last]
    return Quotation(start, last + 1, opening, closing)


def is_open(text: str) -> bool:
    """Whether a quotation or bracket is still open at the end of this text."""
    return any(quotation.end is None for quotation in find_quotations(text))


def is_spoken(text: str) -> bool:
    """Whether a text is nothing but a quotation, whose speaker stands before it."""
    return text[0] in OPENING and text[-1] in _CLOSED


def is_speech(text: str) -> bool:
    """Whether a text begins with what somebody said: “We regret it,” says the minister."""
    spoken = [q for q in find_quotations(text) if q.opening and q.start == 0 and q.end]
    if not spoken or spoken[0].end is None or spoken[0].end == len(text):
        return False
    inside = text[: spoken[0].end - len(spoken[0].closing)]
    return inside[-1:] in _SPOKEN or text[spoken[0].end] in ",،，"


def open_at(quotations: Sequence[Quotation], place: int) -> list[Quotation]:
    """Those of these, which are in order of their starts, that are open at a place."""
    before = bisect_left(quotations, place, key=attrgetter("start"))
    near = quotations[max(0, before - _DEEPEST) : before]
    return [quotation for quotation in near if quotation.is_open_at(place)]


def unquoted(text: str) -> str:
    """The text without what is quoted in it."""
    kept, done = "", 0
    for start, end in outermost(q for q in find_quotations(text) if q.opening):
        kept, done = kept + text[done:start], end
    return kept + text[done:]


def outermost(quotations: Iterable[Quotation]) -> list[tuple[int, int]]:
    """Where the quotations that are closed and stand in no other begin and end, in order."""
    ranges: list[tuple[int, int]] = []
    for start, end in sorted((q.start, q.end) for q in quotations if q.end is not None):
        if not ranges or start >= ranges[-1][1]:
            ranges.append((start, end))
    return ranges
