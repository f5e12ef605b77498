"""The anatomy of a statement: its news, positions, demands, closing, and what is beside it.

A statement is taken apart into units that stand or fall together: a sentence
with those that point back to it, or a list with the sentence that introduces it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Literal

from ..statements.values import ItemList, Wording
from . import names
from .binding import bind_headings, bind_lists, bind_rows, bind_signatures, mark_asides
from .lexicon import is_greeting, lexicon
from .quotations import (
    QUOTATION_MARKS,
    Quotation,
    find_quotations,
    is_open,
    is_speech,
    is_spoken,
    unquoted,
)
from .segment import sentences
from .units import SHORT, Kind, Role, Sentence, Span, Unit


def take_apart(wording: Wording) -> tuple[Unit, ...]:
    """The units of a statement in their order; its title is not among them."""
    units = bind_headings(bind_lists(bind_rows(_block_units(wording))))
    units = bind_signatures(mark_asides(units))
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
    return len(text) <= SHORT and (is_greeting(text) or (first and text[-1] in ",،，"))


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
        goes_on = sentence.points_back or is_spoken(sentence.text)
        denied = denials is not None and len(chain) == 1 and denials.search(chain[0].text)
        if chain and (goes_on or denied or chain[-1].speaking):
            chain.append(replace(sentence, points_back=True))
        else:
            if chain:
                yield chain
            chain = [sentence]
    if chain:
        yield chain


def _has_marks(text: str) -> bool:
    """Whether a quotation set apart carries quotation marks of its own."""
    return text[0] in QUOTATION_MARKS or text[-1] in QUOTATION_MARKS


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
    return body.points_back or body.kind == "quote" or is_spoken(body.text)


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
