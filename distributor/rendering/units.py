"""What a statement is made of, as values: spans, sentences, and the units they form."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from ..statements.values import ItemList, Wording
from .quotations import Quotation

SHORT = 60
"""Characters; a longer paragraph is running text, whatever it begins with."""


class Role(IntEnum):
    """What a unit does in the statement; the lower, the sooner it is left out."""

    ASIDE = 0  # notes, contacts, footnotes: never part of a thread
    SIGNATURES = 1
    BACKGROUND = 2
    CLOSING = 3
    POSITION = 4
    DEMAND = 5
    NEWS = 6


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the statement, in code points of its title, block or item."""

    block: int | Literal["title"]
    item: int | None
    start: int
    end: int

    def part(self, start: int, end: int) -> Span:
        """The stretch inside this one, counted from its beginning."""
        return Span(self.block, self.item, self.start + start, self.start + end)


Kind = Literal["title", "heading", "paragraph", "quote", "item"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence (without the space after it), as it stands in its block."""

    span: Span
    kind: Kind
    text: str
    number: int | None = None  # of an item in an ordered list
    introduces: bool = False  # what follows must not be parted from it
    speaking: bool = False  # a quotation goes on after it
    points_back: bool = False  # belongs to the sentence before it
    greets: bool = False  # "Dear Madam President,", "The Assembly,"
    bare: bool = False  # of a quotation set apart that has no marks of its own
    quotations: tuple[Quotation, ...] = ()  # that it is in or has in it, places in its block


@dataclass(frozen=True, slots=True)
class Unit:
    """Sentences that are kept or left out together."""

    role: Role
    sentences: tuple[Sentence, ...]
    points_back: bool = False  # makes no sense without the unit before
    says: Role = Role.BACKGROUND  # its role by its own words; `role` may be a later unit's
    names: frozenset[str] = frozenset()  # that it uses and an earlier unit tells in full

    @property
    def block(self) -> int:
        """The block in which it begins."""
        block = self.sentences[0].span.block
        assert block != "title"
        return block

    @property
    def body(self) -> tuple[Sentence, ...]:
        """Its sentences without heading and greeting."""
        return tuple(s for s in self.sentences if s.kind != "heading" and not s.greets)


def source_text(wording: Wording, block: int | str, item: int | None) -> str:
    """The text of the title, of a block, or of one item of a list."""
    if not isinstance(block, int):
        return wording.title
    found = wording.blocks[block]
    if isinstance(found, ItemList):
        assert item is not None
        return found.items[item]
    return found.text
