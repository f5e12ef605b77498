"""Publishing a thread: commit the intent, call, commit the receipt.

Every step is read from the ledger, so a step after a crash is the same code as
a step after the last one. A post found `running` is one whose request may have
landed: it is looked up before anything is sent again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from ..channels.base import (
    Absent,
    Channel,
    ChannelError,
    Later,
    MediaFile,
    Outcome,
    Outgoing,
    Receipt,
    Sent,
    Unsure,
)
from ..config import XChannel
from ..context import Context
from ..database import one_at_a_time
from ..statements.values import canonical_json
from . import caps, epoch, ledger, queue, spending, switch
from .approved import Held, approved_media, approved_thread
from .decisions import (
    LookUp,
    Record,
    Request,
    Rules,
    SendNow,
    Stop,
    TryAgain,
    after_look_up,
    after_publish,
)
from .lateness import why_late
from .models import Attempt, Delivery, Post, State
from .queue import Lease

# From the intent to the request. Whoever takes over counts `in_flight` from the intent, so a
# process that stood still meanwhile must not go on as if nothing had been.
PROMPT = dt.timedelta(seconds=10)
UNREADABLE = "?"  # in the place of an anchor the network would not give


@dataclass(frozen=True, slots=True)
class Work:
    """A delivery as the ledger has it at this moment, and what to do it with."""

    context: Context
    channel: Channel
    lease: Lease
    delivery: Delivery
    posts: list[Post]
    thread: Mapping[str, Any]
    media: Sequence[tuple[MediaFile, ...]]  # per post of the thread

    @property
    def group(self) -> list[Post]:
        """What one request publishes: all that is missing where atomic, else the next post."""
        missing = [post for post in self.posts if post.state != State.SENT]
        return missing if self.channel.atomic else missing[:1]

    def outgoing(self, group: Sequence[Post]) -> list[Outgoing]:
        """The group as the channel sends it."""
        return [
            Outgoing(
                position=post.position,
                payload=self.thread["posts"][post.position - 1],
                transport=post.transport,
                parent=_receipt(self._at(post.position - 1)),
                root=_receipt(self._at(1)) if post.position > 1 else None,
                media=self.media[post.position - 1],
            )
            for post in group
        ]

    def _at(self, position: int) -> Post | None:
        return self.posts[position - 1] if position else None


def _receipt(post: Post | None) -> Receipt | None:
    if post is None or not post.remote_id:
        return None
    return Receipt(post.remote_id, post.url or "", post.extra)


def rules_of(context: Context) -> Rules:
    """The configured patience."""
    table = context.configuration.delivery
    return Rules(
        attempts=table.attempts,
        backoff=table.backoff.timedelta,
        backoff_max=table.backoff_max.timedelta,
        in_flight=table.in_flight.timedelta,
    )


def publish_thread(context: Context, channel: Channel, lease: Lease) -> None:
    """Work on a delivery until it is done or has to wait. Raises LeaseLost when fenced off."""
    held: Lease | None = lease
    while held and (work := _look(context, channel, held)):
        group = work.group
        unknown = any(post.state == State.RUNNING for post in group)
        held = _resolve(work, group) if unknown else _send(work, group)


def _look(context: Context, channel: Channel, lease: Lease) -> Work | None:
    """Read the ledger; None when there is nothing (more) to do now."""
    delivery = (
        Delivery.objects.select_related("proof", "statement").filter(pk=lease.subject).first()
    )
    if delivery is None:  # its approval was taken back, and the job with it
        return None
    posts = list(delivery.posts.order_by("position"))
    if all(post.state == State.SENT for post in posts):
        _close(lease, delivery, State.SENT, "")
        return None
    thread = approved_thread(delivery.proof, delivery.channel, context.configuration)
    if isinstance(thread, Held):
        hold(lease, delivery, thread.reason)
        return None
    media = approved_media(thread)
    if isinstance(media, Held):
        hold(lease, delivery, media.reason)
        return None
    if switch.is_on(context.configuration.directory):
        _wait(context, lease, delivery, context.now(), "halted", tried=False)
        return None
    if late := _why_late(context, delivery, posts):
        hold(lease, delivery, late)
        return None
    return Work(context, channel, lease, delivery, posts, thread, media)


def _why_late(context: Context, delivery: Delivery, posts: Sequence[Post]) -> str | None:
    """Why it may not begin by itself any more; a reason to wait means that it came in time."""
    waited = delivery.state != State.HELD and delivery.reason
    if waited or any(post.attempts for post in posts):
        return None
    return why_late(context, delivery.statement, delivery.created_at)


def _send(work: Work, group: list[Post]) -> Lease | None:
    """Publish the group, whose posts certainly are not on the network.

    Like every step, gives the lease to go on with, or None when it was handed back.
    """
    if work.delivery.anchor is None and not work.channel.repeatable:
        try:
            anchor = work.channel.anchor()
        except ChannelError as error:
            if error.temporary:
                return _apply(work, group, Later(str(error), error.until))
            anchor = UNREADABLE
        work.delivery.anchor = anchor
    if not group[0].transport:
        _freeze_transport(work)
    attempts = _begin(work, group)
    if not attempts:
        return None
    if switch.is_on(work.context.configuration.directory):
        outcome: Outcome = Later("halted")
    elif work.context.now() - attempts[0].started_at > PROMPT:
        outcome = Later("this machine stood still before it could send")
    else:
        outcome = _publish(work.channel, work.outgoing(group))
    return _apply(work, group, outcome, attempts)


def _freeze_transport(work: Work) -> None:
    """Choose keys and times for the whole thread; `_begin` commits them with the intent."""
    delivery = work.delivery
    seed = f"{delivery.proof.digest}:{delivery.channel}:{delivery.pk}"
    # Not the present moment: a restored database must find its posts under the same keys.
    chosen = work.channel.prepare(work.thread["posts"], seed, delivery.planned_at)
    for post, transport in zip(work.posts, chosen, strict=True):
        post.transport = transport


def _publish(channel: Channel, outgoing: Sequence[Outgoing]) -> Outcome:
    try:
        return channel.publish(outgoing)
    except Exception as error:  # whatever broke, the request may have left
        return Unsure(f"the {channel.kind} adapter failed ({type(error).__name__})")


def _free_at(work: Work, asked: int, now: dt.datetime) -> tuple[dt.datetime, str]:
    rules = work.context.configuration.delivery.caps
    table = work.context.configuration.channels[work.delivery.channel]
    started = Attempt.objects.filter(
        channel=work.delivery.channel, started_at__gt=now - caps.DAY
    ).order_by("started_at")
    free = caps.free_at(
        list(started.values_list("started_at", flat=True)),
        asked,
        [
            caps.Cap(table.per_hour or rules.per_hour, caps.HOUR),
            caps.Cap(rules.per_day, caps.DAY),
        ],
        now,
    )
    return free, "the channel's cap"


def _affordable_at(work: Work, group: Sequence[Post], now: dt.datetime) -> tuple[dt.datetime, str]:
    """When the group stays within what the channel may cost in a day."""
    table = work.context.configuration.channels[work.delivery.channel]
    if not isinstance(table, XChannel) or table.spend_per_day is None:
        return now, ""
    asked = sum(spending.price(work.thread["posts"][post.position - 1]) for post in group)
    most = round(table.spend_per_day * spending.MILLS)
    free = spending.affordable_at(spending.spent_on(work.delivery.channel, now), asked, most, now)
    return free, f"the channel has spent what it may in a day (${table.spend_per_day:.2f})"


def _begin(work: Work, group: list[Post]) -> list[Attempt]:
    """Commit the intent: from here on the posts may be on the network.

    Nothing when a cap asks to wait; then the lease was handed back.
    """
    now = work.context.now()
    with transaction.atomic():
        queue.renew(work.lease, now)
        one_at_a_time(work.delivery.channel)  # two machines might count before either began
        for free, why in (_free_at(work, len(group), now), _affordable_at(work, group, now)):
            if free > now:
                _wait(work.context, work.lease, work.delivery, free, why, tried=False)
                return []
        work.delivery.save(update_fields=["anchor"])
        Post.objects.bulk_update(work.posts, ["transport"])
        attempts = []
        for post in group:
            post.state, post.attempts = State.RUNNING, post.attempts + 1
            post.save(update_fields=["state", "attempts"])
            payload = canonical_json(work.thread["posts"][post.position - 1])
            attempts.append(
                Attempt.objects.create(
                    post=post,
                    number=post.attempts,
                    channel=work.delivery.channel,
                    payload_hash=hashlib.sha256(payload).hexdigest(),
                    owner=work.lease.owner,
                    started_at=now,
                )
            )
        ledger.set_state(work.delivery, State.RUNNING, "")
        number = epoch.advance()
    epoch.note(work.context.configuration.directory, number)
    return attempts


def _apply(
    work: Work, group: list[Post], outcome: Outcome, attempts: Sequence[Attempt] = ()
) -> Lease | None:
    """Commit what an answer means."""
    now = work.context.now()
    tries = work.lease.attempts + 1
    decision = after_publish(outcome, tries, now, rules_of(work.context), _jitter())
    with transaction.atomic():
        queue.renew(work.lease, now)
        ledger.end_attempts(attempts, outcome, now)
        return _carry_out(work, group, decision, now)


def _resolve(work: Work, group: list[Post]) -> Lease | None:
    """Find out whether the group's last request took effect."""
    context, now = work.context, work.context.now()
    last = ledger.last_attempt(group)
    if not group[0].transport:  # a restored database does not have it
        _freeze_transport(work)
    found = _look_up(work, group)
    decision = after_look_up(
        found,
        Request(
            age=context.stopwatch.since(last.pk),
            sends=last.number,
            repeatable=work.channel.repeatable,
            taken=last.outcome == ledger.TAKEN,
        ),
        tries=work.lease.attempts + 1,
        now=now,
        rules=rules_of(context),
        jitter=_jitter(),
    )
    if not isinstance(decision, LookUp):
        context.stopwatch.forget(last.pk)
    with transaction.atomic():
        queue.renew(work.lease, now)
        return _carry_out(work, group, decision, now)


