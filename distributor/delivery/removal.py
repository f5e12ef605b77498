"""Removing a withdrawn thread: look up what may be out, delete what is, commit each answer.

As in `outbox`, every step is read from the ledger, so a step after a crash is the
same code as a step after the last one. To delete again is harmless, so no intent
has to be kept: what is noted as sent is still to be removed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from ..channels.base import Channel, Later, Receipt, Refused, Removed, Sent, Unsure
from ..context import Context
from . import ledger, queue, switch
from .approved import Held, approved_media, frozen_thread
from .decisions import (
    LookUp,
    Record,
    Request,
    SendNow,
    Stop,
    TryAgain,
    after_look_up,
    after_publish,
    pause,
)
from .models import Delivery, Post, State
from .outbox import Work, close, freeze_transport, hold, jitter, look_up, rules_of, wait
from .queue import Lease
from .takedown import IN_DOUBT, REMOVING

HALTED = "halted; its posts are removed when somebody resumes"


@dataclass(frozen=True, slots=True)
class Task:
    """A withdrawn thread as the ledger has it at this moment."""

    context: Context
    channel: Channel
    lease: Lease
    delivery: Delivery
    posts: Sequence[Post]
    thread: Mapping[str, Any]
    doubtful_replies: frozenset[str]  # states of posts in doubt that correct its first one

    @property
    def doubtful(self) -> list[Post]:
        """The posts to be looked up with one question."""
        found = [post for post in self.posts if post.state == State.RUNNING]
        return found if self.channel.atomic else found[:1]

    @property
    def removable(self) -> list[Post]:
        """The posts that stand, but for the parent of one in doubt: by it that one is known."""
        parents = {post.position - 1 for post in self.posts if post.state in IN_DOUBT}
        if self.doubtful_replies:
            parents.add(1)
        return [
            post
            for post in self.posts
            if post.state == State.SENT and not post.removed_at and post.position not in parents
        ]

    @property
    def returning(self) -> list[Post]:
        """The posts that were removed and may come back: see `_may_come_back`."""
        return [post for post in self.posts if post.state == State.SENT and post.removed_at]


def remove_thread(context: Context, channel: Channel, lease: Lease) -> None:
    """Work on a withdrawal until it is done or has to wait. Raises LeaseLost when fenced off."""
    held: Lease | None = lease
    while held and (task := _look(context, channel, held)):
        held = _step(task)


def _look(context: Context, channel: Channel, lease: Lease) -> Task | None:
    """Read the ledger; None when nothing may be done now."""
    found = Delivery.objects.select_related("proof", "statement", "corrects")
    delivery = found.get(pk=lease.subject)
    thread = frozen_thread(delivery.proof, delivery.channel, context.configuration)
    if isinstance(thread, Held):
        hold(lease, delivery, f"{thread.reason}; what is out is left as it is")
        return None
    if switch.is_on(context.configuration.directory):
        wait(context, lease, delivery, context.now(), HALTED, tried=False)
        return None
    posts = list(delivery.posts.order_by("position"))
    replies = Post.objects.filter(delivery__corrects=delivery, state__in=IN_DOUBT)
    doubtful = frozenset(replies.values_list("state", flat=True))
    return Task(context, channel, lease, delivery, posts, thread, doubtful)


def _step(task: Task) -> Lease | None:
    """Clear up a doubt, remove a post, or end; gives the lease to go on with, as in `outbox`."""
    group, removable = task.doubtful, task.removable
    if group:
        decision = _look_up(task, group)
        if not isinstance(decision, LookUp) or not removable:
            return _settle(task, group, decision)
    if removable:
        return _remove(task, removable[-1])
    if State.RUNNING in task.doubtful_replies:
        now = task.context.now()
        due = now + pause(task.lease.attempts + 1, rules_of(task.context), jitter())
        _wait(task, due, "post 1 stays until it is certain what replied to it")
        return None
    if task.returning:
        return _remove_again(task, task.returning[-1])
    _end(task)
    return None


def _look_up(task: Task, group: list[Post]) -> Record | SendNow | LookUp | Stop:
    """What the network says of posts whose last request may have landed, or still may."""
    context = task.context
    files = approved_media(task.thread)
    if isinstance(files, Held):  # nobody knows what to look for
        return Stop(State.UNSURE, files.reason)
    posts = list(task.posts)
    work = Work(context, task.channel, task.lease, task.delivery, posts, task.thread, files)
    if not group[0].transport:  # a restored database does not have it
        freeze_transport(work)
    last = ledger.last_attempt(group)
    decision = after_look_up(
        look_up(work, group),
        # Nothing is sent again, so nobody may trust that a repeat would be harmless.
        Request(
            age=context.stopwatch.since(last.pk),
            sends=0,
            repeatable=False,
            taken=last.outcome == ledger.TAKEN,
        ),
        tries=task.lease.attempts + 1,
        now=context.now(),
        rules=rules_of(context),
        jitter=jitter(),
    )
    if not isinstance(decision, LookUp):
        context.stopwatch.forget(last.pk)
    return decision


def _settle(
    task: Task, group: Sequence[Post], decision: Record | SendNow | LookUp | Stop
) -> Lease | None:
    now = task.context.now()
    with transaction.atomic():
        queue.renew(task.lease, now)
        match decision:
            case LookUp(due, reason):
                _wait(task, due, f"it is not certain yet what is out: {reason}")
                return None
            case Record(Sent(receipts)):
                for post, receipt in zip(group, receipts, strict=True):
                    ledger.record_sent(task.delivery, post, receipt, now)
            case SendNow():  # certainly not out
                _set_posts(group, State.WITHDRAWN, "")
            case Stop(_, reason):
                _set_posts(group, State.UNSURE, reason)
    return replace(task.lease, attempts=0)


def _remove(task: Task, post: Post) -> Lease | None:
    receipt = Receipt(post.remote_id or "", post.url or "", post.extra)
    outcome = _ask_to_remove(task.channel, receipt)
    now = task.context.now()
    tries = task.lease.attempts + 1
    decision = after_publish(outcome, tries, now, rules_of(task.context), jitter())
    with transaction.atomic():
        queue.renew(task.lease, now)
        match decision:
            case Record():
                if post.removed_at or not _may_come_back(task, post):
                    ledger.record_removed(task.delivery, post, now)
                else:
                    Post.objects.filter(pk=post.pk).update(removed_at=now)
                return replace(task.lease, attempts=0)
            case TryAgain(due, reason):
                _wait(task, due, f"post {post.position} is not removed yet: {reason}")
                return None
            case Stop(state, reason):
                _set_posts([post], State(state), reason)
    return task.lease  # the others get a try each, even after giving up


def _may_come_back(task: Task, post: Post) -> bool:
    """Whether an earlier request may still arrive, and make a post anew that was removed.

    Only where to send again is harmless is it done before the last request must be over.
    """
    return task.channel.repeatable and ledger.was_asked_twice(post)


def _remove_again(task: Task, post: Post) -> Lease | None:
    """Remove a post once more when nothing can make it anew."""
    context, last = task.context, ledger.last_attempt([post])
    left = rules_of(context).in_flight - context.stopwatch.since(last.pk)
    if left > dt.timedelta(0):
        why = f"post {post.position} is removed once more, as a request for it may still arrive"
        _wait(task, context.now() + left, why)
        return None
    context.stopwatch.forget(last.pk)
    return _remove(task, post)


def _ask_to_remove(channel: Channel, receipt: Receipt) -> Removed | Refused | Later:
    try:
        outcome = channel.remove(receipt)
    except Exception as error:
        return Later(f"the {channel.kind} adapter failed ({type(error).__name__})")
    # The same again is harmless, so a lost answer is one more reason to ask.
    return Later(outcome.reason) if isinstance(outcome, Unsure) else outcome


def _wait(task: Task, due: dt.datetime, reason: str) -> None:
    wait(task.context, task.lease, task.delivery, due, f"{REMOVING}; {reason}")


def _set_posts(posts: Sequence[Post], state: State, reason: str) -> None:
    Post.objects.filter(pk__in=[post.pk for post in posts]).update(state=state, reason=reason)


def _end(task: Task) -> None:
    """All are gone, or what is left waits for a person."""
    left = [post for post in task.posts if post.state != State.WITHDRAWN]
    if not left:
        close(task.lease, task.delivery, State.WITHDRAWN, "")
        return
    states = {post.state for post in left}
    worse = (one for one in (State.REFUSED, State.GAVE_UP) if one in states)
    close(task.lease, task.delivery, next(worse, State.UNSURE), _what_to_do(task.delivery, left))


def _what_to_do(delivery: Delivery, left: Sequence[Post]) -> str:
    told = [_still_there(post) for post in left]
    first = next((post.position for post in left if post.state != State.SENT), left[0].position)
    return (
        f"{' '.join(told)} Look at the account and delete by hand what is there, then say "
        f"`distributor settle {delivery.statement_id} {delivery.channel} {first} --gone`; "
        "or withdraw again, and it is tried again."
    )


def _still_there(post: Post) -> str:
    reason = post.reason.removesuffix(".")
    match post.state:
        case State.UNSURE:
            return f"Nobody can tell whether post {post.position} is there ({reason})."
        case State.SENT:
            return f"Post {post.position} stays until the one that replies to it is settled."
    return f"Post {post.position} still stands ({reason})."
