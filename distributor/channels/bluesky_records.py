"""The records of a Bluesky thread, made here down to their keys and content ids.

A post's record key is a TID of our own and its CID follows from its bytes, so
the replies of a thread can name their parents before anything was sent, and a
record that is there can be recognised exactly.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import libipld

from .base import MediaFile, Outgoing, Receipt

COLLECTION = "app.bsky.feed.post"

_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"  # base32-sortable
_CID_V1_DAG_CBOR_SHA_256 = bytes([1, 0x71, 0x12, 32])
_CID_V1_RAW_SHA_256 = bytes([1, 0x55, 0x12, 32])
# Equal moments break the order of a thread in author feeds (atproto#2199).
_STEP = dt.timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Record:
    """One post ready to be written."""

    key: str
    uri: str
    cid: str
    value: Mapping[str, Any]

    @property
    def reference(self) -> dict[str, str]:
        """How other records name this one."""
        return {"uri": self.uri, "cid": self.cid}


def make_keys(count: int, seed: str, now: dt.datetime) -> list[dict[str, str]]:
    """Record key and createdAt for each post of a thread, growing with the position.

    The key is a TID (atproto specification): microseconds, then a 10-bit clock
    id. The microseconds below one millisecond and the clock id come from the
    seed, so deliveries made in the same millisecond do not meet.
    """
    drawn = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big")
    first = now.astimezone(dt.UTC).replace(microsecond=now.microsecond // 1000 * 1000)
    moments = [first + _STEP * position for position in range(count)]
    return [
        {
            "rkey": _tid(_microseconds(moment) + drawn % 1000, drawn // 1000 % 1024),
            "created_at": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
        for moment in moments
    ]


def _microseconds(moment: dt.datetime) -> int:
    return (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)


def _tid(microseconds: int, clock: int) -> str:
    number = microseconds << 10 | clock
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(60, -5, -5))


def make_records(
    posts: Sequence[Outgoing], did: str, resolve: Callable[[str], str]
) -> list[Record]:
    """The records of posts that follow each other; the same posts give the same bytes.

    The first one replies to its `parent` where it has one. `resolve` turns a
    handle that is mentioned into its DID.
    """
    records: list[Record] = []
    root, parent = (_reference(receipt) for receipt in (posts[0].root, posts[0].parent))
    for post in posts:
        reply = {"root": root or parent, "parent": parent} if parent else None
        records.append(_make_record(post, did, reply, resolve))
        parent = records[-1].reference
        root = root or parent
    return records


def _reference(receipt: Receipt | None) -> dict[str, str] | None:
    return {"uri": receipt.id, "cid": receipt.extra["cid"]} if receipt else None


def _make_record(
    post: Outgoing, did: str, reply: Mapping[str, Any] | None, resolve: Callable[[str], str]
) -> Record:
    value: dict[str, Any] = {
        "$type": COLLECTION,
        "text": post.payload["text"],
        "createdAt": post.transport["created_at"],
        "langs": [post.payload["language"]],
    }
    if facets := [_facet(facet, resolve) for facet in post.payload.get("facets") or ()]:
        value["facets"] = facets
    if post.media:
        value["embed"] = {
            "$type": "app.bsky.embed.images",
            "images": [
                {
                    "image": blob_of(file),
                    "alt": file.alt,
                    "aspectRatio": {"width": file.width, "height": file.height},
                }
                for file in post.media
            ],
        }
    elif card := post.payload.get("card"):
        external = {
            "uri": card["url"],
            "title": card["title"],
            "description": card["description"],
        }
        if post.thumb:
            external["thumb"] = blob_of(post.thumb)
        value["embed"] = {"$type": "app.bsky.embed.external", "external": external}
    if reply:
        value["reply"] = reply
    key = post.transport["rkey"]
    return Record(key, f"at://{did}/{COLLECTION}/{key}", content_id(value), value)


def _facet(facet: Mapping[str, Any], resolve: Callable[[str], str]) -> dict[str, Any]:
    """A link, tag or mention over `start` to `end`, in bytes of UTF-8."""
    kind, shown = facet["kind"], str(facet["value"])
    if kind == "mention":
        meant = {"did": resolve(shown.removeprefix("@"))}
    else:
        meant = {"uri": shown} if kind == "link" else {"tag": shown.removeprefix("#")}
    return {
        "index": {"byteStart": facet["start"], "byteEnd": facet["end"]},
        "features": [{"$type": f"app.bsky.richtext.facet#{kind}", **meant}],
    }


def blob_of(file: MediaFile) -> dict[str, Any]:
    """A file as records name it: the CID of its bytes is known before the server has them."""
    digest = hashlib.sha256(file.content).digest()
    return {
        "$type": "blob",
        "ref": {"$link": libipld.encode_cid(_CID_V1_RAW_SHA_256 + digest)},
        "mimeType": file.mime,
        "size": len(file.content),
    }


def content_id(value: Mapping[str, Any]) -> str:
    """The CID of a record, as every PDS computes it: DAG-CBOR, SHA-256, version 1."""
    digest = hashlib.sha256(libipld.encode_dag_cbor(_to_cbor(value))).digest()
    return libipld.encode_cid(_CID_V1_DAG_CBOR_SHA_256 + digest)


def _to_cbor(value: Any) -> Any:
    """JSON values as DAG-CBOR has them: a {"$link"} is a CID, not an object."""
    match value:
        case {"$link": str(cid)}:
            return _CID_V1_RAW_SHA_256 + libipld.decode_cid(cid)["hash"]["digest"]
        case dict():
            return {name: _to_cbor(each) for name, each in value.items()}
        case list():
            return [_to_cbor(each) for each in value]
    return value
