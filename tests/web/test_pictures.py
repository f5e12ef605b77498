"""The pictures of a proof on its page, and the form that gives a statement one."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from distributor import actions, assemble
from distributor.approvals.models import Proof, StoredMedia
from distributor.config import QuoteCards
from distributor.context import Context
from distributor.people.models import Person
from distributor.statements import store
from distributor.statements.models import Statement
from distributor.statements.store import Origin
from tests.rendering.fonts import write_font
from tests.web.conftest import TEXT, SignIn, current_digest


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
    assert (
        f'src="/pictures/{medium["sha256"]}"' in page and "Water for All</bdi></figcaption>" in page
    )
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


def photograph(kind: str = "JPEG") -> bytes:
    written = io.BytesIO()
    Image.linear_gradient("L").resize((90, 60)).convert("RGB").save(written, kind)
    return written.getvalue()


def give(
    client: Client, statement: Statement, content: bytes = b"", name: str = "a.jpg", **form: str
) -> Any:
    """Send the form; without content it is sent without a file."""
    file = {"picture": SimpleUploadedFile(name, content)} if content else {}
    return client.post(f"/statements/{statement.pk}/picture", {**file, **form})


def test_an_uploaded_picture_is_shown_where_it_goes_out(
    statement: Statement, ana: Person, sign_in: SignIn
) -> None:
    client, before = sign_in(ana), current_digest(statement)
    answer = give(client, statement, photograph(), **{"alt-en": "A dry river"})
    assert answer.status_code == 302 and current_digest(statement) != before
    kept = store.picture(statement)
    assert kept and kept.alts == {"en": "A dry river"}
    page = client.get(f"/statements/{statement.pk}").text
    assert page.count(f'src="/pictures/{kept.sha256}"') == 4  # the form, and three networks
    assert "given by Ana" in page and "Change or remove the picture" in page
    assert client.get(f"/pictures/{kept.sha256}").headers["Content-Type"] == "image/jpeg"


def test_a_picture_is_shown_so_that_it_can_do_no_harm(
    statement: Statement, ana: Person, sign_in: SignIn
) -> None:
    client = sign_in(ana)
    give(client, statement, photograph(), **{"alt-en": "A dry river"})
    kept = store.picture(statement)
    assert kept
    headers = client.get(f"/pictures/{kept.sha256}").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        pytest.param("a.jpg", b"<svg onload='alert(1)'/>", "an SVG drawing", id="svg"),
        pytest.param("a.png", b"\0\0\0\x18ftypheic" + bytes(99), "a HEIC", id="heic"),
        pytest.param("a.jpg", b"%PDF-1.7", "a PDF", id="pdf"),
        pytest.param("a.webp", b"Just words.", "no JPEG, PNG or WebP", id="text"),
        pytest.param("a.jpg", photograph()[:500], "damaged", id="half"),
    ],
)
def test_what_is_no_picture_is_refused_in_words_and_the_alt_text_stays_in_the_form(
    statement: Statement, ana: Person, sign_in: SignIn, name: str, content: bytes, words: str
) -> None:
    before = current_digest(statement)
    answer = give(sign_in(ana), statement, content, name, **{"alt-en": "Typed with care"})
    assert answer.status_code == 400
    assert "The picture cannot be used" in answer.text and words in answer.text
    assert "Typed with care</textarea>" in answer.text
    assert current_digest(statement) == before and store.picture(statement) is None


def test_the_name_of_a_file_says_nothing(
    statement: Statement, ana: Person, sign_in: SignIn
) -> None:
    answer = give(
        sign_in(ana), statement, photograph("PNG"), "../../notes.txt", **{"alt-en": "A dry river"}
    )
    assert answer.status_code == 302


def test_a_file_that_is_too_large_is_refused(
    statement: Statement, ana: Person, sign_in: SignIn
) -> None:
    answer = give(sign_in(ana), statement, photograph() + bytes(15_000_001), **{"alt-en": "A"})
    assert answer.status_code == 400 and "more than 15 MB" in answer.text


def test_a_picture_without_words_is_kept_but_nobody_can_approve_it(
    statement: Statement, ana: Person, ben: Person, sign_in: SignIn
) -> None:
    assert give(sign_in(ana), statement, photograph()).status_code == 302
    client = sign_in(ben)
    assert "A picture has no alt text" in client.get(f"/statements/{statement.pk}").text
    form = {"digest": current_digest(statement)}
    assert client.post(f"/statements/{statement.pk}/approve", form).status_code == 409


def test_whoever_gives_a_picture_may_not_approve_any_more(
    statement: Statement, ben: Person, sign_in: SignIn
) -> None:
    client = sign_in(ben)
    give(client, statement, photograph(), **{"alt-en": "A dry river"})
    form = {"digest": current_digest(statement)}
    answer = client.post(f"/statements/{statement.pk}/approve", form)
    assert answer.status_code == 403 and "an author never approves" in answer.text


def test_a_removed_picture_is_on_the_page_no_more(
    statement: Statement, ana: Person, sign_in: SignIn
) -> None:
    client = sign_in(ana)
    give(client, statement, photograph(), **{"alt-en": "A dry river"})
    assert client.post(f"/statements/{statement.pk}/remove-picture").status_code == 302
    page = client.get(f"/statements/{statement.pk}").text
    assert "/pictures/" not in page and "Add a picture to the posts" in page


def test_hostile_words_of_a_picture_are_words(
    statement: Statement, ana: Person, sign_in: SignIn
) -> None:
    client, words = sign_in(ana), '"><script>alert(1)</script></textarea>'
    give(client, statement, photograph(), **{"alt-en": words})
    page = client.get(f"/statements/{statement.pk}").text
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_a_link_card_is_shown_with_its_picture_or_without_one(
    statement: Statement, ana: Person, sign_in: SignIn
) -> None:
    Statement.objects.update(url="https://water.example/rivers")
    client = sign_in(ana)
    client.post(f"/statements/{statement.pk}/render")
    page = client.get(f"/statements/{statement.pk}").text
    assert '<div class="link-card"><p' in page
    client.post(f"/statements/{statement.pk}/edit", {"text": f"{TEXT}{'We ask again. ' * 40}"})
    give(client, statement, photograph(), **{"alt-en": "A dry river"})
    page = client.get(f"/statements/{statement.pk}").text
    assert page.count('<div class="link-card"><img src="/pictures/') == 1
