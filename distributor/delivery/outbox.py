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
    Outcome,
    Outgoing,
    Receipt,
    Removed,
    Sent,
    Unsure,
)
from ..config import XChannel
from ..context import Context
from ..database import one_at_a_time
from ..statements.values import canonical_json
from . import caps, epoch, ledger, queue, spending, switch
from .approved import Held, PostFiles, approved_media, approved_thread
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
    in_doubt,
)
from .lateness import why_late
from .models import Act, Attempt, Delivery, Post, State
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
    files: Sequence[PostFiles]  # per post of the thread

    @property
    def group(self) -> list[Post]:
        """What one request publishes: all that is missing where atomic, else the next post."""
        missing = [post for post in self.posts if not post.is_done]
        if missing and missing[0].act == Act.REMOVE:
            return missing[-1:]  # no reply stands without its parent
        return missing if self.channel.atomic else missing[:1]

    def outgoing(self, group: Sequence[Post]) -> list[Outgoing]:
        """The group as the channel sends it."""
        return [
            Outgoing(
                position=post.position,
                payload=self.thread["posts"][post.position - 1],
                transport=post.transport,
                parent=_receipt(self._above(post)) or self._head,
                root=self._head or (_receipt(self.posts[0]) if post.position > 1 else None),
                media=self.files[post.position - 1].media,
                thumb=self.files[post.position - 1].thumb,
            )
            for post in group
        ]

    @property
    def _head(self) -> Receipt | None:
        """The first post of the thread that this one replies to, where it corrects one."""
        head = self.thread.get("replies_to")
        if head is None or self.delivery.corrects is None:
            return None
        first = self.delivery.corrects.posts.filter(remote_id=head["id"]).first()
        return Receipt(head["id"], head["url"], first.extra if first else {})

    def _above(self, post: Post) -> Post | None:
        """The one before it, or before that: a person may have deleted one meanwhile."""
        above = self.posts[: post.position - 1]
        return next((one for one in reversed(above) if one.state != State.WITHDRAWN), None)


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
        # What changes a post that is out may be asked again; nothing needs to be looked up.
        unknown = any(post.state == State.RUNNING and post.act == Act.PUBLISH for post in group)
        held = _resolve(work, group) if unknown else _send(work, group)


def _look(context: Context, channel: Channel, lease: Lease) -> Work | None:
    """Read the ledger; None when there is nothing (more) to do now."""
    found = Delivery.objects.select_related("proof").filter(pk=lease.subject)
    # What is only shown may be large, and each post of a thread is a look.
    delivery = next(iter(found.defer("proof__layout", "proof__findings")), None)
    if delivery is None:  # its approval was taken back, and the job with it
        return None
    posts = list(delivery.posts.order_by("position"))
    if all(post.is_done for post in posts):
        close(lease, delivery, State.SENT, "")
        return None
    if any(post.act not in Act.values for post in posts):
        later = context.now() + rules_of(context).backoff_max
        wait(context, lease, delivery, later, "a newer version has to do this", tried=False)
        return None
    thread = approved_thread(delivery.proof, delivery.channel, context.configuration)
    if isinstance(thread, Held):
        hold(lease, delivery, thread.reason)
        return None
    files = approved_media(thread)
    if isinstance(files, Held):
        hold(lease, delivery, files.reason)
        return None
    if switch.is_on(context.configuration.directory):
        wait(context, lease, delivery, context.now(), "halted", tried=False)
        return None
    if late := _why_late(context, delivery, posts):
        hold(lease, delivery, late)
        return None
    return Work(context, channel, lease, delivery, posts, thread, files)


def _why_late(context: Context, delivery: Delivery, posts: Sequence[Post]) -> str | None:
    """Why it may not begin by itself any more; a reason to wait means that it came in time."""
    waited = delivery.state != State.HELD and delivery.reason
    if waited or any(post.attempts for post in posts):
        return None
    return why_late(context, delivery.statement, delivery.created_at)


def _send(work: Work, group: list[Post]) -> Lease | None:
    """Publish the group, whose posts certainly are not on the network; or change a post.

    Like every step, gives the lease to go on with, or None when it was handed back.
    """
    is_new = group[0].act == Act.PUBLISH
    if is_new and work.delivery.anchor is None and not work.channel.repeatable:
        try:
            anchor = work.channel.anchor()
        except ChannelError as error:
            if error.temporary:
                return _apply(work, group, Later(str(error), error.until))
            anchor = UNREADABLE
        work.delivery.anchor = anchor
    if is_new and not group[0].transport:
        freeze_transport(work)
    # Made ready first: between the look at its age and the request nothing may take time.
    outgoing = [] if group[0].act == Act.REMOVE else work.outgoing(group)
    before = work.context.moment()
    attempts = _begin(work, group)
    if not attempts:
        return None
    if switch.is_on(work.context.configuration.directory):
        outcome: Outcome | Removed = Later("halted")
    elif work.context.since(before) > PROMPT:
        outcome = Later("this machine stood still before it could send")
    else:
        outcome = _own(group[0], _request(work, group[0], outgoing))
    return _apply(work, group, outcome, attempts)


