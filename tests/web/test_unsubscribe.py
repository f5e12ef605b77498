"""The way out of a mailing list (RFC 8058)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from distributor.context import Context
from distributor.newsletter.models import Membership, Subscriber, Subscription
from distributor.vault import token_hash

TOKEN = "q" * 22
ADDRESS = "reader@water.example"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def visitor() -> Client:
    """A mail program: no cookies, no token, checked for both."""
    return Client(enforce_csrf_checks=True, headers={"host": "127.0.0.1"})


@pytest.fixture
def subscription(context: Context) -> Subscription:
    """A confirmed subscription whose way out is TOKEN."""
    subscriber = Subscriber.objects.create(
        address=context.vault.seal(ADDRESS), address_index="i", created_at=timezone.now()
    )
    return Subscription.objects.create(
        subscriber=subscriber,
        list="updates",
        state=Membership.CONFIRMED,
        basis="asked for it",
        token_hash=token_hash(TOKEN),
        requested_at=timezone.now(),
    )


def test_looking_names_the_list_and_changes_nothing(
    visitor: Client, subscription: Subscription
) -> None:
    with CaptureQueriesContext(connection) as queries:
        page = visitor.get(f"/u/{TOKEN}")
        visitor.head(f"/u/{TOKEN}")
    assert "Statements by e-mail" in page.text
    assert '<form method="post">' in page.text
    assert ADDRESS not in page.text
    assert all(query["sql"].startswith("SELECT") for query in queries)


@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data; boundary=BoUnDaRyStRiNg", "application/x-www-form-urlencoded"],
)
def test_one_click_posts_of_both_kinds_unsubscribe(
    visitor: Client, subscription: Subscription, content_type: str
) -> None:
    body: object = "List-Unsubscribe=One-Click"
    if content_type.startswith("multipart"):
        body = (
            "--BoUnDaRyStRiNg\r\nContent-Disposition: form-data; "
            'name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--BoUnDaRyStRiNg--\r\n'
        )
    answer = visitor.generic("POST", f"/u/{TOKEN}", str(body), content_type)
    assert answer.status_code == 200
    subscription.refresh_from_db()
    assert subscription.state == Membership.UNSUBSCRIBED
    assert subscription.unsubscribed_how == "one-click"


def test_the_button_on_the_page_works_without_a_cookie(
    visitor: Client, subscription: Subscription
) -> None:
    answer = visitor.post(f"/u/{TOKEN}")
    assert "You are unsubscribed" in answer.text
    assert not answer.cookies
    subscription.refresh_from_db()
    assert subscription.unsubscribed_how == "page"


def test_an_unknown_address_gets_the_same_answer(
    visitor: Client, subscription: Subscription
) -> None:
    known = visitor.post(f"/u/{TOKEN}", ONE_CLICK)
    for unknown in ("z" * 22, "UNSUBSCRIBE-TOKEN", "%00", "x" * 500):
        answer = visitor.post(f"/u/{unknown}", ONE_CLICK)
        assert (answer.status_code, answer.content) == (known.status_code, known.content)


def test_asking_twice_is_harmless(visitor: Client, subscription: Subscription) -> None:
    for _ in range(2):
        assert visitor.post(f"/u/{TOKEN}", ONE_CLICK).status_code == 200


def test_the_secret_address_is_not_passed_on(visitor: Client, subscription: Subscription) -> None:
    answer = visitor.get(f"/u/{TOKEN}")
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies
