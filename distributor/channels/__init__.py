"""The channels: one file per network, each imported when a channel of it is first opened."""

from __future__ import annotations

import importlib

from .. import config
from .base import Channel, Surroundings

_KINDS: dict[type[config.ChannelTable], str] = {
    config.XChannel: "x",
    config.BlueskyChannel: "bluesky",
    config.MastodonChannel: "mastodon",
}


def open_channel(name: str, table: config.ChannelTable, around: Surroundings) -> Channel:
    """The channel [channels.`name`]; makes no request.

    Raises BadConfiguration when one of its secrets is missing.
    """
    module = importlib.import_module(f".{_KINDS[type(table)]}", __name__)
    channel: Channel = module.Adapter(name, table, around)
    return channel
