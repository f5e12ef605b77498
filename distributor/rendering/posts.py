"""One post: its parts through the team's template, and the trace of the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .templates import Sandbox, TemplateFault, environment, render
from .trace import Marks, Segment, TextBent
from .units import Kind, Span


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the statement in a post: a paragraph of it, or an item of a list.

    `continued` says that its sentence began in an earlier post, `continues` that
    it ends in a later one. `bare` is a quotation set apart without marks of its own;
    `reopens` and `shuts` are the marks of a quotation that is broken by the post.
    """

    kind: Kind
    text: str
    source: Span
    number: int | None = None
    continued: bool = False
    continues: bool = False
    bare: bool = False
    reopens: str = ""
    shuts: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a post stands in its thread (from 1); a thread of one shows no counter."""

    position: int
    total: int

    @property
    def first(self) -> bool:
        """Whether the thread begins here."""
        return self.position == 1

    @property
    def last(self) -> bool:
        """Whether the thread ends here."""
        return self.position == self.total


@dataclass(frozen=True, slots=True)
class Written:
    """The text of a post, and where each of its characters comes from.

    `instead_of` identifies the rendered post that a person's own words replaced.
    """

    text: str
    trace: tuple[Segment, ...]
    instead_of: str | None = None


class Writer:
    """Writes the posts of one channel in one language.

    The template is `<kind>.<language>.txt.j2`, or `<kind>.txt.j2` for all languages.
    """

    def __init__(self, folder: Path, kind: str, values: Mapping[str, Any], marks: Marks) -> None:
        """`values` are what every post of the thread may use: link, hashtags, language …"""
        self._sandbox = _sandbox(folder)
        own = f"{kind}.{values['language']}.txt.j2"
        self.template = own if (folder / own).is_file() else f"{kind}.txt.j2"
        self._values = values
        self._marks = marks

    def write(self, parts: Sequence[Part], place: Place) -> Written:
        """The post with these parts. Raises TemplateFault, also when text was bent."""
        values = {
            **self._values,
            "parts": [self._shown(part) for part in parts],
            "position": place.position,
            "total": place.total,
            "first": place.first,
            "last": place.last,
        }
        rendered = render(self._sandbox, self.template, values)
        try:
            text, trace = self._marks.read(rendered, [(part.text, part.source) for part in parts])
        except TextBent as bent:
            reason = f'it must show every part once, in order and unchanged; look for "{bent}"'
            raise TemplateFault(self.template, None, reason) from None
        return Written(text, tuple(trace))

    def _shown(self, part: Part) -> dict[str, Any]:
        return {
            "kind": part.kind,
            "text": self._marks.mark(part.text),
            "number": part.number,
            "quoted": not part.bare,
            "reopens": part.reopens,
            "shuts": part.shuts,
            "continued": part.continued,
            "continues": part.continues,
        }


@cache
def _sandbox(folder: Path) -> Sandbox:
    """The sandbox of a folder; it reads a template again when its file changes."""
    return environment(folder, html=False)
