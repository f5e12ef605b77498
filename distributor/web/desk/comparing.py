"""Two wordings of a post beside each other: what goes, what comes, what stays. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

# A word, or a sign of a script without spaces; and what stands between.
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of text that is in both wordings, or in one of them only."""

    kind: Literal["same", "gone", "new"]
    text: str


def compare(old: str, new: str) -> tuple[Stretch, ...]:
    """The differences, word by word; without what is new it is the old text, and so on."""
    return tuple(_stretches(_TOKEN.findall(old), _TOKEN.findall(new)))


def _stretches(old: list[str], new: list[str]) -> Iterator[Stretch]:
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Stretch("same", "".join(old[i1:i2]))
            continue
        if i1 < i2:
            yield Stretch("gone", "".join(old[i1:i2]))
        if j1 < j2:
            yield Stretch("new", "".join(new[j1:j2]))
