"""The anatomy of a statement: its news, positions, demands, closing, and what is beside it.

A statement is taken apart into units that stand or fall together: a sentence
with those that point back to it, or a list with the sentence that introduces it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import groupby
from operator import attrgetter
from typing import Literal

from ..statements.values import ItemList, Wording
from . import names
from .lexicon import (
    is_aside,
    is_farewell,
    is_greeting,
    is_preface,
    is_run_in_aside,
    is_signature,
    lexicon,
)
from .quotations import (
    QUOTATION_MARKS,
    Quotation,
    find_quotations,
    is_open,
    is_speech,
    unquoted,
)
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


def take_apart(wording: Wording) -> tuple[Unit, ...]:
    """The units of a statement in their order; its title is not among them."""
    units = _bind_headings(_bind(_bind_rows(_block_units(wording))))
    units = _bind_signatures(_mark_asides(units))
    return tuple(_hold_up(_mark_ends(units), wording.language))


def title_sentence(wording: Wording) -> Sentence | None:
    """The title as a sentence, unless there is none."""
    spans = [*_trimmed(wording.title, "title", None, ((0, len(wording.title)),))]
    if not spans:
        return None
    return Sentence(spans[0], "title", wording.title.strip(), introduces=True)


def stands_alone(sentence: Sentence) -> bool:
    """Whether a sentence neither introduces something nor leaves a quotation open."""
    return not sentence.introduces and not is_open(sentence.text)


def is_finished(sentence: Sentence) -> bool:
    """Whether a sentence ends with its paragraph: "Recalling its resolution of 3 May," does not."""
    return sentence.text[-1] not in ",;，；،؛"


def takes_stance(text: str, language: str) -> bool:
    """Whether this says what the organisation thinks or asks for."""
    words, own = lexicon(language), unquoted(text)
    return any(verbs and verbs.search(own) for verbs in (words.positions, words.demands))


def leans(unit: Unit, language: str) -> bool:
    """Whether a unit is told as a step from another: "also", "however", "this law"."""
    pattern = lexicon(language).leaning
    return unit.points_back or bool(pattern and pattern.search(unit.body[0].text))


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
    quotations = find_quotations(text)
    backward = lexicon(language).backward
    return [
        Sentence(
            span,
            kind,
            text[span.start : span.end],
            number,
            speaking=kind == "quote" or any(q.is_open_at(span.end) for q in around),
            points_back=bool(backward and backward.match(text[span.start : span.end])),
            bare=kind == "quote" and not _has_marks(text),
            quotations=tuple(q for q in around if q.opening),
        )
        for span, around in _with_quotations(_trimmed(text, block, item, ranges), quotations)
    ]


def _with_quotations(
    spans: Iterable[Span], quotations: tuple[Quotation, ...]
) -> Iterator[tuple[Span, tuple[Quotation, ...]]]:
    """Each span with the quotations that it is in or has in it."""
    waiting = sorted(quotations, key=attrgetter("start"))[::-1]
    around: list[Quotation] = []
    for span in spans:
        around = [q for q in around if q.end is None or q.end > span.start]
        while waiting and waiting[-1].start < span.end:
            around.append(waiting.pop())
        yield span, tuple(around)


def _block_units(wording: Wording) -> Iterator[Unit]:
    """The units of each block by itself."""
    for number, block in enumerate(wording.blocks):
        if isinstance(block, ItemList):
            yield _list_unit(block, number, wording.language)
        elif block.type == "paragraph" and _greets(block.text, first=number == 0):
            (span,) = _trimmed(block.text, number, None, ((0, len(block.text)),))
            greeting = Sentence(span, "paragraph", block.text.strip(), greets=True)
            yield Unit(Role.BACKGROUND, (greeting,))
        else:
            found = _sentences(block.text, wording.language, number, block.type)
            whole = block.type == "quote" and found
            for group in [found] if whole else _chains(found, wording.language):
                yield Unit(_role(group, wording.language), tuple(group))


def _greets(text: str, *, first: bool) -> bool:
    """Whether a line stands before the first sentence: "Dear Madam President,", "The Assembly,"."""
    return len(text) <= _SHORT and (is_greeting(text) or (first and text[-1] in ",،，"))


def _list_unit(block: ItemList, number: int, language: str) -> Unit:
    found: list[Sentence] = []
    for index, item in enumerate(block.items):
        count = block.start + index if block.ordered else None
        found += _sentences(item, language, number, "item", index, count)
        found[-1] = replace(found[-1], introduces=found[-1].text.endswith((":", "：")))
    return Unit(Role.DEMAND, tuple(found))


def _role(group: list[Sentence], language: str) -> Role:
    """What the verbs say; but what somebody else says is no position of ours."""
    words, text = lexicon(language), unquoted(" ".join(sentence.text for sentence in group))
    told = is_speech(group[0].text) or (words.speech and words.speech.search(text))
    if group[0].kind != "paragraph" or told:
        return Role.BACKGROUND
    if words.demands and words.demands.search(text):
        return Role.DEMAND
    if words.positions and words.positions.search(text):
        return Role.POSITION
    return Role.BACKGROUND


def _chains(found: list[Sentence], language: str) -> Iterator[list[Sentence]]:
    """Sentences with those that point back to them, and quotations with all of theirs.

    A denial is kept with what follows it: "We do not oppose trade. We oppose …".
    """
    denials = lexicon(language).denials
    chain: list[Sentence] = []
    for sentence in found:
        goes_on = sentence.points_back or _is_spoken(sentence.text)
        denied = denials is not None and len(chain) == 1 and denials.search(chain[0].text)
        if chain and (goes_on or denied or chain[-1].speaking):
            chain.append(replace(sentence, points_back=True))
        else:
            if chain:
                yield chain
            chain = [sentence]
    if chain:
        yield chain


_OPENING, _CLOSING = '“„«「『"', '”“»」』"'


def _has_marks(text: str) -> bool:
    """Whether a quotation set apart carries quotation marks of its own."""
    return text[0] in QUOTATION_MARKS or text[-1] in QUOTATION_MARKS


def _is_spoken(text: str) -> bool:
    """Whether a text is nothing but a quotation, whose speaker stands before it."""
    return text[0] in _OPENING and text[-1] in _CLOSING


def _bind_rows(units: Iterable[Unit]) -> list[Unit]:
    """Join the rows of a table, or names one below the other."""
    bound: list[Unit] = []
    for is_row, group in groupby(units, key=_is_row):
        rows = list(group)
        if is_row and len(rows) > 1:
            *upper, last = (row.sentences[0] for row in rows)
            tied = (replace(row, introduces=True) for row in upper)
            rows = [Unit(Role.SIGNATURES, (*tied, last))]
        bound += rows
    return bound


def _is_row(unit: Unit) -> bool:
    """Whether a unit is a few words that are no sentence and say nothing of ours."""
    first = unit.sentences[0] if unit.sentences else None
    if first is None or first.kind != "paragraph" or unit.role is not Role.BACKGROUND:
        return False
    words = first.text
    short = len(unit.sentences) == 1 and len(words) <= _SHORT and not first.greets
    beside = is_aside(words) or is_signature(words) or _CONTACT.search(words)
    return short and not beside and (words[-1].isalnum() or words[-1] in ",)），、")


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
    unfinished = _is_farewell(first) and (last.text[-1].isalnum() or last.text[-1] in ",，،")
    return goes_on or unfinished or last.text.endswith((":", "："))


def _is_farewell(sentence: Sentence) -> bool:
    """Whether the names of those who signed follow: "Signed:", "Yours sincerely,"."""
    is_line = sentence.kind != "item" and _is_line(sentence.text)
    return is_farewell(sentence.text) or (is_line and is_signature(sentence.text))


def _is_line(text: str) -> bool:
    """Whether this is no sentence but a line: "Signed:", "Media contact"."""
    return len(text) <= _SHORT and text[-1] not in ".。!！?？"


def _joined(before: Unit, unit: Unit) -> Unit:
    *earlier, last = before.sentences
    role = max(before.role, unit.role)
    if unit.sentences[0].kind == "item" and is_signature(last.text):
        role = Role.SIGNATURES
    return Unit(role, (*earlier, replace(last, introduces=True), *unit.sentences))


def _bind_headings(units: list[Unit]) -> list[Unit]:
    """Join each heading, and a letter's greeting, to what follows it: alone it says nothing."""
    bound: list[Unit] = []
    heading: tuple[Sentence, ...] = ()
    for unit in units:
        if not unit.body:
            heading += tuple(replace(sentence, introduces=True) for sentence in unit.sentences)
        else:
            bound.append(replace(unit, sentences=heading + unit.sentences))
            heading = ()
    return bound


