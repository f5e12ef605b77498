"""The limits of the Mastodon instances, asked once a day and kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict

from ..channels.base import ChannelError
from ..channels.instances import read_limits
from ..config import Configuration, MastodonChannel
from ..rendering.edition import MediaLimits
from ..targets import Limits
from .models import InstanceLimits

_FRESH = dt.timedelta(days=1)
_TIMEOUT = 5.0  # seconds; a proof must not wait for an instance that is down


def limits(
    configuration: Configuration, wanted: Iterable[str], now: dt.datetime
) -> dict[str, Limits | None]:
    """Per instance of the wanted channels what it allows; None when it was never heard."""
    tables = (configuration.channels.get(name) for name in wanted)
    instances = {table.instance for table in tables if isinstance(table, MastodonChannel)}
    return {instance: _limits(instance, now) for instance in instances}


def _limits(instance: str, now: dt.datetime) -> Limits | None:
    kept = InstanceLimits.objects.filter(pk=instance).first()
    if kept and now - kept.read_at < _FRESH:
        return _kept(kept)
    try:
        read = read_limits(instance, _TIMEOUT)
    except ChannelError:
        return _kept(kept) if kept else None
    InstanceLimits.objects.update_or_create(
        pk=instance,
        defaults={
            "max_characters": read.max_characters,
            "per_url": read.per_url,
            "media": asdict(read.media),
            "read_at": now,
        },
    )
    return read


def _kept(row: InstanceLimits) -> Limits:
    return Limits(row.max_characters, row.per_url, MediaLimits(**row.media))
