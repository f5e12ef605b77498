"""What is held on a subscriber: exported, shown, suppressed, erased; and the way out."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json

import pytest
from django.db import connection

from distributor.approvals.models import Proof
from distributor.audit.models import Entry
from distributor.context import Context
from distributor.errors import BadInput
from distributor.newsletter.importing import import_csv
from distributor.newsletter.models import (
    Campaign,
    Handover,
    Recipient,
    Subscriber,
    Subscription,
    Suppression,
)
from distributor.newsletter.subscriber_file import COLUMNS, to_csv_row
from distributor.newsletter.subscribers import erase, export, show, suppress
from distributor.newsletter.subscriptions import (
    confirmed_count,
    recipients_of,
    snapshot_readers,
    token_of,
    unsubscribe,
)
from distributor.statements.models import Statement

from .conftest import NOON

pytestmark = pytest.mark.django_db

ANA = "ana.canary@example.org"
PEOPLE = f"email,name,language\n{ANA},Ana Canary,en\nben@example.org,Ben,\n"
LATER = NOON + dt.timedelta(hours=1)


def bring(context: Context, text: str = PEOPLE, list_name: str = "readers") -> None:
    """Import a text with consent, as Cleo."""
    import_csv(
        context,
        text.splitlines(keepends=True),
        list_name=list_name,
        basis="=signed up",
        confirmed=True,
        by="Cleo",
        progress=lambda read: None,
    )


def of_ana(context: Context, list_name: str = "readers") -> Subscription:
    """Ana's subscription."""
    index = context.vault.index(ANA)
    return Subscription.objects.get(subscriber__address_index=index, list=list_name)


def message_to(subscription: Subscription, **fields: object) -> Recipient:
    """A campaign's message to a subscriber."""
    statement = Statement.objects.create(id="s1", language="en", state="delivered", created_at=NOON)
    proof = Proof.objects.create(
        statement=statement,
        digest="d",
        content=b"{}",
        layout={},
        findings=[],
        basis="b",
        made_at=NOON,
    )
    campaign = Campaign.objects.create(
        statement=statement, proof=proof, list=subscription.list, created_at=NOON
    )
    return Recipient.objects.create(campaign=campaign, subscription=subscription, **fields)


def readers_of_the_news(told: Recipient) -> list[Subscription | None]:
    """Who gets what follows the campaign that this message belongs to."""
    news = Campaign.objects.create(
        statement=told.campaign.statement,
        proof=told.campaign.proof,
        list=told.campaign.list,
        purpose="correction",
        created_at=NOON,
    )
    snapshot_readers(news)
    return [one.subscription for one in news.recipients.all()]


def database_bytes() -> bytes:
    """The whole database as SQLite would write it to its file."""
    connection.ensure_connection()
    return bytes(connection.connection.serialize())


def test_an_export_has_one_record_per_subscription(context: Context) -> None:
    bring(context)
    bring(context, list_name="press")
    assert len(list(export(context, None))) == 4
    assert next(export(context, "press")) == {
        "email": ANA,
        "name": "Ana Canary",
        "language": "en",
        "list": "press",
        "state": "confirmed",
        "basis": "=signed up",
        "requested_at": "2026-11-22T12:00:00+00:00",
        "confirmed_at": "2026-11-22T12:00:00+00:00",
        "unsubscribed_at": None,
    }


def test_an_exported_file_imports_back(context: Context) -> None:
    bring(context, PEOPLE + '+cleo@example.org,"=Cleo, ""C""",\n')
    unsubscribe(context, token_of(context, of_ana(context)), "page", NOON)
    before = list(export(context, "readers"))
    file = io.StringIO(newline="")
    csv.writer(file).writerows([COLUMNS, *map(to_csv_row, before)])
    Subscriber.objects.all().delete()
    bring(context, file.getvalue())
    kept = ("email", "name", "language", "list", "state", "basis")
    assert [[record[key] for key in kept] for record in export(context, "readers")] == [
        [record[key] for key in kept] for record in before
    ]


def test_an_unknown_list_cannot_be_exported(context: Context) -> None:
    with pytest.raises(BadInput, match="readers, press"):
        export(context, "nobody")


def test_a_list_that_left_the_configuration_can_still_be_exported(context: Context) -> None:
    bring(context)
    del context.configuration.lists["readers"]
    assert len(list(export(context, "readers"))) == 2


def test_a_person_is_shown_all_that_is_held(context: Context) -> None:
    bring(context)
    message_to(of_ana(context), state=Handover.SENT, sent_at=LATER, answer="250 ok")
    suppress(context, ANA, reason="complaint", by="Cleo")
    shown = show(context, ANA.upper())
    assert json.loads(json.dumps(shown)) == shown
    assert (shown["email"], shown["name"], shown["language"]) == (ANA, "Ana Canary", "en")
    assert shown["subscriptions"][0]["list"] == "readers"
    assert shown["suppression"] == {"reason": "complaint", "at": NOON.isoformat()}
    assert shown["campaigns"] == [
        {
            "statement": "s1",
            "list": "readers",
            "state": "sent",
            "sent_at": LATER.isoformat(),
            "answer": "250 ok",
        }
    ]


def test_of_a_suppressed_stranger_only_that_is_shown(context: Context) -> None:
    suppress(context, "ben@example.org", reason="hard bounce", by="Cleo")
    assert show(context, "ben@example.org") == {
        "email": "ben@example.org",
        "suppression": {"reason": "hard bounce", "at": NOON.isoformat()},
    }


def test_nothing_can_be_shown_of_a_stranger(context: Context) -> None:
    with pytest.raises(BadInput, match="Nothing is held") as refusal:
        show(context, ANA)
    assert "canary" not in str(refusal.value)


