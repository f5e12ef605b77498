"""A campaign: one approved mail to the confirmed subscribers of one list.

A few recipients at a time: their state is committed before their messages are
handed over and after the server's answer, so that a crash leaves at most one
message per connection in doubt, and says which.
"""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any, TypeVar

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models import Q

from ..audit.chain import record
from ..channels.base import Later, Outcome, Refused, Sent, Unsure
from ..context import Context
from ..database import explain
from ..delivery import epoch, queue, switch
from ..delivery.approved import Held, approved_mail
from ..delivery.decisions import Rules, pause
from ..delivery.lateness import why_late
from ..delivery.queue import Lease
from . import subscriptions
from .compile import Addressee, CompiledMail
from .dkim import Signer
from .models import Campaign, CampaignState, Handover, Purpose, Recipient
from .smtp import Envelope, Mailer, MailServer, NotTried, TooLate

# So long a look at who may be mailed counts: whoever leaves later may get a message begun then.
FRESH = dt.timedelta(seconds=10)
_PATIENCE = 30  # seconds that answers of the server wait for the database
_ACTOR = "distributor"
_T = TypeVar("_T")
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Run:
    """One campaign being worked on."""

    context: Context
    mailer: Mailer
    lease: Lease
    campaign: Campaign
    compiled: CompiledMail
    rules: Rules

    @property
    def window(self) -> int:
        """How many messages may be in doubt at once: one per connection."""
        return self.context.configuration.mail.connections


def send_campaign(context: Context, lease: Lease, rules: Rules) -> None:
    """Work on a campaign until it is finished or has to wait. Raises LeaseLost."""
    found = Campaign.objects.select_related("proof", "statement").filter(pk=lease.subject)
    campaign = found.first()
    if campaign is None:  # its approval was taken back, and the job with it
        return
    mail = _said(campaign, context)
    if isinstance(mail, Held):
        _close(campaign, lease, CampaignState.PAUSED, mail.reason)
        return
    if late := _why_late(context, campaign):
        _close(campaign, lease, CampaignState.PAUSED, late)
        return
    compiled = _compile(context, mail)
    with closing(Mailer(MailServer.from_configuration(context.configuration.mail))) as mailer:
        run = Run(context, mailer, lease, campaign, compiled, rules)
        _doubt_interrupted(run)
        while _send_window(run):
            pass


def _said(campaign: Campaign, context: Context) -> Mapping[str, Any] | Held:
    """What a campaign tells: the approved mail, or the notice that was approved with it."""
    mail = approved_mail(campaign.proof, campaign.list, context.configuration)
    if campaign.purpose != Purpose.WITHDRAWAL or isinstance(mail, Held):
        return mail
    return {**mail, **mail["notice"]}


def _why_late(context: Context, campaign: Campaign) -> str | None:
    """Why it may not begin by itself any more, if it has not begun."""
    if campaign.purpose == Purpose.WITHDRAWAL:  # better late than never
        return None
    waited = campaign.state == CampaignState.RUNNING
    if waited or campaign.recipients.filter(attempts__gt=0).exists():
        return None
    return why_late(context, campaign.statement, campaign.created_at)


def _compile(context: Context, mail: Mapping[str, Any]) -> CompiledMail:
    table = context.configuration.mail
    sender = parseaddr(table.from_)[1]
    return CompiledMail(
        mail,
        date=context.now(),
        message_id_domain=sender.rpartition("@")[2] or "localhost",
        signer=Signer.from_configuration(table),
    )


def _doubt_interrupted(run: Run) -> None:
    """Messages under way when an earlier worker died: nobody can know (SMTP has no look-up)."""
    with transaction.atomic():
        queue.renew(run.lease, run.context.now())
        _doubt_running(run.campaign)
        Campaign.objects.filter(pk=run.campaign.pk).update(state=CampaignState.RUNNING, reason="")


