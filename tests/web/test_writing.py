"""Handing in and editing statements in the browser."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from distributor.approvals.models import Approval
from distributor.people.models import Person
from distributor.statements.models import Statement
from tests.web.conftest import TEXT, SignIn, current_digest

ALL = {"channels": ["x", "bluesky", "mastodon"], "lists": ["updates"]}


@pytest.fixture
def desk(ana: Person, sign_in: SignIn) -> Client:
    """Ana's browser."""
    return sign_in(ana)


def test_pasted_text_becomes_a_statement_with_its_proof(desk: Client) -> None:
    answer = desk.post("/statements/new", {"text": TEXT, "language": "en", **ALL}, follow=True)
    statement = Statement.objects.get()
    assert answer.redirect_chain == [(f"/statements/{statement.pk}", 302)]
    assert "Water must reach the villages first" in answer.text
    assert current_digest(statement) in answer.text
    assert (statement.channels, statement.lists) == (None, None)


def test_a_file_takes_the_place_of_the_text(desk: Client) -> None:
    file = SimpleUploadedFile("statement.txt", TEXT.encode())
    desk.post("/statements/new", {"text": "", "file": file, **ALL})
    assert Statement.objects.get().revisions.get().value.title.startswith("Water must")


def test_what_was_typed_survives_a_refusal(desk: Client) -> None:
    form = {"text": TEXT, "url": "ftp://water.example", "language": "ar", **ALL}
    answer = desk.post("/statements/new", form)
    assert answer.status_code == 400
    assert "must begin with https://" in answer.text
    assert "The rivers of the north have run dry" in answer.text
    assert 'value="ftp://water.example"' in answer.text
    assert not Statement.objects.exists()


def test_an_empty_text_is_refused(desk: Client) -> None:
    assert desk.post("/statements/new", {"text": "", **ALL}).status_code == 400


def test_a_file_that_is_far_too_large_is_refused_with_the_limit(desk: Client) -> None:
    file = SimpleUploadedFile("large.txt", b"word " * 4_000_000)
    answer = desk.post("/statements/new", {"file": file, **ALL})
    assert answer.status_code == 400
    assert "larger than 1 MB" in answer.text


def test_pasted_text_that_is_far_too_large_is_refused_in_our_words(desk: Client) -> None:
    answer = desk.post(
        "/statements/new",
        f"text={'word+' * 600_000}",
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 400
    assert "This request cannot be read" in answer.text


def test_the_same_text_again_is_the_same_statement(desk: Client) -> None:
    for _ in range(2):
        answer = desk.post("/statements/new", {"text": TEXT, **ALL}, follow=True)
    assert "This statement was already here" in answer.text
    assert Statement.objects.count() == 1


def test_an_embargo_is_read_in_the_time_zone_of_the_organisation(desk: Client) -> None:
    desk.post("/statements/new", {"text": TEXT, "not_before": "2030-07-01T09:30", **ALL})
    assert Statement.objects.get().not_before == dt.datetime(2030, 7, 1, 9, 30, tzinfo=dt.UTC)


def test_what_is_not_ticked_is_left_out(desk: Client) -> None:
    desk.post("/statements/new", {"text": TEXT, "channels": ["x"], "lists": []})
    statement = Statement.objects.get()
    assert (statement.channels, statement.lists) == (["x"], [])


def test_a_translation_joins_its_statement(desk: Client, statement: Statement) -> None:
    assert "A translation of" in desk.get(f"/statements/new?translation_of={statement.pk}").text
    form = {"text": "الماء حق\n\nالماء حق لكل إنسان.\n", "language": "ar", **ALL}
    desk.post("/statements/new", {**form, "translation_of": statement.pk})
    assert set(statement.revisions.values_list("language", flat=True)) == {"en", "ar"}


def test_the_edit_page_holds_the_text_as_it_was_handed_in(
    desk: Client, statement: Statement
) -> None:
    assert "<textarea" in (page := desk.get(f"/statements/{statement.pk}/edit").text)
    assert TEXT in page


def test_an_edit_ends_every_approval_and_makes_its_writer_an_author(
    statement: Statement, ben: Person, sign_in: SignIn
) -> None:
    client = sign_in(ben)
    client.post(f"/statements/{statement.pk}/approve", {"digest": current_digest(statement)})
    client.post(f"/statements/{statement.pk}/edit", {"text": TEXT + "\nOne more line.\n"})
    assert Approval.objects.get().voided_why == "the text changed"
    form = {"digest": current_digest(statement)}
    assert client.post(f"/statements/{statement.pk}/approve", form).status_code == 403


def test_saving_without_a_change_is_refused(desk: Client, statement: Statement) -> None:
    answer = desk.post(f"/statements/{statement.pk}/edit", {"text": TEXT})
    assert answer.status_code == 400
    assert "nothing was changed" in answer.text


def test_a_statement_gets_its_web_address_later(desk: Client, statement: Statement) -> None:
    before = current_digest(statement)
    address = f"/statements/{statement.pk}/edit"
    answer = desk.post(address, {"text": TEXT, "url": " https://water.example/rivers "})
    assert answer.status_code == 302
    statement.refresh_from_db()
    assert statement.url == "https://water.example/rivers"
    assert current_digest(statement) != before
    assert 'value="https://water.example/rivers"' in desk.get(address).text
    desk.post(address, {"text": TEXT, "url": ""})
    assert Statement.objects.get().url is None and current_digest(statement) == before


def test_whoever_changes_only_the_link_is_an_author(
    statement: Statement, ben: Person, sign_in: SignIn
) -> None:
    client = sign_in(ben)
    form = {"text": TEXT, "url": "https://water.example/rivers"}
    client.post(f"/statements/{statement.pk}/edit", form)
    form = {"digest": current_digest(statement)}
    assert client.post(f"/statements/{statement.pk}/approve", form).status_code == 403


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://" + "x" * 500])
def test_a_link_that_is_none_is_refused_and_the_form_keeps_it(
    desk: Client, statement: Statement, url: str
) -> None:
    answer = desk.post(f"/statements/{statement.pk}/edit", {"text": TEXT, "url": url})
    assert answer.status_code == 400 and f'value="{url}"' in answer.text
