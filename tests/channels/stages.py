"""A stage for channel tests: a sandbox server and the real client library that talks to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from distributor import config
from distributor.channels import open_channel
from distributor.channels.base import (
    Channel,
    MediaFile,
    Outgoing,
    Receipt,
    Sent,
    SessionStore,
    Surroundings,
)
from distributor.sandbox.bluesky_server import BlueskyServer
from distributor.sandbox.mastodon_server import MastodonServer
from distributor.sandbox.network import Network
from distributor.sandbox.oauth1 import Keys
from distributor.sandbox.x_server import XServer

NOW = dt.datetime(2026, 11, 22, 9, 30, 0, 123456, dt.UTC)
SECRET = "a-secret-of-the-tests"
KINDS = ("x", "bluesky", "mastodon")


@dataclass
class KeptSession:
    """Where a channel keeps its login, and how often it saved one."""

    text: str | None = None
    saved: list[str] = field(default_factory=list)

    @property
    def store(self) -> SessionStore:
        """The same as a channel sees it."""
        return SessionStore(lambda: self.text, self._save)

    def _save(self, text: str) -> None:
        self.text = text
        self.saved.append(text)


@dataclass
class Stage:
    """One network with its server.

    `write` is the request that makes a single post, `timeline` the one that reads
    posts back, `upload` the one that brings a picture, `delete` the one that removes a post.
    """

    server: Network
    table: config.ChannelTable
    write: str
    timeline: str
    upload: str
    delete: str
    session: KeptSession = field(default_factory=KeptSession)

    @contextmanager
    def channel(
        self, around: Mapping[str, Any] | None = None, /, **changes: Any
    ) -> Iterator[Channel]:
        """The channel "main", with changes to its table and to its surroundings."""
        table = msgspec.structs.replace(self.table, **changes)
        channel = open_channel("main", table, Surroundings(self.session.store, **around or {}))
        try:
            yield channel
        finally:
            channel.close()

    def requests(self, request: str) -> list[Any]:
        """What the server was asked, by verb and beginning of the path."""
        return [
            entry
            for entry in self.server.requests
            if f"{entry.method} {entry.path}".startswith(request)
        ]


@contextmanager
def stage(kind: str, folder: Path) -> Iterator[Stage]:
    """A started server of that kind, with the settings to reach it."""
    secret = folder / "secret"
    secret.write_text(SECRET)
    with _server(kind) as server:
        yield Stage(server, _table(server, str(secret)), *_PATHS[kind])


_PATHS = {
    "x": ("POST /2/tweets", "GET /2/users/[0-9]", "POST /2/media/upload", "DELETE /2/tweets"),
    "bluesky": (
        "POST /xrpc/com.atproto.repo.putRecord",
        "GET /xrpc/com.atproto.repo.getRecord",
        "POST /xrpc/com.atproto.repo.uploadBlob",
        "POST /xrpc/com.atproto.repo.deleteRecord",
    ),
    "mastodon": (
        "POST /api/v1/statuses",
        "GET /api/v1/accounts/[0-9]",
        "POST /api/v2/media",
        "DELETE /api/v1/statuses",
    ),
}


def _server(kind: str) -> Network:
    if kind == "x":
        return XServer("ana_speaks", keys=Keys(SECRET, SECRET, SECRET, SECRET))
    if kind == "bluesky":
        return BlueskyServer("ana.test", password=SECRET)
    return MastodonServer("ana", access_token=SECRET)


def _table(server: Network, secret: str) -> config.ChannelTable:
    timeout = config.Seconds(5)
    if server.kind == "x":
        return config.XChannel(
            api=server.url,
            account="@Ana_Speaks",
            timeout=timeout,
            consumer_key_file=secret,
            consumer_secret_file=secret,
            access_token_file=secret,
            access_token_secret_file=secret,
        )
    if server.kind == "bluesky":
        return config.BlueskyChannel(
            handle="ana.test", service=server.url, timeout=timeout, app_password_file=secret
        )
    return config.MastodonChannel(instance=server.url, timeout=timeout, access_token_file=secret)


def payload(text: str, **more: Any) -> dict[str, Any]:
    """An approved post with what every kind of channel needs."""
    plain: dict[str, Any] = {"text": text, "language": "en", "links": [], "media": []}
    return plain | {"facets": [], "card": None, "visibility": "public"} | more


def thread(
    channel: Channel, *posts: str | dict[str, Any], seed: str = "delivery 1"
) -> list[Outgoing]:
    """Posts ready to go out; parents are still to be filled in."""
    payloads = [payload(post) if isinstance(post, str) else post for post in posts]
    transports = channel.prepare(payloads, seed, NOW)
    return [
        Outgoing(position, content, transport)
        for position, (content, transport) in enumerate(
            zip(payloads, transports, strict=True), start=1
        )
    ]


def single(
    channel: Channel, text: str = "We call for their release.", **more: Any
) -> list[Outgoing]:
    """One post ready to go out."""
    return thread(channel, payload(text, **more))


def picture(content: bytes = b"a picture", alt: str = "A crowd") -> MediaFile:
    """A picture, as far as networks of the sandbox look at one."""
    return MediaFile(content, "image/png", alt, 1200, 675)


def illustrated(
    channel: Channel, *files: MediaFile, text: str = "We call for their release."
) -> list[Outgoing]:
    """One post with pictures, ready to go out."""
    media = [{"sha256": "0" * 64, "mime": file.mime, "alt": file.alt} for file in files]
    return [replace(post, media=files) for post in single(channel, text, media=media)]


def linking(channel: Channel, file: MediaFile, seed: str = "delivery 1") -> list[Outgoing]:
    """One post with a picture on its link card, ready to go out."""
    card = {"url": "https://example.org/a", "title": "A title", "description": "Two words"}
    named = {"sha256": "0" * 64, "mime": file.mime}
    (post,) = thread(channel, payload("Read this.", card={**card, "thumb": named}), seed=seed)
    return [replace(post, thumb=file)]


def below(post: Outgoing, parent: Receipt, root: Receipt | None = None) -> Outgoing:
    """The post as a reply."""
    return replace(post, parent=parent, root=root or parent)


def sent(outcome: object) -> Receipt:
    """The receipt of the one post that was sent."""
    assert isinstance(outcome, Sent), outcome
    return outcome.receipts[0]


def send_in_order(channel: Channel, posts: Sequence[Outgoing]) -> list[Receipt]:
    """A thread post by post, each under the one before."""
    receipts: list[Receipt] = []
    for post in posts:
        placed = below(post, receipts[-1], receipts[0]) if receipts else post
        receipts.append(sent(channel.publish([placed])))
    return receipts
