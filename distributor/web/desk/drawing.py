"""A stored proof as the pages draw it: threads as their networks show them, and mails."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from distributor.approvals.models import Proof
from distributor.newsletter.subscriptions import confirmed_count

from .. import labels
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

    @property
    def is_edited(self) -> bool:
        """Whether any of it is a person's own wording."""
        return any(segment.origin == "person" for segment in self.segments)

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

    @property
    def network(self) -> str:
        """The network's name."""
        return labels.kind(self.kind)


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
    )


def _speaker(target: Mapping[str, str], channel: str) -> str:
    """The account as the network writes it; the channel's own name where none is configured."""
    handle = target.get("handle") or target.get("account")
    return f"@{handle.removeprefix('@')}" if handle else channel


def draw_mails(proof: Proof) -> list[DrawnMail]:
    """Every e-mail of the proof."""
    return [_draw_mail(index, mail) for index, mail in enumerate(content_of(proof)["mails"])]


def _draw_mail(index: int, mail: Mapping[str, Any]) -> DrawnMail:
    facts = {name: mail[name] for name in _MAIL_FACTS}
    return DrawnMail(index=index, subscribers=confirmed_count(mail["list"]), **facts)


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
