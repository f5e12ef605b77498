"""Pictures: decoded within bounds, written without metadata, small enough for every network."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # slow to import, and most proofs have no picture
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

MOST_BYTES = 15_000_000
"""Of a file that is handed in; photographs of today's telephones have up to ten."""

MOST_PIXELS = 20_000_000
"""More is refused before a pixel is unpacked: 20 megapixels take 80 MB of memory."""

SMALL = 1_000_000
"""Bytes: what the strictest place takes, the link card of Bluesky
(app.bsky.embed.external, checked 2026-11)."""

_LONGEST = 2000  # pixels of a side; no network shows more
_QUALITIES = (90, 82, 74, 66)  # of JPEG, tried in turn; below that it is made smaller instead

# What every network takes; no animation, no vector. MPO is what many telephones write as .jpg:
# a JPEG with a second picture behind it, which stays behind.
_FORMATS = ("JPEG", "PNG", "WEBP")
_STILL_WITH_MORE = "MPO"

_EXPORT = "export it as JPEG or PNG"
_OTHERS: tuple[tuple[bytes, int, str], ...] = (  # how a file begins, where, and what it is
    (b"GIF8", 0, f"it is a GIF; {_EXPORT}"),
    (b"ftyp", 4, f"it is a HEIC or AVIF picture, as some telephones take them; {_EXPORT}"),
    (b"%PDF", 0, f"it is a PDF; {_EXPORT}"),
    (b"II*\0", 0, f"it is a TIFF or raw picture; {_EXPORT}"),
    (b"MM\0*", 0, f"it is a TIFF or raw picture; {_EXPORT}"),
    (b"BM", 0, f"it is a BMP; {_EXPORT}"),
)


class NotAPicture(ValueError):
    """The bytes are no picture that can go out; the text says why."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it goes out: the bytes of its file, and its size in pixels.

    Proofs name it by its SHA-256.
    """

    content: bytes = field(repr=False)
    mime: str
    width: int
    height: int
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sha256", hashlib.sha256(self.content).hexdigest())

    def named(self) -> dict[str, Any]:
        """How a proof names it, without its words."""
        size = {"width": self.width, "height": self.height}
        return {"sha256": self.sha256, "mime": self.mime, **size}


def decode(content: bytes) -> tuple[Image, str]:
    """The upright pixels of a file and its true type, with nothing else it holds.

    Place, camera and embedded thumbnail stay behind. Raises NotAPicture.
    """
    from PIL import Image, ImageOps

    if not content:
        raise NotAPicture("the file is empty")
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
            _refuse(opened)
            upright = ImageOps.exif_transpose(opened)
            if upright.mode.startswith(("I", "F")):  # Pillow would turn its shades white
                raise NotAPicture(f"it has more shades than a screen shows; {_EXPORT}")
            clean = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except NotAPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotAPicture(_too_large()) from None
    except Exception:  # on damaged files Pillow raises whatever its readers stumble over
        raise NotAPicture(_otherwise(content)) from None
    clean.info.clear()
    still = "JPEG" if opened.format == _STILL_WITH_MORE else opened.format
    return clean, str(Image.MIME[still or ""])


def _refuse(opened: ImageFile) -> None:
    """Raises NotAPicture for what must not be unpacked, and for what moves."""
    if opened.width * opened.height > MOST_PIXELS:
        raise NotAPicture(_too_large())
    if opened.format != _STILL_WITH_MORE and getattr(opened, "is_animated", False):
        raise NotAPicture("it moves; choose a still picture")


def _too_large() -> str:
    return f"it has more than {MOST_PIXELS // 1_000_000} megapixels; make it smaller"


def _otherwise(content: bytes) -> str:
    """Why a file that is no picture for us is none."""
    for beginning, place, what in _OTHERS:
        if content.startswith(beginning, place):
            return what
    if b"<svg" in content[:1000].lower():
        return f"it is an SVG drawing; {_EXPORT}"
    return "it is no JPEG, PNG or WebP picture, or a damaged one"


def encode(image: Image) -> Picture:
    """The pixels as a PNG: the same pixels give the same bytes."""
    return _written(image, "PNG", optimize=False)


def prepare(content: bytes) -> Picture:
    """A file that was handed in, as it goes out: one file, small enough for every network.

    Transparent places become white, so that everybody sees the same. What came
    without loss stays so when it fits; anything else becomes a JPEG. Raises NotAPicture.
    """
    from PIL import Image

    if len(content) > MOST_BYTES:
        raise NotAPicture(f"it has more than {MOST_BYTES // 1_000_000} MB; make it smaller")
    image, mime = decode(content)
    if image.mode == "RGBA":
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        image = white
    image.thumbnail((_LONGEST, _LONGEST), Image.Resampling.LANCZOS)
    if mime != "image/jpeg":
        exact = _written(image, "PNG", optimize=True)
        if len(exact.content) <= SMALL:
            return exact
    return _squeezed(image)


def _squeezed(image: Image) -> Picture:
    """The best JPEG that is small enough."""
    from PIL import Image

    while True:
        for quality in _QUALITIES:
            picture = _written(image, "JPEG", quality=quality, optimize=True, progressive=True)
            if len(picture.content) <= SMALL:
                return picture
        image = image.resize(
            (max(1, image.width * 3 // 4), max(1, image.height * 3 // 4)), Image.Resampling.LANCZOS
        )


def _written(image: Image, form: str, **options: Any) -> Picture:
    file = io.BytesIO()
    image.save(file, form, **options)
    return Picture(file.getvalue(), f"image/{form.lower()}", image.width, image.height)
