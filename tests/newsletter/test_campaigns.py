"""A campaign against a real SMTP server: who gets it, once, and what a stop leaves behind."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import OperationalError

from distributor import actions
from distributor.approvals.models import Proof
from distributor.config import packaged, parse
from distributor.context import Context, Stopwatch, utc_now
from distributor.delivery import queue
from distributor.delivery.dispatch import MAIL
from distributor.delivery.outbox import rules_of
from distributor.newsletter.campaigns import send_campaign
from distributor.newsletter.importing import import_csv
from distributor.newsletter.models import Campaign, Handover, Recipient
from distributor.newsletter.subscribers import erase
from distributor.people.models import Person
from distributor.sandbox.smtp_server import SmtpServer
from distributor.statements.store import Origin
from distributor.vault import Vault

TEXT = b"Water first\n\n3 June 2026\n\nThe rivers of the north have run dry.\n"
PEOPLE = [f"p{number}@reader.example" for number in range(10)]


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    """A mail server on loopback."""
    with SmtpServer() as running:
        yield running


def _context(directory: Path, port: int, **mail: object) -> Context:
    table = {"host": "127.0.0.1", "port": port, "security": "none", "timeout": "2s", **mail}
    configuration = parse(
        {
            "storage": {"directory": str(directory)},
            "mail": table,
            "lists": {"readers": {"title": "Readers"}},
            "delivery": {"backoff": "1ms", "attempts": 3},
        }
    )
    keys = Vault(web=b"w" * 32, sealing=b"s" * 32, indexing=b"i" * 32)
    return Context(configuration, keys, packaged("templates"))


def _approve(context: Context) -> None:
    """Ten readers, and a statement on its way to them."""
    rows = ["email", *PEOPLE]
    import_csv(
        context, rows, list_name="readers", basis="asked", confirmed=True, by="Ana",
        progress=lambda count: None,
    )  # fmt: skip
    ben = Person.objects.create(name="Ben", role="approver", password="!")
    statement = actions.submit(context, TEXT, origin=Origin("test")).statement
    digest = actions.make_proof(context, statement.id).digest
    actions.approve(context, statement.id, person=ben, digest=digest)


def _work(context: Context) -> None:
    """Claim the campaign and work on it, once."""
    now = utc_now() + dt.timedelta(seconds=1)
    [lease] = queue.claim([MAIL], "worker", now, dt.timedelta(minutes=1), 1)
    send_campaign(context, lease, rules_of(context))


def _states() -> list[str]:
    return sorted(Recipient.objects.values_list("state", flat=True))


def _mailed(server: SmtpServer) -> list[str]:
    return sorted(recipient for mail in server.mails for recipient in mail.recipients)


@pytest.mark.django_db
def test_everybody_gets_it_once(server: SmtpServer, tmp_path: Path) -> None:
    context = _context(tmp_path, server.port)
    _approve(context)
    _work(context)
    assert _mailed(server) == PEOPLE
    assert set(_states()) == {Handover.SENT}
    assert Campaign.objects.get().state == "finished"


@pytest.mark.django_db
def test_whoever_was_erased_since_the_approval_is_left_out(
    server: SmtpServer, tmp_path: Path
) -> None:
    context = _context(tmp_path, server.port)
    _approve(context)
    erase(context, PEOPLE[3], by="Ana")
    _work(context)
    assert _mailed(server) == [one for one in PEOPLE if one != PEOPLE[3]]


@pytest.mark.django_db
def test_a_process_that_stood_still_looks_again_at_who_may_be_mailed(
    server: SmtpServer, tmp_path: Path
) -> None:
    context = _context(tmp_path, server.port, connections=1)
    _approve(context)
    looks = itertools.count(1)

    def elapsed() -> float:
        look = next(looks)
        if look == 3:  # when a minute has passed, and before everything is looked at again
            erase(context, PEOPLE[0], by="Ana")
        return 0.0 if look == 1 else 60.0

    _work(replace(context, stopwatch=Stopwatch(elapsed)))
    assert _mailed(server) == PEOPLE[1:]
    assert set(Recipient.objects.filter(state="sent").values_list("attempts", flat=True)) == {1}


@pytest.mark.django_db
def test_messages_in_doubt_after_a_crash_are_not_sent_again(
    server: SmtpServer, tmp_path: Path
) -> None:
    context = _context(tmp_path, server.port)
    _approve(context)
    doubtful = Recipient.objects.order_by("pk")[:2]
    Recipient.objects.filter(pk__in=[one.pk for one in doubtful]).update(state="running")
    _work(context)
    assert len(_mailed(server)) == len(PEOPLE) - 2
    assert _states().count(Handover.UNSURE) == 2


@pytest.mark.django_db
def test_messages_in_doubt_are_told_even_if_the_campaign_may_not_go_on(tmp_path: Path) -> None:
    context = _context(tmp_path, 1)
    _approve(context)
    Recipient.objects.filter(pk=Recipient.objects.earliest("pk").pk).update(state="running")
    Proof.objects.update(content=b"{}")  # not what was approved
    _work(context)
    assert Campaign.objects.get().state == "paused"
    assert _states().count(Handover.UNSURE) == 1


@pytest.mark.django_db
def test_a_server_that_is_away_pauses_the_campaign_and_nobody_is_lost(
    server: SmtpServer, tmp_path: Path
) -> None:
    context = _context(tmp_path, server.port)
    _approve(context)
    away = replace(context, configuration=_context(tmp_path, 1).configuration)
    for _ in range(context.configuration.delivery.attempts):
        _work(away)
    assert Campaign.objects.get().state == "paused"
    assert set(_states()) == {Handover.WAITING}


@pytest.mark.django_db
def test_a_bounce_comes_back_to_an_address_that_names_the_message(
    server: SmtpServer, tmp_path: Path
) -> None:
    context = _context(tmp_path, server.port, bounces_to="bounces@news.example")
    _approve(context)
    _work(context)
    senders = {mail.sender for mail in server.mails}
    assert len(senders) == len(PEOPLE)
    assert all(one.startswith("bounces+") and one.endswith("@news.example") for one in senders)


@pytest.mark.django_db(transaction=True)
def test_what_the_server_said_is_kept_until_a_database_that_was_away_is_back(
    server: SmtpServer, tmp_path: Path
) -> None:
    away = ["the connection was lost"]

    def now() -> dt.datetime:
        is_ours = threading.current_thread() is threading.main_thread()
        if server.mails and away and is_ours:
            raise OperationalError(away.pop())
        return utc_now()

    context = replace(_context(tmp_path, server.port), now=now)
    _approve(context)
    _work(context)
    assert away == [] and _mailed(server) == PEOPLE
    assert set(_states()) == {Handover.SENT}


@pytest.mark.django_db(transaction=True)
def test_while_nobody_can_say_whether_all_is_halted_no_message_begins(
    server: SmtpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = _context(tmp_path, server.port, connections=1)
    _approve(context)
    asked = itertools.count()

    def is_on(directory: Path) -> bool:
        if next(asked) == 1:  # the second time, just before the first message
            raise OperationalError("the connection was lost")
        return False

    monkeypatch.setattr("distributor.delivery.switch.is_on", is_on)
    _work(context)
    assert _mailed(server) == []
    assert set(_states()) == {Handover.WAITING}
