"""What a translation has that its original lacks, and the other way round.

It reads no language: it compares what every language keeps, which are shape,
figures, and names in Latin letters. So it finds what was forgotten or mistyped,
not what was badly translated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from ..statements.values import Block, ItemList, Wording
from .condense import listed
from .edition import Edition, Finding
from .figures import figures, han_numbers
from .lint import named_texts
from .texts import script

# Up to twelve, style guides of most languages want words.
_WORDS_UP_TO = 12
# What one language writes as "thirty" another may write as 30, but hardly anybody "two hundred".
_ADDED_FROM = 100
# IPAC, HKD, G20, WeChat; words of two letters (UN, EU, US) are translated.
_NAME = re.compile(r"(?<![A-Za-z])(?:[A-Z][A-Z0-9]{2,}|[A-Z][a-z]+[A-Z][A-Za-z]+)(?![a-z])")
_LATIN_WORD = re.compile(r"(?<![A-Za-z@#/._-])[A-Z][A-Za-z]{2,}(?![A-Za-z])(?![./]\w)")


def lint_parity(edition: Edition) -> list[Finding]:
    """The differences between the original and each of its translations."""
    original = edition.wordings.get(edition.original)
    return [
        finding
        for wording in edition.wordings.values()
        if original is not None and wording is not original
        for finding in compare(original, wording)
    ]


def compare(original: Wording, translation: Wording) -> tuple[Finding, ...]:
    """What a person should look at before this translation goes out."""
    found = [*_shape(original, translation), *_names(original, translation)]
    if original.date and translation.date and original.date != translation.date:
        message = f"This translation is dated {translation.date}, the original {original.date}."
        found.append(_finding(translation, "title", message))
    for place, ours, theirs in _pairs(original, translation):
        messages = _figures(ours, original.language, theirs, translation.language)
        found += [_finding(translation, place, message) for message in messages]
    return tuple(found)


def _finding(translation: Wording, place: str, message: str) -> Finding:
    where = f"{translation.language}, {place}" if place else translation.language
    return Finding("warn", where, "translation", message)


def _shape(original: Wording, translation: Wording) -> Iterator[Finding]:
    for one, many, kinds in (
        ("paragraph", "paragraphs", {"paragraph", "quote"}),
        ("heading", "headings", {"heading"}),
        ("list", "lists", {"list"}),
    ):
        ours, theirs = (_count(wording, kinds) for wording in (original, translation))
        if ours != theirs:
            message = f"This translation has {_some(theirs, one, many)}, the original {ours}."
            yield _finding(translation, "", message)
    lists = (_lists(original), _lists(translation))
    if len(lists[0]) == len(lists[1]):
        for number, (ours, theirs) in enumerate(zip(*lists, strict=True), 1):
            if ours != theirs:
                message = f"It has {_some(theirs, 'item', 'items')}, the original's {ours}."
                yield _finding(translation, f"list {number}", message)


def _some(count: int, one: str, many: str) -> str:
    return f"{count or 'no'} {one if count == 1 else many}"


def _count(wording: Wording, kinds: set[str]) -> int:
    return sum(block.type in kinds for block in wording.blocks)


def _lists(wording: Wording) -> list[int]:
    return [len(block.items) for block in wording.blocks if isinstance(block, ItemList)]


def _pairs(original: Wording, translation: Wording) -> Iterator[tuple[str, str, str]]:
    """Texts that say the same, with their place; all text at once when the shapes differ."""
    ours, theirs = [*named_texts(original)], [*named_texts(translation)]
    if [*map(_form, original.blocks)] == [*map(_form, translation.blocks)]:
        for (_, our), (place, their) in zip(ours, theirs, strict=True):
            yield place, our, their
    else:
        yield "", " \n".join(text for _, text in ours), " \n".join(text for _, text in theirs)


def _form(block: Block) -> tuple[str, int]:
    kind = "paragraph" if block.type == "quote" else block.type
    return kind, len(block.items) if isinstance(block, ItemList) else 1


def _figures(our: str, our_language: str, their: str, their_language: str) -> Iterator[str]:
    ours, theirs = figures(our, our_language), figures(their, their_language)
    lacking, added = ours - theirs - han_numbers(their), theirs - ours - han_numbers(our)
    # A small figure that only disappears has become a word; one that is replaced is another.
    replaced = any(map(_small, lacking)) and any(map(_small, added))
    if missing := [each for each in lacking if replaced or not _small(each)]:
        yield f"The original has {_shown(missing)}, this translation does not."
    if extra := [each for each in added if each >= _ADDED_FROM or (replaced and _small(each))]:
        yield f"This translation has {_shown(extra)}, the original does not."


def _small(figure: Decimal) -> bool:
    return figure <= _WORDS_UP_TO


def _shown(numbers: list[Decimal]) -> str:
    plain = [number.normalize() for number in sorted(numbers)]
    return listed([f"{number:,f}" if number >= 10_000 else f"{number:f}" for number in plain])


def _names(original: Wording, translation: Wording) -> Iterator[Finding]:
    ours, theirs = _text(original), _text(translation)
    # Between other letters, whatever is in Latin ones was meant to stay so.
    kept = _NAME if _is_latin(original) else _LATIN_WORD
    missing = [name for name in _found(kept, original) if name not in theirs]
    if missing:
        message = f"The original names {listed(missing)}, this translation does not."
        yield _finding(translation, "", message)
    if _is_latin(original) and not _is_latin(translation):
        added = [name for name in _found(_LATIN_WORD, translation) if name not in ours]
        if added:
            message = f"This translation names {listed(added)}, the original does not."
            yield _finding(translation, "", message)


def _text(wording: Wording) -> str:
    return " \n".join(text for _, text in named_texts(wording))


def _found(pattern: re.Pattern[str], wording: Wording) -> list[str]:
    """The names of a wording in its order, each once; a text in capitals has none."""
    texts = [text for _, text in named_texts(wording) if not _is_headline(text, wording)]
    return [*dict.fromkeys(name for text in texts for name in pattern.findall(text))]


def _is_headline(text: str, wording: Wording) -> bool:
    """In capitals throughout, so that no name can be told from other words."""
    return _is_latin(wording) and text.isupper()


def _is_latin(wording: Wording) -> bool:
    return script(wording.language) == "Latin"
