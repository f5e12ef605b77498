"""The verbs for what went otherwise: a person settles what the program cannot know.

Like those of `actions`, each checks who asks, and writes state, record and outbox
in one transaction without a network call.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from .approvals import guards
from .audit.chain import record
from .channels.receipts import receipt_of
from .context import Context
from .delivery import dispatch, ledger, queue
from .delivery.models import Delivery, Post, State
from .errors import BadInput, BadState
from .newsletter.models import Campaign, CampaignState, Handover
from .people.models import Person
from .statements import store
from .statements.models import Statement

_STUCK = {State.UNSURE, State.REFUSED, State.GAVE_UP, State.HELD}


def settle_as_sent(
    context: Context, statement_id: str, *, person: Person, channel: str, position: int, where: str
) -> Statement:
    """A person found the post on its network: keep its receipt and go on below it.

    `where` is its id or the address of its page. Raises NotAllowed for anybody
    but an approver or admin, BadState when nothing waits for a person there.
    """
    table = context.configuration.channels.get(channel)
    if table is None:
        raise BadInput(f"There is no channel {channel} in the configuration.")
    receipt = receipt_of(where, table)
    with transaction.atomic():
        statement, post = _stuck_post(statement_id, person, channel, position)
        if receipt.id in ledger.known_ids(post.delivery):
            raise BadInput("This post is noted already, for another one. Look at its text again.")
        ledger.keep_receipt(post, receipt, context.now())
        _go_on(context, post.delivery)
        detail = {"channel": channel, "position": position, "sent": receipt.id}
        record(person.name, "settle", statement.id, detail, context.now())
    return statement


def settle_by_sending(
    context: Context, statement_id: str, *, person: Person, channel: str, position: int
) -> Statement:
    """A person knows that the post is not on its network: send it (again).

    Raises as `settle_as_sent` does.
    """
    with transaction.atomic():
        statement, post = _stuck_post(statement_id, person, channel, position)
        if post.state in _STUCK:  # one that was held while running is looked up first
            Post.objects.filter(pk=post.pk).update(state=State.WAITING)
        _go_on(context, post.delivery)
        detail = {"channel": channel, "position": position, "resend": True}
        record(person.name, "settle", statement.id, detail, context.now())
    return statement


def _stuck_post(
    statement_id: str, person: Person, channel: str, position: int
) -> tuple[Statement, Post]:
    """The locked statement, and the post at which one of its threads stopped."""
    statement = _lock(statement_id)
    guards.require_publisher(person, "settle what became of a post")
    delivery = statement.deliveries.filter(channel=channel).last()
    if delivery is None:
        raise BadInput(f"Statement {statement.id} has no thread on {channel}.")
    stopped = delivery.posts.exclude(state=State.SENT).first()
    if delivery.state not in _STUCK or stopped is None:
        raise BadState(f"Nothing of statement {statement.id} waits for a person on {channel}.")
    if stopped.position != position:
        raise BadState(f"The thread on {channel} stopped at post {stopped.position}. Settle that.")
    return statement, stopped


def _go_on(context: Context, delivery: Delivery) -> None:
    """Let the rest of a thread go out, if there is a rest."""
    if delivery.posts.exclude(state=State.SENT).exists():
        ledger.set_state(delivery, State.WAITING, "")
        queue.enqueue(dispatch.THREAD, delivery.pk, context.now())
    else:
        ledger.set_state(delivery, State.SENT, "")


def settle_mail(
    context: Context, statement_id: str, *, person: Person, list: str, resend: bool
) -> Statement:
    """A person decides about mails of which nobody knows whether they arrived.

    They are sent again, which some readers may get twice, or left as they are. A
    paused campaign goes on when they are sent again. Raises as `settle_as_sent` does.
    """
    with transaction.atomic():
        statement = _lock(statement_id)
        guards.require_publisher(person, "settle what became of a mail")
        campaign = statement.campaigns.filter(list=list).last()
        if campaign is None:
            raise BadInput(f"Statement {statement.id} has no mail to {list}.")
        unsure = campaign.recipients.filter(state=Handover.UNSURE)
        is_paused = resend and campaign.state == CampaignState.PAUSED
        if not unsure.exists() and not is_paused:
            raise BadState(f"No mail of statement {statement.id} to {list} waits for a person.")
        detail: dict[str, Any] = {"list": list, "mails": unsure.count(), "resend": resend}
        if resend:
            unsure.update(state=Handover.WAITING, due=None, answer="")
            _reopen(context, campaign)
        else:
            unsure.update(state=Handover.SKIPPED)
        record(person.name, "settle", statement.id, detail, context.now())
    return statement


def _reopen(context: Context, campaign: Campaign) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(
        state=CampaignState.RUNNING, reason="", finished_at=None
    )
    queue.enqueue(dispatch.MAIL, campaign.pk, context.now())


def _lock(statement_id: str) -> Statement:
    """The statement as it is now; nobody else changes it before this transaction ends."""
    found = store.get(statement_id)
    return Statement.objects.select_for_update().get(pk=found.pk)
