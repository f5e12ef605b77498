"""Quote cards all the way: drawn, approved, brought to every network once, or held."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing

import httpx
import pytest

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
