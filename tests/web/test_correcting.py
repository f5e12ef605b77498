"""Settling what waits for a person, on the pages."""

from __future__ import annotations

import pytest
from django.utils import timezone

from distributor.delivery.models import Delivery, Job, Post
from distributor.newsletter.models import Campaign
from distributor.people.models import Person
from distributor.statements.models import Statement
from tests.web.conftest import SignIn, current_digest

FIRST = {"channel": "x", "position": "1"}


@pytest.fixture
def approved(statement: Statement, ben: Person, sign_in: SignIn) -> Statement:
    """A statement that Ben approved; no worker is there to send it."""
    digest = current_digest(statement)
    sign_in(ben).post(f"/statements/{statement.pk}/approve", {"digest": digest})
    return statement


@pytest.fixture
def stuck(approved: Statement) -> Delivery:
    """The thread on X stopped at its first post."""
    delivery = approved.deliveries.get(channel="x")
    delivery.posts.filter(position=1).update(state="unsure", attempts=1)
    Delivery.objects.filter(pk=delivery.pk).update(state="unsure", reason="X gave no answer.")
    Job.objects.filter(key=f"thread:{delivery.pk}").update(due=None)
    return delivery


def is_open(delivery: Delivery) -> bool:
    return Job.objects.filter(key=f"thread:{delivery.pk}", due__isnull=False).exists()


def test_an_approver_notes_a_post_as_sent(stuck: Delivery, ben: Person, sign_in: SignIn) -> None:
    page = f"/statements/{stuck.statement_id}"
    client = sign_in(ben)
    assert "Settle post 1 on X" in client.get(page).text
    form = FIRST | {"act": "sent", "where": "https://x.com/waterforall/status/77"}
    answer = client.post(f"{page}/settle", form, follow=True)
    assert "Post 1 is noted as sent." in answer.text
    assert Post.objects.get(delivery=stuck, position=1).remote_id == "77"
    assert "Settle post" not in answer.text


def test_an_approver_sends_a_post_that_is_not_there(
    stuck: Delivery, ben: Person, sign_in: SignIn
) -> None:
    sign_in(ben).post(f"/statements/{stuck.statement_id}/settle", FIRST | {"act": "resend"})
    assert Post.objects.get(delivery=stuck, position=1).state == "waiting"
    assert is_open(stuck)


def test_an_address_that_is_none_is_refused(stuck: Delivery, ben: Person, sign_in: SignIn) -> None:
    address = f"/statements/{stuck.statement_id}/settle"
    answer = sign_in(ben).post(address, FIRST | {"act": "sent", "where": "<b>there</b>"})
    assert answer.status_code == 400
    assert "&lt;b&gt;there" in answer.text and not is_open(stuck)


def test_an_author_sees_no_form_and_is_refused(
    stuck: Delivery, ana: Person, sign_in: SignIn
) -> None:
    page = f"/statements/{stuck.statement_id}"
    client = sign_in(ana)
    assert "Settle post" not in client.get(page).text
    answer = client.post(f"{page}/settle", FIRST | {"act": "resend"})
    assert answer.status_code == 403 and not is_open(stuck)


def test_looking_settles_nothing(stuck: Delivery, ben: Person, sign_in: SignIn) -> None:
    address = f"/statements/{stuck.statement_id}/settle"
    assert sign_in(ben).get(address, FIRST | {"act": "resend"}).status_code == 405
    assert not is_open(stuck)


def test_the_form_appears_when_everything_has_come_to_rest(
    stuck: Delivery, ben: Person, sign_in: SignIn
) -> None:
    address = f"/statements/{stuck.statement_id}/progress"
    client = sign_in(ben)
    assert "Settle post" not in client.get(address).text
    stuck.statement.deliveries.exclude(pk=stuck.pk).update(state="sent")
    stuck.statement.campaigns.update(state="finished")
    assert "Settle post 1 on X" in client.get(address).text


def test_a_paused_campaign_goes_on(approved: Statement, ben: Person, sign_in: SignIn) -> None:
    Campaign.objects.update(state="paused", finished_at=timezone.now())
    page = f"/statements/{approved.pk}"
    assert "Go on sending" in sign_in(ben).get(page).text
    sign_in(ben).post(f"{page}/settle-mail", {"list": "updates", "act": "resend"})
    assert Campaign.objects.get().state == "running"
