"""A stored proof as the pages draw it: threads as their networks show them, and mails."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from distributor.approvals import proofing
from distributor.approvals.models import Proof

from .. import labels
from .comparing import Stretch, compare
from .tracing import Segment, show_post


@dataclass(frozen=True, slots=True)
class DrawnPost:
    """One post: `filled` is how much of its limit it uses, in per cent (at most 100)."""

    key: str
    number: int
    language: str
    text: str
    segments: tuple[Segment, ...]
    length: int
    limit: int
    card: Mapping[str, str] | None
    media: tuple[Mapping[str, Any], ...]
    trace: tuple[Mapping[str, Any], ...]
    act: str = "publish"  # what it does to the post that stands in its place
    replaces: str | None = None  # the address of that one
    differences: tuple[Stretch, ...] = ()
    is_edited: bool = False  # by a person, who may only have taken words out

    @property
    def filled(self) -> int:
        """How full the post is, in per cent."""
        return min(100, round(100 * self.length / self.limit)) if self.limit else 100


@dataclass(frozen=True, slots=True)
class DrawnThread:
    """One channel's posts, and who would speak."""

    channel: str
    kind: str
    language: str
    speaker: str
    posts: tuple[DrawnPost, ...]
    visibility: str | None
    mode: str
    replies_to: str | None = None  # the address of the first post of the thread it corrects
    removes: tuple[Mapping[str, str], ...] = ()  # posts of that thread which go

    @property
    def label(self) -> str:
        """What people call the channel."""
        return labels.channel(self.channel, self.kind)


@dataclass(frozen=True, slots=True)
class DrawnMail:
    """One list's e-mail, and how many it would go to."""

    index: int
    list: str
    language: str
    direction: str
    title: str
    list_id: str
    sender: str
    reply_to: str | None
    subject: str
    text: str
    notice: Mapping[str, str] | None  # proofs of earlier versions have none
    subscribers: int


def content_of(proof: Proof) -> dict[str, Any]:
    """What is frozen in a proof."""
    content: dict[str, Any] = json.loads(bytes(proof.content))
    return content


def draw_threads(proof: Proof) -> list[DrawnThread]:
    """Every thread of the proof."""
    pairs = zip(content_of(proof)["threads"], proof.layout["channels"], strict=True)
    return [_draw_thread(f"t{index}", frozen, shown) for index, (frozen, shown) in enumerate(pairs)]


def _draw_thread(key: str, frozen: Mapping[str, Any], shown: Mapping[str, Any]) -> DrawnThread:
    pairs = zip(frozen["posts"], shown["posts"], strict=True)
    posts = tuple(
        _draw_post(f"{key}p{number}", number, post, facts)
        for number, (post, facts) in enumerate(pairs, start=1)
    )
    return DrawnThread(
        channel=frozen["channel"],
        kind=frozen["kind"],
        language=frozen["language"],
        speaker=_speaker(frozen["target"], frozen["channel"]),
        posts=posts,
        visibility=next((post.get("visibility") for post in frozen["posts"]), None),
        mode=shown["mode"],
        replies_to=frozen.get("replies_to", {}).get("url"),
        removes=tuple(
            {"url": gone["url"], "text": text}
            for gone, text in zip(frozen.get("removes", ()), shown.get("removed", ()), strict=True)
        ),
    )


def _draw_post(
    key: str, number: int, post: Mapping[str, Any], facts: Mapping[str, Any]
) -> DrawnPost:
    return DrawnPost(
        key=key,
        number=number,
        language=post["language"],
        text=post["text"],
        segments=show_post(key, post["text"], facts["trace"], post["links"]),
        length=facts["length"],
        limit=facts["limit"],
        card=post.get("card"),
        media=tuple(post["media"]),
        trace=tuple(facts["trace"]),
        act=post.get("act", "publish"),
        replaces=post.get("replaces", {}).get("url"),
        is_edited=facts.get("edited", False),  # proofs of before 2026-11-23 do not say it
        differences=compare(facts["was"], post["text"]) if post.get("act") == "edit" else (),
    )


def _speaker(target: Mapping[str, str], channel: str) -> str:
    """The account as the network writes it, or else where it is."""
    handle = target.get("handle") or target.get("account")
    if handle:
        return f"@{handle.removeprefix('@')}"
    return urlsplit(target.get("instance", "")).netloc or channel


def draw_mails(proof: Proof) -> list[DrawnMail]:
    """Every e-mail of the proof."""
    mails = enumerate(content_of(proof)["mails"])
    return [_draw_mail(index, mail, proofing.readers(proof, mail["list"])) for index, mail in mails]


def _draw_mail(index: int, mail: Mapping[str, Any], readers: int) -> DrawnMail:
    facts = {name: mail[name] for name in _MAIL_FACTS}
    return DrawnMail(
        index=index,
        subscribers=readers,
        notice=mail.get("notice"),
        **facts,
    )


_MAIL_FACTS = (
    "list",
    "language",
    "direction",
    "title",
    "list_id",
    "sender",
    "reply_to",
    "subject",
    "text",
)