def freeze_transport(work: Work) -> None:
    """Choose keys and times for the whole thread; `_begin` commits each with its post's intent."""
    delivery = work.delivery
    seed = f"{delivery.proof.digest}:{delivery.channel}:{delivery.pk}"
    # Not the present moment: a restored database must find its posts under the same keys.
    chosen = work.channel.prepare(work.thread["posts"], seed, delivery.planned_at)
    new = [post for post in work.posts if post.act != Act.REMOVE]
    for post, transport in zip(new, chosen, strict=True):
        post.transport = transport


def _request(work: Work, first: Post, outgoing: Sequence[Outgoing]) -> Outcome | Removed:
    """One request: publish the group that begins with this post, or change or remove it."""
    try:
        match first.act, _receipt(first):
            case Act.EDIT, Receipt() as there:
                outcome: Outcome | Removed = work.channel.edit(there, outgoing[0])
            case Act.REMOVE, Receipt() as there:
                outcome = work.channel.remove(there)
            case _:
                return work.channel.publish(outgoing)
    except Exception as error:  # whatever broke, the request may have left
        outcome = Unsure(f"the {work.channel.kind} adapter failed ({type(error).__name__})")
    if isinstance(outcome, Unsure) and first.act != Act.PUBLISH:
        return Later(outcome.reason)  # the same again is harmless, so nothing is looked up
    return outcome


def _own(post: Post, outcome: Outcome | Removed) -> Outcome | Removed:
    """The answer, unless it names a post that a look-up took for another one of ours.

    The network then knows the key of an earlier request, and made nothing new.
    """
    is_repeat = post.act == Act.PUBLISH and post.attempts > 1
    if is_repeat and isinstance(outcome, Sent):
        if ledger.belongs_to_another(post, outcome.receipts[0]):
            return Unsure(
                "the network answered with a post that is noted as another one", taken=True
            )
    return outcome


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


def _stands_back(work: Work, post: Post, now: dt.datetime) -> bool:
    """Leave it to another thread to find out first whether the same words of its own are out.

    A look-up could not tell whose they are; replies are told apart by what they follow.
    """
    if work.channel.repeatable or post.act != Act.PUBLISH or post.position > 1:
        return False
    twin = ledger.twin_in_doubt(work.delivery, _payload_hash(work, post), now - caps.DAY)
    if twin is None:
        return False
    why = f"statement {twin.statement_id} has the same words, and may be out with them or not"
    if twin.state in (State.WAITING, State.RUNNING):
        due = now + rules_of(work.context).backoff
        wait(work.context, work.lease, work.delivery, due, why, tried=False)
    else:
        hold(work.lease, work.delivery, f"{why}; settle that first")
    return True


def _begin(work: Work, group: list[Post]) -> list[Attempt]:
    """Commit the intent: from here on the posts may be on the network.

    Nothing when something asks to wait; then the lease was handed back.
    """
    now = work.context.now()
    with transaction.atomic():
        queue.renew(work.lease, now)
        one_at_a_time(work.delivery.channel)  # two machines might count before either began
        for free, why in (_free_at(work, len(group), now), _affordable_at(work, group, now)):
            if free > now:
                wait(work.context, work.lease, work.delivery, free, why, tried=False)
                return []
        if _stands_back(work, group[0], now):
            return []
        for post in group:
            post.state, post.attempts = State.RUNNING, post.attempts + 1
            post.save(update_fields=["state", "attempts", "transport"])
        attempts = Attempt.objects.bulk_create(_attempt(work, post, now) for post in group)
        work.delivery.state, work.delivery.reason = State.RUNNING, ""
        work.delivery.save(update_fields=["anchor", "state", "reason"])
        number = epoch.advance()
    epoch.note(work.context.configuration.directory, number)
    return attempts


def _payload_hash(work: Work, post: Post) -> str:
    posts = [*work.thread["posts"], *work.thread.get("removes", ())]
    return hashlib.sha256(canonical_json(posts[post.position - 1])).hexdigest()