def _look_up(work: Work, group: list[Post]) -> Sent | Absent | Later | Unsure:
    anchor = _anchor(work, group)
    if anchor == UNREADABLE:  # a post found now may be older, and another one
        return Unsure("the account's posts could not be read before this one was sent")
    return work.channel.look_up(work.outgoing(group), anchor, ledger.known_ids(work.delivery))


def _anchor(work: Work, group: list[Post]) -> str:
    """The newest own post that is certainly older than the group."""
    position = group[0].position
    before = work.posts[position - 2].remote_id if position > 1 else work.delivery.anchor
    return before or ""


def _carry_out(
    work: Work,
    group: list[Post],
    decision: Record | TryAgain | LookUp | SendNow | Stop,
    now: dt.datetime,
) -> Lease | None:
    match decision:
        case Record(Sent(receipts)):
            for post, receipt in zip(group, receipts, strict=True):
                ledger.record_sent(work.delivery, post, receipt, now)
            return replace(work.lease, attempts=0)
        case SendNow():
            _set_posts(group, State.WAITING)
            return work.lease
        case TryAgain(due, reason):
            _set_posts(group, State.WAITING)
            _wait(work.context, work.lease, work.delivery, due, reason)
        case LookUp(due, reason):
            _wait(work.context, work.lease, work.delivery, due, reason, state=State.RUNNING)
        case Stop(state, reason):
            _set_posts(group[:1], State(state))
            _set_posts(group[1:], State.WAITING)
            _close(work.lease, work.delivery, State(state), reason)
    return None


def _set_posts(group: Sequence[Post], state: State) -> None:
    Post.objects.filter(pk__in=[post.pk for post in group]).update(state=state)


def _wait(
    context: Context,
    lease: Lease,
    delivery: Delivery,
    due: dt.datetime,
    reason: str,
    *,
    state: State = State.WAITING,
    tried: bool = True,
) -> None:
    with transaction.atomic():
        queue.renew(lease, context.now())
        ledger.set_state(delivery, state, reason)
        queue.postpone(lease, due, reason, tried=tried)


def hold(lease: Lease, delivery: Delivery, reason: str) -> None:
    """Keep a delivery from going out until a person has seen why."""
    _close(lease, delivery, State.HELD, reason)


def _close(lease: Lease, delivery: Delivery, state: State, reason: str) -> None:
    with transaction.atomic():
        queue.finish(lease)
        ledger.set_state(delivery, state, reason)


def _jitter() -> float:
    """Retries of many posts must not come back in step."""
    return random.uniform(0.8, 1.2)
