"""Writing the ledger: attempts, receipts and states, with their entries in the record.

Callers hold a transaction in which they renewed their lease.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from ..audit.chain import record
from ..channels.base import Later, Outcome, Receipt, Refused, Sent, Unsure
from .models import Attempt, Delivery, Post, State

TAKEN = "taken"
_ACTOR = "distributor"  # who the record names for what no person did


def _word(outcome: Outcome) -> tuple[str, str]:
    match outcome:
        case Sent():
            return "sent", ""
        case Refused(reason):
            return "refused", reason
        case Later(reason, _):
            return "later", reason
        case Unsure(reason, taken):
            return (TAKEN if taken else "unsure"), reason


def end_attempts(attempts: Sequence[Attempt], outcome: Outcome, now: dt.datetime) -> None:
    """Note what came of the tries."""
    word, detail = _word(outcome)
    Attempt.objects.filter(pk__in=[attempt.pk for attempt in attempts]).update(
        finished_at=now, outcome=word, detail=detail
    )


def last_attempt(group: Sequence[Post]) -> Attempt:
    """The latest try of any post of the group."""
    return Attempt.objects.filter(post__in=group).order_by("started_at", "number").reverse()[0]


def known_ids(delivery: Delivery) -> frozenset[str]:
    """Ids on this channel that belong to posts already accounted for."""
    known = Post.objects.filter(delivery__channel=delivery.channel).exclude(remote_id=None)
    ids = known.order_by("-sent_at").values_list("remote_id", flat=True)[:500]
    return frozenset(one for one in ids if one)


def record_sent(delivery: Delivery, post: Post, receipt: Receipt, now: dt.datetime) -> None:
    """The network has this post, as it told us."""
    keep_receipt(post, receipt, now)
    detail = {"channel": delivery.channel, "position": post.position, "id": receipt.id}
    record(_ACTOR, "post sent", delivery.statement_id, detail, now)


def keep_receipt(post: Post, receipt: Receipt, now: dt.datetime) -> None:
    """The network has this post, whoever says so."""
    post.state = State.SENT
    post.remote_id, post.url, post.extra = receipt.id, receipt.url, dict(receipt.extra)
    post.sent_at = now
    post.save()


def set_state(delivery: Delivery, state: State, reason: str) -> None:
    """Where the delivery is, and why, in words for the team."""
    Delivery.objects.filter(pk=delivery.pk).update(state=state, reason=reason)
