"""What every channel can be asked, and the four outcomes it may answer with.

A channel never retries, sleeps, opens the database or decides: it makes one
request that can publish, through its client library, and says what is known
afterwards. What it asks or uploads before that request may be done again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..context import utc_now


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the network gave back for one post."""

    id: str  # the network's own id (an at:// URI on Bluesky)
    url: str  # where a reader finds it
    extra: Mapping[str, str] = field(default_factory=dict)  # e.g. {"cid": …} on Bluesky


@dataclass(frozen=True, slots=True)
class Sent:
    """The network has the post(s): one receipt each, in thread order."""

    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """The network has not taken it and never will as it stands."""

    reason: str


@dataclass(frozen=True, slots=True)
class Later:
    """Certainly not taken, but worth another try; not before `until` when given."""

    reason: str
    until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Unsure:
    """The request may or may not have taken effect.

    `taken`: the network says it has this text already (X answers 403 to a
    duplicate, without the id): evidence that must not be answered by sending
    again, even when a look-up does not find the post.
    """

    reason: str
    taken: bool = False


Outcome = Sent | Refused | Later | Unsure


@dataclass(frozen=True, slots=True)
class Removed:
    """The post is not on the network, or not any more."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who the credentials speak for."""

    id: str
    handle: str
    url: str


@dataclass(frozen=True, slots=True)
class MediaFile:
    """One approved picture: what an element of a post's `media` stands for."""

    content: bytes = field(repr=False)
    mime: str
    alt: str
    width: int  # pixels
    height: int


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One post as it goes out.

    `payload` is the approved post of the proof, unchanged: `text`, `language`,
    `facets`, `card`, `media`, `visibility` … (see `rendering.proofs`).
    `transport` is what `prepare` froze for it before the first request: an
    idempotency key, or record key, createdAt and CID on Bluesky.
    `media` are the pictures the payload names, in its order; `thumb` is that of its link card.
    `parent` and `root` are the receipts of the post replied to and of the first
    post of the thread (None for the first post).
    """

    position: int  # from 1
    payload: Mapping[str, Any]
    transport: Mapping[str, str]
    parent: Receipt | None = None
    root: Receipt | None = None
    media: tuple[MediaFile, ...] = ()
    thumb: MediaFile | None = None


@dataclass(frozen=True, slots=True)
class Absent:
    """Looked up, and certainly not there at this moment."""


class Channel(Protocol):
    """One account on one network."""

    name: str
    kind: str
    atomic: bool
    """True when a whole thread is published in one request, or not at all."""
    repeatable: bool
    """True when sending the same post again can never make a second one."""
    editable: bool
    """True when a post that is out can be changed in its place."""

    def who_am_i(self) -> Account:
        """Ask the network whom the credentials belong to. Raises ChannelError."""
        ...

    def prepare(
        self, posts: Sequence[Mapping[str, Any]], seed: str, now: dt.datetime
    ) -> list[dict[str, str]]:
        """The transport facts of a thread's posts, in order; makes no request.

        `seed` is unique to the delivery, so keys differ between deliveries.
        """
        ...

    def anchor(self) -> str:
        """The id of the newest own post ("" when there is none). Raises ChannelError."""
        ...

    def publish(self, posts: Sequence[Outgoing]) -> Outcome:
        """Send these posts: one, or the whole thread where `atomic`. Never raises."""
        ...

    def look_up(
        self, posts: Sequence[Outgoing], anchor: str, known: frozenset[str]
    ) -> Sent | Absent | Later | Unsure:
        """Read back whether these posts exist. Never raises.

        Looks at own posts newer than `anchor`, leaving out the ids in `known`
        (posts that belong to other deliveries). Unsure: this network cannot say.
        """
        ...

    def remove(self, receipt: Receipt) -> Removed | Refused | Later | Unsure:
        """Delete one post; one that is gone already is removed too. Never raises.

        Asking again is harmless, so what is unsure may simply be asked again. A
        network that does not know the post is believed only after the credentials
        proved to be those of the account that sent it.
        """
        ...

    def edit(self, receipt: Receipt, post: Outgoing) -> Sent | Refused | Later | Unsure:
        """Give a post that is out the words and pictures of another. Never raises.

        Only where `editable`. The payload's `replaces.media` names the pictures it has
        now. Asking again is harmless; a post that is not there any more is refused, and
        so is one of another account.
        """
        ...

    def close(self) -> None:
        """Release connections."""
        ...


class ChannelError(Exception):
    """A question to the network failed; the text says why, without secrets.

    `temporary` tells an outage from a refusal.
    """

    def __init__(self, message: str, *, temporary: bool, until: dt.datetime | None = None) -> None:
        super().__init__(message)
        self.temporary = temporary
        self.until = until


@dataclass(frozen=True, slots=True)
class SessionStore:
    """Where a channel keeps a login session between requests and restarts."""

    load: Callable[[], str | None]
    save: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a channel is given by whoever opens it."""

    session: SessionStore
    is_halted: Callable[[], bool] = lambda: False  # asked before every request
    now: Callable[[], dt.datetime] = utc_now  # the clock that `Later.until` is compared with
