"""Where each character of a post comes from.

Text of the statement goes into a template between two marks, characters that
occur neither in the statement nor in the template. What stands between marks in
the result is the statement's own, everything else is the template's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from .units import Span

_PRIVATE = range(0xF0000, 0xFFFFE)  # Unicode's private use area A


@dataclass(frozen=True, slots=True)
class Segment:
    """Code points `start` to `end` of a post, and the span of the statement they repeat."""

    start: int
    end: int
    origin: Literal["statement", "template", "person"]
    source: Span | None

    def to_json(self) -> dict[str, object]:
        """The segment in the shape of `proof --json`."""
        source = None
        if self.source is not None:
            source = {
                "block": self.source.block,
                "item": self.source.item,
                "start": self.source.start,
                "end": self.source.end,
            }
        return {"start": self.start, "end": self.end, "origin": self.origin, "source": source}


class TextBent(Exception):
    """A template changed, cut or dropped words of the statement."""


class Marks:
    """Marks pieces of the statement, and finds them again."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Choose two characters that none of the texts contains."""
        taken = {character for text in texts for character in text if ord(character) >= 0xF0000}
        free = (chr(point) for point in _PRIVATE if chr(point) not in taken)
        self._open, self._close = next(free), next(free)

    def mark(self, text: str) -> str:
        """The text between marks."""
        return f"{self._open}{text}{self._close}"

    def read(self, rendered: str, pieces: Iterable[tuple[str, Span]]) -> tuple[str, list[Segment]]:
        """The text without marks and its segments, which cover it without gaps.

        `pieces` are what was marked, in the template's order. Raises TextBent
        when one is missing, changed, doubled or out of order.
        """
        text, segments, expected = "", list[Segment](), iter(pieces)
        for marked, stretch in self._stretches(rendered.strip()):
            if marked:
                wanted = next(expected, None)
                if wanted is None or wanted[0] != stretch:
                    raise TextBent(_shown(wanted[0] if wanted else stretch))
            end = len(text) + len(stretch)
            if stretch:
                source = wanted[1] if marked and wanted else None
                origin: Literal["statement", "template"] = "statement" if marked else "template"
                segments.append(Segment(len(text), end, origin, source))
            text += stretch
        missing = next(expected, None)
        if missing is not None:
            raise TextBent(_shown(missing[0]))
        return text, segments

    def _stretches(self, rendered: str) -> Iterator[tuple[bool, str]]:
        """What stands outside and inside marks, in turn."""
        first, *rest = rendered.split(self._open)
        yield False, self._plain(first)
        for part in rest:
            inside, shut, outside = part.partition(self._close)
            if not shut:
                raise TextBent(_shown(inside))
            yield True, inside
            yield False, self._plain(outside)

    def _plain(self, text: str) -> str:
        if self._close in text:
            raise TextBent(_shown(text.replace(self._close, "")))
        return text


def _shown(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"
