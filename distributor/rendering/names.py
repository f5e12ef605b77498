"""Names that a text introduces, and which of them a later text needs to have been told.

Only scripts with capital letters show where a name begins; elsewhere none is found.
"""

from __future__ import annotations

import regex

from .lexicon import lexicon

_CAPITALISED = r"\p{Lu}[\p{L}’'-]*\.?"
_ROW = regex.compile(rf"(?<![\p{{L}}\p{{N}}]){_CAPITALISED}(?:\s{_CAPITALISED})+")
_WORD = regex.compile(r"\p{Lu}[\p{L}’'-]+")
_POSSESSIVE = regex.compile(r"['’]s?$")


def introduced(sentence: str, language: str) -> set[str]:
    """The words of names told in full: two and more capitalised words in a row."""
    openers, titles = lexicon(language).openers, lexicon(language).titles
    found: set[str] = set()
    for row in _ROW.findall(sentence):
        words = [word for word in row.split() if word not in openers]
        words = [word for word in words if word.rstrip(".") not in titles]
        if len(words) > 1:
            found |= {bare(word) for word in words}
    return {word for word in found if len(word) > 1}


def used(text: str) -> set[str]:
    """Every capitalised word."""
    return {bare(word) for word in _WORD.findall(text)}


def bare(word: str) -> str:
    """A name without its possessive ending."""
    return _POSSESSIVE.sub("", word.rstrip("."))