_CONTACT = re.compile(r"(?<![\w.+@-])[\w.+-]+@[\w-]+\.\w|\+\d[\d ()/-]{7,}")
_SHORT = 60
"""Characters; a longer paragraph is running text, whatever it begins with."""


def _mark_asides(units: list[Unit]) -> list[Unit]:
    """Find notes, contacts, footnotes and names of signatories."""
    marked: list[Unit] = []
    beside: Role | None = None
    for _, group in groupby(units, key=lambda unit: unit.block):
        paragraph = [*group]
        if is_run_in_aside(paragraph[0].sentences[0].text):
            marked += (replace(unit, role=Role.ASIDE) for unit in paragraph)
            continue
        for unit in paragraph:
            beside = _beside(unit, beside)
            marked.append(replace(unit, role=unit.role if beside is None else beside))
            if beside is Role.ASIDE and _is_single_aside(unit):
                beside = None
    return marked


def _bind_signatures(units: list[Unit]) -> list[Unit]:
    """Join "Yours sincerely," to the names below it: neither is told without the other."""
    bound: list[Unit] = []
    for signs, group in groupby(units, key=lambda unit: unit.role is Role.SIGNATURES):
        if signs:
            signed = (s for unit in group for s in unit.sentences)
            tied = (replace(s, introduces=s.introduces or _is_farewell(s)) for s in signed)
            bound.append(Unit(Role.SIGNATURES, tuple(tied)))
        else:
            bound += group
    return bound