def _attempt(work: Work, post: Post, now: dt.datetime) -> Attempt:
    return Attempt(
        post=post,
        number=post.attempts,
        channel=work.delivery.channel,
        payload_hash=_payload_hash(work, post),
        owner=work.lease.owner,
        started_at=now,
    )


def _apply(
    work: Work, group: list[Post], outcome: Outcome | Removed, attempts: Sequence[Attempt] = ()
) -> Lease | None:
    """Commit what an answer means."""
    now = work.context.now()
    tries = work.lease.attempts + 1
    decision = after_publish(outcome, tries, now, rules_of(work.context), jitter())
    # Elsewhere nothing is sent again before it is certain that it is not there.
    may_repeat = group[0].act == Act.PUBLISH and work.channel.repeatable
    if may_repeat and isinstance(decision, Stop | TryAgain):
        decision = in_doubt(decision) if ledger.have_doubts(group, attempts) else decision
    with transaction.atomic():
        queue.renew(work.lease, now)
        ledger.end_attempts(attempts, outcome, now)
        return _carry_out(work, group, decision, now)


def _resolve(work: Work, group: list[Post]) -> Lease | None:
    """Find out whether the group's last request took effect."""
    context, now = work.context, work.context.now()
    last = ledger.last_attempt(group)
    if not group[0].transport:  # a restored database does not have it
        freeze_transport(work)
    found = look_up(work, group)
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
        jitter=jitter(),
    )
    if not isinstance(decision, LookUp):
        context.stopwatch.forget(last.pk)
    if decision == SendNow(is_certain=False):
        return _send(work, group)  # in doubt until there is an answer, whatever comes between
    with transaction.atomic():
        queue.renew(work.lease, now)
        return _carry_out(work, group, decision, now)


def look_up(work: Work, group: list[Post]) -> Sent | Absent | Later | Unsure:
    """What the network says of posts whose last request may have landed."""
    anchor = _anchor(work, group)
    if anchor == UNREADABLE:  # a post found now may be older, and another one
        return Unsure("the account's posts could not be read before this one was sent")
    return work.channel.look_up(work.outgoing(group), anchor, ledger.known_ids(work.delivery))


def _anchor(work: Work, group: list[Post]) -> str:
    """The newest own post that is certainly older than the group."""
    position = group[0].position
    before = work.posts[position - 2] if position > 1 else None
    # One that stands for long has all that came since above it.
    newest = before.remote_id if before and before.act == Act.PUBLISH else work.delivery.anchor
    return newest or ""


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
            return _go_on(work)
        case Record():
            ledger.record_removed(work.delivery, group[0], now)
            return _go_on(work)
        case SendNow():
            _set_posts(group, State.WAITING)
            return work.lease
        case TryAgain(due, reason):
            _set_posts(group, State.WAITING)
            wait(work.context, work.lease, work.delivery, due, reason)
        case LookUp(due, reason):
            wait(work.context, work.lease, work.delivery, due, reason, state=State.RUNNING)
        case Stop(state, reason):
            stopped = len(group) if state == State.UNSURE else 1  # of one request all are unsure
            _set_posts(group[:stopped], State(state))
            _set_posts(group[stopped:], State.WAITING)
            close(work.lease, work.delivery, State(state), reason)
    return None


def _go_on(work: Work) -> Lease | None:
    """After a step that succeeded: the lease for the next one, or None at the end."""
    if work.group:
        return replace(work.lease, attempts=0)
    close(work.lease, work.delivery, State.SENT, "")
    return None


def _set_posts(group: Sequence[Post], state: State) -> None:
    Post.objects.filter(pk__in=[post.pk for post in group]).update(state=state)


def wait(
    context: Context,
    lease: Lease,
    delivery: Delivery,
    due: dt.datetime,
    reason: str,
    *,
    state: State = State.WAITING,
    tried: bool = True,
) -> None:
    with transaction.atomic(savepoint=False):
        queue.postpone(lease, due, reason, tried=tried)
        ledger.set_state(delivery, state, reason)


def hold(lease: Lease, delivery: Delivery, reason: str) -> None:
    """Keep a delivery from going out until a person has seen why, and what may be out already."""
    doubt = ledger.doubt_about(delivery)
    close(lease, delivery, State.HELD, f"{reason}; {doubt}" if doubt else reason)


def close(lease: Lease, delivery: Delivery, state: State, reason: str) -> None:
    """Nothing more is to be done with a delivery, for this reason."""
    with transaction.atomic(savepoint=False):
        queue.finish(lease)
        ledger.set_state(delivery, state, reason)


def jitter() -> float:
    """Retries of many posts must not come back in step."""
    return random.uniform(0.8, 1.2)
