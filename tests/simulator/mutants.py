"""Planted defects of delivery: each swaps a function or a value of the program for a wrong one."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from distributor.approvals.models import Proof
from distributor.channels.base import Absent, Later, Outcome, Refused, Unsure
from distributor.delivery import (
    approved,
    caps,
    decisions,
    dispatch,
    ledger,
    outbox,
    queue,
    switch,
)
from distributor.delivery.models import Attempt, Job, Post, State
from distributor.delivery.outbox import Work
from distributor.delivery.queue import Lease
from distributor.newsletter import campaigns
from distributor.newsletter.models import Handover, Recipient

from . import networks, world
from .planting import Mutant, around


def _forget_intent(attempts: list[Attempt], work: Work, group: list[Post]) -> list[Attempt]:
    for post in group:
        Post.objects.filter(pk=post.pk).update(state=State.WAITING)
    return attempts


def _publish_as(change: Callable[[Outcome], Outcome]) -> Callable[..., Any]:
    after = decisions.after_publish
    return lambda outcome, *given: after(change(outcome), *given)


def _mail_as(change: Callable[[Outcome], Outcome]) -> Callable[..., Any]:
    apply = campaigns._apply
    return lambda run, recipient, outcome, now: apply(run, recipient, change(outcome), now)


def _found_as_absent(found: Any, *given: Any, **named: Any) -> Any:
    return _after_look_up(Absent() if isinstance(found, Later) else found, *given, **named)


_after_look_up = decisions.after_look_up


def _read_unchecked(proof: Proof, needed: int) -> Any:
    return json.loads(bytes(proof.content))


def _renew_for_anybody(lease: Lease, now: dt.datetime) -> None:
    Job.objects.filter(pk=lease.job).update(due=now + lease.length)


def _hand_back_for_anybody(lease: Lease, **changes: object) -> None:
    Job.objects.filter(pk=lease.job).update(owner=None, **changes)


def _do_not_wait_for_parents(work: Work) -> list[Post]:
    missing = [post for post in work.posts if post.state != State.SENT]
    waiting = [post for post in missing if post.state == State.WAITING]
    return missing if work.channel.atomic else (waiting or missing)[:1]


def _resend_interrupted(run: campaigns.Run) -> None:
    with_doubt = Recipient.objects.filter(campaign=run.campaign, state=Handover.RUNNING)
    with_doubt.update(state=Handover.WAITING)


def _at_once(proof: Proof, due: dt.datetime, now: dt.datetime) -> None:
    _put_on_its_way(proof, now, now)


_put_on_its_way = dispatch.put_on_its_way

MUTANTS = (
    Mutant(
        "no durable intent before the request",
        ("double",),
        [(outbox, "_begin", around(outbox._begin, _forget_intent))],
    ),
    Mutant(
        "an error of the server counts as not sent",
        ("double",),
        [(outbox, "after_publish", _publish_as(
            lambda outcome: Later(outcome.reason) if isinstance(outcome, Unsure) else outcome
        ))],
    ),
    Mutant(
        "absence counts at once, while the request may still land",
        ("double",),
        [(outbox, "rules_of", around(
            outbox.rules_of, lambda rules, context: replace(rules, in_flight=dt.timedelta(0))
        ))],
    ),
    Mutant(
        "a look-up that failed counts as absence",
        ("double",),
        [(outbox, "after_look_up", _found_as_absent)],
        first=715,
    ),
    Mutant(
        "the key is trusted for ever, and by every server",
        ("double",),
        [(networks.Mastodon, "repeatable", True)],
    ),
    Mutant(
        "a duplicate that X refused counts as refused",
        ("double",),
        [(outbox, "after_publish", _publish_as(
            lambda outcome: Refused("a duplicate")
            if isinstance(outcome, Unsure) and outcome.taken
            else outcome
        ))],
    ),
    Mutant(
        "posts are looked for among all that ever were",
        ("lost",),
        [(outbox, "_anchor", lambda work, group: "")],
    ),
    Mutant(
        "an unreadable timeline counts as an empty one",
        ("lost",),
        [(outbox, "_anchor", around(
            outbox._anchor, lambda anchor, *given: "" if anchor == outbox.UNREADABLE else anchor
        ))],
    ),
    Mutant(
        "posts of other threads are taken for the one looked for",
        ("lost",),
        [(ledger, "known_ids", lambda delivery: frozenset())],
        first=1360,
    ),
    Mutant(
        "the next post does not wait for the one before",
        ("wrong parent",),
        [(Work, "group", property(_do_not_wait_for_parents))],
    ),
    Mutant(
        "replies forget their parent",
        ("wrong parent",),
        [(outbox, "_receipt", lambda post: None)],
    ),
    Mutant(
        "leases are renewed without a fence",
        ("double", "lost", "failed"),
        [
            (queue, "renew", _renew_for_anybody),
            (queue, "_hand_back", _hand_back_for_anybody),
        ],
    ),
    Mutant(
        "all threads of a process share one fence",
        ("double", "lost", "failed"),
        [(queue, "secrets", SimpleNamespace(token_hex=lambda length: "same"))],
    ),
    Mutant(
        "a process that stood still goes on as if nothing had been",
        ("double",),
        [(outbox, "PROMPT", dt.timedelta.max)],
    ),
    Mutant(
        "the age of a request is read from the clock on the wall",
        ("double",),
        [(world.World, "elapsed", lambda self: self.time + self.skew)],
        first=580,
    ),
    Mutant(
        "the caps are not looked at",
        ("over cap",),
        [(caps, "free_at", lambda starts, asked, caps, now: now)],
    ),
    Mutant(
        "the halt is not looked at",
        ("halted",),
        [(switch, "is_on", lambda directory: False)],
    ),
    Mutant(
        "the bytes are not compared with the digest",
        ("unapproved",),
        [(approved, "approved_content", _read_unchecked)],
    ),
    Mutant(
        "the embargo is not kept",
        ("unapproved",),
        [(dispatch, "put_on_its_way", _at_once)],
    ),
    Mutant(
        "what has begun can still be taken back",
        ("double", "unapproved"),
        [(dispatch, "has_begun", lambda statement: False)],
    ),
    Mutant(
        "mail in doubt is sent again",
        ("double",),
        [(campaigns, "_apply", _mail_as(
            lambda outcome: Later(outcome.reason) if isinstance(outcome, Unsure) else outcome
        ))],
    ),
    Mutant(
        "interrupted mail is sent again",
        ("double",),
        [(campaigns, "_doubt_interrupted", _resend_interrupted)],
    ),
    Mutant(
        "who left the list meanwhile is mailed all the same",
        ("unwanted",),
        [(campaigns, "_still_allowed", lambda campaign, recipients: {
            recipient.subscription_id for recipient in recipients
        })],
    ),
    Mutant(
        "who may be mailed is looked at once, however long the hand-over takes to begin",
        ("unwanted",),
        [(campaigns, "FRESH", dt.timedelta.max)],
        first=700,
    ),
)  # fmt: skip