def test_a_suppressed_address_receives_nothing(context: Context) -> None:
    bring(context)
    assert confirmed_count("readers") == 2
    assert suppress(context, ANA, reason="complaint", by="Cleo")
    assert confirmed_count("readers") == 1
    assert of_ana(context) not in recipients_of("readers")


def test_an_address_is_suppressed_once_and_for_the_first_reason(context: Context) -> None:
    suppress(context, ANA, reason="complaint", by="Cleo")
    assert not suppress(context, ANA.upper(), reason="asked", by="Cleo")
    assert Suppression.objects.get().reason == "complaint"
    assert Entry.objects.get().detail == {"reason": "complaint"}


@pytest.mark.parametrize("reason", ["", "x" * 41, f"asked from {ANA}"])
def test_a_suppression_needs_a_short_reason_without_an_address(
    context: Context, reason: str
) -> None:
    with pytest.raises(BadInput, match="reason"):
        suppress(context, ANA, reason=reason, by="Cleo")
    assert not Suppression.objects.exists()


def test_a_token_leads_out_of_its_list_only(context: Context) -> None:
    bring(context)
    bring(context, list_name="press")
    token = token_of(context, of_ana(context))
    assert unsubscribe(context, token, "one-click", LATER) == "readers"
    left, stays = of_ana(context), of_ana(context, "press")
    assert (left.state, left.unsubscribed_at, left.unsubscribed_how) == (
        "unsubscribed",
        LATER,
        "one-click",
    )
    assert stays.state == "confirmed"
    assert confirmed_count("readers") == 1


def test_leaving_twice_is_leaving_once(context: Context) -> None:
    bring(context)
    token = token_of(context, of_ana(context))
    unsubscribe(context, token, "one-click", NOON)
    assert unsubscribe(context, token, "page", LATER) == "readers"
    assert of_ana(context).unsubscribed_at == NOON
    assert Entry.objects.filter(act="unsubscribe").count() == 1


@pytest.mark.parametrize("token", ["", "x", "A" * 22, "A" * 10_000, "\ud800" * 22, "UNSUBSCRIBE"])
def test_a_token_nobody_was_given_does_nothing(context: Context, token: str) -> None:
    bring(context)
    assert unsubscribe(context, token, "page", NOON) is None
    assert confirmed_count("readers") == 2


def test_the_database_does_not_hold_the_way_out(context: Context) -> None:
    bring(context)
    token = token_of(context, of_ana(context))
    assert len(token) == 22
    assert token.encode() not in database_bytes()


def test_an_erase_leaves_nothing_but_the_suppression(context: Context) -> None:
    bring(context)
    bring(context, list_name="press")
    assert erase(context, ANA.upper(), by="Cleo")
    assert Subscriber.objects.count() == 1
    assert Subscription.objects.count() == 2
    assert Suppression.objects.get().reason == "erased"
    assert Entry.objects.get(act="subscriber erased").actor == "Cleo"


def test_an_erase_overwrites_the_sealed_row_in_the_file(context: Context) -> None:
    bring(context)
    subscription = of_ana(context)
    sealed = [bytes(subscription.subscriber.address), bytes(subscription.subscriber.name or b"")]
    assert all(part in database_bytes() for part in sealed)
    erase(context, ANA, by="Cleo")
    assert not any(part in database_bytes() for part in sealed)
    assert subscription.token_hash.encode() not in database_bytes()


def test_an_erase_keeps_the_numbers_of_a_campaign_and_not_the_person(context: Context) -> None:
    bring(context)
    sent = message_to(of_ana(context), state=Handover.SENT, answer="250 for <canary>")
    erase(context, ANA, by="Cleo")
    sent.refresh_from_db()
    assert (sent.subscription, sent.state, sent.answer) == (None, "sent", "")


def test_an_erase_takes_back_a_message_that_waits(context: Context) -> None:
    bring(context)
    waiting = message_to(of_ana(context))
    erase(context, ANA, by="Cleo")
    waiting.refresh_from_db()
    assert (waiting.subscription, waiting.state) == (None, "suppressed")


def test_erasing_a_stranger_holds_nothing_on_them(context: Context) -> None:
    assert not erase(context, ANA, by="Cleo")
    assert not Suppression.objects.exists()
    assert not Entry.objects.exists()


def test_a_second_erase_says_that_nothing_was_held(context: Context) -> None:
    bring(context)
    erase(context, ANA, by="Cleo")
    assert not erase(context, ANA, by="Cleo")
    assert Suppression.objects.count() == 1


def test_the_database_shows_no_address_and_no_name(
    context: Context, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    bring(context)
    suppress(context, ANA, reason="complaint", by="Cleo")
    unsubscribe(context, token_of(context, of_ana(context)), "page", NOON)
    erase(context, ANA, by="Cleo")
    held = database_bytes().lower() + caplog.text.lower().encode()
    assert b"readers" in held
    assert b"canary" not in held


@pytest.mark.parametrize("state", ["sent", "unsure", "skipped"])
def test_whoever_may_have_the_statement_gets_what_follows_it(context: Context, state: str) -> None:
    bring(context)
    ana = of_ana(context)
    assert readers_of_the_news(message_to(ana, state=state)) == [ana]


@pytest.mark.parametrize("state", ["waiting", "refused", "suppressed"])
def test_whoever_never_got_the_statement_gets_no_news_of_it(context: Context, state: str) -> None:
    bring(context)
    assert readers_of_the_news(message_to(of_ana(context), state=state)) == []


def test_whoever_left_the_list_since_gets_no_news_of_it(context: Context) -> None:
    bring(context)
    told = message_to(of_ana(context), state="sent")
    Subscription.objects.update(state="unsubscribed")
    assert readers_of_the_news(told) == []
