"""The pictures of a proof on its page."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from distributor import actions, assemble
from distributor.approvals.models import Proof, StoredMedia
from distributor.config import QuoteCards
from distributor.context import Context
from distributor.people.models import Person
from distributor.statements.store import Origin
from tests.rendering.fonts import write_font
from tests.web.conftest import TEXT, SignIn


@pytest.fixture
def proof(context: Context, settings: Settings, tmp_path: Path) -> Proof:
    """The proof of a statement, with quote cards."""
    table = settings.CONFIGURATION
    card = QuoteCards(enabled=True, font_files=[write_font(tmp_path)])
    organisation = msgspec.structs.replace(table.organisation, card=card)
    settings.CONFIGURATION = msgspec.structs.replace(table, organisation=organisation)
    assemble.context.cache_clear()
    context = assemble.context()
    statement = actions.submit(context, TEXT.encode(), origin=Origin("inbox")).statement
    return actions.make_proof(context, statement.pk)


def test_the_page_shows_the_picture_with_its_alt_text(
    ben: Person, sign_in: SignIn, proof: Proof
) -> None:
    browser = sign_in(ben)
    medium = json.loads(bytes(proof.content))["threads"][0]["posts"][0]["media"][0]
    page = browser.get(f"/statements/{proof.statement_id}").text
    assert f'src="/pictures/{medium["sha256"]}"' in page and "Water for All</figcaption>" in page
    shown = browser.get(f"/pictures/{medium['sha256']}")
    assert shown.content == bytes(StoredMedia.objects.get(pk=medium["sha256"]).content)
    assert shown.headers["Content-Type"] == "image/png"
    assert "sandbox" in shown.headers["Content-Security-Policy"]


def test_a_picture_nobody_stored_is_not_found(ben: Person, sign_in: SignIn) -> None:
    assert sign_in(ben).get(f"/pictures/{'0' * 64}").status_code == 404


def test_a_stranger_sees_no_picture(client: Client, proof: Proof) -> None:
    name = StoredMedia.objects.get().sha256
    answer = client.get(f"/pictures/{name}", headers={"host": "127.0.0.1"})
    assert answer.status_code == 302
