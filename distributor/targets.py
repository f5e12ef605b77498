"""Who speaks and where, as the configuration says: the part of a proof that is not text."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from .config import (
    BlueskyChannel,
    ChannelTable,
    Configuration,
    MastodonChannel,
    XChannel,
)
from .rendering.edition import CardStyle, ChannelTarget, ListTarget, MediaLimits

NETWORKS = {"x": "X", "bluesky": "Bluesky", "mastodon": "Mastodon"}
"""Each kind of channel as its network writes itself."""

X_LIMIT, X_PER_URL = 280, 23  # weighted characters (twitter-text v3, checked 2026-11)
BLUESKY_LIMIT = 300  # graphemes (app.bsky.feed.post, checked 2026-11)
X_MEDIA = MediaLimits(bytes=5_000_000, alt=1000)  # docs.x.com media upload, checked 2026-11
# app.bsky.embed.images; the length of alt text is that of Bluesky's own app, checked 2026-11
BLUESKY_MEDIA = MediaLimits(bytes=2_000_000, alt=2000)

EDITABLE = frozenset({"mastodon"})  # kinds whose posts can be changed once they are out


@dataclass(frozen=True, slots=True)
class Limits:
    """What a Mastodon instance allows; these are the values of one that cannot be asked."""

    max_characters: int = 500
    per_url: int = 23
    media: MediaLimits = field(default_factory=MediaLimits)


def kind_of(table: ChannelTable) -> str:
    """The word for a channel's network."""
    return str(table.__struct_config__.tag)


def label_of(name: str, kind: str, configuration: Configuration) -> str:
    """What people call a channel: its network, with its own name where there are several."""
    network = NETWORKS.get(kind, kind)
    others = (other for other, table in configuration.channels.items() if kind_of(table) == kind)
    return f"{network} ({name})" if any(other != name for other in others) else network


def where_to(table: ChannelTable) -> dict[str, str]:
    """The address and account of a channel; frozen into the proof, compared before sending."""
    match table:
        case XChannel():
            return {"api": table.api, "account": table.account or ""}
        case BlueskyChannel():
            return {"service": table.service, "handle": table.handle}
        case MastodonChannel():
            account = {"account": table.account} if table.account else {}
            return {"instance": table.instance, **account}


def channel_target(
    name: str, table: ChannelTable, configuration: Configuration, limits: Limits, mode: str
) -> ChannelTarget:
    """A channel as a proof addresses it; `limits` matter on Mastodon only.

    `mode` is "thread" or "single", as chosen for this statement.
    """
    kind = kind_of(table)
    limit, per_url, media = {
        "x": (X_LIMIT, X_PER_URL, X_MEDIA),
        "bluesky": (BLUESKY_LIMIT, 0, BLUESKY_MEDIA),
        "mastodon": (limits.max_characters, limits.per_url, limits.media),
    }[kind]
    organisation = configuration.organisation
    hashtags = organisation.hashtags if table.hashtags is None else table.hashtags
    return ChannelTarget(
        name=name,
        label=label_of(name, kind, configuration),
        kind=kind,
        language=table.language,
        limit=limit,
        per_url=per_url,
        hashtags=tuple(hashtags),
        mentions=tuple(organisation.mentions.get(kind, ())),
        most=1 if mode == "single" else table.posts,
        visibility=table.visibility if isinstance(table, MastodonChannel) else None,
        target=where_to(table),
        media=media,
        editable=kind in EDITABLE,
    )


def card_style(configuration: Configuration) -> CardStyle | None:
    """How quote cards look; None where they are not wanted."""
    card = configuration.organisation.card
    if not card.enabled:
        return None
    return CardStyle(card.background, card.foreground, card.accent, tuple(card.font_files))


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
