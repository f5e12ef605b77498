"""Which language a text is written in, told by its smallest words or letters.

Only the languages the team uses, and only as a check on a language tag: where
the signs are few or mixed, it has no opinion.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..statements.values import ItemList, Wording
from .edition import Finding

_LEAST = 12  # signs of one language before it is believed
_CLEAR = 3  # times as many as those of the language in the tag

# Words of one language that the others do not have, among the commonest of each.
_WORDS: Mapping[str, frozenset[str]] = {
    "en": frozenset("the of and to that is are with for by have has been from this which".split()),
    "de": frozenset(
        "der die und das den dem ist sind nicht mit von für auf wird eine werden".split()
    ),
    "fr": frozenset("le les et des du une est sont dans pour que qui par sur aux cette".split()),
    "es": frozenset("el los y las una es son en para que por con del su al como".split()),
    "cs": frozenset("a je na se že v jsou byla které který pro od jako podle jejich aby".split()),
}
_LETTERS: Mapping[str, str] = {
    "uk": "іїєґ",
    "ru": "ыэъё",
    "ar": "ةأإىض",
    "ug": "ۇۆۈېەڭ",
    "ja": "のはをがでとにた",
    "zh-Hant": "國們這來會時對發說為個權與關於從後經還實應將聯",
    "zh-Hans": "国们这来会时对发说为个权与关于从后经还实应将联",
}
_WORD = re.compile(r"[^\W\d_]+")


def signs(text: str) -> dict[str, int]:
    """How many signs of each language the text has."""
    words = [word.casefold() for word in _WORD.findall(text)]
    counts = {
        language: sum(word in smallest for word in words) for language, smallest in _WORDS.items()
    }
    counts |= {
        language: sum(text.count(letter) for letter in letters)
        for language, letters in _LETTERS.items()
    }
    return counts


def lint_tag(language: str, wording: Wording) -> list[Finding]:
    """A finding when the text clearly is in another language than its tag says."""
    counts = signs(_text(wording))
    likely = max(counts, key=counts.__getitem__)
    claimed = _known(language, counts)
    if claimed is None or counts[likely] < max(_LEAST, _CLEAR * counts[claimed]):
        return []
    message = f"The text is marked as {language}, but reads like {likely}. Correct the language."
    return [Finding("warn", language, "language", message)]


def _known(language: str, counts: Mapping[str, int]) -> str | None:
    """The language of the tag, as far as this file knows it."""
    tag = language.lower()
    if tag.startswith("zh"):
        traditional = any(part in tag for part in ("hant", "tw", "hk", "mo"))
        return "zh-Hant" if traditional else "zh-Hans"
    primary = tag.split("-")[0]
    return primary if primary in counts else None


def _text(wording: Wording) -> str:
    pieces = [wording.title]
    for block in wording.blocks:
        pieces += block.items if isinstance(block, ItemList) else [block.text]
    return "\n".join(pieces)
