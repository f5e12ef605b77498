"""Intake: a text as people write and paste it becomes a wording, with every change reported."""

from __future__ import annotations

from ...errors import BadInput
from ..values import Reading, Wording
from .characters import clean_characters
from .decoding import LINE_END, decode
from .doubts import note_doubts
from .draft import Draft, Line
from .frontmatter import take_front_matter
from .furniture import remove_end_mark
from .header import take_closing_date, take_head, take_title
from .headings import mark_underlined_headings
from .leftovers import remove_leftovers
from .markdown import plain_marks
from .outline import read_blocks

__all__ = ["read_statement"]

_STEPS = (
    clean_characters,
    take_front_matter,
    remove_leftovers,
    plain_marks,
    mark_underlined_headings,
    remove_end_mark,
    take_title,
    take_head,
    take_closing_date,
    note_doubts,
)


def read_statement(raw: bytes | str, *, language: str = "en") -> Reading:
    """Read one statement. Raises BadInput, a sentence that says what to do, when it cannot be."""
    text, warnings = decode(raw, language)
    lines = [Line(number, line) for number, line in enumerate(LINE_END.split(text), start=1)]
    draft = Draft(lines, language, warnings=warnings)
    for step in _STEPS:
        step(draft)
    return _reading(draft)


def _reading(draft: Draft) -> Reading:
    blocks = read_blocks(draft)
    if not blocks:
        raise BadInput("The text has a title but nothing below it: add the statement itself.")
    return Reading(
        wording=Wording(draft.title or "", draft.date, draft.language, blocks),
        repairs=tuple(sorted(draft.repairs, key=lambda repair: repair.line)),
        warnings=tuple(draft.warnings),
        url=draft.url,
        not_before=draft.not_before,
        hashtags=draft.hashtags,
    )
