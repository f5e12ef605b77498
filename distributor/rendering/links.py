"""Web addresses, hashtags and mentions in running text, as code point ranges."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Text in scripts without spaces may follow an address at once: 詳見https://example.org。謝謝
_LINK = re.compile(
    r"(?<![A-Za-z0-9@＠$#＃/])https?://"
    r"[^\s<>\"“”«»„‟،؛؟\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00-\uffef]+",
    re.IGNORECASE,
)
# A closing bracket belongs to the address when it opened one: /wiki/X_(Y).
_TRAILING = ".,;:!?'’‘…*_~"
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_TAG = re.compile(r"(?<![\w&/])[#＃](?=\w*[^\W\d_])\w*[^\W_]")
_MENTION = re.compile(r"(?<![\w@/.])[@＠](\w[\w.-]*\w(?:@[\w-]+(?:\.[\w-]+)+)?)")


def find_links(text: str) -> Iterator[tuple[int, int]]:
    """Every address with http:// or https://, without the punctuation that ends a sentence."""
    for match in _LINK.finditer(text):
        end = match.start() + len(_trimmed(match[0]))
        if end > match.start() + len("https://"):
            yield match.start(), end


def find_tags(text: str) -> Iterator[tuple[int, int]]:
    """Every hashtag that stands outside an address, with its sign."""
    return _outside_links(_TAG, text)


def find_mentions(text: str) -> Iterator[tuple[int, int]]:
    """Every @account or @account@server that stands outside an address, with its sign."""
    return _outside_links(_MENTION, text)


def _outside_links(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    links = list(find_links(text))
    for match in pattern.finditer(text):
        if not any(start <= match.start() < end for start, end in links):
            yield match.span()


def _trimmed(address: str) -> str:
    while address:
        last = address[-1]
        opening = _BRACKETS.get(last)
        unbalanced = opening is not None and address.count(last) > address.count(opening)
        if last not in _TRAILING and not unbalanced:
            break
        address = address[:-1]
    return address
