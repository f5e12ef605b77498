"""What a Bluesky server checks in a record, and the CIDs and keys it gives."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
import time
from collections.abc import Iterator
from typing import Any

import libipld
import regex

POST = "app.bsky.feed.post"
MOST_GRAPHEMES = 300
MOST_BYTES = 3000
MOST_CARD_IMAGE = 1_000_000  # bytes
MOST_IMAGE = 2_000_000  # bytes
_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
_TID = re.compile(r"[234567a-j][234567a-z]{12}")
_KEY = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._:~-]{1,512}")
_NSID = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*(\.[a-zA-Z0-9-]+)+\.[a-zA-Z][a-zA-Z0-9]*")
_LANGUAGE = re.compile(r"(i|[a-z]{2,3})(-[A-Za-z0-9]{1,8})*")
_GRAPHEME = regex.compile(r"\X")
_CIDV1_SHA256 = {"dag-cbor": b"\x01\x71\x12\x20", "raw": b"\x01\x55\x12\x20"}


class InvalidRecord(ValueError):
    """The record breaks a rule; the text is the server's own words."""


class UnknownBlob(ValueError):
    """The record names a blob that was never uploaded."""


def record_cid(record: Any) -> str:
    """The CID (version 1, DAG-CBOR, SHA-256) of a record given as JSON values."""
    return _cid("dag-cbor", libipld.encode_dag_cbor(_to_ipld(record)))


def blob_cid(content: bytes) -> str:
    """The CID (version 1, raw, SHA-256) of a file."""
    return _cid("raw", content)


def _cid(codec: str, content: bytes) -> str:
    return libipld.encode_cid(_CIDV1_SHA256[codec] + hashlib.sha256(content).digest())


def _to_ipld(value: Any) -> Any:
    """JSON values as the data model has them: {"$link"} is a CID, {"$bytes"} are bytes."""
    match value:
        case {"$link": str(cid), **rest} if not rest:
            codec = "raw" if libipld.decode_cid(cid)["codec"] == 0x55 else "dag-cbor"
            return _CIDV1_SHA256[codec] + libipld.decode_cid(cid)["hash"]["digest"]
        case {"$bytes": str(text), **rest} if not rest:
            return base64.b64decode(text + "=" * (-len(text) % 4))
        case dict():
            return {name: _to_ipld(item) for name, item in value.items()}
        case list():
            return [_to_ipld(item) for item in value]
        case _:
            return value


def next_tid(last: str = "") -> str:
    """A record key that sorts after `last`: microseconds and a clock id, base 32."""
    number = (time.time_ns() // 1000) << 10
    if last:
        before = 0
        for character in last:
            before = before << 5 | _ALPHABET.index(character)
        number = max(number, before + 1024)
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(60, -1, -5))


def check_key(collection: str, key: str) -> None:
    """Raises InvalidRecord for a key this collection cannot have."""
    if not _NSID.fullmatch(collection):
        raise InvalidRecord("collection must be a valid nsid")
    if not _KEY.fullmatch(key):
        raise InvalidRecord("rkey must be a valid record-key")
    if collection == POST and not _TID.fullmatch(key):
        raise InvalidRecord(f'Invalid record key for {POST}: expected a "tid"')


def check_record(collection: str, record: Any, blobs: dict[str, int]) -> str:
    """Check a record; `blobs` are the sizes of the files by CID.

    Answers "valid" for posts, "unknown" for collections the server does not know.
    Raises InvalidRecord or UnknownBlob.
    """
    if not isinstance(record, dict) or record.get("$type", collection) != collection:
        raise InvalidRecord(f"Invalid $type: expected {collection}")
    try:
        if collection == POST:
            for problem in _problems(record):
                raise InvalidRecord(f"Invalid {POST} record: {problem}")
        wanted = list(_blobs(record))
    except (AttributeError, KeyError, TypeError) as error:  # e.g. a text where an object should be
        raise InvalidRecord(f"Invalid {collection} record: {error}") from None
    for cid, most in wanted:
        if cid not in blobs:
            raise UnknownBlob(f"Could not find blob: {cid}")
        if blobs[cid] > most:
            raise InvalidRecord(f"Blob is too large. Expected at most {most} bytes")
    return "valid" if collection == POST else "unknown"


