"""Headings inside a statement: marked ones, known ones, and short lines that stand like one."""

from __future__ import annotations

import re

from .draft import Draft, Line, cells
from .page import Page
from .phrases import BYLINE, SECTIONS, SIGNATORIES
from .wrapping import ends_sentence

_MARKED = re.compile(r"#{1,6}\s+(?P<text>.*?)(?:\s+#+)?")
_LONGEST = 80  # cells
_MOST_WORDS = 12
_MOST_WORDS_ABOVE_LIST = 6
_RUNNING = 80  # characters of a line that can only be running text
_UNDERLINE = re.compile(r"={3,}|-{3,}")

# Words after which a sentence goes on: "We call on our governments to".
_OPEN_ENDS = frozenset(
    "to that the a an and or for of on in by with we their our zu dass die der das und auf de que à"
    " et la le les y e a los las do na že a о що та".split()
)


def mark_underlined_headings(draft: Draft) -> None:
    """Read a line underlined with === or --- as a heading, as Markdown and e-mail write it."""
    lines = draft.lines
    for position in range(1, len(lines)):
        above, line = lines[position - 1], lines[position]
        alone = position == 1 or lines[position - 2].blank
        if alone and not above.blank and _UNDERLINE.fullmatch(line.body):
            draft.repair(line, "underline")
            lines[position - 1] = Line(above.number, f"# {above.body}")
            lines[position] = Line(line.number, "")


def marked_heading(text: str) -> str | None:
    """The heading a Markdown mark (# to ######) makes of this line."""
    match = _MARKED.fullmatch(text)
    return match["text"] if match and match["text"] else None


def opens_signatories(text: str) -> bool:
    """Whether the names of those who signed follow this line."""
    match = SIGNATORIES.match(text)
    if not match or len(text) > _RUNNING:
        return False
    return match.end() == len(text) or text.endswith((":", "：", ","))


def is_known_section(text: str) -> bool:
    """Whether the line is one of the headings every press office writes."""
    bare = text.rstrip(":：,").rstrip()
    return any(pattern.fullmatch(bare) for pattern in (SECTIONS, SIGNATORIES))


def stands_as_heading(page: Page, position: int, after_blank: bool) -> bool:
    """Whether the unmarked line at this position is a heading of the text below it."""
    text = page.lines[position].body
    below = page.line_below(position)
    if below is None or not after_blank:
        return False
    if is_known_section(text):
        return True
    if not _is_short(text) or not (_is_running(below) or page.marker_below(position)):
        return False
    if page.adjoining(position):
        return text.isupper() and not below.body.isupper() and len(below.body) >= _RUNNING
    return page.marker_below(position) is None or _is_title_like(text)


def _is_short(text: str) -> bool:
    if cells(text) > _LONGEST or len(text.split()) > _MOST_WORDS or "，" in text:
        return False
    if BYLINE.match(text) or ends_sentence(text) or text.endswith((",", "،", "、", "-", "–")):
        return False
    return text[0].isalnum() and not text[0].islower() and not _is_open(text)


def _is_open(text: str) -> bool:
    return text.split()[-1].lower() in _OPEN_ENDS


def _is_title_like(text: str) -> bool:
    """Whether a line above a list is its heading and not the beginning of a sentence."""
    words = text.split()
    if len(words) > _MOST_WORDS_ABOVE_LIST:
        return False
    capitals = sum(not word[0].islower() for word in words)
    return text.isupper() or len(words) <= 3 or capitals * 3 >= len(words) * 2


def _is_running(line: Line) -> bool:
    return len(line.body) >= _RUNNING or ends_sentence(line.body)
