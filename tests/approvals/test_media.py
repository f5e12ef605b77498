"""Pictures of a proof: stored once, checked again before they leave, replaced when fonts change."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from distributor import actions, assemble, vault
from distributor.approvals.models import Proof, StoredMedia
from distributor.approvals.proofing import basis_of, edition_of
from distributor.config import parse
from distributor.context import Context
from distributor.delivery.approved import Held, approved_media
from distributor.statements.models import Statement
from distributor.statements.store import Origin
from tests.rendering.fonts import write_font

TEXT = b"""Free the editor

Police arrested the editor on Monday.

We condemn the arrest of the editor and the closure of her newspaper.
"""


@pytest.fixture
def context(db: None, settings: Settings, tmp_path: Path) -> Iterator[Context]:
    """An installation that makes quote cards for X and Bluesky."""
    settings.CONFIGURATION = parse(
        {
            "organisation": {
                "name": "Water for All",
                "card": {"enabled": True, "font_files": [write_font(tmp_path)]},
            },
            "storage": {"directory": str(tmp_path)},
            "channels": {
                "x": {"kind": "x", "account": "waterforall"},
                "bluesky": {"kind": "bluesky", "handle": "water.example"},
            },
        }
    )
    vault.create(tmp_path)
    assemble.context.cache_clear()
    yield assemble.context()
    assemble.context.cache_clear()


@pytest.fixture
def statement(context: Context) -> Statement:
    return actions.submit(context, TEXT, origin=Origin("inbox")).statement


@pytest.fixture
def proof(context: Context, statement: Statement) -> Proof:
    return actions.make_proof(context, statement.pk)


def threads(proof: Proof) -> list[dict[str, Any]]:
    frozen: list[dict[str, Any]] = json.loads(bytes(proof.content))["threads"]
    return frozen


def test_a_picture_for_two_channels_is_stored_once(proof: Proof) -> None:
    named = {thread["posts"][0]["media"][0]["sha256"] for thread in threads(proof)}
    (stored,) = StoredMedia.objects.all()
    assert named == {stored.sha256} == {hashlib.sha256(bytes(stored.content)).hexdigest()}


def test_a_proof_made_again_stores_nothing_more(
    context: Context, statement: Statement, proof: Proof
) -> None:
    assert actions.make_proof(context, statement.pk).digest == proof.digest
    assert StoredMedia.objects.count() == 1


def test_the_approved_picture_is_handed_over_with_its_words(proof: Proof) -> None:
    media = approved_media(threads(proof)[0])
    assert not isinstance(media, Held)
    (picture,) = media[0].media
    assert picture.content == bytes(StoredMedia.objects.get().content)
    assert picture.alt.endswith("closure of her newspaper.\nWater for All")
    assert (picture.mime, picture.width, picture.height) == ("image/png", 1200, 675)


def test_a_picture_that_was_tampered_with_is_held(proof: Proof) -> None:
    StoredMedia.objects.update(content=b"another picture")
    media = approved_media(threads(proof)[0])
    assert isinstance(media, Held) and "not the one that was approved" in media.reason


def test_a_picture_that_is_gone_is_held(proof: Proof) -> None:
    StoredMedia.objects.all().delete()
    assert isinstance(approved_media(threads(proof)[0]), Held)


def test_another_font_file_asks_for_a_new_proof(context: Context, statement: Statement) -> None:
    (font,) = context.configuration.organisation.card.font_files
    edition = edition_of(statement, context, {})
    before = basis_of(edition, context.templates)
    assert basis_of(edition, context.templates) == before
    later = dt.datetime.now(dt.UTC).timestamp() + 60
    os.utime(font, (later, later))
    assert basis_of(edition, context.templates) != before
    Path(font).unlink()
    assert basis_of(edition, context.templates) != before
