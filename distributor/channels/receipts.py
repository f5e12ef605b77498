"""Receipts that a person brings: a post's id, or the address of its page on its network.

Makes no request and imports no client library, so that a slip of the hand is told at once.
"""

from __future__ import annotations

import re
import urllib.parse
from dataclasses import dataclass

from .. import config
from ..errors import BadInput
from .base import Receipt
from .exchanges import is_loopback


@dataclass(frozen=True, slots=True)
class _Network:
    """How ids and addresses look on the network of one channel."""

    name: str
    hosts: tuple[str, ...]
    id: str  # a regular expression
    path: str  # one with the group `id`, and `who` where the address names the account
    who: str | None  # the account, where the configuration names it
    receipt: str  # the id we keep, with "{}" for the one that was found
    url: str  # likewise


def receipt_of(where: str, table: config.ChannelTable) -> Receipt:
    """The receipt of a post of this channel. Raises BadInput for anything else."""
    network = _network_of(table)
    where = where.strip()
    id = _id_in_address(where, network) if "://" in where else where
    if not re.fullmatch(network.id, id, re.ASCII):
        raise BadInput(
            f"{where[:200]} is neither the id nor the address of a post on {network.name}. "
            "Copy the address from the post's own page."
        )
    return Receipt(network.receipt.format(id), network.url.format(id))


def _id_in_address(where: str, network: _Network) -> str:
    """The id in an address of this network; "" when there is none. Raises BadInput."""
    try:
        parts = urllib.parse.urlsplit(where)
    except ValueError:
        return ""
    path = parts.path if parts.scheme != "at" else f"/at/{parts.netloc}{parts.path}"
    found = re.fullmatch(network.path, path.rstrip("/"))
    if not found or (parts.scheme != "at" and parts.netloc.lower() not in network.hosts):
        return ""
    who = found.groupdict().get("who")
    if who and network.who and _plain(who) != _plain(network.who):
        raise BadInput(f"This is a post of {who}, not of {network.who}.")
    return found["id"]


def _plain(handle: str) -> str:
    return handle.lstrip("@").casefold()


def _network_of(table: config.ChannelTable) -> _Network:
    match table:
        case config.XChannel():
            return _x(table)
        case config.BlueskyChannel():
            return _bluesky(table)
        case config.MastodonChannel():
            return _mastodon(table)


def _x(table: config.XChannel) -> _Network:
    site, host = _site(table.api, "https://x.com")
    names = (f"{before}{name}.com" for before in ("", "www.", "mobile.") for name in _X_NAMES)
    return _Network(
        name="X",
        hosts=(host, *names),
        id=r"[0-9]{1,20}",
        path=r"/(?:i(?:/web)?|(?P<who>[^/]+))/status/(?P<id>[^/]+)",
        who=table.account,
        receipt="{}",
        url=f"{site}/{(table.account or 'i').lstrip('@')}/status/{{}}",
    )


_X_NAMES = ("x", "twitter")


def _bluesky(table: config.BlueskyChannel) -> _Network:
    site, host = _site(table.service, "https://bsky.app")
    return _Network(
        name="Bluesky",
        hosts=(host,),
        id=r"[2-7a-z]{13}",  # a TID (atproto specification)
        path=r"/(?:profile/(?:did:[^/]+|(?P<who>[^/]+))/post|at/[^/]+/app\.bsky\.feed\.post)"
        r"/(?P<id>[^/]+)",
        who=table.handle,
        receipt=f"at://{table.handle}/app.bsky.feed.post/{{}}",
        url=f"{site}/profile/{table.handle}/post/{{}}",
    )


def _mastodon(table: config.MastodonChannel) -> _Network:
    instance = table.instance.rstrip("/")
    return _Network(
        name="Mastodon",
        hosts=(urllib.parse.urlsplit(instance).netloc.lower(),),
        id=r"[0-9A-Za-z]{1,40}",  # digits on Mastodon, letters elsewhere
        path=r"/(?:@[^/@]+(?:/statuses)?|web/statuses|users/[^/]+/statuses)/(?P<id>[^/]+)",
        who=None,
        receipt="{}",
        url=f"{instance}/web/statuses/{{}}",
    )


def _site(api: str, public: str) -> tuple[str, str]:
    """Where readers look, and its host: the server itself where that is the sandbox."""
    site = api.rstrip("/") if is_loopback(api) else public
    return site, urllib.parse.urlsplit(site).netloc.lower()
