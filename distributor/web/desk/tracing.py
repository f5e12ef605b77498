"""What a post says and where the statement says it, cut into pieces that can be lit up.

Pure: proofs and wordings in, pieces of text out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from distributor.statements.values import Block, ItemList, Wording

Place = tuple[int | str, int | None]
"""A block's index (or "title"), and the item when the block is a list."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one place of the statement that a segment of a post says."""

    start: int
    end: int
    key: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the statement, and the keys of the segments that say it."""

    text: str
    said_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """A block of the statement with its text in pieces; a list has a row per item."""

    type: str
    rows: tuple[tuple[Piece, ...], ...]
    ordered: bool = False
    start: int = 1


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a post that looks alike: plain text, a link, a hashtag or a mention."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a post with one origin: the statement, the template or a person."""

    key: str
    origin: str
    parts: tuple[Part, ...]


def cut(text: str, spans: Sequence[Span]) -> tuple[Piece, ...]:
    """The text in pieces, each said by the same segments from its start to its end."""
    edges = {0, len(text)}
    edges.update(min(edge, len(text)) for span in spans for edge in (span.start, span.end))
    return tuple(
        Piece(
            text[start:end],
            tuple(span.key for span in spans if span.start <= start and end <= span.end),
        )
        for start, end in pairwise(sorted(edges))
    )


def spans_by_place(
    posts: Iterable[tuple[str, Sequence[Mapping[str, Any]]]],
) -> dict[Place, list[Span]]:
    """The spans of many posts, each given as its key and its trace."""
    found: dict[Place, list[Span]] = defaultdict(list)
    for key, trace in posts:
        for number, segment in enumerate(trace):
            if source := segment["source"]:
                place = (source["block"], source.get("item"))
                found[place].append(Span(source["start"], source["end"], f"{key}s{number}"))
    return found


def show_title(wording: Wording, spans: Mapping[Place, Sequence[Span]]) -> tuple[Piece, ...]:
    """The title in pieces."""
    return cut(wording.title, spans.get(("title", None), ()))


def show_blocks(wording: Wording, spans: Mapping[Place, Sequence[Span]]) -> list[ShownBlock]:
    """The body in pieces, block by block."""
    return [_show_block(index, block, spans) for index, block in enumerate(wording.blocks)]


def _show_block(index: int, block: Block, spans: Mapping[Place, Sequence[Span]]) -> ShownBlock:
    if isinstance(block, ItemList):
        rows = tuple(
            cut(item, spans.get((index, number), ())) for number, item in enumerate(block.items)
        )
        return ShownBlock(block.type, rows, block.ordered, block.start)
    return ShownBlock(block.type, (cut(block.text, spans.get((index, None), ())),))


def show_post(
    key: str, text: str, trace: Sequence[Mapping[str, Any]], links: Sequence[str]
) -> tuple[Segment, ...]:
    """A post in segments, with its links, hashtags and mentions marked."""
    return tuple(
        Segment(
            f"{key}s{number}",
            segment["origin"],
            mark(text[segment["start"] : segment["end"]], links),
        )
        for number, segment in enumerate(trace)
    )


def mark(text: str, links: Sequence[str]) -> tuple[Part, ...]:
    """The text in parts; only the links that the proof lists are links."""
    exact = "|".join(re.escape(link) for link in sorted(links, key=len, reverse=True))
    pattern = rf"(?P<link>{exact or '(?!)'})|(?P<tag>(?<!\w)#\w+)|(?P<mention>(?<!\w)@\w[\w.@-]*\w)"
    parts, at = [], 0
    for match in re.finditer(pattern, text):
        parts.append(Part("text", text[at : match.start()]))
        parts.append(Part(str(match.lastgroup), match[0]))
        at = match.end()
    parts.append(Part("text", text[at:]))
    return tuple(part for part in parts if part.text)
