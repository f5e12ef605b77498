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
    content = bytes(proof.content)
    digest = hashlib.sha256(content).hexdigest()
    if digest != proof.digest:
        return Held("the stored bytes are not those that were approved; nothing is sent")
    valid = Approval.objects.filter(proof=proof, digest=digest, voided_at=None)
    if valid.count() < needed:
        return Held("the approval no longer stands")
    parsed: dict[str, Any] = json.loads(content)
    return parsed


def approved_thread(
    proof: Proof, channel: str, configuration: Configuration
) -> Mapping[str, Any] | Held:
    """The approved thread of one channel, if it still goes where it was approved to go."""
    content = approved_content(proof, configuration.approval.approvals)
    if isinstance(content, Held):
        return content
    thread = _named(content["threads"], "channel", channel)
    table = configuration.channels.get(channel)
    if thread is None or table is None:
        return Held(f"[channels.{channel}] is no longer configured")
    if thread["target"] != where_to(table):
        return Held(f"[channels.{channel}] now speaks for another account than approved")
    return thread


def approved_media(thread: Mapping[str, Any]) -> Sequence[tuple[MediaFile, ...]] | Held:
    """The pictures of each post of an approved thread, if their bytes are what was approved."""
    named = {medium["sha256"] for post in thread["posts"] for medium in post["media"]}
    stored = StoredMedia.objects.in_bulk(named)
    contents = {name: bytes(found.content) for name, found in stored.items()}
    if any(hashlib.sha256(contents.get(name, b"")).hexdigest() != name for name in named):
        return Held("a stored picture is not the one that was approved; nothing is sent")
    return [
        tuple(_media_file(medium, contents[medium["sha256"]]) for medium in post["media"])
        for post in thread["posts"]
    ]


def _media_file(medium: Mapping[str, Any], content: bytes) -> MediaFile:
    return MediaFile(content, medium["mime"], medium["alt"], medium["width"], medium["height"])


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
