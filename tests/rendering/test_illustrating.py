"""Which picture goes where: the statement's own, its quote card, or the organisation's."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from distributor.rendering.edition import Edition, MediaLimits, OwnPicture
from distributor.rendering.pictures import Picture, encode, prepare
from distributor.rendering.proofs import RenderedProof, render_proof
from distributor.statements.values import ItemList
from tests.rendering.editions import TEMPLATES, channel, edition, wording
from tests.rendering.fonts import style, write_font

SHORT = wording("We condemn the arrest of the editor.")
LONG = wording(
    "We condemn the arrest.",
    "We call on states to:",
    ItemList(tuple(f"Release person {n} and {'all the others ' * 8}now." for n in range(9))),
)
ALT = "Families wait at the gate"


def drawing(colour: str = "#0a6b66") -> Picture:
    return encode(Image.new("RGB", (60, 40), colour))


def own(alt: str = ALT, language: str = "en") -> OwnPicture:
    return OwnPicture(drawing(), {language: alt})


def proof_of(made: Edition) -> RenderedProof:
    return render_proof(made, TEMPLATES)


def posts(proof: RenderedProof, name: str = "bluesky") -> list[dict[str, Any]]:
    threads = json.loads(proof.content)["threads"]
    return next(thread["posts"] for thread in threads if thread["channel"] == name)


def messages(proof: RenderedProof, *kinds: str) -> list[str]:
    return [f"{f.severity}: {f.where}: {f.message}" for f in proof.findings if f.kind in kinds]


@pytest.fixture
def file(tmp_path: Path) -> str:
    """The organisation's picture."""
    written = io.BytesIO()
    Image.new("RGB", (120, 63), "#aa0000").save(written, "JPEG")
    path = tmp_path / "organisation.jpg"
    path.write_bytes(written.getvalue())
    return str(path)


@pytest.mark.parametrize("name", ["x", "bluesky", "mastodon"])
def test_the_own_picture_stands_under_the_first_post_with_its_words(name: str) -> None:
    proof = proof_of(edition(LONG, picture=own()))
    first, *rest = posts(proof, name)
    assert first["media"] == [{**drawing().named(), "alt": ALT}]
    assert rest and not any(post["media"] for post in rest)
    assert proof.media == {drawing().sha256: drawing()}


def test_the_own_picture_goes_before_the_quote_card(tmp_path: Path) -> None:
    card = style(write_font(tmp_path))
    proof = proof_of(edition(LONG, picture=own(), card=card))
    assert set(proof.media) == {drawing().sha256}


def test_below_a_picture_blueskys_link_card_ends_the_thread_with_the_same_picture() -> None:
    first, *_, last = posts(proof_of(edition(LONG, picture=own())))
    assert first["card"] is None
    assert last["card"]["thumb"] == drawing().named()
    assert last["card"]["url"] == "https://example.org/statements/2026-05-14"


def test_a_single_post_with_a_picture_has_no_link_card() -> None:
    (post,) = posts(proof_of(edition(SHORT, picture=own())))
    assert post["card"] is None and "https://example.org/" in post["text"]


def test_a_link_card_without_a_picture_of_its_own_shows_the_organisations(file: str) -> None:
    proof = proof_of(edition(SHORT, link_picture=file))
    (post,) = posts(proof)
    prepared = prepare(Path(file).read_bytes())
    assert post["card"]["thumb"] == prepared.named() and post["media"] == []
    assert proof.media == {prepared.sha256: prepared}
    assert all(not post["media"] for post in posts(proof, "x"))


def test_the_organisations_picture_is_for_statements_without_one(file: str) -> None:
    proof = proof_of(edition(LONG, link_picture=file, picture=own()))
    assert set(proof.media) == {drawing().sha256}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(None, "cannot be read; correct organisation.link_picture", id="gone"),
        pytest.param(b"GIF89a", "cannot be used: it is a GIF", id="not a picture"),
    ],
)
def test_a_picture_of_the_organisation_that_cannot_be_had_is_told(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    path = tmp_path / "organisation.gif"
    if content is not None:
        path.write_bytes(content)
    proof = proof_of(edition(SHORT, link_picture=str(path)))
    (found,) = messages(proof, "link picture")
    assert found.startswith("warn: Bluesky: The link card goes out without") and message in found
    assert "thumb" not in posts(proof)[0]["card"]


def test_without_any_picture_the_link_card_is_as_it_was() -> None:
    (post,) = posts(proof_of(edition(SHORT)))
    assert set(post["card"]) == {"url", "title", "description"}


def test_a_picture_without_words_in_a_language_blocks_the_threads_in_it() -> None:
    german = wording("Wir verurteilen die Festnahme.", language="de", title="Zur Festnahme")
    channels = (channel("x"), channel("mastodon", language="de"))
    proof = proof_of(edition(SHORT, german, channels=channels, picture=own()))
    assert messages(proof, "picture") == [
        "block: Mastodon, post 1: A picture has no alt text. "
        "Describe it for those who cannot see it."
    ]


@pytest.mark.parametrize(("name", "most"), [("x", 1000), ("bluesky", 2000), ("mastodon", 1500)])
def test_an_alt_text_may_be_as_long_as_each_network_takes(name: str, most: int) -> None:
    target = channel(name, media=MediaLimits(alt=most))
    for length, blocks in ((most, 0), (most + 1, 1)):
        proof = proof_of(edition(SHORT, channels=(target,), picture=own("x" * length)))
        assert len(messages(proof, "picture")) == blocks


def test_a_placeholder_in_an_alt_text_blocks() -> None:
    proof = proof_of(edition(SHORT, picture=own("TK: who is this?")))
    (found,) = messages(proof, "placeholder")
    assert found.startswith("block: en, alt text: ")


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(OwnPicture(drawing(), {"en": "Other words"}), id="other words"),
        pytest.param(OwnPicture(drawing("#aa0000"), {"en": ALT}), id="other pixels"),
        pytest.param(None, id="none"),
    ],
)
def test_another_picture_or_other_words_make_another_proof(changed: OwnPicture | None) -> None:
    before = proof_of(edition(SHORT, picture=own()))
    assert proof_of(edition(SHORT, picture=own())).digest == before.digest
    assert proof_of(edition(SHORT, picture=changed)).digest != before.digest
