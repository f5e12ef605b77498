"""What may leave, what left, and what came of it: the promises, checked from outside."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from distributor.approvals.models import Approval
from distributor.audit import chain
from distributor.channels.base import Outgoing
from distributor.delivery.models import Attempt, Delivery, Job, Post, State
from distributor.delivery.switch import is_on as is_halted
from distributor.newsletter.models import Campaign, CampaignState, Handover, Recipient
from distributor.newsletter.smtp import Envelope
from distributor.statements import store as statements
from distributor.statements.models import Editorial, Statement

from .networks import Network
from .proofs import posts_of
from .store import Store
from .world import World

HOUR = dt.timedelta(hours=1)
PROMPT = dt.timedelta(seconds=15)  # from the saved intent, which the cap counts, to the request


@dataclass(frozen=True)
class Permission:
    """What a person agreed to, as the team sees it."""

    posts: dict[str, list[dict[str, Any]]]  # by channel
    not_before: dt.datetime | None


class Book:
    """Keeps what was allowed and what was seen; breaches become problems of the world."""

    def __init__(
        self, world: World, store: Store, kinds: dict[str, str], per_hour: int, directory: Path
    ) -> None:
        self._world = world
        self._store = store
        self._kinds = kinds
        self._per_hour = per_hour
        self._directory = directory
        self._permitted: dict[str, Permission] = {}
        self._left: dict[str, list[dt.datetime]] = defaultdict(list)
        self._is_halted = False

    def refresh(self) -> None:
        """A person acted: read what is allowed from now on."""
        self._is_halted = is_halted(self._directory)
        approved = Approval.objects.filter(voided_at=None, proof__current=True)
        standing = Statement.objects.filter(
            state=Editorial.APPROVED, pk__in=approved.values("proof__statement")
        )
        self._permitted = {one.id: self._permission(one) for one in standing}

    def is_approved(self, statement: Statement) -> bool:
        """Whether a person's approval of it stands."""
        return statement.id in self._permitted

    def _permission(self, statement: Statement) -> Permission:
        wording = statements.latest(statement)[statement.language].value
        chosen = self._kinds if statement.channels is None else statement.channels
        return Permission(
            {name: posts_of(wording, self._kinds[name]) for name in chosen}, statement.not_before
        )

    def leaving(self, network: Network, posts: Sequence[Outgoing]) -> None:
        """A request to publish sets out."""
        now = self._world.now()
        self._require_leave("a post")
        for post in posts:
            if not any(
                post.payload in permission.posts.get(network.name, ())
                and now >= (permission.not_before or now)
                for permission in self._permitted.values()
            ):
                self._world.problem(f"unapproved: {post.payload['text']!r} on {network.name}")
        self._count(network.name, [now] * len(posts))

    def mailing(self, envelope: Envelope) -> None:
        """A message sets out."""
        self._require_leave("a message")
        recipient = Recipient.objects.select_related("campaign", "subscription").get(
            pk=envelope.key
        )
        if recipient.campaign.statement_id not in self._permitted:
            self._world.problem("unapproved: a message")
        subscription = recipient.subscription
        left_at = subscription.unsubscribed_at if subscription else None
        if left_at and recipient.started_at and left_at < recipient.started_at:
            self._world.problem("unwanted: a message to somebody who had left the list")

    def _require_leave(self, what: str) -> None:
        if self._is_halted:
            self._world.problem(f"halted: {what} leaves all the same")
        if self._store.in_transaction:
            self._world.problem("a transaction spans a network call")

    def _count(self, channel: str, moments: Sequence[dt.datetime]) -> None:
        left = self._left[channel]
        left += moments
        start = moments[0] - HOUR + PROMPT
        within = [moment for moment in left if start < moment <= moments[0]]
        if len(within) > self._per_hour:
            self._world.problem(f"over cap: {len(within)} posts in an hour on {channel}")

    def close(self, networks: Sequence[Network], taken: Sequence[str]) -> None:
        """Everything has settled: compare the ledger with the networks."""
        self._nothing_open()
        for network in networks:
            self._check_threads(network)
            self._nothing_twice(network)
        self._check_mail(Counter(taken))
        if (verdict := chain.verify()).broken_at:
            self._world.problem(f"the record is broken: {verdict.why}")

    def _nothing_open(self) -> None:
        for job in Job.objects.exclude(due=None):
            self._world.problem(f"unsettled: {job.key} is due {job.due}: {job.error}")
        if Attempt.objects.filter(post__state=State.SENT).values("post").distinct().count() != (
            Post.objects.filter(state=State.SENT).count()
        ):
            self._world.problem("no intent: a post is sent that was never attempted")

    def _check_threads(self, network: Network) -> None:
        by_id = {remote.id: remote for remote in network.posts if not remote.is_foreign}
        claimed: set[str] = set()
        for delivery in Delivery.objects.filter(channel=network.name):
            if delivery.statement_id not in self._permitted:
                self._world.problem(f"unapproved: {delivery} is on its way, its approval is void")
                continue
            wording = self._permitted[delivery.statement_id].posts[network.name]
            before: str | None = None
            posts = list(delivery.posts.order_by("position"))
            self._check_state(delivery, posts)
            for post, payload in zip(posts, wording, strict=True):
                where = f"{delivery} post {post.position}"
                remote = by_id.get(post.remote_id or "")
                if post.state != State.SENT:
                    before = None
                    continue
                if remote is None or post.remote_id in claimed:
                    self._world.problem(f"lost: {where} is recorded as {post.remote_id}")
                    continue
                claimed.add(remote.id)
                if remote.text != payload["text"]:
                    self._world.problem(f"wrong text: {where}")
                if remote.parent != before:
                    self._world.problem(f"wrong parent: {where} follows {remote.parent}")
                before = remote.id

    def _check_state(self, delivery: Delivery, posts: Sequence[Post]) -> None:
        """All sent, or stopped in a state that a person is shown."""
        states = [post.state for post in posts]
        sent = all(state == State.SENT for state in states)
        waits = delivery.state in (State.UNSURE, State.REFUSED, State.GAVE_UP, State.HELD)
        if not (sent and delivery.state == State.SENT) and not (waits and not sent):
            self._world.problem(f"lost: {delivery} is {delivery.state}, its posts {states}")
        if State.RUNNING in states and delivery.state not in (State.HELD, State.UNSURE):
            self._world.problem(f"lost: a post of {delivery} is in doubt, and nobody is told")
        if waits:
            self._world.count(f"waits for a person: {delivery.state}")

    def _nothing_twice(self, network: Network) -> None:
        """Of each text as many as the ledger knows to be there, and those it is not sure of."""
        there = Counter(remote.text for remote in network.posts if not remote.is_foreign)
        sure, possible = Counter[str](), Counter[str]()
        for delivery in Delivery.objects.filter(
            channel=network.name, statement__in=self._permitted
        ):
            wording = self._permitted[delivery.statement_id].posts[network.name]
            for post in delivery.posts.all():
                text = wording[post.position - 1]["text"]
                sure[text] += post.state == State.SENT
                # All posts of one request are as unsure as the first, which is marked.
                possible[text] += post.state in (State.SENT, State.UNSURE, State.RUNNING) or (
                    network.atomic and delivery.state == State.UNSURE
                )
        for text in there | possible:
            if there[text] > possible[text]:
                self._world.problem(
                    f"double: {there[text]} of {text!r} on {network.name}, not {possible[text]}"
                )
            if there[text] < sure[text]:
                self._world.problem(f"lost: {text!r} is recorded as sent on {network.name}")

    def _check_mail(self, taken: Counter[str]) -> None:
        for recipient in Recipient.objects.select_related("campaign"):
            times = taken.pop(str(recipient.pk), 0)
            where = f"message {recipient.pk}"
            if times > 1:
                self._world.problem(f"double: {where}, {times} times")
            if recipient.state == Handover.SENT and not times:
                self._world.problem(f"lost: {where} is recorded as sent")
            if times and recipient.state not in (Handover.SENT, Handover.UNSURE):
                self._world.problem(f"double: {where} was taken, but is {recipient.state}")
            if recipient.state in (Handover.WAITING, Handover.RUNNING) and (
                recipient.campaign.state != CampaignState.PAUSED
            ):
                self._world.problem(f"lost: {where} is {recipient.state} for ever")
        for campaign in Campaign.objects.exclude(
            state__in=(CampaignState.FINISHED, CampaignState.PAUSED)
        ):
            self._world.problem(f"unsettled: {campaign} is {campaign.state}")
        if taken:
            self._world.problem(f"unapproved: messages {sorted(taken)} of no campaign")
