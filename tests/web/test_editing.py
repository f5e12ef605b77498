"""A post in a person's own words, and the choice between thread and summary."""

from __future__ import annotations

import json

from django.test import Client

from distributor.people.models import Person
from distributor.statements.models import Statement
from tests.web.conftest import SignIn, current_digest


def _posts(statement: Statement, channel: str = "x") -> list[str]:
    content = json.loads(bytes(statement.proofs.get(current=True).content))
    [thread] = [one for one in content["threads"] if one["channel"] == channel]
    return [post["text"] for post in thread["posts"]]


def _reword(client: Client, statement: Statement, text: str, **form: str) -> int:
    fields = {
        "digest": current_digest(statement),
        "channel": "x",
        "position": "1",
        "text": text,
    }
    return client.post(f"/statements/{statement.pk}/reword", fields | form).status_code


def _own(statement: Statement) -> str:
    return _posts(statement)[0].replace("run dry", "all run dry")


def test_a_post_in_own_words_is_what_would_go_out(
    statement: Statement, ana: Person, sign_in: SignIn
) -> None:
    own = _own(statement)
    assert _reword(sign_in(ana), statement, own.replace("\n", "\r\n")) == 302
    assert _posts(statement)[0] == own


def test_the_page_marks_what_a_person_typed(
    statement: Statement, ana: Person, sign_in: SignIn
) -> None:
    client = sign_in(ana)
    _reword(client, statement, _own(statement))
    assert 'class="segment person"' in client.get(f"/statements/{statement.pk}").text


def test_the_page_marks_a_post_that_only_lost_words(
    statement: Statement, ana: Person, sign_in: SignIn
) -> None:
    client, page = sign_in(ana), f"/statements/{statement.pk}"
    assert "changed by a person" not in client.get(page).text
    own = _posts(statement)[0]
    _reword(client, statement, own.replace("run dry", "run"))
    assert "changed by a person" in client.get(page).text
    assert "Back to the statement’s own words" in client.get(page).text


def test_whoever_changes_a_post_may_not_approve_any_more(
    statement: Statement, ben: Person, sign_in: SignIn
) -> None:
    client = sign_in(ben)
    _reword(client, statement, _own(statement))
    answer = client.post(
        f"/statements/{statement.pk}/approve", {"digest": current_digest(statement)}
    )
    assert answer.status_code == 403
    assert "an author never approves" in answer.text


def test_an_edit_takes_an_approval_back(
    statement: Statement, ana: Person, ben: Person, sign_in: SignIn
) -> None:
    own = _own(statement)
    statement.not_before = statement.created_at.replace(year=statement.created_at.year + 1)
    statement.save()
    client = sign_in(ben)
    client.post(f"/statements/{statement.pk}/render")
    client.post(f"/statements/{statement.pk}/approve", {"digest": current_digest(statement)})
    assert _reword(sign_in(ana), statement, own) == 409  # approved: withdraw it first
    client.post(f"/statements/{statement.pk}/withdraw-approval", {"why": "a word"})
    assert _reword(sign_in(ana), statement, own) == 302


def test_the_statements_own_words_can_be_had_back(
    statement: Statement, ana: Person, sign_in: SignIn
) -> None:
    before = _posts(statement)
    _reword(sign_in(ana), statement, _own(statement))
    _reword(sign_in(ana), statement, "", undo="1")
    assert _posts(statement) == before


def test_an_edit_of_a_proof_that_moved_on_is_refused(
    statement: Statement, ana: Person, sign_in: SignIn
) -> None:
    assert _reword(sign_in(ana), statement, _own(statement), digest="0" * 64) == 409


def test_an_edit_of_a_post_that_is_not_there_is_refused(
    statement: Statement, ana: Person, sign_in: SignIn
) -> None:
    for position in ("0", "99", "x", ""):
        assert _reword(sign_in(ana), statement, "Words", position=position) == 400


def test_a_channel_can_get_a_summary_instead_of_a_thread(
    statement: Statement, ana: Person, sign_in: SignIn
) -> None:
    text = "More of it. " * 60
    client = sign_in(ana)
    assert "Say it in one post" not in client.get(f"/statements/{statement.pk}").text  # it is one
    client.post(
        f"/statements/{statement.pk}/edit",
        {"text": f"Water first\n\n3 June 2026\n\nThe rivers have run dry.\n\n{text}"},
    )
    assert len(_posts(statement)) > 1
    assert "Say it in one post" in client.get(f"/statements/{statement.pk}").text
    client.post(f"/statements/{statement.pk}/length", {"channel": "x", "mode": "single"})
    assert len(_posts(statement)) == 1
    assert len(_posts(statement, "bluesky")) > 1


def test_an_unknown_length_is_refused(statement: Statement, ana: Person, sign_in: SignIn) -> None:
    answer = sign_in(ana).post(
        f"/statements/{statement.pk}/length", {"channel": "x", "mode": "epic"}
    )
    assert answer.status_code == 400
