"""Everything of a statement has arrived: the ledger as it is then, without a network."""

from __future__ import annotations

import datetime as dt

from distributor.channels.base import Receipt
from distributor.delivery import ledger
from distributor.delivery.models import DONE, Act, Job, State
from distributor.newsletter.models import Campaign, CampaignState, Handover
from distributor.statements.models import Statement

NOON = dt.datetime(2026, 6, 3, 12, tzinfo=dt.UTC)


def arrived(statement: Statement) -> Statement:
    """Note that all that is on its way has arrived."""
    for delivery in statement.deliveries.exclude(state=State.SENT):
        for post in delivery.posts.exclude(state__in=DONE):
            if post.act == Act.REMOVE:
                ledger.record_removed(delivery, post, NOON)
                continue
            id = post.remote_id or f"{delivery.channel}-{delivery.pk}-{post.position}"
            delivery.posts.filter(pk=post.pk).update(attempts=1)
            ledger.keep_receipt(post, Receipt(id, f"https://n.example/{id}"), NOON)
        ledger.set_state(delivery, State.SENT, "")
    for campaign in statement.campaigns.exclude(state=CampaignState.FINISHED):
        campaign.recipients.update(state=Handover.SENT, attempts=1)
        Campaign.objects.filter(pk=campaign.pk).update(state=CampaignState.FINISHED)
    Job.objects.update(due=None)
    statement.refresh_from_db()
    return statement
