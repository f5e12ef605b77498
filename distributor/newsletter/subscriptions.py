"""Membership of a list: who receives its mail, and the way out of it."""

from __future__ import annotations

import datetime as dt
import re

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from distributor.audit.chain import record
from distributor.context import Context
from distributor.errors import BadInput
from distributor.vault import Vault, token_hash

from .models import Campaign, Handover, Membership, Recipient, Subscription, Suppression

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


def require_list(context: Context, name: str) -> None:
    """Raises BadInput, naming the lists there are, when the configuration has no such list."""
    known = context.configuration.lists
    if name in known:
        return
    if not known:
        raise BadInput("The configuration has no list yet. Add a [lists.NAME] table to it.")
    raise BadInput(f"There is no list “{name}”. The lists are: {', '.join(known)}.")


def recipients_of(list_name: str) -> QuerySet[Subscription]:
    """The subscriptions mail may go to now: confirmed, the address not suppressed.

    Ask again at the moment of sending: `recipients_of(name).filter(pk__in=batch)`.
    """
    suppressed = Suppression.objects.filter(address_index=OuterRef("subscriber__address_index"))
    return (
        Subscription.objects.filter(list=list_name, state=Membership.CONFIRMED)
        .exclude(Exists(suppressed))
        .select_related("subscriber")
    )


def confirmed_count(list_name: str) -> int:
    """How many addresses a campaign to the list would go to."""
    return recipients_of(list_name).count()


def snapshot(campaign: Campaign) -> int:
    """Write down a campaign's recipients: all confirmed subscribers of its list at this moment."""
    return _write_down(campaign, recipients_of(campaign.list))


# One reader told twice is better off than one who keeps the wrong text.
MAY_HAVE_IT = (Handover.SENT, Handover.UNSURE, Handover.SKIPPED)


def snapshot_readers(campaign: Campaign) -> int:
    """Write down as recipients the readers of the earlier mails of this statement on the list."""
    return _write_down(campaign, readers_of(campaign.statement_id, campaign.list))


def readers_of(statement_id: str, list_name: str) -> QuerySet[Subscription]:
    """Who may have had a mail of this statement on the list, each once.

    Those who left the list meanwhile or may not be mailed are left out.
    """
    earlier = Recipient.objects.filter(
        subscription=OuterRef("pk"),
        campaign__statement=statement_id,
        campaign__list=list_name,
        state__in=MAY_HAVE_IT,
    )
    return recipients_of(list_name).filter(Exists(earlier))


def _write_down(campaign: Campaign, found: QuerySet[Subscription]) -> int:
    rows = (
        Recipient(campaign=campaign, subscription=subscription)
        for subscription in found.iterator(chunk_size=2000)
    )
    return len(Recipient.objects.bulk_create(rows, batch_size=2000))


def unsubscribe_token(vault: Vault, list_name: str, address_index: str) -> str:
    """The way out of one list for one address; the database keeps only its hash."""
    return vault.token("unsubscribe", f"{list_name}:{address_index}")


def token_of(context: Context, subscription: Subscription) -> str:
    """What the sender puts in the place of UNSUBSCRIBE-TOKEN for this subscription."""
    index = subscription.subscriber.address_index
    return unsubscribe_token(context.vault, subscription.list, index)


def unsubscribe(context: Context, token: str, how: str, now: dt.datetime) -> str | None:
    """Leave the list the token belongs to; its name, or None when the token is unknown.

    `how` is "one-click", "page" or the like. A second time changes nothing.
    """
    if not _TOKEN.fullmatch(token):
        return None
    with transaction.atomic():
        found = Subscription.objects.filter(token_hash=token_hash(token)).first()
        if found is None:
            return None
        left = (
            Subscription.objects.filter(pk=found.pk)
            .exclude(state=Membership.UNSUBSCRIBED)
            .update(state=Membership.UNSUBSCRIBED, unsubscribed_at=now, unsubscribed_how=how)
        )
        if left:
            record("subscriber", "unsubscribe", f"list {found.list}", {"how": how}, now)
    return found.list
