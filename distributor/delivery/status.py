"""What is where: the JSON of `distributor status`, read from the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db.models import Count

from ..newsletter.models import Campaign, CampaignState, Handover, Purpose
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
    threads, sendings = statement.deliveries.order_by("pk"), statement.campaigns.order_by("pk")
    deliveries = [_delivery(one) for one in threads.select_related("proof")]
    campaigns = [_campaign(one) for one in sendings.select_related("proof")]
    everything = (deliveries, campaigns)
    # What an earlier round left undone was put right by the correction, or never arrived.
    present = [[one for one in each if one["round"] == statement.round] for each in everything]
    is_withdrawn = statement.state == Editorial.WITHDRAWN
    return {
        "statement": statement.id,
        "state": overall(statement.state, *(everything if is_withdrawn else present)),
        "is_withdrawn": is_withdrawn,
        "round": statement.round,
        "note": statement.note,
        "not_before": statement.not_before.isoformat() if statement.not_before else None,
        "deliveries": deliveries,
        "campaigns": campaigns,
    }


def overall(
    editorial: str, deliveries: Sequence[dict[str, Any]], campaigns: Sequence[dict[str, Any]]
) -> str:
    """The one word for a statement, from what the team decided and where its parts are."""
    if editorial == Editorial.WITHDRAWN:
        return _withdrawn(deliveries, campaigns)
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


def _withdrawn(deliveries: Sequence[dict[str, Any]], campaigns: Sequence[dict[str, Any]]) -> str:
    """Withdrawn only when nothing stands any more and the readers are told."""
    notices = [one for one in campaigns if one["purpose"] == Purpose.WITHDRAWAL]
    if any(one["state"] in _NEEDS_A_PERSON for one in deliveries) or any(
        one["unsure"] or one["state"] == CampaignState.PAUSED for one in notices
    ):
        return "attention"
    gone = all(one["state"] == State.WITHDRAWN for one in deliveries)
    told = all(one["state"] == CampaignState.FINISHED for one in notices)
    return "withdrawn" if gone and told else "delivering"


def _delivery(delivery: Delivery) -> dict[str, Any]:
    return {
        "channel": delivery.channel,
        "kind": delivery.kind,
        "purpose": Purpose.CORRECTION if delivery.corrects_id else Purpose.STATEMENT,
        "round": delivery.proof.round,
        "state": delivery.state,
        "reason": delivery.reason,
        "posts": [_post(post) for post in delivery.posts.order_by("position")],
    }


def _post(post: Post) -> dict[str, Any]:
    return {
        "position": post.position,
        "act": post.act,
        "state": post.state,
        "id": post.remote_id,
        "url": post.url,
        "sent_at": post.sent_at.isoformat() if post.sent_at else None,
        "removed_at": post.removed_at.isoformat() if post.removed_at else None,
        "attempts": post.attempts,
        "error": post.reason or _last_error(post),
    }


def _last_error(post: Post) -> str:
    if post.state in (State.SENT, State.WITHDRAWN):
        return ""
    last = Attempt.objects.filter(post=post).order_by("-number").first()
    return last.detail if last else ""


def _campaign(campaign: Campaign) -> dict[str, Any]:
    rows = campaign.recipients.values_list("state").annotate(Count("pk"))
    counts = Counter(dict(rows))
    return {
        "list": campaign.list,
        "purpose": campaign.purpose,
        "round": campaign.proof.round,
        "state": campaign.state,
        "reason": campaign.reason,
        "recipients": counts.total(),
        "sent": counts[Handover.SENT],
        "refused": counts[Handover.REFUSED],
        "unsure": counts[Handover.UNSURE],
        "suppressed": counts[Handover.SUPPRESSED],
        "skipped": counts[Handover.SKIPPED],
    }
