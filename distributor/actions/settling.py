"""The verbs for what went otherwise: a person settles what the program cannot know."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django.db import transaction

from ..approvals import guards
from ..audit.chain import record
from ..channels.receipts import receipt_of
from ..context import Context
from ..delivery import dispatch, ledger, queue, takedown
from ..delivery.models import DONE, Act, Delivery, Post, State
from ..delivery.takedown import IN_DOUBT, STUCK
from ..errors import BadInput, BadState
from ..newsletter.models import Campaign, CampaignState, Handover, Purpose
from ..people.models import Person
from ..statements import store
from ..statements.models import Editorial, Statement


def settle_as_sent(
    context: Context, statement_id: str, *, person: Person, channel: str, position: int, where: str
) -> Statement:
    """A person found the post on its network: keep its receipt and go on below it.

    Of a withdrawn statement it is removed now.

    `where` is its id or the address of its page. Raises NotAllowed for anybody
    but an approver or admin, BadState when nothing waits for a person there.
    """
    table = context.configuration.channels.get(channel)
    if table is None:
        raise BadInput(f"There is no channel {channel} in the configuration.")
    receipt = receipt_of(where, table)
    with transaction.atomic():
        statement, post = _stuck_post(statement_id, person, channel, position)
        if post.act == Act.EDIT and receipt.id != post.remote_id:
            raise BadInput(f"This is not the post that is to be changed. That one is {post.url}.")
        receipt = replace(receipt, url=post.url or receipt.url, extra=post.extra)
        if post.act == Act.PUBLISH and receipt.id in ledger.known_ids(post.delivery):
            raise BadInput("This post is noted already, for another one. Look at its text again.")
        ledger.keep_receipt(post, receipt, context.now())
        # What was asked for together with it may be there too, so it is looked up, not sent.
        post.delivery.posts.filter(state=State.UNSURE).update(state=State.RUNNING)
        _go_on(context, statement, post.delivery)
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
        _refuse_to_resend(statement)
        if post.state in STUCK:  # one that was held while running is looked up first
            Post.objects.filter(pk=post.pk).update(state=State.WAITING)
        _go_on(context, statement, post.delivery)
        detail = {"channel": channel, "position": position, "resend": True}
        record(person.name, "settle", statement.id, detail, context.now())
    return statement


def settle_as_gone(
    context: Context, statement_id: str, *, person: Person, channel: str, position: int
) -> Statement:
    """A person saw that a post is not on its network (any more), and so it stays.

    It is one of a withdrawn statement, or one that a correction was to change or to
    reply to. Raises as `settle_as_sent` does.
    """
    with transaction.atomic():
        statement = _lock(statement_id)
        guards.require_publisher(person, "settle what became of a post")
        if statement.state == Editorial.WITHDRAWN:
            post = _standing_post(statement, channel, position)
            ledger.note_removed(post, context.now())
        else:
            _, post = _stuck_post(statement_id, person, channel, position)
            _leave_uncorrected(post, context.now())
        _go_on(context, statement, post.delivery)
        detail = {"channel": channel, "position": position, "gone": True}
        record(person.name, "settle", statement.id, detail, context.now())
    return statement


def _leave_uncorrected(post: Post, now: dt.datetime) -> None:
    """A correction has lost what it was about. Raises BadState for a post that is to stand."""
    is_reply = post.delivery.corrects and not post.delivery.posts.exclude(act=Act.PUBLISH)
    if post.act == Act.PUBLISH and not is_reply:
        raise BadState(
            f"Statement {post.delivery.statement_id} is not withdrawn, so its posts are to stand. "
            "Say --resend if this one should go out (again), or withdraw the statement."
        )
    for lost in post.delivery.posts.exclude(state__in=DONE) if is_reply else [post]:
        ledger.note_removed(lost, now)


def _standing_post(statement: Statement, channel: str, position: int) -> Post:
    """The post that a thread's removal left to a person. Raises BadInput, BadState."""
    deliveries = statement.deliveries.filter(channel=channel)
    if not deliveries:
        raise BadInput(f"Statement {statement.id} has no thread on {channel}.")
    found = Post.objects.filter(delivery__in=deliveries, position=position).order_by("-pk")
    standing = found.filter(delivery__state__in=STUCK).exclude(state=State.WITHDRAWN)
    post = standing.select_related("delivery").first()
    if post is None:
        raise BadState(f"No post {position} of statement {statement.id} on {channel} needs that.")
    return post


def _refuse_to_resend(statement: Statement) -> None:
    if statement.state == Editorial.WITHDRAWN:
        raise BadState(
            f"Statement {statement.id} was withdrawn, so nothing of it is sent again. "
            "If the post is not there, say --gone."
        )


def _stuck_post(
    statement_id: str, person: Person, channel: str, position: int
) -> tuple[Statement, Post]:
    """The locked statement, and the post at which one of its threads stopped."""
    statement = _lock(statement_id)
    guards.require_publisher(person, "settle what became of a post")
    deliveries = statement.deliveries.filter(channel=channel)
    if not deliveries.exists():
        raise BadInput(f"Statement {statement.id} has no thread on {channel}.")
    # What an earlier round left undone would go out in a wording that was corrected since.
    delivery = deliveries.filter(proof__round=statement.round).last()
    left = delivery.posts.exclude(state__in=DONE) if delivery else Post.objects.none()
    if statement.state == Editorial.WITHDRAWN:  # what is out of any round is taken down
        left = Post.objects.filter(delivery__in=deliveries, state__in=IN_DOUBT)
    stopped = left.select_related("delivery").first()
    if stopped is None or stopped.delivery.state not in STUCK:
        raise BadState(f"Nothing of statement {statement.id} waits for a person on {channel}.")
    if stopped.position != position:
        raise BadState(f"The thread on {channel} stopped at post {stopped.position}. Settle that.")
    return statement, stopped


def _go_on(context: Context, statement: Statement, delivery: Delivery) -> None:
    """Let the rest of a thread go out, or off the network, if there is a rest."""
    if statement.state == Editorial.WITHDRAWN:
        takedown.go_on(delivery, context.now())
    elif delivery.posts.exclude(state__in=DONE).exists():
        # With a reason, so that what a person let go is not held again for being late.
        ledger.set_state(delivery, State.WAITING, "settled by a person")
        queue.enqueue(dispatch.THREAD, delivery.pk, context.now(), lane=delivery.channel)
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
        campaigns = statement.campaigns.filter(list=list, proof__round=statement.round)
        if statement.state == Editorial.WITHDRAWN:  # the mails are told about, whatever they were
            campaigns = statement.campaigns.filter(list=list, purpose=Purpose.WITHDRAWAL)
        campaign = campaigns.last()
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
