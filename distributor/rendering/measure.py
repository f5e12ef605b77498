"""How long a post is, as each network counts it.

The lengths decide what fits, so each rule names where it comes from. All of
them were checked against the networks' own test suites in 2026-11.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Protocol

import regex

from .links import find_links

X_LIMIT = 280
BLUESKY_LIMIT = 300
BLUESKY_BYTES = 3000
"""A Bluesky server refuses more UTF-8 bytes, whatever the number of characters."""

# Weight 2 for all but these ranges (twitter-text v3, config "defaults").
_HEAVY = re.compile("[^\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")
_MAYBE_EMOJI = regex.compile("[\\p{Extended_Pictographic}\\p{Regional_Indicator}\u20e3\ufe0f]")
_MAYBE_LINK = re.compile(r"\.[^\W\d_]|://")
# twitter-text's patterns take time to the power of the labels: 41 s for 1,000 "a.a.".
_MANY_LABELS = re.compile(r"(?:[^\W_][\w-]*\.){24}")
_LONGEST_WORD = 10_000
# Mastodon, app/models/account.rb (MENTION_RE): a remote account counts without its server.
_REMOTE_MENTION = re.compile(
    r"(?<![=/\w])@([a-z0-9_]+(?:[a-z0-9_.-]+[a-z0-9_]+)?)@[\w.:-]*\w", re.I
)


class Measure(Protocol):
    """The measure of one channel, with its limit."""

    @property
    def limit(self) -> int:
        """The greatest length the network takes."""
        ...

    def length(self, text: str) -> int:
        """The length the network would give this text."""
        ...

    def excess(self, text: str) -> int:
        """By how much the text is too long; 0 when the network takes it."""
        ...


@dataclass(frozen=True, slots=True)
class XMeasure:
    """Weighted characters (twitter-text v3): CJK 2, any link `per_url`, any emoji 2.

    Links and emoji never cross white space, so the text is weighed word by word
    and each word once.
    """

    limit: int = X_LIMIT
    per_url: int = 23
    _weights: dict[str, int] = field(default_factory=dict, repr=False, compare=False)

    def length(self, text: str) -> int:
        """The weighted length."""
        normal = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
        special = [word for word in re.split(r"[ \n\t]+", normal) if _is_special(word)]
        plain = len(normal) + len(_HEAVY.findall(normal))
        return plain + sum(self._weight(word) - _plain_weight(word) for word in special)

    def excess(self, text: str) -> int:
        """By how much the text is too long."""
        return max(0, self.length(text) - self.limit)

    def _weight(self, word: str) -> int:
        if word not in self._weights:
            self._weights[word] = self._weigh(word)
        return self._weights[word]

    def _weigh(self, word: str) -> int:
        """The weight of a word with links or emoji in it; at least that, if it is a trap."""
        if _is_trap(word):
            return _plain_weight(word) + self.per_url * word.count(".")
        weight, done = 0, 0
        for start, end in _x_links_of(word, 0):
            weight += _weight_with_emoji(word[done:start]) + self.per_url
            done = end
        return weight + _weight_with_emoji(word[done:])


@dataclass(frozen=True, slots=True)
class BlueskyMeasure:
    """Grapheme clusters, and bytes beside them (lexicon app.bsky.feed.post)."""

    limit: int = BLUESKY_LIMIT

    def length(self, text: str) -> int:
        """The number of grapheme clusters."""
        return graphemes(text)

    def excess(self, text: str) -> int:
        """By how much the text is too long, in graphemes of ten bytes when bytes are too many."""
        bytes_over = len(text.encode()) - BLUESKY_BYTES
        return max(0, self.length(text) - self.limit, -(-bytes_over // 10))


@dataclass(frozen=True, slots=True)
class MastodonMeasure:
    """Grapheme clusters; any link counts `per_url`, a remote account without its server."""

    limit: int = 500
    per_url: int = 23

    def length(self, text: str) -> int:
        """The number of grapheme clusters after these discounts."""
        kept, done, links = [], 0, 0
        for start, end in find_links(text):
            kept.append(text[done:start])
            links, done = links + 1, end
        rest = "x".join([*kept, text[done:]])  # one cluster stands for each link
        return graphemes(_REMOTE_MENTION.sub(r"@\1", rest)) + links * (self.per_url - 1)

    def excess(self, text: str) -> int:
        """By how much the text is too long."""
        return max(0, self.length(text) - self.limit)


def measure_for(kind: str, limit: int, per_url: int) -> Measure:
    """The measure of a kind of channel; other networks count like Mastodon does."""
    if kind == "x":
        return XMeasure(limit, per_url)
    if kind == "bluesky":
        return BlueskyMeasure(limit)
    return MastodonMeasure(limit, per_url)


def graphemes(text: str) -> int:
    """The number of extended grapheme clusters (UAX 29)."""
    return len(text) if text.isascii() and "\r" not in text else len(regex.findall(r"\X", text))


def x_links(text: str) -> list[tuple[int, int]]:
    """What X makes a link of, also without http://, as code point ranges.

    Words on which the pattern would not end in time are passed over.
    """
    found: list[tuple[int, int]] = []
    for word in re.finditer(r"[^ \n\t]+", text):
        if _MAYBE_LINK.search(word[0]) and not _is_trap(word[0]):
            found += _x_links_of(word[0], word.start())
    return found


def _x_links_of(word: str, offset: int) -> list[tuple[int, int]]:
    if not _MAYBE_LINK.search(word):
        return []
    from twitter_text import extract_urls_with_indices  # slow to import

    entities = extract_urls_with_indices(word)
    return [(offset + start, offset + end) for start, end in (e["indices"] for e in entities)]


def _weight_with_emoji(text: str) -> int:
    """The weight of text without links."""
    if not _MAYBE_EMOJI.search(text):
        return _plain_weight(text)
    from twitter_text import extract_emojis_with_indices  # slow to import

    weight = _plain_weight(text)
    for entity in extract_emojis_with_indices(text):
        weight += 2 - _plain_weight(entity["emoji"])
    return weight


def _is_special(word: str) -> bool:
    return bool(_MAYBE_LINK.search(word) or _MAYBE_EMOJI.search(word))


def _is_trap(word: str) -> bool:
    return len(word) > _LONGEST_WORD or bool(_MANY_LABELS.search(word))


def _plain_weight(text: str) -> int:
    return len(text) + len(_HEAVY.findall(text))