def _doubt_running(campaign: Campaign) -> None:
    interrupted = campaign.recipients.filter(state=Handover.RUNNING)
    interrupted.update(state=Handover.UNSURE, answer="interrupted while being handed over")


def _send_window(run: Run) -> bool:
    """Hand over the next few messages; False when nothing can be done now."""
    if switch.is_on(run.context.configuration.directory):
        _wait(run, run.context.now(), "halted", tried=False)
        return False
    before = run.context.moment()
    window = _begin(run)
    if window is None:
        return _end_or_wait(run)
    if not window:
        return True
    outcomes = run.mailer.send(
        [envelope for _, envelope in window],
        stop=lambda: _must_stop(run),
        is_fresh=lambda: run.context.since(before) <= FRESH,
    )
    _record(run, [recipient for recipient, _ in window], outcomes)
    refusals = [one for one in outcomes.values() if isinstance(one, NotTried)]
    if len(refusals) < len(window) or any(isinstance(one, TooLate) for one in refusals):
        return True
    _wait_for_server(run, refusals[0].reason)
    return False


def _begin(run: Run) -> list[tuple[Recipient, Envelope]] | None:
    """Commit which messages are about to be handed over, leaving out who may not be mailed.

    None when nobody is ready; when all who are were left out, there may still be others.
    """
    now = run.context.now()
    with transaction.atomic():
        queue.renew(run.lease, now)
        ready = run.campaign.recipients.filter(Q(due=None) | Q(due__lte=now))
        chosen = list(
            ready.filter(state=Handover.WAITING)
            .select_related("subscription__subscriber")
            .order_by("pk")[: run.window]
        )
        allowed = _still_allowed(run.campaign, chosen)
        window = []
        for recipient in chosen:
            if recipient.subscription_id in allowed:
                recipient.state, recipient.started_at = Handover.RUNNING, now
                recipient.attempts += 1
                window.append((recipient, _envelope(run, recipient)))
            else:
                recipient.state = Handover.SUPPRESSED
                recipient.answer = "unsubscribed, suppressed or erased since the approval"
            recipient.save()
        number = epoch.advance()
    epoch.note(run.context.configuration.directory, number)
    return window if chosen else None


def _still_allowed(campaign: Campaign, recipients: Sequence[Recipient]) -> set[int]:
    """The subscriptions that may be mailed at this very moment."""
    asked = [one.subscription_id for one in recipients if one.subscription_id]
    found = subscriptions.recipients_of(campaign.list).filter(pk__in=asked)
    return set(found.values_list("pk", flat=True))


def _envelope(run: Run, recipient: Recipient) -> Envelope:
    subscription = recipient.subscription
    assert subscription is not None  # those who are gone are not allowed
    vault = run.context.vault
    address = vault.open(subscription.subscriber.address)
    name = subscription.subscriber.name
    addressee = Addressee(
        address=address,
        name=vault.open(name) if name else None,
        token=subscriptions.token_of(run.context, subscription),
        message_key=f"{run.campaign.pk}.{recipient.pk}.{run.campaign.proof.digest[:12]}",
    )
    return Envelope(
        key=str(recipient.pk),
        sender=_return_path(run, recipient),
        recipient=address,
        message=lambda: run.compiled.fill(addressee),
        ready=True,
    )


def _return_path(run: Run, recipient: Recipient) -> str:
    """Where a bounce goes: with mail.bounces_to an address that names the message.

    The tag is keyed, so that nobody can forge a bounce for somebody else's message.
    """
    table = run.context.configuration.mail
    if not table.bounces_to:
        return parseaddr(table.from_)[1]
    local, _, domain = parseaddr(table.bounces_to)[1].rpartition("@")
    tag = run.context.vault.token("bounce", str(recipient.pk))
    return f"{local}+{recipient.pk}={tag}@{domain}"


def _must_stop(run: Run) -> bool:
    """Whether no further message may begin: halted, or the database cannot say."""
    try:
        return switch.is_on(run.context.configuration.directory)
    except DatabaseError:
        connection.close()
        return True


