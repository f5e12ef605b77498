"""The head of a statement: its title, its date, and what else stands between it and the text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...errors import BadInput
from .dateline import is_date_line, run_in_date, take_date_line
from .draft import Draft, Line
from .furniture import is_embargo, take_release_line
from .leftovers import is_leftover
from .markers import read_marker
from .phrases import BYLINE
from .wrapping import ends_sentence, join_lines, measure_wrapping

_LONGEST_TITLE = 250  # characters
_SENTENCE = 90  # characters; a first line of this length that ends with a full stop is no title
_SENTENCE_WORDS = 12
_SHORT = 90  # characters of a line that may stand between the title and the date
_MOST_BETWEEN = 3
_MOST_AT_END = 4  # lines among which a date may close the text

_SIGNS = re.compile(r"^#{1,6}\s+|\s+#+$")
_STOP = re.compile(r"[.。][\"”’»」]?$")


def take_title(draft: Draft) -> None:
    """The first line that says something is the title. Raises BadInput when there is none."""
    _take_lines_above_title(draft)
    if draft.title is not None:
        return
    end = _end_of_title(draft.lines)
    title = _SIGNS.sub("", join_lines(line.body for line in draft.lines[:end]))
    if not title or read_marker(draft.lines[0].text) or _is_running_text(title):
        raise BadInput("The text has no title: write the title alone in the first line.")
    draft.title = title
    draft.lines = draft.lines[end:]


def _take_lines_above_title(draft: Draft) -> None:
    for position, line in enumerate(draft.lines):
        if not (line.blank or take_release_line(draft, line) or take_date_line(draft, line)):
            draft.lines = draft.lines[position:]
            return
    draft.lines = []


def _end_of_title(lines: Sequence[Line]) -> int:
    """Where the title ends, which may be wrapped; a byline or a date does not belong to it."""
    wrapping = measure_wrapping(lines)
    end = min(1, len(lines))
    while 0 < end < len(lines) and not lines[end].blank:
        if _is_something_else(lines[end]):
            break
        if not wrapping.continues(lines[end - 1].body, lines[end].body):
            break
        end += 1
    return end


def _is_something_else(line: Line) -> bool:
    """Whether the line can be no part of the title above it."""
    if BYLINE.match(line.body) or read_marker(line.text) or is_leftover(line.body):
        return True
    return is_embargo(line.body) or is_date_line(line)


def _is_running_text(title: str) -> bool:
    if len(title) > _LONGEST_TITLE:
        return True
    long = len(title) > _SENTENCE or len(title.split()) >= _SENTENCE_WORDS or title.endswith("。")
    return long and bool(_STOP.search(title))


def take_head(draft: Draft) -> None:
    """Take the date, an embargo and leftovers from between the title and the text."""
    kept: list[Line] = []
    between = 0
    for position, line in enumerate(draft.lines):
        if line.blank:
            kept.append(line)
        elif not _take_head_line(draft, line, between):
            if between == _MOST_BETWEEN or not _may_stand_between(line):
                draft.lines = kept + draft.lines[position:]
                return
            kept.append(line)
            between += 1
    draft.lines = kept


def _take_head_line(draft: Draft, line: Line, between: int) -> bool:
    if line.body == draft.title or _SIGNS.sub("", line.body) == draft.title:
        draft.repair(line, "repeated title")
        return True
    if is_leftover(line.body):
        draft.repair(line, "page leftover")
        return True
    if take_release_line(draft, line):
        return True
    return not (between and draft.date) and take_date_line(draft, line)


def _may_stand_between(line: Line) -> bool:
    """Whether a line may be a subtitle or a byline rather than the beginning of the text."""
    text = line.body
    return len(text) <= _SHORT and not ends_sentence(text) and not read_marker(line.text)


def take_closing_date(draft: Draft) -> None:
    """Look for the date at the end, then in a dateline or the title; doubt when there is none."""
    if draft.date is None:
        _take_date_at_end(draft)
    if draft.date is None:
        _read_date_in_passing(draft)
    if draft.date is None and draft.not_before is not None:
        draft.date = draft.not_before.date()
        draft.warn(f"The text names no date but its embargo's, {draft.date}: check it.")
    if draft.date is None:
        draft.warn("No date was found: write it on a line of its own below the title.")


def _take_date_at_end(draft: Draft) -> None:
    filled = [position for position, line in enumerate(draft.lines) if not line.blank]
    for position in filled[1:][-_MOST_AT_END:][::-1]:
        if take_date_line(draft, draft.lines[position]):
            del draft.lines[position]
            return


def _read_date_in_passing(draft: Draft) -> None:
    """Use the date of a dateline that opens the text, and leave it there."""
    first = next((line for line in draft.lines if not line.blank), None)
    if first and (date := run_in_date(first.body)):
        draft.date = date
        draft.warn(f"The date was read from line {first.number}, where it stays.")
