"""The page of one statement."""

from __future__ import annotations

import pytest
from pytest_django.fixtures import Settings

from distributor import actions
from distributor.context import Context
from distributor.people.models import Person
from distributor.statements.models import Statement
from distributor.web.desk.statements import is_moving
from tests.web.conftest import SignIn, Submit, current_digest


def test_the_page_shows_every_thread_the_mail_and_the_digest_in_full(
    statement: Statement, ben: Person, sign_in: SignIn
) -> None:
    page = sign_in(ben).get(f"/statements/{statement.pk}").text
    for heading in ("X", "Bluesky", "Mastodon", "Statements by e-mail"):
        assert f">{heading}</h2>" in page
    assert "@waterforall" in page
    assert f"<code>{current_digest(statement)}</code>" in page
    assert f'action="/statements/{statement.pk}/approve"' in page
    assert f'name="digest" value="{current_digest(statement)}"' in page


def test_the_author_sees_why_they_cannot_approve(
    statement: Statement, ana: Person, sign_in: SignIn
) -> None:
    page = sign_in(ana).get(f"/statements/{statement.pk}").text
    assert "an author never approves" in page
    assert '/approve"' not in page


def test_repairs_stand_with_their_line_before_and_after(
    submit: Submit, ben: Person, sign_in: SignIn
) -> None:
    repaired = submit("A title\n\n1 May 2026\n\nA paragraph of text.\n\nNext Article\n")
    page = sign_in(ben).get(f"/statements/{repaired.pk}").text
    assert '<span class="line">line 7</span>' in page
    assert '<del dir="auto">Next Article</del>' in page


def test_a_blocking_finding_takes_the_approve_button_away(
    submit: Submit, ben: Person, sign_in: SignIn
) -> None:
    blocked = submit("A title\n\n1 May 2026\n\nLorem ipsum dolor sit amet.\n")
    page = sign_in(ben).get(f"/statements/{blocked.pk}").text
    assert "blocks approval" in page
    assert '/approve"' not in page


def test_a_proof_that_the_configuration_left_behind_is_called_out_of_date(
    statement: Statement, ben: Person, sign_in: SignIn, context: Context
) -> None:
    Statement.objects.filter(pk=statement.pk).update(url="https://water.example/1")
    page = sign_in(ben).get(f"/statements/{statement.pk}").text
    assert "This proof is out of date." in page
    assert '/approve"' not in page


def test_the_mail_frame_holds_the_stored_html_and_may_run_nothing(
    statement: Statement, ben: Person, sign_in: SignIn
) -> None:
    address = f"/statements/{statement.pk}/mail/{current_digest(statement)}/0"
    client = sign_in(ben)
    assert 'sandbox title="' in client.get(f"/statements/{statement.pk}").text
    answer = client.get(address)
    assert "The rivers of the north" in answer.text
    policy = answer["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "sandbox"} <= set(policy)
    assert not any(rule.startswith("script-src") for rule in policy)


def test_the_notice_of_a_withdrawal_stands_under_the_mail(
    statement: Statement, ben: Person, sign_in: SignIn
) -> None:
    address = f"/statements/{statement.pk}/mail/{current_digest(statement)}/0/notice"
    client = sign_in(ben)
    page = client.get(f"/statements/{statement.pk}").text
    assert "The notice that goes out if this is withdrawn" in page
    assert f'src="{address}"' in page
    answer = client.get(address)
    assert "We have withdrawn the following statement" in answer.text
    assert "default-src 'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["mail/0000/0", "mail/{digest}/7", "mail/{digest}/7/notice"])
def test_a_mail_that_is_not_there_is_not_found(
    statement: Statement, ben: Person, sign_in: SignIn, path: str
) -> None:
    path = path.format(digest=current_digest(statement))
    assert sign_in(ben).get(f"/statements/{statement.pk}/{path}").status_code == 404


def test_the_delivery_refreshes_itself_while_it_moves(
    statement: Statement, ben: Person, sign_in: SignIn, context: Context
) -> None:
    actions.approve(context, statement.pk, person=ben, digest=current_digest(statement))
    client = sign_in(ben)
    assert 'hx-trigger="every 2s"' in client.get(f"/statements/{statement.pk}").text
    statement.deliveries.update(state="sent")
    statement.campaigns.update(state="finished")
    fragment = client.get(f"/statements/{statement.pk}/progress").text
    assert "hx-trigger" not in fragment
    assert "<html" not in fragment


def test_a_sent_post_links_to_itself_and_an_unsure_one_says_why(
    statement: Statement, ben: Person, sign_in: SignIn, context: Context
) -> None:
    actions.approve(context, statement.pk, person=ben, digest=current_digest(statement))
    x, bluesky, _ = statement.deliveries.order_by("pk")
    x.posts.update(state="sent", url="https://x.example/1", attempts=1)
    statement.deliveries.filter(pk=bluesky.pk).update(state="unsure", reason="No answer came.")
    page = sign_in(ben).get(f"/statements/{statement.pk}").text
    assert 'href="https://x.example/1"' in page
    assert "No answer came." in page
    assert "needs attention" in page


def test_what_waits_for_a_person_alone_does_not_move() -> None:
    status = {"state": "attention", "deliveries": [{"state": "unsure"}], "campaigns": []}
    assert not is_moving(status)
    assert is_moving({**status, "deliveries": [{"state": "unsure"}, {"state": "running"}]})


def test_an_unknown_statement_is_not_found_in_our_words(
    ben: Person, sign_in: SignIn, settings: Settings
) -> None:
    answer = sign_in(ben).get("/statements/nowhere")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text
