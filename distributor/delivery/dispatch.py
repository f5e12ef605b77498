"""Putting an approved proof on its way, and taking it back before anything left."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from ..approvals.models import Proof
from ..errors import BadState
from ..newsletter import subscriptions
from ..newsletter.models import Campaign
from ..statements.models import Statement
from . import queue
from .models import Delivery, Post

THREAD, MAIL = "thread", "mail"


def put_on_its_way(proof: Proof, due: dt.datetime, now: dt.datetime) -> None:
    """Create the deliveries and campaigns of a proof; part of the approving transaction."""
    content = json.loads(bytes(proof.content))
    for thread in content["threads"]:
        if thread["posts"]:
            _dispatch_thread(proof, thread, due, now)
    for mail in content["mails"]:
        campaign = Campaign.objects.create(
            statement=proof.statement, proof=proof, list=mail["list"], created_at=now
        )
        subscriptions.snapshot(campaign)
        queue.enqueue(MAIL, campaign.pk, due)


def _dispatch_thread(
    proof: Proof, thread: dict[str, Any], due: dt.datetime, now: dt.datetime
) -> None:
    delivery = Delivery.objects.create(
        statement=proof.statement,
        proof=proof,
        channel=thread["channel"],
        kind=thread["kind"],
        created_at=now,
    )
    Post.objects.bulk_create(
        Post(delivery=delivery, position=position)
        for position in range(1, len(thread["posts"]) + 1)
    )
    queue.enqueue(THREAD, delivery.pk, due)


def has_begun(statement: Statement) -> bool:
    """Whether anything of it may have left."""
    posts = Post.objects.filter(delivery__statement=statement, attempts__gt=0)
    return (
        posts.exists()
        or Campaign.objects.filter(statement=statement, recipients__attempts__gt=0).exists()
    )


def take_back(statement: Statement) -> None:
    """Remove what has not begun. Raises BadState when something may have left already.

    The caller's transaction closes the jobs first, so a worker that is about to
    begin is fenced off by its lease.
    """
    deliveries = list(statement.deliveries.all())
    sendings = list(statement.campaigns.all())
    for delivery in deliveries:
        queue.close(THREAD, delivery.pk)
    for campaign in sendings:
        queue.close(MAIL, campaign.pk)
    if has_begun(statement):
        raise BadState(
            f"Statement {statement.id} has begun to go out; its wording can no longer be changed."
        )
    statement.deliveries.all().delete()
    statement.campaigns.all().delete()
