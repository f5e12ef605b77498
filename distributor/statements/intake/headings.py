"""Headings inside a statement: marked ones, and short lines that stand like one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .draft import Line
from .markers import read_marker
from .wrapping import ends_sentence

_MARKED = re.compile(r"#{1,6}\s+(?P<text>.*?)(?:\s+#+)?")
_LONGEST = 80  # characters
_MOST_WORDS = 12
_FULL = 80  # characters of a line that can only be running text


def markdown_heading(text: str) -> str | None:
    """The heading a Markdown mark (# to ######) makes of this line."""
    match = _MARKED.fullmatch(text)
    return match["text"] if match and match["text"] else None


def looks_like_heading(lines: Sequence[Line], position: int) -> bool:
    """Whether a line between blank ones is a heading: short, unended, with text below it."""
    text = lines[position].body
    if len(text) > _LONGEST or len(text.split()) > _MOST_WORDS:
        return False
    if ends_sentence(text) or text.endswith(",") or starts_small_or_odd(text):
        return False
    below = next((line for line in lines[position + 1 :] if not line.blank), None)
    return below is not None and _is_running(below)


def starts_small_or_odd(text: str) -> bool:
    """Whether the first character is neither a capital, a digit nor a letter without case."""
    first = text[:1]
    return first.islower() or not first.isalnum()


def _is_running(line: Line) -> bool:
    if read_marker(line.text):
        return True
    return len(line.body) >= _FULL or ends_sentence(line.body)
