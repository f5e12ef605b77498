"""Asking a Mastodon instance for its limits: public, so no client library and no token."""

from __future__ import annotations

from typing import Any

from ..rendering.edition import MediaLimits
from ..targets import Limits
from .base import ChannelError
from .exchanges import Exchange, UnusableAnswer

# Servers that are not Mastodon itself may know only the older question (snac).
_LARGEST = 2_000_000_000  # bytes or pixels; a larger number is no limit of anything
_QUESTIONS = ("/api/v2/instance", "/api/v1/instance")


def read_limits(instance: str, timeout: float) -> Limits:
    """What the instance allows; what it leaves out has Mastodon's default.

    Raises ChannelError when it gives no answer that can be read.
    """
    import httpx  # slow to import, and needed once a day

    from .httpx_transport import BoundedTransport

    problem = "no answer"
    exchange = Exchange("Mastodon", timeout)
    transport = BoundedTransport(exchange, instance)
    try:
        with httpx.Client(base_url=instance, timeout=timeout, transport=transport) as client:
            for question in _QUESTIONS:
                status = client.get(question).status_code
                if exchange.answer and status == httpx.codes.OK:
                    return _limits(exchange.answer.value())
                problem = f"it answered {status}"
    except (httpx.HTTPError, httpx.InvalidURL, UnusableAnswer, AttributeError) as error:
        problem = type(error).__name__
    raise ChannelError(f"{instance} cannot be asked for its limits ({problem})", temporary=True)


def _limits(answer: dict[str, Any]) -> Limits:
    configuration = answer.get("configuration") or {}
    statuses = configuration.get("statuses") or {}
    default = Limits()
    return Limits(
        max_characters=_count(
            statuses.get("max_characters", answer.get("max_toot_chars")), default.max_characters
        ),
        per_url=_count(statuses.get("characters_reserved_per_url"), default.per_url),
        media=_media(statuses, configuration.get("media_attachments") or {}),
    )


def _media(statuses: dict[str, Any], files: dict[str, Any]) -> MediaLimits:
    default = MediaLimits()
    return MediaLimits(
        most=_count(statuses.get("max_media_attachments"), default.most),
        bytes=_count(files.get("image_size_limit"), default.bytes, _LARGEST),
        pixels=_count(files.get("image_matrix_limit"), default.pixels, _LARGEST),
        alt=_count(files.get("description_limit"), default.alt),
    )


def _count(value: object, default: int, most: int = 1_000_000) -> int:
    return value if isinstance(value, int) and 0 < value < most else default