def _record(run: Run, recipients: Sequence[Recipient], outcomes: Mapping[str, Outcome]) -> None:
    """Note what the server said. It is known nowhere else, so the database is waited for."""
    now = _outlast(run.context.now)
    for recipient in recipients:
        _apply(run, recipient, outcomes[str(recipient.pk)], now)
    _outlast(lambda: _save(run, recipients, now))


def _save(run: Run, recipients: Sequence[Recipient], now: dt.datetime) -> None:
    with transaction.atomic():
        queue.renew(run.lease, now)
        for recipient in recipients:
            # Not the subscription: its person may have been erased meanwhile.
            recipient.save(update_fields=["state", "attempts", "due", "sent_at", "answer"])


def _outlast(act: Callable[[], _T]) -> _T:
    """Do it, and again while the database is away. Raises DatabaseError when it stays away."""
    for _ in range(_PATIENCE):
        try:
            return act()
        except (OperationalError, InterfaceError) as error:
            _log.warning("the database does not answer", why=explain(error))
            connection.close()
            time.sleep(1)
    return act()


def _apply(run: Run, recipient: Recipient, outcome: Outcome, now: dt.datetime) -> None:
    match outcome:
        case Sent(receipts):
            recipient.state, recipient.sent_at = Handover.SENT, now
            recipient.answer = receipts[0].id
        case Refused(reason):
            recipient.state, recipient.answer = Handover.REFUSED, reason
        case Unsure(reason):
            recipient.state, recipient.answer = Handover.UNSURE, reason
        case NotTried(reason, _):
            recipient.state, recipient.answer = Handover.WAITING, reason
            recipient.attempts -= 1
        case Later(reason) if recipient.attempts >= run.rules.attempts:
            recipient.state = Handover.REFUSED
            recipient.answer = f"given up after {recipient.attempts} tries: {reason}"
        case Later(reason, until):
            wait = now + pause(recipient.attempts, run.rules, random.uniform(0.8, 1.2))
            recipient.state, recipient.answer = Handover.WAITING, reason
            recipient.due = max(wait, until) if until else wait


def _end_or_wait(run: Run) -> bool:
    """Nobody is ready: finished, or everybody left was asked to wait."""
    waiting = run.campaign.recipients.filter(state=Handover.WAITING)
    next_due = waiting.order_by("due").values_list("due", "answer").first()
    if next_due:
        _wait(run, next_due[0] or run.context.now(), next_due[1])
    else:
        _close(run.campaign, run.lease, CampaignState.FINISHED, "", run.context.now())
    return False


def _wait_for_server(run: Run, reason: str) -> None:
    """Nobody in the window could be tried: the server is away, or everything was halted."""
    now, tries = run.context.now(), run.lease.attempts + 1
    if tries >= run.rules.attempts:
        _close(run.campaign, run.lease, CampaignState.PAUSED, reason)
    else:
        _wait(run, now + pause(tries, run.rules, random.uniform(0.8, 1.2)), reason)


def _wait(run: Run, due: dt.datetime, reason: str, *, tried: bool = True) -> None:
    with transaction.atomic():
        queue.postpone(run.lease, due, reason, tried=tried)
        Campaign.objects.filter(pk=run.campaign.pk).update(reason=reason)


def _close(
    campaign: Campaign,
    lease: Lease,
    state: CampaignState,
    reason: str,
    finished_at: dt.datetime | None = None,
) -> None:
    with transaction.atomic():
        queue.finish(lease)
        _doubt_running(campaign)  # it may stop here after a crash: nobody else would notice
        Campaign.objects.filter(pk=campaign.pk).update(
            state=state, reason=reason, finished_at=finished_at
        )
        if finished_at:
            detail = {"list": campaign.list}
            record(_ACTOR, "campaign finished", campaign.statement_id, detail, finished_at)
