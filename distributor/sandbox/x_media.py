"""Uploads to X, as the public description (2.167) has them: one request, base64 in JSON."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import x_texts

MOST_BYTES = 5 * 1024 * 1024
_MOST_ALT = 1000  # characters
_LIFE = 1_295_999  # seconds, as in the documentation's sample
FILE_HEADERS = {
    "Content-Type": "image/png",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


@dataclass(frozen=True, slots=True)
class Media:
    """One uploaded picture and its description."""

    id: str
    content: bytes = field(repr=False)
    alt: str = ""


def content_of(body: Mapping[str, Any]) -> bytes:
    """The bytes of an upload. Raises ValueError in X's words."""
    for name in body.keys() - {"media", "media_category", "additional_owners"}:
        raise ValueError(f"[$.{name}] is not defined in the schema.")
    if body.get("media_category") != "tweet_image":
        raise ValueError("[$.media_category] is not one the sandbox knows: tweet_image.")
    try:
        content = base64.b64decode(body.get("media") or "", validate=True)
    except (binascii.Error, TypeError):
        raise ValueError("[$.media] is not base64.") from None
    if not 0 < len(content) <= MOST_BYTES:
        raise ValueError(f"[$.media] must have 1 to {MOST_BYTES} bytes.")
    return content


def alt_of(body: Mapping[str, Any]) -> str:
    """The description in a metadata request. Raises ValueError in X's words."""
    match body.get("metadata"):
        case {"alt_text": {"text": str(text)}} if len(text) <= _MOST_ALT:
            return text
    raise ValueError(f"[$.metadata.alt_text.text] must have at most {_MOST_ALT} characters.")


def link(text: str, post: str, account: str, medium: Media) -> tuple[str, dict[str, Any]]:
    """The text of a post with the t.co address X adds for its pictures, and its entity."""
    url = x_texts.short_link(post, len(text), medium.id)
    longer = f"{text} {url}".lstrip()
    return longer, {
        "start": len(longer) - len(url),
        "end": len(longer),
        "url": url,
        "expanded_url": f"{account}/status/{post}/photo/1",
        "display_url": f"pic.x.com/{url[-10:]}",
        "media_key": _key(medium),
    }


def _key(medium: Media) -> str:
    return f"3_{medium.id}"


def shown(medium: Media) -> dict[str, Any]:
    """What X says about an upload."""
    return {
        "id": medium.id,
        "media_key": _key(medium),
        "size": len(medium.content),
        "expires_after_secs": _LIFE,
    }
