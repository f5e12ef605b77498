"""Findings on the pictures of a thread: what its network would refuse, or should not get."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from .edition import Finding, MediaLimits
from .pictures import SMALL, NotAPicture, Picture, decode


def lint_media(
    thread: Mapping[str, Any], contents: Mapping[str, Picture], limits: MediaLimits, name: str
) -> list[Finding]:
    """What is to be known of the pictures of a thread on the channel called `name`."""
    return [
        Finding("block", f"{name}, post {number}", "picture", message)
        for number, post in enumerate(thread["posts"], 1)
        for message in (
            *_problems(post["media"], contents, limits),
            *_problems_of_card(post, contents),
        )
    ]


def _problems(
    media: Sequence[Mapping[str, Any]], contents: Mapping[str, Picture], limits: MediaLimits
) -> Iterator[str]:
    if len(media) > limits.most:
        yield f"It has {len(media)} pictures; the network takes {limits.most}. Leave some out."
    for medium in media:
        yield from _describing(medium["alt"], limits)
        yield from _fitting(contents[medium["sha256"]], limits)


def _problems_of_card(post: Mapping[str, Any], contents: Mapping[str, Picture]) -> Iterator[str]:
    if thumb := (post.get("card") or {}).get("thumb"):
        yield from _fitting(contents[thumb["sha256"]], MediaLimits(bytes=SMALL))


def _describing(alt: str, limits: MediaLimits) -> Iterator[str]:
    if not alt.strip():
        yield "A picture has no alt text. Describe it for those who cannot see it."
    if len(alt) > limits.alt:
        excess = len(alt) - limits.alt
        yield f"The alt text of a picture is too long by {excess} characters. Shorten it."


def _fitting(picture: Picture, limits: MediaLimits) -> Iterator[str]:
    try:
        found = _examine(picture.content)
    except NotAPicture as fault:
        yield f"A picture cannot go out: {fault}."
        return
    if found != (picture.mime, picture.width, picture.height):
        yield "A picture is not of the type and size it claims to be. Add it again."
    if len(picture.content) > limits.bytes:
        yield f"A picture has {len(picture.content):,} bytes; the network takes {limits.bytes:,}."
    if picture.width * picture.height > limits.pixels:
        yield f"A picture has more than the {limits.pixels:,} pixels the network takes."


@lru_cache(maxsize=4)  # the same picture goes to every channel of a language
def _examine(content: bytes) -> tuple[str, int, int]:
    """The true type and size of a picture. Raises NotAPicture."""
    image, mime = decode(content)
    return mime, image.width, image.height
