"""What a withdrawal does to the ledger: nothing more leaves, and what stands is to be removed.

Part of the withdrawing transaction. Closing the jobs fences off whoever works on
them; a request that is under way at this moment is a doubt like any other.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable

from ..newsletter import subscriptions
from ..newsletter.models import Campaign, CampaignState, Handover, Purpose, Recipient
from ..statements.models import Statement
from . import ledger, queue
from .dispatch import MAIL, REMOVAL, THREAD
from .models import Act, Delivery, Post, State

STUCK = (State.UNSURE, State.REFUSED, State.GAVE_UP, State.HELD)
REMOVING = "its posts are being removed"
IN_DOUBT = (State.RUNNING, State.UNSURE)


def take_down(deliveries: Iterable[Delivery], reason: str, now: dt.datetime) -> int:
    """Stop these threads and open the jobs that remove what is out; how many posts may be.

    What certainly never left is withdrawn at once. Taking down what could not be
    removed before tries it again.
    """
    return sum(_take_down(delivery, reason, now) for delivery in deliveries)


def _take_down(delivery: Delivery, reason: str, now: dt.datetime) -> int:
    queue.close(THREAD, delivery.pk)
    posts = list(delivery.posts.all())
    for post in posts:
        post.state, post.reason = _state_of(post), ""
    Post.objects.bulk_update(posts, ["state", "reason"])
    go_on(delivery, now, reason)
    return sum(post.state != State.WITHDRAWN for post in posts)


def go_on(delivery: Delivery, now: dt.datetime, reason: str = REMOVING) -> None:
    """Let the rest of a withdrawn thread be removed, if there is a rest."""
    if delivery.posts.exclude(state=State.WITHDRAWN).exists():
        ledger.set_state(delivery, State.WAITING, reason)
        queue.enqueue(REMOVAL, delivery.pk, now, lane=delivery.channel)
    else:
        ledger.set_state(delivery, State.WITHDRAWN, "")
    if delivery.corrects and delivery.corrects.state == State.UNSURE:
        go_on(delivery.corrects, now)  # its first post may have waited for this one


def _state_of(post: Post) -> State:
    """Where a post is now: gone, out (sent), or to be looked up (running)."""
    # What a correction changed in its place is removed by the delivery that published it.
    if post.state == State.WITHDRAWN or post.act != Act.PUBLISH:
        return State.WITHDRAWN
    if post.remote_id:
        return State.SENT
    # A request that nobody heard of may have been followed by one that was refused.
    is_in_doubt = post.state in IN_DOUBT or (post.attempts and ledger.have_doubts([post], ()))
    return State.RUNNING if is_in_doubt else State.WITHDRAWN


def stop_mail(statement: Statement, now: dt.datetime) -> None:
    """Cancel the campaigns that are not over; messages under way are unsure, as after a crash."""
    for campaign in statement.campaigns.all():
        queue.close(MAIL, campaign.pk)
    Recipient.objects.filter(campaign__statement=statement, state=Handover.RUNNING).update(
        state=Handover.UNSURE, answer="withdrawn while being handed over"
    )
    over = (CampaignState.FINISHED, CampaignState.CANCELLED)
    statement.campaigns.exclude(state__in=over).update(
        state=CampaignState.CANCELLED, reason="the statement was withdrawn", finished_at=now
    )


def notify_readers(statement: Statement, now: dt.datetime) -> tuple[int, list[str]]:
    """Put the approved notices on their way to whoever may have had a mail.

    Gives how many readers there are, and the lists whose proof has no notice: it
    was approved before there were any.
    """
    readers, untold = 0, []
    for name in sorted(set(statement.campaigns.values_list("list", flat=True))):
        if not subscriptions.readers_of(statement.pk, name).exists():
            continue
        if newest := newest_with_notice(statement, name):
            readers += _notify(newest, now)
        else:
            untold.append(name)
    return readers, untold


def _notify(newest: Campaign, now: dt.datetime) -> int:
    notice = Campaign.objects.create(
        statement=newest.statement,
        proof=newest.proof,
        list=newest.list,
        purpose=Purpose.WITHDRAWAL,
        created_at=now,
    )
    queue.enqueue(MAIL, notice.pk, now)
    return subscriptions.snapshot_readers(notice)


def newest_with_notice(statement: Statement, list_name: str) -> Campaign | None:
    """The last campaign to a list whose approved mail has a notice of a withdrawal."""
    sent = statement.campaigns.filter(list=list_name).select_related("proof")
    return next((campaign for campaign in sent.order_by("-pk") if _has_notice(campaign)), None)


def _has_notice(campaign: Campaign) -> bool:
    mails = json.loads(bytes(campaign.proof.content))["mails"]
    return any(mail["list"] == campaign.list and "notice" in mail for mail in mails)
