"""Bluesky's facets and link card: without them its text has no links at all."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ..statements.values import Paragraph, Wording
from .links import find_links, find_mentions, find_tags
from .measure import graphemes
from .segment import sentences

# lexicon app.bsky.richtext.facet
_TAG_GRAPHEMES = 64
_TAG_BYTES = 640
_DESCRIPTION = 300
"""Graphemes; apps show about two lines of a card's description."""


def facets(text: str, mentions: Collection[str]) -> list[dict[str, Any]]:
    """Links, hashtags and the given accounts in a text, by UTF-8 byte offsets.

    A mention carries the handle; the channel asks the network for its DID.
    """
    found = [_facet(text, span, "link", text[slice(*span)]) for span in find_links(text)]
    for start, end in find_tags(text):
        tag = text[start + 1 : end]
        if graphemes(tag) <= _TAG_GRAPHEMES and len(tag.encode()) <= _TAG_BYTES:
            found.append(_facet(text, (start, end), "tag", tag))
    wanted = {mention.lstrip("@") for mention in mentions}
    for start, end in find_mentions(text):
        if text[start + 1 : end] in wanted:
            found.append(_facet(text, (start, end), "mention", text[start + 1 : end]))
    return sorted(found, key=lambda facet: int(facet["start"]))


def _facet(text: str, span: tuple[int, int], kind: str, value: str) -> dict[str, Any]:
    start = len(text[: span[0]].encode())
    end = start + len(text[slice(*span)].encode())
    return {"start": start, "end": end, "kind": kind, "value": value}


def card(wording: Wording, url: str) -> dict[str, str]:
    """The card under a post: title, and the whole sentences the statement opens with."""
    opening = next((b.text for b in wording.blocks if isinstance(b, Paragraph)), "")
    description = ""
    for _, end in sentences(opening, wording.language):
        longer = opening[:end].rstrip()
        if graphemes(longer) > _DESCRIPTION:
            break
        description = longer
    return {"url": url, "title": wording.title, "description": description}
