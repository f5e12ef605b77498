"""Who speaks and where, as the configuration says: the part of a proof that is not text."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from .config import (
    BlueskyChannel,
    ChannelTable,
    Configuration,
    MastodonChannel,
    XChannel,
)
from .rendering.edition import ChannelTarget, ListTarget

X_LIMIT, X_PER_URL = 280, 23  # weighted characters (twitter-text v3, checked 2026-11)
BLUESKY_LIMIT = 300  # graphemes (app.bsky.feed.post, checked 2026-11)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a Mastodon instance allows; these are the values of one that cannot be asked."""

    max_characters: int = 500
    per_url: int = 23


def kind_of(table: ChannelTable) -> str:
    """The word for a channel's network."""
    return str(table.__struct_config__.tag)


def where_to(table: ChannelTable) -> dict[str, str]:
    """The address and account of a channel; frozen into the proof, compared before sending."""
    match table:
        case XChannel():
            return {"api": table.api, "account": table.account or ""}
        case BlueskyChannel():
            return {"service": table.service, "handle": table.handle}
        case MastodonChannel():
            return {"instance": table.instance}


def channel_target(
    name: str, table: ChannelTable, configuration: Configuration, limits: Limits
) -> ChannelTarget:
    """A channel as a proof addresses it; `limits` matter on Mastodon only."""
    kind = kind_of(table)
    limit, per_url = {
        "x": (X_LIMIT, X_PER_URL),
        "bluesky": (BLUESKY_LIMIT, 0),
        "mastodon": (limits.max_characters, limits.per_url),
    }[kind]
    organisation = configuration.organisation
    hashtags = organisation.hashtags if table.hashtags is None else table.hashtags
    return ChannelTarget(
        name=name,
        kind=kind,
        language=table.language,
        limit=limit,
        per_url=per_url,
        hashtags=tuple(hashtags),
        mentions=tuple(organisation.mentions.get(kind, ())),
        single=isinstance(table, XChannel) and table.mode == "single",
        visibility=table.visibility if isinstance(table, MastodonChannel) else None,
        target=where_to(table),
    )


def list_target(name: str, configuration: Configuration) -> ListTarget:
    """A mailing list as a proof addresses it."""
    table, mail = configuration.lists[name], configuration.mail
    host = urlsplit(configuration.web.url).hostname or "localhost"
    return ListTarget(
        name=name,
        title=table.title,
        language=table.language,
        list_id=table.list_id or f"{name}.{host}",
        sender=mail.from_,
        reply_to=mail.reply_to,
        unsubscribe=f"{configuration.web.url.rstrip('/')}/u/UNSUBSCRIBE-TOKEN",
    )
