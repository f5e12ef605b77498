"""What X does to a text: it weighs it, wraps its links in t.co and escapes it."""

from __future__ import annotations

import functools
import hashlib
import html
import re
from dataclasses import dataclass
from typing import Any

from twitter_text import extract_urls_with_indices, parse_tweet

from .timelines import Span, cut

MOST_WEIGHT = 280
# Only links may be longer than they weigh. The parser is slow on long dotted text
# (4000 characters of "a." took 41 s), so nothing longer is ever given to it.
_MOST_CHARACTERS = 1500
_TAG = re.compile(r"(?<!\w)#(?=\w*[^\W\d_])(\w+)")
_MENTION = re.compile(r"(?<![\w@])@(\w{1,15})\b")


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    kind: str
    value: str  # the link, tag or name as it was typed


def fits(text: str) -> bool:
    """Whether X takes this text: not empty, nothing forbidden, at most 280 by its weights."""
    if len(text) > _MOST_CHARACTERS:
        return False
    return bool(parse_tweet(text).valid)


@functools.lru_cache(maxsize=4096)  # a text is read again for every look at the timeline
def _find(text: str) -> tuple[_Found, ...]:
    links = [
        _Found(found["indices"][0], found["indices"][1], "link", found["url"])
        for found in extract_urls_with_indices(text)
    ]
    for kind, pattern in (("tag", _TAG), ("mention", _MENTION)):
        for match in pattern.finditer(text):
            if not any(link.start < match.end() and match.start() < link.end for link in links):
                links.append(_Found(match.start(), match.end(), kind, match[1]))
    return tuple(sorted(links, key=lambda found: found.start))


def expanded(url: str) -> str:
    """The address a typed link leads to; X adds http:// to a bare domain."""
    return url if re.match(r"(?i)https?://", url) else f"http://{url}"


def displayed(url: str) -> str:
    """The link as X shows it: no scheme, at most 27 characters."""
    bare = re.sub(r"(?i)^https?://(www\.)?", "", url)
    return bare if len(bare) <= 27 else f"{bare[:26]}…"


def short_link(id_: str, position: int, url: str) -> str:
    """A t.co address for one link of one post; 23 characters, as all of them."""
    digest = hashlib.sha256(f"{id_} {position} {url}".encode()).hexdigest()
    return f"https://t.co/{digest[:10]}"


def wrap(id_: str, text: str) -> tuple[str, dict[str, Any]]:
    """The text as X gives it back, and its entities.

    Links become t.co addresses, `&`, `<` and `>` become HTML escapes; indices
    count code points of the text given back.
    """
    pieces: list[str] = []
    entities: dict[str, list[dict[str, Any]]] = {}
    at = length = 0
    for position, found in enumerate(_find(text)):
        before = html.escape(text[at : found.start], quote=False)
        shown = text[found.start : found.end]
        if found.kind == "link":
            shown = short_link(id_, position, found.value)
        start, length = length + len(before), length + len(before) + len(shown)
        name, entity = _entity(found, shown)
        entities.setdefault(name, []).append({"start": start, "end": length, **entity})
        pieces += [before, shown]
        at = found.end
    return "".join([*pieces, html.escape(text[at:], quote=False)]), entities


def _entity(found: _Found, shown: str) -> tuple[str, dict[str, Any]]:
    match found.kind:
        case "link":
            url = expanded(found.value)
            return "urls", {"url": shown, "expanded_url": url, "display_url": displayed(url)}
        case "tag":
            return "hashtags", {"tag": found.value}
        case _:
            return "mentions", {"username": found.value}


def spans(text: str) -> tuple[Span, ...]:
    """The text as followers read it."""
    return cut(text, [(found.start, found.end, _span(found, text)) for found in _find(text)])


def _span(found: _Found, text: str) -> Span:
    match found.kind:
        case "link":
            url = expanded(found.value)
            return Span(displayed(url), "link", url)
        case "tag":
            return Span(text[found.start : found.end], "tag")
        case _:
            return Span(text[found.start : found.end], "mention")
