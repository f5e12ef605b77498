"""Pictures all the way: drawn or given, approved, brought to every network once, or held."""

from __future__ import annotations

import hashlib
import io
import sqlite3
from contextlib import closing

import httpx
import pytest
from PIL import Image

from tests.acceptance.installation import Installation
from tests.acceptance.world import World
from tests.rendering.fonts import write_font

CHANNELS = ("x", "bluesky", "mastodon")
UPLOADS = {
    "x": "POST /2/media/upload",
    "bluesky": "POST /xrpc/com.atproto.repo.uploadBlob",
    "mastodon": "POST /api/v2/media",
}


@pytest.fixture
def illustrated(fresh: Installation) -> Installation:
    """An installation that makes quote cards."""
    font = write_font(fresh.folder)
    card = {"enabled": True, "font_files": [font]}
    fresh.configure(organisation={"name": "Water for All", "card": card})
    return fresh


def test_every_network_shows_the_approved_picture_once(
    illustrated: Installation, world: World
) -> None:
    statement = illustrated.submit()
    approved = illustrated.json("proof", statement)["channels"][0]["posts"][0]["media"][0]
    illustrated.approve(statement)
    illustrated.deliver()
    for name in CHANNELS:
        first, *rest = world.networks[name].seen()
        (shown,) = first.media
        assert shown.alt == approved["alt"]
        content = httpx.get(shown.url).content
        assert hashlib.sha256(content).hexdigest() == approved["sha256"]
        assert not any(post.media for post in rest)


def test_uploads_that_fail_delay_a_thread_and_double_nothing(
    illustrated: Installation, world: World
) -> None:
    for name, match in UPLOADS.items():
        for do in ("drop_after", "500_after"):
            world.add_fault(name, match, do)
    world.networks["mastodon"].switches["media_take_time"] = True
    illustrated.approve(illustrated.submit())
    illustrated.deliver()
    for name in CHANNELS:
        texts = world.texts(name)
        assert texts and len(texts) == len(set(texts))
        first, *_ = world.networks[name].seen()
        assert len(first.media) == 1


def photograph() -> bytes:
    """As a telephone takes one: large, turned, and with the place in it."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera of Ana"
    written = io.BytesIO()
    Image.linear_gradient("L").resize((2400, 1800)).convert("RGB").save(written, "JPEG", exif=exif)
    return written.getvalue()


def test_a_picture_of_ones_own_reaches_every_network_small_upright_and_with_its_words(
    fresh: Installation, world: World
) -> None:
    name = fresh.write("river.jpg", photograph())
    statement = fresh.submit(image=name, alt="A dry river", url="https://water.example/river")
    assert "[picture, 1500 by 2000 pixels: A dry river]" in fresh.run("proof", statement).stdout
    fresh.approve(statement)
    fresh.deliver()
    for channel in CHANNELS:
        first, *rest = world.networks[channel].seen()
        (shown,) = first.media
        content = httpx.get(shown.url).content
        assert shown.alt == "A dry river" and not any(post.media for post in rest)
        assert len(content) <= 1_000_000 and b"Camera of Ana" not in content
        assert Image.open(io.BytesIO(content)).size == (1500, 2000)
    last = world.networks["bluesky"].seen()[-1]
    assert last.card and last.card.thumb and last.card.url == "https://water.example/river"
    assert httpx.get(last.card.thumb).content == content


def test_a_link_card_shows_the_organisations_picture(fresh: Installation, world: World) -> None:
    fresh.configure(organisation={"link_picture": fresh.write("us.jpg", photograph())})
    fresh.approve(fresh.submit())
    fresh.deliver()
    first, *rest = world.networks["bluesky"].seen()
    assert first.card and first.card.thumb and first.media == ()
    assert len(httpx.get(first.card.thumb).content) <= 1_000_000
    assert not any(post.card for post in rest)


def test_a_picture_that_is_not_the_approved_one_keeps_the_thread_back(
    illustrated: Installation, world: World
) -> None:
    statement = illustrated.submit()
    illustrated.approve(statement)
    with closing(sqlite3.connect(illustrated.data / "distributor.sqlite3")) as database, database:
        database.execute("UPDATE approvals_storedmedia SET content = x'00'")
    (status,) = illustrated.deliver(code=3)["statements"]
    assert {delivery["state"] for delivery in status["deliveries"]} == {"held"}
    assert all(world.texts(name) == [] for name in CHANNELS)
