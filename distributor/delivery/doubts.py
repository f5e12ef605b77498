"""What a restored database has unfinished may be out: it is looked up before anything is sent."""

from __future__ import annotations

import datetime as dt

from django.db.models import F, Q

from ..newsletter.models import Campaign, CampaignState, Handover, Recipient
from .models import Attempt, Delivery, Post, State

_WHY = "the database was restored; this may have been sent already"
_OPEN = (State.WAITING, State.RUNNING)


def doubt_all(now: dt.datetime) -> None:
    """Treat each unfinished post as one whose request was sent; each unsent mail as unsure.

    What is still under embargo cannot have left.
    """
    may_be_out = Q(statement__not_before=None) | Q(statement__not_before__lte=now)
    for delivery in Delivery.objects.filter(may_be_out, posts__state__in=_OPEN).distinct():
        _doubt(delivery, now)
    over = (CampaignState.FINISHED, CampaignState.CANCELLED)
    unfinished = Campaign.objects.filter(may_be_out).exclude(state__in=over)
    Recipient.objects.filter(
        campaign__in=unfinished, state__in=(Handover.WAITING, Handover.RUNNING)
    ).update(state=Handover.UNSURE, answer=_WHY, attempts=F("attempts") + 1, started_at=now)


def _doubt(delivery: Delivery, now: dt.datetime) -> None:
    for post in delivery.posts.filter(state__in=_OPEN):
        post.state, post.attempts = State.RUNNING, post.attempts + 1
        post.save(update_fields=["state", "attempts"])
        Attempt.objects.create(
            post=post,
            number=post.attempts,
            channel=delivery.channel,
            owner="an unknown process",
            started_at=now,
            outcome="unsure",
            detail=_WHY,
        )
    if delivery.anchor is None:
        delivery.anchor = _newest_before(delivery)
    delivery.reason = _WHY
    delivery.save(update_fields=["anchor", "reason"])


def _newest_before(delivery: Delivery) -> str | None:
    """The last post of this channel that was out before the delivery was approved."""
    earlier = Post.objects.filter(
        delivery__channel=delivery.channel, sent_at__lt=delivery.created_at
    )
    return earlier.order_by("-sent_at").values_list("remote_id", flat=True).first()
