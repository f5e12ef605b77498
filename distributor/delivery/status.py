"""What is where: the JSON of `distributor status`, read from the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db.models import Count

from ..newsletter.models import Campaign, CampaignState, Handover
from ..statements.models import Editorial, Statement
from . import switch
from .models import Attempt, Delivery, Post, State

_NEEDS_A_PERSON = {State.UNSURE, State.REFUSED, State.GAVE_UP, State.HELD}


def status(directory: Path, statement_id: str | None = None) -> dict[str, Any]:
    """Every statement (or one), newest first, in the shape of `status --json`."""
    statements = Statement.objects.order_by("-created_at", "id")
    if statement_id is not None:
        statements = statements.filter(pk=statement_id)
    return {
        "halted": switch.is_on(directory),
        "statements": [_statement(statement) for statement in statements],
    }


def waits_for_a_person(report: dict[str, Any]) -> bool:
    """Whether anything in a status is unsure, refused, given up or held."""
    return any(statement["state"] == "attention" for statement in report["statements"])


def _statement(statement: Statement) -> dict[str, Any]:
    deliveries = [_delivery(one) for one in statement.deliveries.order_by("pk")]
    campaigns = [_campaign(one) for one in statement.campaigns.order_by("pk")]
    return {
        "statement": statement.id,
        "state": overall(statement.state, deliveries, campaigns),
        "note": statement.note,
        "not_before": statement.not_before.isoformat() if statement.not_before else None,
        "deliveries": deliveries,
        "campaigns": campaigns,
    }


def overall(
    editorial: str, deliveries: Sequence[dict[str, Any]], campaigns: Sequence[dict[str, Any]]
) -> str:
    """The one word for a statement, from what the team decided and where its parts are."""
    if editorial != Editorial.APPROVED:
        return editorial
    if any(one["state"] in _NEEDS_A_PERSON for one in deliveries) or any(
        one["unsure"] or one["state"] == CampaignState.PAUSED for one in campaigns
    ):
        return "attention"
    if all(one["state"] == State.SENT for one in deliveries) and all(
        one["state"] == CampaignState.FINISHED for one in campaigns
    ):
        return "delivered"
    begun = any(post["attempts"] for one in deliveries for post in one["posts"])
    under_way = any(one["state"] != CampaignState.SCHEDULED for one in campaigns)
    return "delivering" if begun or under_way else "approved"


def _delivery(delivery: Delivery) -> dict[str, Any]:
    return {
        "channel": delivery.channel,
        "kind": delivery.kind,
        "state": delivery.state,
        "reason": delivery.reason,
        "posts": [_post(post) for post in delivery.posts.order_by("position")],
    }


def _post(post: Post) -> dict[str, Any]:
    last = Attempt.objects.filter(post=post).order_by("-number").first()
    return {
        "position": post.position,
        "state": post.state,
        "id": post.remote_id,
        "url": post.url,
        "sent_at": post.sent_at.isoformat() if post.sent_at else None,
        "attempts": post.attempts,
        "error": last.detail if last and post.state != State.SENT else "",
    }


def _campaign(campaign: Campaign) -> dict[str, Any]:
    rows = campaign.recipients.values_list("state").annotate(Count("pk"))
    counts = Counter(dict(rows))
    return {
        "list": campaign.list,
        "state": campaign.state,
        "reason": campaign.reason,
        "recipients": counts.total(),
        "sent": counts[Handover.SENT],
        "refused": counts[Handover.REFUSED],
        "unsure": counts[Handover.UNSURE],
        "suppressed": counts[Handover.SUPPRESSED],
        "skipped": counts[Handover.SKIPPED],
    }
