"""A correction on the desk: the form, and the proof that shows it as what it is."""

from __future__ import annotations

import html

import pytest

from distributor import actions
from distributor.context import Context
from distributor.newsletter.models import Membership, Subscriber
from distributor.people.models import Person
from distributor.statements.models import Statement
from tests.arriving import NOON, arrived
from tests.web.conftest import TEXT, SignIn, current_digest

BETTER = TEXT.replace("third year", "fourth year")


@pytest.fixture
def published(context: Context, statement: Statement, ben: Person) -> Statement:
    """A statement of Ana's that is public."""
    subscriber = Subscriber.objects.create(
        address=context.vault.seal("dana@reader.example"), address_index="1", created_at=NOON
    )
    subscriber.subscriptions.create(
        list="updates", state=Membership.CONFIRMED, token_hash="1", requested_at=NOON
    )
    digest = current_digest(statement)
    actions.approve(context, statement.pk, person=ben, digest=digest)
    return arrived(statement)


def test_the_text_of_a_public_statement_is_corrected_on_a_page_of_its_own(
    published: Statement, ana: Person, sign_in: SignIn
) -> None:
    desk = sign_in(ana)
    page = desk.get(f"/statements/{published.pk}").text
    assert f"/statements/{published.pk}/correct" in page and "Edit the text" not in page
    form = desk.get(f"/statements/{published.pk}/correct").text
    assert "Correct the text" in form and "third year" in form
    answer = desk.post(f"/statements/{published.pk}/correct", {"text": BETTER}, follow=True)
    assert answer.redirect_chain == [(f"/statements/{published.pk}", 302)]
    published.refresh_from_db()
    assert (published.state, published.round) == ("waiting_approval", 2)


def test_before_it_is_public_the_page_offers_the_edit(
    statement: Statement, ana: Person, sign_in: SignIn
) -> None:
    page = sign_in(ana).get(f"/statements/{statement.pk}").text
    assert "Edit the text" in page and "Correct the text" not in page


def test_a_refusal_keeps_what_was_typed(statement: Statement, ana: Person, sign_in: SignIn) -> None:
    answer = sign_in(ana).post(f"/statements/{statement.pk}/correct", {"text": BETTER})
    assert answer.status_code == 400 or answer.status_code == 409
    assert "distributor revise" in answer.text and "fourth year" in answer.text


def test_the_proof_says_what_becomes_of_each_post(
    context: Context, published: Statement, ana: Person, ben: Person, sign_in: SignIn
) -> None:
    heads = {one.channel: one.posts.first() for one in published.deliveries.all()}
    sign_in(ana).post(f"/statements/{published.pk}/correct", {"text": BETTER})
    page = html.unescape(sign_in(ben).get(f"/statements/{published.pk}").text)
    assert "<del>third</del><ins>fourth</ins>" in page
    for channel, before in (
        ("mastodon", "Changes"),
        ("x", "A reply under"),
        ("bluesky", "A reply"),
    ):
        head = heads[channel]
        assert head and f'href="{head.url}"' in page and before in page
    assert "1 reader of the mail it corrects" in page
    assert "A correction." in page
    actions.approve(context, published.pk, person=ben, digest=current_digest(published))
    page = sign_in(ben).get(f"/statements/{arrived(published).pk}").text
    assert "X: correction" in page and ">changed</a>" in page
