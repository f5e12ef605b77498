"""What a proof is made from, and what the making found: plain values.

They stand apart from `proofs` so that the makers of posts and of mails can use
them without importing each other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..statements.values import Wording
from .pictures import Picture


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """What a network takes of pictures; these are the values of a plain Mastodon (4.5)."""

    most: int = 4  # pictures of a post
    bytes: int = 16_777_216  # of each
    pixels: int = 33_177_600
    alt: int = 1500  # characters


@dataclass(frozen=True, slots=True)
class ChannelTarget:
    """One channel as a proof addresses it, and as people call it (`label`).

    `limit` is in the network's own measure (280 weighted characters on X, 300
    graphemes on Bluesky, the instance's own on Mastodon); `per_url` is what the
    network counts for any link (23 on X and, by default, on Mastodon).
    `target` says who speaks and where; it is frozen into the proof, so it must
    hold no secret.
    """

    name: str
    label: str
    kind: str
    language: str | None  # None: the original's language
    limit: int
    per_url: int
    hashtags: tuple[str, ...]
    mentions: tuple[str, ...]
    most: int  # posts of a thread; 1 asks for a summary
    visibility: str | None
    target: Mapping[str, str]
    media: MediaLimits = MediaLimits()
    editable: bool = False  # whether posts that are out can be changed in their place


@dataclass(frozen=True, slots=True)
class CardStyle:
    """How quote cards look: colours as "#rrggbb", and font files, the first that covers a text."""

    background: str
    foreground: str
    accent: str
    fonts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnPicture:
    """A picture that a person gave a statement, and what it shows, by language."""

    picture: Picture
    alts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ListTarget:
    """One mailing list as a proof addresses it.

    `unsubscribe` is an address with the slot word UNSUBSCRIBE-TOKEN, which the
    sender replaces by the recipient's own token.
    """

    name: str
    title: str
    language: str | None  # None: the original's language
    list_id: str
    sender: str
    reply_to: str | None
    unsubscribe: str


@dataclass(frozen=True, slots=True)
class StandingPost:
    """A post that readers have: where it is, and what was approved as its content."""

    id: str
    url: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StandingThread:
    """What a channel shows of a published statement: the wording it tells, and its posts."""

    wording: Wording
    target: Mapping[str, str]  # who spoke, as `ChannelTarget.target`
    posts: tuple[StandingPost, ...]  # in the order of reply; replies that correct them are not here


@dataclass(frozen=True, slots=True)
class Published:
    """What readers have of a statement: the threads by channel, the newest mail by list."""

    threads: Mapping[str, StandingThread]
    mails: Mapping[str, Wording]


Severity = Literal["block", "warn"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should know about a proof; `block` forbids its approval."""

    severity: Severity
    where: str
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A post in a person's own words; see `rendering.edits`."""

    channel: str
    says: str
    replaced: str
    text: str
    person: str


@dataclass(frozen=True, slots=True)
class Edition:
    """Everything one proof is made from.

    `today` may change findings, never the content. `notes` are findings the
    caller already has ("limits of the instance unknown, 500 and 23 assumed").
    """

    statement: str  # its id
    url: str | None  # where the statement stands on the web
    not_before: dt.datetime | None
    wordings: Mapping[str, Wording]  # by language
    revisions: Mapping[str, str]  # digests, by language
    original: str  # the language of the original
    organisation: str
    site: str | None
    channels: tuple[ChannelTarget, ...]
    lists: tuple[ListTarget, ...]
    hashtags: tuple[str, ...]
    today: dt.date
    notes: tuple[Finding, ...] = ()
    edits: tuple[Edit, ...] = ()
    card: CardStyle | None = None  # None: threads carry no quote card
    published: Published | None = None  # what a correction corrects; None before publication
    picture: OwnPicture | None = None
    link_picture: str | None = None  # a file, for link cards of statements without a picture
