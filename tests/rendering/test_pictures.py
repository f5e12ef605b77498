"""Pictures: what is let in, what is left behind, and what networks refuse."""

from __future__ import annotations

import hashlib
import io
import warnings
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from distributor.rendering.edition import Finding, MediaLimits
from distributor.rendering.lint_pictures import lint_media
from distributor.rendering.pictures import NotAPicture, Picture, decode, encode, prepare

LIMITS = MediaLimits()


def file(image: Image.Image, kind: str, **options: Any) -> bytes:
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def moving(kind: str) -> bytes:
    frames = [photograph(), photograph().transpose(Image.Transpose.ROTATE_180)]
    return file(frames[0], kind, save_all=True, append_images=frames[1:])


def grain(width: int, height: int) -> Image.Image:
    """What is hardest to make small."""
    return Image.effect_noise((width, height), 90).convert("RGB")


def photograph(width: int = 40, height: int = 20) -> Image.Image:
    return Image.linear_gradient("L").resize((width, height)).convert("RGB")


def findings(
    *pictures: Picture, alt: str = "A crowd", limits: MediaLimits = LIMITS
) -> list[Finding]:
    media = [{**picture.named(), "alt": alt} for picture in pictures]
    thread = {"channel": "x", "posts": [{"media": []}, {"media": media}]}
    return lint_media(thread, {picture.sha256: picture for picture in pictures}, limits, "X")


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
        pytest.param(b"", "is empty", id="nothing"),
        pytest.param(b"Ana's notes", "no JPEG", id="text"),
        pytest.param(b"<?xml version='1.0'?><svg onload='alert(1)'/>", "SVG", id="svg"),
        pytest.param(file(photograph(), "GIF"), "a GIF; export it", id="gif"),
        pytest.param(b"\0\0\0\x18ftypheic" + bytes(99), "a HEIC or AVIF", id="heic"),
        pytest.param(file(photograph(), "AVIF"), "a HEIC or AVIF", id="avif"),
        pytest.param(file(photograph(), "TIFF"), "a TIFF", id="tiff"),
        pytest.param(file(photograph(), "BMP"), "a BMP", id="bmp"),
        pytest.param(file(photograph(), "PDF"), "a PDF", id="pdf"),
        pytest.param(moving("PNG"), "it moves", id="moving png"),
        pytest.param(moving("WEBP"), "it moves", id="moving webp"),
        pytest.param(file(Image.new("I;16", (4, 4), 30_000), "PNG"), "shades", id="16 bits"),
        pytest.param(file(photograph(), "PNG")[:60], "damaged", id="half"),
        pytest.param(file(Image.new("1", (5000, 4001)), "PNG"), "20 megapixels", id="bomb"),
        pytest.param(file(Image.new("1", (16_000, 12_000)), "PNG"), "20 megapixels", id="large"),
    ],
)
def test_what_is_no_picture_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(NotAPicture, match=message):
        decode(content)


def test_what_a_telephone_hides_behind_a_picture_stays_behind() -> None:
    hidden = Image.new("RGB", (40, 20), "red")
    pair = file(photograph(), "MPO", save_all=True, append_images=[hidden])
    image, mime = decode(pair)
    assert mime == "image/jpeg" and image.getpixel((0, 0)) != (254, 0, 0)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_small_drawing_goes_out_without_loss(kind: str) -> None:
    drawing = Image.new("RGB", (40, 20), "#0a6b66")
    prepared = prepare(file(drawing, kind, **({"lossless": True} if kind == "WEBP" else {})))
    assert prepared.mime == "image/png"
    assert decode(prepared.content)[0].tobytes() == drawing.tobytes()


def test_a_photograph_stays_a_jpeg() -> None:
    assert prepare(file(photograph(), "JPEG")).mime == "image/jpeg"


def test_transparent_places_become_white_for_everybody() -> None:
    seen_through = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    assert decode(prepare(file(seen_through, "PNG")).content)[0].getpixel((0, 0)) == (255,) * 3


@pytest.mark.parametrize(
    ("width", "height", "kind"),
    [
        pytest.param(4000, 1500, "JPEG", id="a large photograph"),
        pytest.param(1500, 1500, "PNG", id="a photograph as PNG"),
        pytest.param(2000, 2000, "JPEG", id="all grain"),
    ],
)
def test_whatever_is_handed_in_becomes_small_enough_for_every_network(
    width: int, height: int, kind: str
) -> None:
    prepared = prepare(file(grain(width, height), kind))
    assert len(prepared.content) <= 1_000_000
    assert max(prepared.width, prepared.height) <= 2000
    shown = Image.open(io.BytesIO(prepared.content))
    assert (shown.size, prepared.mime) == ((prepared.width, prepared.height), "image/jpeg")
    assert prepared.width / prepared.height == pytest.approx(width / height, rel=0.01)


def test_a_line_of_pixels_does_not_vanish() -> None:
    assert prepare(file(Image.new("1", (20_000, 1)), "PNG")).height == 1


def test_a_file_that_is_too_large_is_not_even_looked_at() -> None:
    with pytest.raises(NotAPicture, match="more than 15 MB"):
        prepare(b"\xff\xd8\xff" + bytes(15_000_000))


WHOLE_FILES = [
    file(photograph(), "JPEG", exif=Image.Exif().tobytes(), progressive=True),
    file(photograph(), "PNG"),
    file(photograph(), "WEBP"),
    file(photograph().quantize(8), "PNG", transparency=0),
    file(photograph(), "MPO", save_all=True, append_images=[photograph()]),
]


@given(
    whole=st.sampled_from(WHOLE_FILES),
    edits=st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=12),
    end=st.integers(0, 5000),
)
@settings(max_examples=400, deadline=None)
def test_a_damaged_file_is_a_picture_or_is_refused_in_words(
    whole: bytes, edits: list[tuple[int, int]], end: int
) -> None:
    broken = bytearray(whole[: max(1, len(whole) - end % len(whole))])
    for place, value in edits:
        broken[place % len(broken)] = value
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Pillow, on metadata it cannot read
        try:
            prepared = prepare(bytes(broken))
        except NotAPicture as fault:
            assert str(fault)
        else:
            assert Image.open(io.BytesIO(prepared.content)).info.keys() <= HARMLESS


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_any_bytes_are_a_picture_or_are_refused_in_words(content: bytes) -> None:
    with pytest.raises(NotAPicture, match=r"\w"):
        prepare(content)


# What Pillow says of any JPEG, whatever it was made from.
HARMLESS = {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}


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
    assert (finding.severity, finding.where) == ("block", "X, post 2")
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