_SHAPES = {"langs": list, "tags": list, "facets": list, "reply": dict, "embed": dict}


def _problems(post: dict[str, Any]) -> Iterator[str]:
    for name, shape in _SHAPES.items():
        if name in post and not isinstance(post[name], shape):
            yield f"{name} must be an {'array' if shape is list else 'object'}"
    yield from _text_problems(post.get("text"))
    if not _is_moment(post.get("createdAt")):
        yield "createdAt must be an valid atproto datetime (both RFC-3339 and ISO-8601)"
    languages = post.get("langs", [])
    if len(languages) > 3:
        yield "langs must not have more than 3 elements"
    if not all(isinstance(tag, str) and _LANGUAGE.fullmatch(tag) for tag in languages):
        yield "langs must be well-formed BCP 47 language tags"
    if len(post.get("tags", [])) > 8:
        yield "tags must not have more than 8 elements"
    if "reply" in post:
        for role in ("root", "parent"):
            if not _is_reference(post["reply"].get(role)):
                yield f"reply/{role} must have the properties uri and cid"
    for facet in post.get("facets", []):
        yield from _facet_problems(facet)
    yield from _embed_problems(post.get("embed"))


def _text_problems(text: Any) -> Iterator[str]:
    if not isinstance(text, str):
        yield "text must be a string"
    elif len(text.encode()) > MOST_BYTES:
        yield f"text must not be longer than {MOST_BYTES} characters"
    elif len(_GRAPHEME.findall(text)) > MOST_GRAPHEMES:
        yield f"text must not be longer than {MOST_GRAPHEMES} graphemes"


def _facet_problems(facet: dict[str, Any]) -> Iterator[str]:
    """Only the shape: the real server does not compare the range with the text."""
    index = facet.get("index", {})
    if not all(isinstance(index.get(end), int) for end in ("byteStart", "byteEnd")):
        yield "facets/index must have the properties byteStart and byteEnd"
    for feature in facet.get("features") or [{}]:
        match feature:
            case {"$type": "app.bsky.richtext.facet#link", "uri": str(uri)} if ":" in uri:
                pass
            case {"$type": "app.bsky.richtext.facet#mention", "did": str(did)} if did.startswith(
                "did:"
            ):
                pass
            case {"$type": "app.bsky.richtext.facet#tag", "tag": str(tag)} if (
                len(tag.encode()) <= 640 and len(_GRAPHEME.findall(tag)) <= 64
            ):
                pass
            case _:
                yield "facets/features is not a valid link, mention or tag"


def _embed_problems(embed: Any) -> Iterator[str]:
    match embed:
        case {"$type": "app.bsky.embed.external", **rest}:
            external = rest.get("external")
            for name in ("uri", "title", "description"):
                if not isinstance(external, dict) or not isinstance(external.get(name), str):
                    yield f'embed/external must have the property "{name}"'
        case {"$type": "app.bsky.embed.images", **rest}:
            images = rest.get("images")
            if not isinstance(images, list) or len(images) > 4:
                yield "embed/images must not have more than 4 elements"
            elif not all(isinstance(image.get("alt"), str) for image in images):
                yield 'embed/images must have the property "alt"'


def _blobs(record: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """The CIDs of the files a post shows, and how many bytes each may have."""
    embed = record.get("embed") or {}
    for image in embed.get("images", []):
        yield image["image"]["ref"]["$link"], MOST_IMAGE
    if "thumb" in embed.get("external", {}):
        yield embed["external"]["thumb"]["ref"]["$link"], MOST_CARD_IMAGE


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(value.get(n), str) for n in ("uri", "cid"))


def _is_moment(value: Any) -> bool:
    try:
        return dt.datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        return False
