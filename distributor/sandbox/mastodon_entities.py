"""The JSON entities of the Mastodon API (docs.joinmastodon.org/entities, 4.5)."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from typing import Any

from . import mastodon_texts as texts

VERSION = "4.5.0"
_BORN = "2026-01-01T00:00:00.000Z"
_MIMES = ["image/jpeg", "image/png", "image/gif", "image/webp"]


@dataclass(frozen=True, slots=True)
class Media:
    """One uploaded file."""

    id: str
    content: bytes = field(repr=False)
    mime: str
    description: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """One status; `revisions` are the texts it had before."""

    id: str
    text: str
    at: dt.datetime
    visibility: str
    language: str | None
    spoiler: str = ""
    sensitive: bool = False
    parent: str | None = None
    media: tuple[Media, ...] = ()
    edited_at: dt.datetime | None = None
    revisions: tuple[Status, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """What the instance allows; read by clients from /api/v2/instance."""

    max_characters: int = 500
    characters_per_link: int = 23
    media: int = 4
    description: int = 1500


def page_of(url: str, account: str, item: Status) -> str:
    """The public address of a status."""
    return f"{url}/@{account}/{item.id}"


def file_of(url: str, item: Media) -> str:
    """The public address of a file."""
    return f"{url}/media/{item.id}"


def moment(at: dt.datetime) -> str:
    """A time as Mastodon writes it: ISO 8601 with milliseconds, UTC."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def account_id(name: str) -> str:
    """The id of an account: a string of digits beyond 2^53."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:6], "big")
    return str(10**17 + number)


def configuration(limits: Limits) -> dict[str, Any]:
    """The limits of the instance."""
    return {
        "statuses": {
            "max_characters": limits.max_characters,
            "max_media_attachments": limits.media,
            "characters_reserved_per_url": limits.characters_per_link,
        },
        "media_attachments": {
            "description_limit": limits.description,
            "supported_mime_types": _MIMES,
            "image_size_limit": 16_777_216,
            "image_matrix_limit": 33_177_600,
            "video_size_limit": 103_809_024,
            "video_frame_rate_limit": 120,
            "video_matrix_limit": 8_294_400,
        },
        "polls": {
            "max_options": 4,
            "max_characters_per_option": 50,
            "min_expiration": 300,
            "max_expiration": 2_629_746,
        },
    }


def instance_v2(url: str, limits: Limits) -> dict[str, Any]:
    """The instance, as version 2 of the API tells it."""
    return {
        "domain": url.split("://", 1)[1],
        "title": "Sandbox",
        "version": VERSION,
        "source_url": url,
        "description": "A Mastodon of your own, on this machine only.",
        "usage": {"users": {"active_month": 1}},
        "thumbnail": {"url": f"{url}/assets/style.css"},
        "languages": ["en"],
        "configuration": configuration(limits)
        | {
            "urls": {"streaming": url.replace("http", "ws", 1)},
            "accounts": {"max_featured_tags": 10, "max_pinned_statuses": 5},
            "translation": {"enabled": False},
            "vapid": {"public_key": ""},
        },
        "registrations": {"enabled": False, "approval_required": False, "message": None},
        "api_versions": {"mastodon": 7},
        "contact": {"email": "", "account": None},
        "rules": [],
        "icon": [],
    }


def instance_v1(url: str, limits: Limits) -> dict[str, Any]:
    """The instance, as version 1 of the API tells it."""
    return {
        "uri": url.split("://", 1)[1],
        "title": "Sandbox",
        "short_description": "",
        "description": "A Mastodon of your own, on this machine only.",
        "email": "",
        "version": VERSION,
        "urls": {"streaming_api": url.replace("http", "ws", 1)},
        "stats": {"user_count": 1, "status_count": 0, "domain_count": 0},
        "thumbnail": None,
        "languages": ["en"],
        "registrations": False,
        "approval_required": False,
        "invites_enabled": False,
        "configuration": configuration(limits),
        "contact_account": None,
        "rules": [],
    }


def account(url: str, name: str, statuses: int) -> dict[str, Any]:
    """The account."""
    return {
        "id": account_id(name),
        "username": name,
        "acct": name,
        "display_name": name,
        "locked": False,
        "bot": True,
        "discoverable": True,
        "indexable": True,
        "group": False,
        "created_at": _BORN,
        "note": "",
        "url": f"{url}/@{name}",
        "uri": f"{url}/users/{name}",
        "avatar": f"{url}/avatar.png",
        "avatar_static": f"{url}/avatar.png",
        "header": f"{url}/header.png",
        "header_static": f"{url}/header.png",
        "followers_count": 0,
        "following_count": 0,
        "statuses_count": statuses,
        "last_status_at": None,
        "emojis": [],
        "fields": [],
    }


def media(url: str, item: Media) -> dict[str, Any]:
    """One attachment."""
    return {
        "id": item.id,
        "type": "image" if item.mime.startswith("image/") else "unknown",
        "url": file_of(url, item),
        "preview_url": file_of(url, item),
        "remote_url": None,
        "meta": {},
        "description": item.description,
        "blurhash": None,
    }


def status(url: str, item: Status, author: dict[str, Any], replies: int) -> dict[str, Any]:
    """One status."""
    return {
        "id": item.id,
        "created_at": moment(item.at),
        "edited_at": moment(item.edited_at) if item.edited_at else None,
        "in_reply_to_id": item.parent,
        "in_reply_to_account_id": author["id"] if item.parent else None,
        "sensitive": item.sensitive,
        "spoiler_text": item.spoiler,
        "visibility": item.visibility,
        "language": item.language,
        "uri": f"{url}/users/{author['acct']}/statuses/{item.id}",
        "url": page_of(url, author["acct"], item),
        "replies_count": replies,
        "reblogs_count": 0,
        "favourites_count": 0,
        "quotes_count": 0,
        "favourited": False,
        "reblogged": False,
        "muted": False,
        "bookmarked": False,
        "pinned": False,
        "content": texts.to_html(item.text, url),
        "filtered": [],
        "reblog": None,
        "application": {"name": "Distributor", "website": None},
        "account": author,
        "media_attachments": [media(url, attached) for attached in item.media],
        "mentions": [],
        "tags": [
            {"name": tag.lower(), "url": f"{url}/tags/{tag}"} for tag in texts.tags(item.text)
        ],
        "emojis": [],
        "card": None,
        "poll": None,
        "quote": None,
    }
