"""Markdown marks inside the text become plain text; those of blocks are left to the outline."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from .draft import Draft, Line

_TITLE = r"(?:\s+\"[^\"]*\")?"
_IMAGE = re.compile(rf"!\[[^\[\]]*\]\([^()\s]*{_TITLE}\)")
_LINK = re.compile(
    r"\[([^\[\]]+)\]\(<?((?:https?://|mailto:)[^()\s<>]+(?:\([^()\s]*\)[^()\s<>]*)*)>?"
    + _TITLE
    + r"\)"
)
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]+)>")
_STARS = re.compile(r"(?<![\w*\\])\*([^\s*]|[^\s*][^*]*[^\s*\\])\*(?![\w*])")
_LINES = re.compile(r"(?<![\w_\\])_([^\s_]|[^\s_][^_]*[^\s_\\])_(?![\w_])")
_BOLD_STARS = re.compile(r"\*{2,3}([^\s*]|[^\s*][^*]*[^\s*])\*{2,3}")
_BOLD_LINES = re.compile(r"(?<!\w)_{2,3}([^\s_]|[^\s_][^_]*[^\s_])_{2,3}(?!\w)")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!>-])")
_HEADING = re.compile(r"#{1,6} \S")

_EVERYWHERE = (("link", _LINK), ("link", _AUTOLINK), ("bold", _BOLD_STARS))
_IN_MARKDOWN = (("emphasis", _STARS), ("emphasis", _LINES), ("bold", _BOLD_LINES))


def plain_marks(draft: Draft) -> None:
    """Turn marks into plain text, with one repair for each kind of mark, at its first line."""
    draft.markdown = draft.markdown or _is_markdown(draft.lines)
    marks = [("image", _IMAGE)] + (list(_IN_MARKDOWN) if draft.markdown else []) + list(_EVERYWHERE)
    if draft.markdown:
        marks.append(("escape", _ESCAPE))
    reported: set[str] = set()
    draft.lines = [
        line for chunk in _chunks(draft.lines) for line in _plain(draft, chunk, marks, reported)
    ]


def _is_markdown(lines: Sequence[Line]) -> bool:
    return any(_HEADING.match(line.text) or _LINK.search(line.text) for line in lines)


def _chunks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines that stand together, since a mark may begin on one and end on the next."""
    for _, chunk in groupby(lines, key=lambda line: line.blank):
        yield list(chunk)


def _plain(
    draft: Draft,
    lines: list[Line],
    marks: Sequence[tuple[str, re.Pattern[str]]],
    reported: set[str],
) -> list[Line]:
    for kind, pattern in marks:
        text = "\n".join(line.text for line in lines)
        changed = pattern.sub(_unmarked, text)
        if changed == text:
            continue
        after = changed.split("\n")
        for line, plain in zip(lines, after, strict=True):
            if plain != line.text and kind not in reported:
                draft.repair(line, kind, plain)
                reported.add(kind)
        lines = [Line(line.number, plain) for line, plain in zip(lines, after, strict=True)]
    return lines


def _unmarked(match: re.Match[str]) -> str:
    """What a mark stands for: a link keeps its address, an image leaves nothing but its line."""
    if match.re is _IMAGE:
        return "\n" * match[0].count("\n")
    if match.re is _LINK:
        text, address = match[1], match[2].removeprefix("mailto:")
        return text if text.strip() in (match[2], address) else f"{text} ({address})"
    return match[1]
