"""Requests to a network of our own script: which ones are made, and what is known afterwards."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from distributor import actions
from distributor.approvals.models import Proof
from distributor.channels.base import (
    Absent,
    Account,
    Later,
    Outcome,
    Outgoing,
    Receipt,
    Refused,
    Sent,
    Unsure,
)
from distributor.config import packaged, parse
from distributor.context import Context, Stopwatch, utc_now
from distributor.delivery import queue
from distributor.delivery.dispatch import THREAD
from distributor.delivery.models import Attempt, Delivery, Job, Post
from distributor.delivery.outbox import publish_thread
from distributor.people.models import Person
from distributor.statements.models import Statement
from distributor.statements.store import Origin
from distributor.vault import Vault

TEXT = b"Water first\n\n3 June 2026\n\nThe rivers of the north have run dry.\n"


class Scripted:
    """An account that gives these answers to requests to publish, and shows nothing yet."""

    name, kind = "bluesky", "bluesky"
    editable = False

    def __init__(self, *answers: Outcome, repeatable: bool = True) -> None:
        self._answers = iter(answers)
        self.atomic = self.repeatable = repeatable

    def who_am_i(self) -> Account:
        """See Channel."""
        return Account("1", "water", "https://network.example/water")

    def prepare(
        self, posts: Sequence[Mapping[str, Any]], seed: str, now: dt.datetime
    ) -> list[dict[str, str]]:
        """See Channel."""
        return [{"key": f"{seed}/{position}"} for position, _ in enumerate(posts)]

    def anchor(self) -> str:
        """See Channel."""
        return ""

    def publish(self, posts: Sequence[Outgoing]) -> Outcome:
        """See Channel."""
        return next(self._answers)

    def look_up(
        self, posts: Sequence[Outgoing], anchor: str, known: frozenset[str]
    ) -> Sent | Absent | Unsure:
        """See Channel."""
        return Absent()

    def remove(self, receipt: Receipt) -> Refused:
        """See Channel."""
        return Refused("not in this test")

    def edit(self, receipt: Receipt, post: Outgoing) -> Refused:
        """See Channel."""
        return Refused("not in this test")

    def close(self) -> None:
        """See Channel."""


def _approved(directory: Path, stopwatch: Stopwatch | None = None) -> Context:
    """A thread on its way."""
    configuration = parse(
        {
            "storage": {"directory": str(directory)},
            "organisation": {"site": "https://water.example"},
            "channels": {"bluesky": {"kind": "bluesky", "handle": "water.example"}},
        }
    )
    keys = Vault(web=b"w" * 32, sealing=b"s" * 32, indexing=b"i" * 32)
    templates = packaged("templates")
    context = Context(configuration, keys, templates, stopwatch=stopwatch or Stopwatch())
    Person.objects.create(name="Ben", role="approver", password="!")
    _approve(context)
    return context


def _approve(context: Context, text: bytes = TEXT) -> None:
    statement = actions.submit(context, text, origin=Origin("test")).statement
    digest = actions.make_proof(context, statement.id).digest
    ben = Person.objects.get(name="Ben")
    actions.approve(context, statement.id, person=ben, digest=digest)


def _work(context: Context, channel: Scripted, threads: int = 1) -> None:
    """Claim so many threads and work on each, an hour later."""
    now, an_hour = utc_now(), dt.timedelta(hours=1)
    Job.objects.update(lane=None)  # so that all are claimed at once
    for lease in queue.claim([THREAD], "worker", now + an_hour, an_hour, threads):
        publish_thread(context, channel, lease)


def _deliver(directory: Path, *answers: Outcome, stopwatch: Stopwatch | None = None) -> str:
    """How a thread stands whose requests got these answers."""
    context, channel = _approved(directory, stopwatch), Scripted(*answers)
    for _ in answers:
        _work(context, channel)
    return Delivery.objects.get().state


@pytest.mark.django_db
def test_a_refusal_is_a_refusal(tmp_path: Path) -> None:
    assert _deliver(tmp_path, Refused("401")) == "refused"


@pytest.mark.django_db
def test_a_refusal_says_nothing_of_an_earlier_request_that_nobody_heard_of(tmp_path: Path) -> None:
    assert _deliver(tmp_path, Unsure("the answer was lost"), Refused("401")) == "unsure"


@pytest.mark.django_db
def test_a_process_that_stood_still_sends_nothing_whatever_the_clock_on_the_wall_says(
    tmp_path: Path,
) -> None:
    minutes = itertools.count(step=60)  # between any two looks at it
    stopwatch = Stopwatch(lambda: float(next(minutes)))
    assert (
        _deliver(tmp_path, Refused("should not have been asked"), stopwatch=stopwatch) == "waiting"
    )


@pytest.mark.django_db
@pytest.mark.parametrize("follows", [[], [Later("busy")]], ids=["not sent again", "sent again"])
def test_what_may_be_out_stays_in_doubt_when_the_thread_is_held(
    tmp_path: Path, follows: list[Outcome]
) -> None:
    context, channel = _approved(tmp_path), Scripted(Unsure("no answer was heard"), *follows)
    for _ in ("the first request", *follows):
        _work(context, channel)
    Proof.objects.update(content=b"{}")  # not what was approved
    _work(context, channel)
    assert Delivery.objects.get().state == "held"
    assert "whether post 1 is out is not known" in Delivery.objects.get().reason
    assert set(Post.objects.values_list("state", flat=True)) == {"running"}


SAME_WORDS = TEXT.replace(b"3 June", b"4 June")


@pytest.mark.django_db
def test_a_thread_waits_while_the_same_words_of_another_one_are_in_doubt(tmp_path: Path) -> None:
    context, channel = _approved(tmp_path), Scripted(Unsure("?"), repeatable=False)
    _work(context, channel)
    _approve(context, SAME_WORDS)
    _work(context, channel, threads=2)
    first, second = Delivery.objects.order_by("pk")
    assert (first.state, second.state) == ("running", "waiting")
    assert f"statement {first.statement_id} has the same words" in second.reason


@pytest.mark.django_db
def test_a_thread_is_held_when_the_same_words_are_in_doubt_until_a_person_says(
    tmp_path: Path,
) -> None:
    context, channel = _approved(tmp_path), Scripted(Unsure("?"), repeatable=False)
    _work(context, channel)
    proof = Proof.objects.get()
    Proof.objects.update(content=bytes(proof.content) + b" ")  # not what was approved
    _work(context, channel)
    _approve(context, SAME_WORDS)
    _work(context, channel)
    first, second = Delivery.objects.order_by("pk")
    assert (first.state, second.state) == ("held", "held")
    assert "settle that first" in second.reason


@pytest.mark.django_db
def test_an_answer_that_names_another_post_of_ours_is_no_answer(tmp_path: Path) -> None:
    known = Sent((Receipt("101", "https://network.example/101"),))
    context = _approved(tmp_path)
    _work(context, Scripted(known, repeatable=False))
    _approve(context, SAME_WORDS)
    _work(context, Scripted(Later("busy"), repeatable=False))
    _work(context, Scripted(known, repeatable=False))
    assert [one.state for one in Delivery.objects.order_by("pk")] == ["sent", "running"]


@pytest.mark.django_db
def test_after_the_look_at_its_age_a_correction_reads_nothing_before_its_request(
    tmp_path: Path,
) -> None:
    context = _approved(tmp_path)
    _work(context, Scripted(Sent((Receipt("101", "https://network.example/101"),))))
    statement, ben = Statement.objects.get(), Person.objects.get(name="Ben")
    ana = Person.objects.create(name="Ana", role="author", password="!")
    actions.correct(context, statement.id, TEXT.replace(b"north", b"south"), author=ana)
    digest = actions.make_proof(context, statement.id).digest
    actions.approve(context, statement.id, person=ben, digest=digest)
    asked: list[str] = []

    class Listening(Scripted):
        def publish(self, posts: Sequence[Outgoing]) -> Outcome:
            assert "delivery_halt" in asked[-1]  # is everything halted?
            return super().publish(posts)

    def listen(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    channel = Listening(Sent((Receipt("102", "https://network.example/102"),)))
    with connection.execute_wrapper(listen):
        _work(context, channel)
    assert Delivery.objects.get(corrects__isnull=False).state == "sent"


@pytest.mark.django_db
def test_what_a_newer_version_does_with_a_post_is_left_to_it(tmp_path: Path) -> None:
    context = _approved(tmp_path)
    Post.objects.update(act="pin")
    _work(context, Scripted())
    delivery = Delivery.objects.get()
    assert (delivery.state, "newer version" in delivery.reason) == ("waiting", True)
    assert not Attempt.objects.exists()
