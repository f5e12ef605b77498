"""Putting an approved proof on its way, and taking it back before anything left.

A statement goes out in rounds: the first, then one per correction.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet

from ..approvals.models import Proof
from ..errors import BadState
from ..newsletter import subscriptions
from ..newsletter.models import Campaign, CampaignState, Handover, Purpose
from ..statements.models import Editorial, Statement
from . import queue
from .models import Act, Delivery, Post, State

THREAD, MAIL, REMOVAL = "thread", "mail", "removal"


def put_on_its_way(proof: Proof, due: dt.datetime, now: dt.datetime) -> None:
    """Create the deliveries and campaigns of a proof; part of the approving transaction."""
    content = json.loads(bytes(proof.content))
    is_first = proof.round == 1
    for thread in content["threads"]:
        if any(post.get("act") != Act.KEEP for post in thread["posts"]) or thread.get("removes"):
            _dispatch_thread(proof, thread, due, now)
    for mail in content["mails"]:
        campaign = Campaign.objects.create(
            statement=proof.statement,
            proof=proof,
            list=mail["list"],
            purpose=Purpose.STATEMENT if is_first else Purpose.CORRECTION,
            created_at=now,
        )
        write_down = subscriptions.snapshot if is_first else subscriptions.snapshot_readers
        write_down(campaign)
        queue.enqueue(MAIL, campaign.pk, due)


def _dispatch_thread(
    proof: Proof, thread: dict[str, Any], due: dt.datetime, now: dt.datetime
) -> None:
    delivery = Delivery.objects.create(
        statement=proof.statement,
        proof=proof,
        channel=thread["channel"],
        kind=thread["kind"],
        corrects=_thread_on(proof.statement, thread["channel"]),
        created_at=now,
    )
    acts = [(post.get("act", Act.PUBLISH), post.get("replaces")) for post in thread["posts"]]
    acts += [(Act.REMOVE, post) for post in thread.get("removes", ())]
    Post.objects.bulk_create(
        _post(delivery, position, act, there) for position, (act, there) in enumerate(acts, 1)
    )
    queue.enqueue(THREAD, delivery.pk, due, lane=delivery.channel)


def _thread_on(statement: Statement, channel: str) -> Delivery | None:
    """The delivery that a correction on this channel corrects."""
    return statement.deliveries.filter(channel=channel, corrects=None).first()


def _post(delivery: Delivery, position: int, act: str, there: Mapping[str, Any] | None) -> Post:
    """A post of a delivery; where one stands in its place, with the receipt of that one."""
    post = Post(delivery=delivery, position=position, act=act)
    if there:
        post.remote_id, post.url = there["id"], there["url"]
        post.extra, post.sent_at = _known(delivery, there["id"])
    if act == Act.KEEP:
        post.state = State.SENT
    return post


def _known(delivery: Delivery, remote_id: str) -> tuple[dict[str, str], dt.datetime | None]:
    """What else is known of a post that stands, and since when."""
    known = Post.objects.filter(delivery__channel=delivery.channel, remote_id=remote_id)
    last = known.order_by("-pk").first()
    return (last.extra, last.sent_at) if last else ({}, None)


def has_begun(statement: Statement) -> bool:
    """Whether anything of this round may have left."""
    posts = Post.objects.filter(attempts__gt=0, delivery__in=_deliveries(statement))
    return posts.exists() or _campaigns(statement).filter(recipients__attempts__gt=0).exists()


def _deliveries(statement: Statement) -> QuerySet[Delivery]:
    """Those of this round."""
    return statement.deliveries.filter(proof__round=statement.round)


def _campaigns(statement: Statement) -> QuerySet[Campaign]:
    """Those of this round."""
    return statement.campaigns.filter(proof__round=statement.round)


def require_at_rest(statement: Statement) -> None:
    """Raises BadState unless this round has begun, and nothing of it is under way or unsure."""
    id = statement.id
    if statement.state == Editorial.WITHDRAWN:
        raise BadState(f"Statement {id} was withdrawn and cannot be corrected.")
    if statement.state != Editorial.APPROVED or not has_begun(statement):
        raise BadState(
            f"Nothing of statement {id} has gone out that needs a correction. "
            f"Use `distributor revise {id}` to change its wording."
        )
    if not _has_arrived(statement):
        raise BadState(
            f"Nothing of statement {id} has arrived anywhere, so there is nothing to correct. "
            "Hand the new text in as a statement of its own with `distributor submit`."
        )
    threads, mails = _deliveries(statement), _campaigns(statement)
    moving = threads.filter(state__in=(State.WAITING, State.RUNNING)).exists()
    if moving or mails.filter(state__in=(CampaignState.SCHEDULED, CampaignState.RUNNING)).exists():
        raise BadState(
            f"Statement {id} is still going out. Wait until it has, then correct it; "
            f"or take it back with `distributor withdraw {id}`."
        )
    doubtful = threads.filter(posts__state__in=(State.RUNNING, State.UNSURE)).exists()
    paused = mails.filter(state=CampaignState.PAUSED)
    if doubtful or paused.exists() or mails.filter(recipients__state=Handover.UNSURE).exists():
        raise BadState(
            f"Of statement {id} it is not known what has gone out. Use `distributor settle {id}` "
            f"first; or take it back with `distributor withdraw {id}`."
        )


def _has_arrived(statement: Statement) -> bool:
    """Whether any reader may have anything of it, from whatever round; or may get it yet."""
    is_certain = Q(state=State.REFUSED) | Q(state=State.GAVE_UP)
    threads = statement.deliveries.filter(~is_certain | Q(posts__state=State.SENT))
    mails = statement.campaigns.exclude(state=CampaignState.FINISHED)
    read = statement.campaigns.filter(recipients__state__in=subscriptions.MAY_HAVE_IT)
    return threads.exists() or mails.exists() or read.exists()


def take_back(statement: Statement) -> None:
    """Remove what has not begun. Raises BadState when something may have left already.

    The caller's transaction closes the jobs first, so a worker that is about to
    begin is fenced off by its lease.
    """
    deliveries = list(_deliveries(statement))
    sendings = list(_campaigns(statement))
    for delivery in deliveries:
        queue.close(THREAD, delivery.pk)
    for campaign in sendings:
        queue.close(MAIL, campaign.pk)
    if has_begun(statement):
        raise BadState(
            f"Statement {statement.id} has begun to go out; its wording can no longer be changed. "
            f"Use `distributor correct {statement.id}` when it has."
        )
    _deliveries(statement).delete()
    _campaigns(statement).delete()
