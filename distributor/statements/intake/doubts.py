"""Doubts about the body that only a person can settle: they are warnings, nothing is changed."""

from __future__ import annotations

import re
from itertools import pairwise

from .draft import Draft
from .leftovers import is_leftover
from .wrapping import starts_small

_HYPHEN = re.compile(r"[^\W\d_]-$")
_PLACEHOLDER = re.compile(
    r"\b(?:TBC|TBD|TKTK|XXX+|lorem ipsum)\b|\[(?:insert|add|name|date|quote|tbc)\b[^\]]*\]|\?\?\?",
    re.IGNORECASE,
)


def note_doubts(draft: Draft) -> None:
    """Warn of divided words, navigation inside the text, and what was to be filled in."""
    for line, below in pairwise([*draft.lines, *draft.lines[-1:]]):
        if _HYPHEN.search(line.text) and starts_small(below.body) and below is not line:
            draft.warn(f"Line {line.number} ends with a hyphen, which stays: check the word.")
        if any(map(str.isalnum, line.body)) and is_leftover(line.body):
            draft.warn(f"Line {line.number}, “{line.body}”, looks like navigation but stays.")
        if match := _PLACEHOLDER.search(line.text):
            draft.warn(f"Line {line.number} holds “{match[0]}”: fill it in.")
