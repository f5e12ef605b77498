"""Writing the ledger: attempts, receipts and states, with their entries in the record.

Callers hold a transaction in which they renewed their lease.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from ..audit.chain import record
from ..channels.base import Later, Outcome, Receipt, Refused, Removed, Sent, Unsure
from .models import Act, Attempt, Delivery, Post, State

TAKEN = "taken"
_ACTOR = "distributor"  # who the record names for what no person did


def _word(outcome: Outcome | Removed) -> tuple[str, str]:
    match outcome:
        case Sent():
            return "sent", ""
        case Removed():
            return "removed", ""
        case Refused(reason):
            return "refused", reason
        case Later(reason, _):
            return "later", reason
        case Unsure(reason, taken):
            return (TAKEN if taken else "unsure"), reason


def end_attempts(attempts: Sequence[Attempt], outcome: Outcome | Removed, now: dt.datetime) -> None:
    """Note what came of the tries."""
    word, detail = _word(outcome)
    Attempt.objects.filter(pk__in=[attempt.pk for attempt in attempts]).update(
        finished_at=now, outcome=word, detail=detail
    )


def last_attempt(group: Sequence[Post]) -> Attempt:
    """The latest try of any post of the group."""
    return Attempt.objects.filter(post__in=group).order_by("started_at", "number").reverse()[0]


def have_doubts(group: Sequence[Post], last: Sequence[Attempt]) -> bool:
    """Whether nobody heard what came of some try before the last ones."""
    earlier = Attempt.objects.filter(post__in=group).exclude(pk__in=[one.pk for one in last])
    return earlier.filter(outcome__in=("", "unsure", TAKEN)).exists()


def doubt_about(delivery: Delivery) -> str:
    """In words for the team which posts may be out or not, and what was tried; "" for none."""
    posts = list(delivery.posts.filter(state=State.RUNNING, act=Act.PUBLISH))
    if not posts:
        return ""
    last = last_attempt(posts)
    which = ", ".join(str(post.position) for post in posts)
    heard = last.detail or "no answer was heard"
    return f"whether post {which} is out is not known (request {last.number}: {heard})"


def was_asked_twice(post: Post) -> bool:
    """Whether more than one request for it was carried out, or may be."""
    perhaps = Attempt.objects.filter(post=post, outcome__in=("", "unsure", TAKEN, "sent"))
    return perhaps.count() > 1


def twin_in_doubt(delivery: Delivery, payload_hash: str, since: dt.datetime) -> Delivery | None:
    """Another thread on this channel with a post in the same words, which may be out or not."""
    tries = Attempt.objects.filter(channel=delivery.channel, started_at__gt=since)
    doubtful = tries.filter(payload_hash=payload_hash, post__state=State.RUNNING)
    found = doubtful.exclude(post__delivery=delivery).select_related("post__delivery").first()
    return found.post.delivery if found else None


def belongs_to_another(post: Post, receipt: Receipt) -> bool:
    """Whether a network's answer names what is noted as another post."""
    on_channel = Post.objects.filter(delivery__channel=post.delivery.channel)
    return on_channel.filter(remote_id=receipt.id).exclude(pk=post.pk).exists()


def known_ids(delivery: Delivery) -> frozenset[str]:
    """Ids on this channel that belong to posts already accounted for."""
    known = Post.objects.filter(delivery__channel=delivery.channel).exclude(remote_id=None)
    ids = known.order_by("-sent_at").values_list("remote_id", flat=True)[:500]
    return frozenset(one for one in ids if one)


def record_sent(delivery: Delivery, post: Post, receipt: Receipt, now: dt.datetime) -> None:
    """The network has this post as it was approved; it told us so."""
    keep_receipt(post, receipt, now)
    _note(delivery, post, "post edited" if post.act == Act.EDIT else "post sent", now)


def record_removed(delivery: Delivery, post: Post, now: dt.datetime) -> None:
    """The network does not have this post any more; it told us so."""
    note_removed(post, now)
    _note(delivery, post, "post removed", now)


def _note(delivery: Delivery, post: Post, act: str, now: dt.datetime) -> None:
    detail = {"channel": delivery.channel, "position": post.position, "id": post.remote_id}
    record(_ACTOR, act, delivery.statement_id, detail, now)


def keep_receipt(post: Post, receipt: Receipt, now: dt.datetime) -> None:
    """The network has this post, whoever says so."""
    post.state = State.SENT
    post.remote_id, post.url, post.extra = receipt.id, receipt.url, dict(receipt.extra)
    post.sent_at = now
    post.save(update_fields=["state", "remote_id", "url", "extra", "sent_at"])


def note_removed(post: Post, now: dt.datetime) -> None:
    """The network does not have this post any more, whoever says so; its id and address stay."""
    post.state, post.removed_at, post.reason = State.WITHDRAWN, now, ""
    post.save(update_fields=["state", "removed_at", "reason"])


def set_state(delivery: Delivery, state: State, reason: str) -> None:
    """Where the delivery is, and why, in words for the team."""
    Delivery.objects.filter(pk=delivery.pk).update(state=state, reason=reason)
