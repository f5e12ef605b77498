"""The anatomy of a statement: its news, positions, demands, closing, and what is beside it.

A statement is taken apart into units that stand or fall together: a sentence
with those that point back to it, or a list with the sentence that introduces it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import groupby
from typing import Literal

from ..statements.values import ItemList, Wording
from .lexicon import is_aside, is_signature, lexicon
from .segment import sentences


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


@dataclass(frozen=True, slots=True)
class Unit:
    """Sentences that are kept or left out together."""

    role: Role
    sentences: tuple[Sentence, ...]
    points_back: bool = False  # makes no sense without the unit before

    @property
    def block(self) -> int:
        """The block in which it begins."""
        block = self.sentences[0].span.block
        assert block != "title"
        return block


def source_text(wording: Wording, block: int | str, item: int | None) -> str:
    """The text of the title, of a block, or of one item of a list."""
    if not isinstance(block, int):
        return wording.title
    found = wording.blocks[block]
    if isinstance(found, ItemList):
        assert item is not None
        return found.items[item]
    return found.text


def take_apart(wording: Wording) -> tuple[Unit, ...]:
    """The units of a statement in their order; its title is not among them."""
    units = _bind_headings(_bind(list(_block_units(wording))))
    units = _mark_asides(units)
    return tuple(_hold_up(_mark_ends(units), wording.language))


def title_sentence(wording: Wording) -> Sentence | None:
    """The title as a sentence, unless there is none."""
    spans = [*_trimmed(wording.title, "title", None, ((0, len(wording.title)),))]
    if not spans:
        return None
    return Sentence(spans[0], "title", wording.title.strip(), introduces=True)


def stands_alone(sentence: Sentence) -> bool:
    """Whether a sentence neither introduces something nor leaves a quotation open."""
    return not sentence.introduces and not _is_open(sentence.text)


def _trimmed(
    text: str, block: int | Literal["title"], item: int | None, ranges: tuple[tuple[int, int], ...]
) -> Iterator[Span]:
    """Spans without the white space around them; none for white space alone."""
    for start, end in ranges:
        piece = text[start:end]
        left = start + len(piece) - len(piece.lstrip())
        right = start + len(piece.rstrip())
        if left < right:
            yield Span(block, item, left, right)


def _sentences(
    text: str,
    language: str,
    block: int,
    kind: Kind,
    item: int | None = None,
    number: int | None = None,
) -> list[Sentence]:
    ranges = ((0, len(text)),) if kind == "heading" else tuple(sentences(text, language))
    spans = _trimmed(text, block, item, ranges)
    return [
        Sentence(
            span,
            kind,
            text[span.start : span.end],
            number,
            speaking=kind == "quote" or _is_open(text[: span.end]),
        )
        for span in spans
    ]


def _block_units(wording: Wording) -> Iterator[Unit]:
    """The units of each block by itself."""
    for number, block in enumerate(wording.blocks):
        if isinstance(block, ItemList):
            yield _list_unit(block, number, wording.language)
        else:
            found = _sentences(block.text, wording.language, number, block.type)
            whole = block.type == "quote" and found
            for group in [found] if whole else _chains(found, wording.language):
                yield Unit(_role(group, wording.language), tuple(group))


def _list_unit(block: ItemList, number: int, language: str) -> Unit:
    found: list[Sentence] = []
    for index, item in enumerate(block.items):
        count = block.start + index if block.ordered else None
        found += _sentences(item, language, number, "item", index, count)
    return Unit(Role.DEMAND, tuple(found))


def _role(group: list[Sentence], language: str) -> Role:
    """What the verbs say; but what somebody else says is no position of ours."""
    words, text = lexicon(language), " ".join(sentence.text for sentence in group)
    if group[0].kind != "paragraph" or _is_spoken(text):
        return Role.BACKGROUND
    if words.demands and words.demands.search(text):
        return Role.DEMAND
    if words.positions and words.positions.search(text):
        return Role.POSITION
    return Role.BACKGROUND


def _chains(found: list[Sentence], language: str) -> Iterator[list[Sentence]]:
    """Sentences with those that point back to them, and quotations with all of theirs."""
    backward = lexicon(language).backward
    chain: list[Sentence] = []
    for sentence in found:
        points_back = backward is not None and backward.match(sentence.text)
        if chain and not points_back and not chain[-1].speaking and not _is_spoken(sentence.text):
            yield chain
            chain = []
        chain.append(sentence)
    if chain:
        yield chain


_PAIRS = (("“", "”"), ("„", "“"), ("«", "»"), ("「", "」"), ("『", "』"), ("(", ")"))


_OPENING, _CLOSING = '“„«「『"', '”“»」』"'


def _is_open(text: str) -> bool:
    """Whether a quotation or bracket is still open at the end of this text."""
    if "„" in text:
        return text.count("„") > text.count("“") + text.count("”")
    straight = text.count('"') % 2 == 1
    return straight or any(text.count(opening) > text.count(shut) for opening, shut in _PAIRS)


def _is_spoken(text: str) -> bool:
    """Whether a text is nothing but a quotation, whose speaker stands before it."""
    return text[0] in _OPENING and text[-1] in _CLOSING


def _bind(units: list[Unit]) -> list[Unit]:
    """Join lists to what introduces them, and quotations to what names their speaker."""
    bound: list[Unit] = []
    for unit in units:
        if bound and unit.sentences and _belongs(bound[-1], unit):
            unit = _joined(bound.pop(), unit)
        if unit.sentences:
            bound.append(unit)
    return bound


def _belongs(before: Unit, unit: Unit) -> bool:
    """Whether a unit cannot be told without the one before it, or the other way round."""
    last, first = before.sentences[-1], unit.sentences[0]
    if first.kind == "item":
        return last.kind in {"paragraph", "heading"}
    if first.kind == "heading" or last.kind not in {"paragraph", "quote"}:
        return False
    if first.text[0] in "—–―":  # — and the speaker's name
        return last.kind == "quote" or _is_spoken(last.text)
    goes_on = last.speaking and first.text[0] in _OPENING
    return goes_on or last.text.endswith((":", "："))


def _joined(before: Unit, unit: Unit) -> Unit:
    *earlier, last = before.sentences
    role = max(before.role, unit.role)
    if unit.sentences[0].kind == "item" and is_signature(last.text):
        role = Role.SIGNATURES
    return Unit(role, (*earlier, replace(last, introduces=True), *unit.sentences))


def _bind_headings(units: list[Unit]) -> list[Unit]:
    """Join each heading to what follows it: alone it would promise what is not there."""
    bound: list[Unit] = []
    heading: tuple[Sentence, ...] = ()
    for unit in units:
        if all(sentence.kind == "heading" for sentence in unit.sentences):
            heading = tuple(replace(sentence, introduces=True) for sentence in unit.sentences)
        else:
            bound.append(replace(unit, sentences=heading + unit.sentences))
            heading = ()
    return bound


_CONTACT = re.compile(r"[\w.+-]+@[\w-]+\.\w|\+\d[\d ()/-]{7,}")
_SHORT = 60
"""Characters; a longer paragraph is running text, whatever it begins with."""


def _mark_asides(units: list[Unit]) -> list[Unit]:
    """Find notes, contacts, footnotes and names of signatories."""
    marked: list[Unit] = []
    beside: Role | None = None
    for _, group in groupby(units, key=lambda unit: unit.block):
        for unit in group:
            beside = _beside(unit, beside)
            marked.append(replace(unit, role=unit.role if beside is None else beside))
            if beside is Role.ASIDE and _is_single_aside(unit):
                beside = None
    return marked


def _beside(unit: Unit, current: Role | None) -> Role | None:
    """Whether this unit begins, ends or continues what stands beside the statement."""
    first = unit.sentences[0]
    if is_aside(first.text) and (first.kind == "heading" or len(first.text) <= _SHORT):
        return Role.ASIDE
    if is_signature(first.text) and len(first.text) <= _SHORT:
        return Role.SIGNATURES
    if first.kind == "heading":
        return None
    return Role.ASIDE if current is None and _is_single_aside(unit) else current


def _is_single_aside(unit: Unit) -> bool:
    """A footnote, or background with somebody's address or telephone number in it."""
    first = unit.sentences[0]
    if unit.role > Role.BACKGROUND:
        return False
    text = " ".join(sentence.text for sentence in unit.sentences)
    footnote = re.match(r"\[\d+\]|[¹²³⁴-⁹]", text)
    return first.kind == "paragraph" and bool(footnote or _CONTACT.search(text))


def _mark_ends(units: list[Unit]) -> list[Unit]:
    """The first unit is the news; the last paragraph, the closing."""
    inner = [index for index, unit in enumerate(units) if unit.role >= Role.BACKGROUND]
    if not inner:
        return units
    units[inner[0]] = replace(units[inner[0]], role=Role.NEWS)
    last_block = units[inner[-1]].block
    for index in inner[1:]:
        if units[index].block == last_block and units[index].role < Role.CLOSING:
            units[index] = replace(units[index], role=Role.CLOSING)
    return units


def _hold_up(units: list[Unit], language: str) -> Iterator[Unit]:
    """Whatever a kept unit points back to is as important as that unit."""
    backward = lexicon(language).backward
    held: list[Unit] = []
    needed = Role.ASIDE
    for unit in reversed(units):
        body = next((s for s in unit.sentences if s.kind != "heading"), unit.sentences[0])
        points_back = backward is not None and bool(backward.match(body.text))
        points_back |= body.kind == "quote" or _is_spoken(body.text)
        role = unit.role
        if Role.BACKGROUND <= role < needed:
            role = needed
        held.append(replace(unit, role=role, points_back=points_back))
        needed = role if points_back else Role.ASIDE
    yield from reversed(held)
