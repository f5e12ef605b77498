"""What a new wording says that the one before did not, sentence by sentence.

A sentence that only moved, or stands in another paragraph now, says nothing new.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from ..statements.values import Wording
from .anatomy import take_apart, title_sentence
from .units import Role, Sentence, Unit

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|\w+")  # each sign where words have no spaces


@dataclass(frozen=True, slots=True)
class Changes:
    """How a wording differs from the one that was published.

    `units` hold the new sentences, in the statement's order, with those others
    without which they cannot be understood. `removed`: there was a sentence in
    whose place there is none now.
    """

    title: bool
    units: tuple[Unit, ...]
    removed: bool

    @property
    def nothing(self) -> bool:
        """Whether readers of the old wording were told everything right."""
        return not (self.title or self.units or self.removed)


def compare(old: Wording, new: Wording) -> Changes:
    """The changes between two wordings of one language.

    Notes and contacts are left out, as they are from every thread.
    """
    before, after = _told(old), _told(new)
    known = {_plain(sentence) for unit in before for sentence in unit.sentences}
    return Changes(
        title=_title(old) != _title(new),
        units=tuple(_new_units(after, known)),
        removed=_is_shorter(_texts(before), _texts(after)),
    )


def _told(wording: Wording) -> list[Unit]:
    return [unit for unit in take_apart(wording) if unit.role is not Role.ASIDE]


def _title(wording: Wording) -> str:
    sentence = title_sentence(wording)
    return _plain(sentence) if sentence else ""


def _plain(sentence: Sentence) -> str:
    return " ".join(sentence.text.split())


def _texts(units: Sequence[Unit]) -> list[str]:
    return [_plain(sentence) for unit in units for sentence in unit.sentences]


def _is_shorter(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether a sentence is gone without another in its place."""
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for _, start, end, new_start, new_end in steps:
        gone = [text for text in old[start:end] if text not in new]
        come = [text for text in new[new_start:new_end] if text not in old]
        if len(gone) > len(come) and any(not _lives_on(text, come) for text in gone):
            return True
    return False


def _lives_on(sentence: str, others: Sequence[str]) -> bool:
    """Whether most words of a sentence stand in these others, as when two become one."""
    words, said = _WORD.findall(sentence), {*_WORD.findall(" ".join(others))}
    return 2 * sum(word in said for word in words) > len(words)


def _new_units(units: Sequence[Unit], known: set[str]) -> Iterator[Unit]:
    for unit in units:
        new = {i for i, each in enumerate(unit.sentences) if _plain(each) not in known}
        if new:
            chosen = sorted(_with_context(unit.sentences, new))
            yield Unit(unit.role, tuple(unit.sentences[i] for i in chosen), unit.points_back)


def _with_context(unit: Sequence[Sentence], new: set[int]) -> set[int]:
    """These sentences of a unit, with those others that they lean on."""
    chosen: set[int] = set()
    for index in new:
        if unit[index].kind == "item":
            chosen |= _item(unit, index) | _introduction(unit[:index])
        else:
            chosen.update(range(_start(unit, index), _end(unit, index)))
    return chosen


def _item(unit: Sequence[Sentence], index: int) -> set[int]:
    """All sentences of an item."""
    place = unit[index].span.block, unit[index].span.item
    return {i for i, each in enumerate(unit) if (each.span.block, each.span.item) == place}


def _introduction(before: Sequence[Sentence]) -> set[int]:
    """The sentence that introduces the list these stand in."""
    spoken = [i for i, sentence in enumerate(before) if sentence.kind not in {"item", "heading"}]
    return set(spoken[-1:])


def _start(unit: Sequence[Sentence], index: int) -> int:
    """Where to begin so that a sentence has what it points back to, and its quotation is whole."""
    while index > 0 and (
        unit[index - 1].speaking
        or (unit[index - 1].kind == "paragraph" and unit[index].points_back)
    ):
        index -= 1
    return index


def _end(unit: Sequence[Sentence], index: int) -> int:
    """Where to end so that a quotation is whole, and what is announced follows."""
    while index + 1 < len(unit) and (unit[index].speaking or unit[index].introduces):
        index += 1
    lists = unit[index].kind == "item"  # an introduction that was changed: tell all of its list
    return len(unit) if lists else index + 1
