"""Withdrawing a statement, and what could not be removed, on the pages."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from distributor.delivery.models import Job, Post
from distributor.newsletter.models import Membership, Recipient, Subscriber, Subscription
from distributor.people.models import Person
from distributor.statements.models import Statement
from tests.web.conftest import SignIn, current_digest

WHY = {"why": "The figure of 47 villages is wrong."}


@pytest.fixture
def published(statement: Statement, ben: Person, sign_in: SignIn) -> Statement:
    """A statement whose thread on X is out, with one reader who had the mail."""
    subscriber = Subscriber.objects.create(
        address=b"sealed", address_index="1", created_at=timezone.now()
    )
    Subscription.objects.create(
        subscriber=subscriber,
        list="updates",
        state=Membership.CONFIRMED,
        token_hash="1",
        requested_at=timezone.now(),
    )
    digest = current_digest(statement)
    sign_in(ben).post(f"/statements/{statement.pk}/approve", {"digest": digest})
    posts = Post.objects.filter(delivery__statement=statement, delivery__channel="x")
    for post in posts:
        post.remote_id, post.url = f"9{post.position}", f"https://x.com/w/status/9{post.position}"
        post.state, post.attempts, post.sent_at = "sent", 1, timezone.now()
        post.save()
    Recipient.objects.update(state="sent", attempts=1)
    return statement


def removals(statement: Statement) -> int:
    """How many removals are to be worked on."""
    return Job.objects.filter(kind="removal", due__isnull=False).count()


def test_the_second_look_shows_what_is_removed_and_who_is_told(
    published: Statement, ben: Person, sign_in: SignIn
) -> None:
    client = sign_in(ben)
    assert (
        f'href="/statements/{published.pk}/withdraw"'
        in client.get(f"/statements/{published.pk}").text
    )
    page = client.get(f"/statements/{published.pk}/withdraw").text
    assert 'href="https://x.com/w/status/91"' in page
    assert "Nothing is out here." in page
    assert "Statements by e-mail: 1 reader" in page and "cannot be told" not in page


def test_withdrawing_takes_down_what_is_out_and_says_so(
    published: Statement, ben: Person, sign_in: SignIn
) -> None:
    answer = sign_in(ben).post(f"/statements/{published.pk}/withdraw", WHY, follow=True)
    assert "is withdrawn. Posts that are removed now:" in answer.text
    assert "<strong>Withdrawn</strong> by Ben: The figure of 47 villages is wrong." in answer.text
    assert "being withdrawn" in answer.text and "notice of the withdrawal" in answer.text
    assert removals(published) == 1


def test_a_withdrawal_needs_a_reason(published: Statement, ben: Person, sign_in: SignIn) -> None:
    answer = sign_in(ben).post(f"/statements/{published.pk}/withdraw", {"why": " "})
    assert answer.status_code == 400 and "Say why" in answer.text
    assert removals(published) == 0


def test_only_an_approver_or_admin_withdraws(
    published: Statement, ana: Person, sign_in: SignIn
) -> None:
    client = sign_in(ana)
    assert "/withdraw" not in client.get(f"/statements/{published.pk}").text
    for answer in (
        client.get(f"/statements/{published.pk}/withdraw"),
        client.post(f"/statements/{published.pk}/withdraw", WHY),
    ):
        assert answer.status_code == 403 and "Ana may not withdraw" in answer.text
    assert removals(published) == 0


@pytest.fixture
def ben_withdrew(published: Statement, ben: Person, sign_in: SignIn) -> Client:
    """Ben, who has just withdrawn it."""
    client = sign_in(ben)
    client.post(f"/statements/{published.pk}/withdraw", WHY)
    return client


def test_what_could_not_be_removed_is_shown_with_its_link_and_what_to_do(
    published: Statement, ben_withdrew: Client
) -> None:
    published.deliveries.filter(channel="x").update(state="refused", reason="X said no.")
    Job.objects.update(due=None)
    page = ben_withdrew.get(f"/statements/{published.pk}").text
    assert "What still stands on X" in page and "X said no." in page
    assert 'href="https://x.com/w/status/91"' in page
    assert "Settle post" not in page
    queue = ben_withdrew.get("/").text
    assert "needs attention" in queue.lower() and "post left" in queue
    gone = {"channel": "x", "position": "1", "act": "gone"}
    answer = ben_withdrew.post(f"/statements/{published.pk}/settle", gone, follow=True)
    assert "Post 1 is noted as gone." in answer.text


def test_trying_again_opens_the_removal_anew(published: Statement, ben_withdrew: Client) -> None:
    published.deliveries.filter(channel="x").update(state="gave_up", reason="X was away.")
    Job.objects.update(due=None)
    ben_withdrew.post(f"/statements/{published.pk}/withdraw", {"why": "trying again"})
    assert removals(published) == 1


def test_a_withdrawn_statement_offers_no_editing(
    published: Statement, ben_withdrew: Client
) -> None:
    page = ben_withdrew.get(f"/statements/{published.pk}").text
    assert "Edit the text" not in page and "Add a translation" not in page
    assert ben_withdrew.get(f"/statements/{published.pk}/withdraw").status_code == 409
