"""Pictures: decoded within bounds, written without metadata, held to what a network takes."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .edition import Finding, MediaLimits

if TYPE_CHECKING:  # slow to import, and most proofs have no picture
    from PIL.Image import Image

MOST_PIXELS = 20_000_000
"""More is refused before a pixel is unpacked: 20 megapixels take 80 MB of memory."""

_FORMATS = ("JPEG", "PNG", "WEBP")  # what every network takes; no animation, no vector


class NotAPicture(ValueError):
    """The bytes are no picture that can go out; the text says why."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it goes out: the bytes of its file, and its size in pixels."""

    content: bytes = field(repr=False)
    mime: str
    width: int
    height: int

    @property
    def sha256(self) -> str:
        """How proofs name it."""
        return hashlib.sha256(self.content).hexdigest()

    def named(self, alt: str) -> dict[str, Any]:
        """The picture as an element of a post's `media`."""
        size = {"width": self.width, "height": self.height}
        return {"sha256": self.sha256, "mime": self.mime, "alt": alt, **size}


def decode(content: bytes) -> tuple[Image, str]:
    """The upright pixels of a file and its true type, with nothing else it holds.

    Place, camera and embedded thumbnail stay behind. Raises NotAPicture.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise NotAPicture("it has more than 20 megapixels")
            mime = str(Image.MIME[opened.format or ""])
            upright = ImageOps.exif_transpose(opened)
            clean = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except NotAPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotAPicture("it has more than 20 megapixels") from None
    except (OSError, ValueError, SyntaxError, EOFError):
        raise NotAPicture("it is no JPEG, PNG or WebP picture, or a damaged one") from None
    clean.info.clear()
    return clean, mime


def encode(image: Image) -> Picture:
    """The pixels as a PNG: the same pixels give the same bytes."""
    file = io.BytesIO()
    image.save(file, "PNG")
    return Picture(file.getvalue(), "image/png", image.width, image.height)


def lint_media(
    thread: Mapping[str, Any], contents: Mapping[str, Picture], limits: MediaLimits
) -> list[Finding]:
    """What the network of this thread would refuse of its pictures, or should not get."""
    found: list[Finding] = []
    for number, post in enumerate(thread["posts"], 1):
        for message in _problems(post["media"], contents, limits):
            where = f"{thread['channel']}, post {number}"
            found.append(Finding("block", where, "picture", message))
    return found


def _problems(
    media: Sequence[Mapping[str, Any]], contents: Mapping[str, Picture], limits: MediaLimits
) -> Iterator[str]:
    if len(media) > limits.most:
        yield f"It has {len(media)} pictures; the network takes {limits.most}. Leave some out."
    for medium in media:
        yield from _describing(medium["alt"], limits)
        yield from _fitting(contents[medium["sha256"]], limits)


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
