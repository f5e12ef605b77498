"""What is held on a subscriber: listed, shown, suppressed and erased."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from distributor.audit.chain import record
from distributor.context import Context
from distributor.database import forget_deleted
from distributor.errors import BadInput

from .addresses import clean_address, clean_words
from .models import Handover, Recipient, Subscriber, Subscription, Suppression
from .subscriptions import require_list

ERASED = "erased"  # the reason of a suppression that an erase left behind


def export(context: Context, list_name: str | None) -> Iterator[dict[str, str | None]]:
    """One record per subscription, of one list or of all; times as ISO 8601 in UTC.

    Raises BadInput for a list that neither the configuration nor the database knows.
    """
    found = Subscription.objects.select_related("subscriber").order_by("pk")
    if list_name is not None:
        found = found.filter(list=list_name)
        if not found.exists():
            require_list(context, list_name)
    return _records(context, found)


def _records(context: Context, found: QuerySet[Subscription]) -> Iterator[dict[str, str | None]]:
    for subscription in found.iterator(chunk_size=1000):
        yield _person(context, subscription.subscriber) | _membership(subscription)


def _person(context: Context, subscriber: Subscriber) -> dict[str, str | None]:
    open_ = context.vault.open
    return {
        "email": open_(bytes(subscriber.address)),
        "name": open_(bytes(subscriber.name)) if subscriber.name else "",
        "language": subscriber.language,
    }


def _membership(subscription: Subscription) -> dict[str, str | None]:
    return {
        "list": subscription.list,
        "state": subscription.state,
        "basis": subscription.basis,
        "requested_at": _iso(subscription.requested_at),
        "confirmed_at": _iso(subscription.confirmed_at),
        "unsubscribed_at": _iso(subscription.unsubscribed_at),
    }


def _iso(moment: dt.datetime | None) -> str | None:
    return moment.astimezone(dt.UTC).isoformat() if moment else None


def show(context: Context, address: str) -> dict[str, Any]:
    """Everything held on a person, as JSON values. Raises BadInput when nothing is."""
    address = clean_address(address)
    index = context.vault.index(address)
    subscriber = Subscriber.objects.filter(address_index=index).first()
    suppression = Suppression.objects.filter(address_index=index).first()
    if subscriber is None and suppression is None:
        raise BadInput("Nothing is held on this address. Check its spelling.")
    shown: dict[str, Any] = {"email": address, "suppression": _suppression(suppression)}
    if subscriber is None:
        return shown
    return shown | {
        **_person(context, subscriber),
        "created_at": _iso(subscriber.created_at),
        "subscriptions": _subscriptions(subscriber),
        "campaigns": _campaigns(subscriber),
    }


def _subscriptions(subscriber: Subscriber) -> list[dict[str, str | None]]:
    found = subscriber.subscriptions.order_by("list")
    return [_membership(each) | {"unsubscribed_how": each.unsubscribed_how} for each in found]


def _suppression(suppression: Suppression | None) -> dict[str, str | None] | None:
    return {"reason": suppression.reason, "at": _iso(suppression.at)} if suppression else None


def _campaigns(subscriber: Subscriber) -> list[dict[str, Any]]:
    found = Recipient.objects.filter(subscription__subscriber=subscriber)
    return [
        {
            "statement": each.campaign.statement_id,
            "list": each.campaign.list,
            "state": each.state,
            "sent_at": _iso(each.sent_at),
            "answer": each.answer,
        }
        for each in found.select_related("campaign").order_by("pk")
    ]


def suppress(context: Context, address: str, *, reason: str, by: str) -> bool:
    """Never mail the address again; False when that is so already.

    Raises BadInput for an address or a reason that cannot be used.
    """
    reason = clean_words(reason, "reason", longest=40)
    index = context.vault.index(clean_address(address))
    now = context.now()
    with transaction.atomic():
        _, new = Suppression.objects.get_or_create(
            address_index=index, defaults={"reason": reason, "at": now}
        )
        if new:
            record(by, "address suppressed", "a subscriber", {"reason": reason}, now)
    return new


def erase(context: Context, address: str, *, by: str) -> bool:
    """Delete all that is held on a person; False when nothing was.

    A keyed hash of the address stays, so that a later import does not bring the person back.
    """
    index = context.vault.index(clean_address(address))
    now = context.now()
    with transaction.atomic():
        subscriber = Subscriber.objects.filter(address_index=index).first()
        if subscriber is None:
            return False
        _detach_messages(subscriber)
        subscriber.delete()
        Suppression.objects.get_or_create(
            address_index=index, defaults={"reason": ERASED, "at": now}
        )
        record(by, "subscriber erased", "a subscriber", {}, now)
        transaction.on_commit(forget_deleted)
    return True


def _detach_messages(subscriber: Subscriber) -> None:
    """Keep the numbers of campaigns true, without a way back to the person."""
    messages = Recipient.objects.filter(subscription__subscriber=subscriber)
    messages.filter(state=Handover.WAITING).update(state=Handover.SUPPRESSED)
    messages.update(subscription=None, answer="")