def _beside(unit: Unit, current: Role | None) -> Role | None:
    """Whether this unit begins, ends or continues what stands beside the statement."""
    first = unit.sentences[0]
    if is_aside(first.text) and (first.kind == "heading" or _is_line(first.text)):
        return Role.ASIDE
    if any(map(_is_farewell, unit.sentences)):
        return Role.SIGNATURES
    if first.kind == "heading":
        return None
    return Role.ASIDE if current is None and _is_single_aside(unit) else current


def _is_single_aside(unit: Unit) -> bool:
    """A preface, a footnote, or background with somebody's address or telephone number in it."""
    first = unit.sentences[0]
    if is_preface(first.text) and len(unit.sentences) == 1:
        return True
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
    """Whatever a kept unit needs is as important as that unit.

    That is what it points back to, the first mention of whom it names, and what
    its section begins with.
    """
    known = _first_mentions(units, language)
    roles = [unit.role for unit in units]
    points = [_points_back(unit) for unit in units]
    heads = section_heads(units)
    needs = [_names(unit, known, place, language) for place, unit in enumerate(units)]
    for place in reversed(range(len(units))):
        before = {place - 1} if points[place] and place else set()
        for other in before | {heads[place]} | {known[name] for name in needs[place]}:
            if Role.BACKGROUND <= roles[other] < roles[place]:
                roles[other] = roles[place]
    for unit, role, back, told in zip(units, roles, points, needs, strict=True):
        yield replace(unit, role=role, points_back=back, says=unit.role, names=told)


def section_heads(units: Sequence[Unit]) -> list[int]:
    """For each unit, the place of the one that stands under the nearest heading, or the first."""
    heads: list[int] = []
    for place, unit in enumerate(units):
        headed = any(sentence.kind == "heading" for sentence in unit.sentences)
        heads.append(place if headed or not heads else heads[-1])
    return heads


def _points_back(unit: Unit) -> bool:
    body = unit.body[0]
    return body.points_back or body.kind == "quote" or _is_spoken(body.text)


def _first_mentions(units: Sequence[Unit], language: str) -> dict[str, int]:
    """For each name, the place of the unit that tells it in full first."""
    known: dict[str, int] = {}
    for place, unit in enumerate(units):
        for sentence in unit.sentences:
            for word in names.introduced(sentence.text, language):
                known.setdefault(word, place)
    return known


def _names(unit: Unit, known: Mapping[str, int], place: int, language: str) -> frozenset[str]:
    used = {word for s in unit.sentences for word in names.used(s.text)}
    earlier = {word for word in used if known.get(word, place) < place}
    full = {w for s in unit.sentences for w in names.introduced(s.text, language)}
    return frozenset(earlier - full)
