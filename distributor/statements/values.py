"""The values of a statement: blocks of text, the wording they make, and repairs.

Everything here is immutable and knows nothing of files, databases or networks.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str
    type: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside the statement (its title is not a block)."""

    text: str
    type: Literal["heading"] = "heading"


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation set apart from the running text."""

    text: str
    type: Literal["quote"] = "quote"


@dataclass(frozen=True, slots=True)
class ItemList:
    """A list; its items carry no markers. `ordered` lists count from `start`."""

    items: tuple[str, ...]
    ordered: bool = False
    start: int = 1
    type: Literal["list"] = "list"


Block = Paragraph | Heading | Quote | ItemList


@dataclass(frozen=True, slots=True)
class Wording:
    """One exact wording of a statement in one language: what a revision holds."""

    title: str
    date: dt.date | None
    language: str  # BCP 47
    blocks: tuple[Block, ...]

    def to_json(self) -> dict[str, Any]:
        """The wording as plain JSON values, in the shape of `submit --json`."""
        return {
            "language": self.language,
            "title": self.title,
            "date": self.date.isoformat() if self.date else None,
            "blocks": [block_to_json(block) for block in self.blocks],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Wording:
        """The wording that `to_json` wrote."""
        date = value["date"]
        return cls(
            title=value["title"],
            date=dt.date.fromisoformat(date) if date else None,
            language=value["language"],
            blocks=tuple(block_from_json(block) for block in value["blocks"]),
        )

    @property
    def digest(self) -> str:
        """SHA-256 (64 hex digits) of the canonical JSON of this wording."""
        return hashlib.sha256(canonical_json(self.to_json())).hexdigest()


@dataclass(frozen=True, slots=True)
class Repair:
    """A change intake made to the author's text.

    `line` counts from 1 in the text as it was handed in; `before` and `after`
    are that line (or the part of it concerned) as it was and as it is read.
    """

    line: int
    kind: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What intake made of one text: its wording, and all that it changed or doubts.

    `url`, `not_before`, `hashtags` come from a header of the text (front matter
    or an embargo line) and are None or empty where there was none.
    """

    wording: Wording
    repairs: tuple[Repair, ...] = ()
    warnings: tuple[str, ...] = ()
    url: str | None = None
    not_before: dt.datetime | None = None  # always with a time zone
    hashtags: tuple[str, ...] = field(default=())


def block_to_json(block: Block) -> dict[str, Any]:
    """One block as plain JSON values."""
    if isinstance(block, ItemList):
        shown: dict[str, Any] = {"type": "list", "items": list(block.items)}
        return shown | ({"ordered": True, "start": block.start} if block.ordered else {})
    return {"type": block.type, "text": block.text}


def block_from_json(value: Mapping[str, Any]) -> Block:
    """The block that `block_to_json` wrote."""
    kind = value["type"]
    if kind == "list":
        return ItemList(tuple(value["items"]), value.get("ordered", False), value.get("start", 1))
    return _TEXT_BLOCKS[kind](value["text"])


_TEXT_BLOCKS: Mapping[str, type[Paragraph | Heading | Quote]] = {
    "paragraph": Paragraph,
    "heading": Heading,
    "quote": Quote,
}


def canonical_json(value: Any) -> bytes:
    """JSON in the one form that is hashed: sorted keys, no spaces, UTF-8."""
    return json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode("utf-8")
