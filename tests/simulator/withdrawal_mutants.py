"""Planted defects of withdrawals; see `mutants`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from distributor.channels.base import Refused, Removed, Unsure
from distributor.delivery import dispatch, ledger, outbox, queue, removal, takedown
from distributor.delivery.models import Delivery, State
from distributor.delivery.queue import Lease
from distributor.newsletter import campaigns, subscriptions
from distributor.newsletter.models import Handover, Purpose, Recipient
from distributor.statements.models import Statement

from .planting import Mutant, around


def _queue_that_leaves(kind: str) -> SimpleNamespace:
    """The lease table, but jobs of this kind go on."""

    def close(which: str, subject: object) -> None:
        if which != kind:
            queue.close(which, subject)

    return SimpleNamespace(close=close, enqueue=queue.enqueue)


def _ask_as(kind: type, answer: Callable[[Any], Any]) -> Callable[..., Any]:
    """Removal, with one kind of answer taken for another."""

    def ask(channel: Any, receipt: Any) -> Any:
        outcome = channel.remove(receipt)
        return answer(outcome) if isinstance(outcome, kind) else _ask(channel, receipt)

    return ask


_ask = removal._ask_to_remove


def _close_as_withdrawn(lease: Lease, delivery: Delivery, state: State, reason: str) -> None:
    outbox.close(lease, delivery, State.WITHDRAWN, reason)


def _resend_notices(run: campaigns.Run) -> None:
    if run.campaign.purpose == Purpose.WITHDRAWAL:
        interrupted = Recipient.objects.filter(campaign=run.campaign, state=Handover.RUNNING)
        interrupted.update(state=Handover.WAITING)
    _doubt_interrupted(run)


_doubt_interrupted = campaigns._doubt_interrupted


def _forget_mail_under_way(statement: Statement, now: dt.datetime) -> None:
    under_way = Recipient.objects.filter(campaign__statement=statement, state=Handover.RUNNING)
    under_way.update(state=Handover.WAITING)
    _stop_mail(statement, now)


_stop_mail = takedown.stop_mail


MUTANTS = (
    Mutant(
        "a post in doubt is taken for absent at once",
        ("stands",),
        [(removal, "rules_of", around(
            outbox.rules_of, lambda rules, context: replace(rules, in_flight=dt.timedelta(0))
        ))],
    ),
    Mutant(
        "a post in doubt is taken for one that never left",
        ("stands",),
        [(takedown, "IN_DOUBT", ()), (ledger, "have_doubts", lambda group, last: False)],
    ),
    Mutant(
        "a removal that nobody heard of counts as done",
        ("stands",),
        [(removal, "_ask_to_remove", _ask_as(Unsure, lambda outcome: Removed()))],
    ),
    Mutant(
        "a removal that was refused counts as done",
        ("stands",),
        [(removal, "_ask_to_remove", _ask_as(Refused, lambda outcome: Removed()))],
        first=755,
    ),
    Mutant(
        "what could not be removed is shown as withdrawn",
        ("lost",),
        [(removal, "close", _close_as_withdrawn)],
    ),
    Mutant(
        "a campaign that is still queued goes on",
        ("untold", "double"),
        [(takedown, "queue", _queue_that_leaves(dispatch.MAIL))],
    ),
    Mutant(
        "a mail under way counts as not sent",
        ("untold", "double"),
        [(takedown, "stop_mail", _forget_mail_under_way)],
    ),
    Mutant(
        "who may have the mail is not told, only who certainly has it",
        ("untold",),
        [(subscriptions, "MAY_HAVE_IT", (Handover.SENT,))],
    ),
    Mutant(
        "an interrupted notice is sent again",
        ("double",),
        [(campaigns, "_doubt_interrupted", _resend_notices)],
    ),
)  # fmt: skip
