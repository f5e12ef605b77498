"""What was approved, checked again at the moment of sending."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..approvals.models import Approval, Proof, StoredMedia
from ..channels.base import MediaFile
from ..config import Configuration
from ..targets import list_target, where_to


@dataclass(frozen=True, slots=True)
class Held:
    """Nothing may leave, for this reason."""

    reason: str


def approved_content(proof: Proof, needed: int) -> dict[str, Any] | Held:
    """The frozen content, if its bytes still are what enough persons approved."""
    content = frozen_content(proof)
    if isinstance(content, Held):
        return content
    valid = Approval.objects.filter(proof=proof, digest=proof.digest, voided_at=None)
    if valid.count() < needed:
        return Held("the approval no longer stands")
    return content


def frozen_content(proof: Proof) -> dict[str, Any] | Held:
    """What the proof says, if its bytes still are those of its digest."""
    content = bytes(proof.content)
    if hashlib.sha256(content).hexdigest() != proof.digest:
        return Held("the stored bytes are not those that were approved; nothing is sent")
    parsed: dict[str, Any] = json.loads(content)
    return parsed


def approved_thread(
    proof: Proof, channel: str, configuration: Configuration
) -> Mapping[str, Any] | Held:
    """The approved thread of one channel, if it still goes where it was approved to go."""
    content = approved_content(proof, configuration.approval.approvals)
    if isinstance(content, Held):
        return content
    return _addressed(content, channel, configuration)


def frozen_thread(
    proof: Proof, channel: str, configuration: Configuration
) -> Mapping[str, Any] | Held:
    """A thread that went out, if the channel still speaks for the account it went to.

    To take it down no approval has to stand.
    """
    content = frozen_content(proof)
    if isinstance(content, Held):
        return content
    return _addressed(content, channel, configuration)


def _addressed(
    content: Mapping[str, Any], channel: str, configuration: Configuration
) -> Mapping[str, Any] | Held:
    thread = _named(content["threads"], "channel", channel)
    table = configuration.channels.get(channel)
    if thread is None or table is None:
        return Held(f"[channels.{channel}] is no longer configured")
    if thread["target"] != where_to(table):
        return Held(f"[channels.{channel}] now speaks for another account than approved")
    return thread


@dataclass(frozen=True, slots=True)
class PostFiles:
    """The pictures of one post, and that of its link card."""

    media: tuple[MediaFile, ...]
    thumb: MediaFile | None


def approved_media(thread: Mapping[str, Any]) -> Sequence[PostFiles] | Held:
    """The pictures of each post of an approved thread, if their bytes are what was approved."""
    named = {shown["sha256"] for post in thread["posts"] for shown in _shown(post)}
    stored = StoredMedia.objects.in_bulk(named)
    contents = {name: bytes(found.content) for name, found in stored.items()}
    if any(hashlib.sha256(contents.get(name, b"")).hexdigest() != name for name in named):
        return Held("a stored picture is not the one that was approved; nothing is sent")
    return [_files(post, contents) for post in thread["posts"]]


def _shown(post: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    thumb = _thumb(post)
    return [*post["media"], *([thumb] if thumb else [])]


def _thumb(post: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return (post.get("card") or {}).get("thumb")


def _files(post: Mapping[str, Any], contents: Mapping[str, bytes]) -> PostFiles:
    thumb = _thumb(post)
    return PostFiles(
        tuple(_file(medium, contents, medium["alt"]) for medium in post["media"]),
        _file(thumb, contents, "") if thumb else None,  # a link card has no place for an alt text
    )


def _file(named: Mapping[str, Any], contents: Mapping[str, bytes], alt: str) -> MediaFile:
    content = contents[named["sha256"]]
    return MediaFile(content, named["mime"], alt, named["width"], named["height"])


def approved_mail(
    proof: Proof, name: str, configuration: Configuration
) -> Mapping[str, Any] | Held:
    """The approved mail to one list, if its sender is still the one approved."""
    content = approved_content(proof, configuration.approval.approvals)
    if isinstance(content, Held):
        return content
    mail = _named(content["mails"], "list", name)
    if mail is None or name not in configuration.lists:
        return Held(f"[lists.{name}] is no longer configured")
    target = list_target(name, configuration)
    if (mail["sender"], mail["reply_to"]) != (target.sender, target.reply_to):
        return Held("mail.from or mail.reply_to is no longer what was approved")
    return mail


def _named(values: list[dict[str, Any]], key: str, name: str) -> Mapping[str, Any] | None:
    return next((value for value in values if value[key] == name), None)
