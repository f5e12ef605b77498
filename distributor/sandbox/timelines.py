"""Posts as followers see them, the same for every network, and threads made of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a post's text; only links and mentions may have an address."""

    text: str
    kind: Literal["text", "link", "tag", "mention"] = "text"
    href: str | None = None

    def __post_init__(self) -> None:
        if self.href is not None and not self.href.startswith(("http://", "https://")):
            object.__setattr__(self, "href", None)  # no network links to anything else


@dataclass(frozen=True, slots=True)
class SeenMedia:
    """A picture and its description for those who cannot see it."""

    url: str
    alt: str


@dataclass(frozen=True, slots=True)
class SeenCard:
    """The preview of a link."""

    url: str
    title: str
    description: str
    thumb: str | None = None  # where its picture is


@dataclass(frozen=True, slots=True)
class SeenPost:
    """One public post. `parent` is the id of the post it answers."""

    id: str
    text: str
    spans: tuple[Span, ...]
    url: str
    at: dt.datetime
    parent: str | None = None
    language: str | None = None
    note: str = ""  # e.g. a content warning, or how public the post is
    media: tuple[SeenMedia, ...] = ()
    card: SeenCard | None = None
    edited: bool = False

    def to_json(self) -> dict[str, Any]:
        """The post as JSON values; `links` are where its text leads, in order."""
        shown = asdict(self)
        spans = shown.pop("spans")
        shown["at"] = self.at.isoformat()
        shown["media"] = list(shown["media"])
        return shown | {"links": [span["href"] for span in spans if span["href"]]}


@dataclass(frozen=True, slots=True)
class SeenThread:
    """A post and all answers below it, in the order they were written."""

    posts: list[SeenPost] = field(default_factory=list)


def threads(posts: Iterable[SeenPost]) -> list[SeenThread]:
    """Group posts (oldest first) into threads, the newest thread first.

    A post whose parent is gone begins a thread of its own, as followers see it.
    """
    of_post: dict[str, SeenThread] = {}
    found: list[SeenThread] = []
    for post in posts:
        thread = of_post.get(post.parent or "")
        if thread is None:
            thread = SeenThread()
            found.append(thread)
        thread.posts.append(post)
        of_post[post.id] = thread
    return found[::-1]


def cut(text: str, pieces: Iterable[tuple[int, int, Span]]) -> tuple[Span, ...]:
    """Cut a text at (start, end) and put a span there; overlapping pieces are left out."""
    spans: list[Span] = []
    at = 0
    for start, end, span in sorted(pieces, key=lambda piece: piece[:2]):
        if start < at:
            continue
        if start > at:
            spans.append(Span(text[at:start]))
        spans.append(span)
        at = end
    if at < len(text):
        spans.append(Span(text[at:]))
    return tuple(spans)
