"""Pictures: what is let in, what is left behind, and what networks refuse."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest
from PIL import Image

from distributor.rendering.edition import Finding, MediaLimits
from distributor.rendering.pictures import NotAPicture, Picture, decode, encode, lint_media

LIMITS = MediaLimits()


def file(image: Image.Image, kind: str, **options: Any) -> bytes:
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def photograph(width: int = 40, height: int = 20) -> Image.Image:
    return Image.linear_gradient("L").resize((width, height)).convert("RGB")


def findings(
    *pictures: Picture, alt: str = "A crowd", limits: MediaLimits = LIMITS
) -> list[Finding]:
    media = [picture.named(alt) for picture in pictures]
    thread = {"channel": "x", "posts": [{"media": []}, {"media": media}]}
    return lint_media(thread, {picture.sha256: picture for picture in pictures}, limits)


def test_place_and_camera_stay_behind() -> None:
    exif = Image.Exif()
    exif[0x010F] = "A camera of Ana"
    exif.get_ifd(0x8825)[1] = "N"
    taken = file(photograph(), "JPEG", exif=exif, comment=b"at home", icc_profile=b"profile")
    clean = encode(decode(taken)[0])
    assert b"Ana" in taken and Image.open(io.BytesIO(clean.content)).info == {}


def test_a_picture_taken_sideways_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    assert decode(file(photograph(40, 20), "JPEG", exif=exif))[0].size == (20, 40)


def test_transparency_is_kept() -> None:
    seen_through = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    assert decode(file(seen_through, "PNG"))[0].getpixel((0, 0)) == (0, 0, 0, 0)


def test_the_same_pixels_are_the_same_bytes() -> None:
    first, again = encode(photograph()), encode(photograph())
    assert first == again and first.sha256 == hashlib.sha256(first.content).hexdigest()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_type_is_what_the_bytes_say(kind: str) -> None:
    assert decode(file(photograph(), kind))[1] == f"image/{kind.lower()}"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "no JPEG", id="nothing"),
        pytest.param(b"<svg onload='alert(1)'/>", "no JPEG", id="svg"),
        pytest.param(file(photograph(), "GIF"), "no JPEG", id="gif"),
        pytest.param(file(photograph(), "PNG")[:60], "damaged", id="half"),
        pytest.param(file(Image.new("1", (5000, 4001)), "PNG"), "20 megapixels", id="bomb"),
        pytest.param(file(Image.new("1", (16_000, 12_000)), "PNG"), "20 megapixels", id="large"),
    ],
)
def test_what_is_no_picture_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(NotAPicture, match=message):
        decode(content)


def test_a_good_picture_is_no_finding() -> None:
    assert findings(encode(photograph())) == []


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        pytest.param(MediaLimits(bytes=50), "bytes; the network takes 50", id="bytes"),
        pytest.param(MediaLimits(pixels=799), "more than the 799 pixels", id="pixels"),
        pytest.param(MediaLimits(most=0), "1 pictures; the network takes 0", id="count"),
        pytest.param(MediaLimits(alt=5), "too long by 2 characters", id="alt"),
    ],
)
def test_what_the_network_would_refuse_blocks(limits: MediaLimits, message: str) -> None:
    (finding,) = findings(encode(photograph()), limits=limits)
    assert (finding.severity, finding.where) == ("block", "x, post 2")
    assert message in finding.message


@pytest.mark.parametrize("alt", ["", " \n"])
def test_a_picture_without_alt_text_blocks(alt: str) -> None:
    (finding,) = findings(encode(photograph()), alt=alt)
    assert finding.severity == "block" and "no alt text" in finding.message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"GIF89a", "cannot go out", id="no picture"),
        pytest.param(file(photograph(), "JPEG"), "type and size", id="another type"),
        pytest.param(file(photograph(9, 9), "PNG"), "type and size", id="another size"),
    ],
)
def test_a_picture_that_is_not_what_it_claims_blocks(content: bytes, message: str) -> None:
    (finding,) = findings(Picture(content, "image/png", 40, 20))
    assert finding.severity == "block" and message in finding.message
