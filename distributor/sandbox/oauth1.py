"""Checking an OAuth 1.0a signature (RFC 5849, HMAC-SHA1), as X does."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import urllib.parse
from dataclasses import dataclass, field

from .messages import Request


@dataclass(frozen=True, slots=True)
class Keys:
    """What an application and a user prove themselves with."""

    consumer_key: str
    consumer_secret: str = field(repr=False)
    access_token: str
    access_token_secret: str = field(repr=False)


def read_header(header: str) -> dict[str, str]:
    """The parameters of an `Authorization: OAuth …` header; empty for another scheme."""
    scheme, _, rest = header.partition(" ")
    if scheme.lower() != "oauth":
        return {}
    pairs = re.findall(r'(\w+)="([^"]*)"', rest)
    return {name: urllib.parse.unquote(value) for name, value in pairs}


def is_signed(request: Request, base_url: str, keys: Keys) -> bool:
    """Whether the request was signed with these keys, for the address `base_url` + its path.

    JSON bodies are not part of the signature (RFC 5849 section 3.4.1.3.1).
    """
    given = read_header(request.headers.get("authorization", ""))
    if (given.get("oauth_consumer_key"), given.get("oauth_token")) != (
        keys.consumer_key,
        keys.access_token,
    ):
        return False
    signed = [pair for pair in given.items() if pair[0] not in ("oauth_signature", "realm")]
    signed += request.query
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        signed += urllib.parse.parse_qsl(request.body.decode(), keep_blank_values=True)
    expected = _signature(request.method, base_url + request.path, signed, keys)
    return hmac.compare_digest(expected, given.get("oauth_signature", ""))


def _signature(method: str, url: str, parameters: list[tuple[str, str]], keys: Keys) -> str:
    encoded = sorted((_escape(name), _escape(value)) for name, value in parameters)
    listed = "&".join(f"{name}={value}" for name, value in encoded)
    base = "&".join(map(_escape, (method, url, listed)))
    key = f"{_escape(keys.consumer_secret)}&{_escape(keys.access_token_secret)}"
    digest = hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def _escape(text: str) -> str:
    return urllib.parse.quote(text, safe="~")
