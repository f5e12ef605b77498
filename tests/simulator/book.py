"""What may leave, what left, and what came of it: the promises, checked from outside."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from distributor.audit import chain
from distributor.channels.base import Outgoing
from distributor.delivery.models import State
from distributor.delivery.switch import FILE as HALT
from distributor.newsletter.campaigns import FRESH
from distributor.newsletter.models import CampaignState, Handover
from distributor.newsletter.smtp import Envelope
from distributor.statements.values import Wording

from .networks import Network
from .proofs import posts_of
from .store import Store
from .world import World

HOUR = dt.timedelta(hours=1)
PROMPT = dt.timedelta(seconds=15)  # from the saved intent, which the cap counts, to the request

_PLACES = ("act", "replaces")  # of a correction: what is done with which post
_MAY_BE_THERE = (State.SENT, State.UNSURE, State.RUNNING)

# What a person agreed to: the newest wording of each statement whose approval stands.
_STANDING = """
    SELECT s.id, r.wording, s.channels, s.not_before
    FROM statements_statement s JOIN statements_revision r ON r.statement_id = s.id
    WHERE s.state = 'approved' AND r.number =
        (SELECT max(number) FROM statements_revision WHERE statement_id = s.id)
    AND EXISTS (
        SELECT 1 FROM approvals_proof p JOIN approvals_approval a ON a.proof_id = p.id
        WHERE p.statement_id = s.id AND p.current AND a.voided_at IS NULL)
"""
_ADDRESSEE = """
    SELECT c.statement_id, r.subscription_id
    FROM newsletter_recipient r JOIN newsletter_campaign c ON c.id = r.campaign_id WHERE r.id = ?
"""
_PROOF = """
    SELECT p.content, p.digest FROM approvals_proof p JOIN delivery_delivery d ON d.proof_id = p.id
    WHERE d.statement_id = ? AND d.channel = ?
"""
_BEING_MAILED = (
    "SELECT id FROM newsletter_recipient WHERE subscription_id = ? AND state = 'running'"
)


@dataclass(frozen=True)
class Permission:
    """What a person agreed to, as the team sees it."""

    posts: dict[str, list[dict[str, Any]]]  # by channel
    not_before: dt.datetime | None


@dataclass(frozen=True)
class Farewell:
    """A reader left a list."""

    time: float
    begun: frozenset[int]  # the messages to them that were about to be handed over


@dataclass(frozen=True)
class Thread:
    """A delivery as the ledger has it: of each post its state and its id."""

    statement: str
    channel: str
    state: str
    posts: list[tuple[str, str | None]]

    def __str__(self) -> str:
        return f"{self.statement} on {self.channel}"


@dataclass(frozen=True)
class Stuck:
    """A post at which a thread stopped, and its id if it is on its network after all."""

    statement: str
    channel: str
    position: int
    found: str | None


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
        self._farewells: dict[int, Farewell] = {}  # by subscription
        self._is_halted = False

    def refresh(self) -> None:
        """A person acted: read what is allowed from now on."""
        self._is_halted = (self._directory / HALT).exists() or bool(
            self._store.read("SELECT 1 FROM delivery_halt")
        )
        self._permitted = {
            statement: self._permission(wording, channels, not_before)
            for statement, wording, channels, not_before in self._store.read(_STANDING)
        }

    def is_approved(self, statement: str) -> bool:
        """Whether a person's approval of it stands."""
        return statement in self._permitted

    def _permission(
        self, wording: str, channels: str | None, not_before: dt.datetime | None
    ) -> Permission:
        value = Wording.from_json(json.loads(wording))
        chosen = json.loads(channels) if channels else self._kinds
        return Permission(
            {name: posts_of(value, self._kinds[name]) for name in chosen},
            not_before.replace(tzinfo=dt.UTC) if not_before else None,
        )

    def leaving(self, network: Network, posts: Sequence[Outgoing]) -> None:
        """A request to publish sets out."""
        now = self._world.now()
        # An embargo that was over stays over when the clocks are put back.
        latest = now + dt.timedelta(seconds=self._world.put_back)
        self._require_leave("a post")
        for post in posts:
            words = {name: post.payload[name] for name in post.payload if name not in _PLACES}
            if not any(
                words in permission.posts.get(network.name, ())
                and latest >= (permission.not_before or latest)
                for permission in self._permitted.values()
            ):
                self._world.problem(f"unapproved: {post.payload['text']!r} on {network.name}")
        self._count(network.name, [now] * len(posts))

    def mailing(self, envelope: Envelope) -> None:
        """A message sets out."""
        self._require_leave("a message")
        ((statement, subscription),) = self._store.read(_ADDRESSEE, envelope.key)
        if statement not in self._permitted:
            self._world.problem("unapproved: a message")
        farewell = self._farewells.get(subscription)
        if farewell and not (
            int(envelope.key) in farewell.begun
            and self._world.time - farewell.time <= FRESH.total_seconds()
        ):
            self._world.problem("unwanted: a message to somebody who had left the list")

    def says_farewell(self, subscription: int) -> None:
        """A reader has just left; what was about to be handed over may still be, for a moment."""
        begun = self._store.read(_BEING_MAILED, subscription)
        if subscription not in self._farewells:
            self._farewells[subscription] = Farewell(
                self._world.time, frozenset(key for (key,) in begun)
            )

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
        for key, due, error in self._store.read(
            "SELECT key, due, error FROM delivery_job WHERE due IS NOT NULL"
        ):
            self._world.problem(f"unsettled: {key} is due {due}: {error}")
        if self._store.read(
            "SELECT 1 FROM delivery_post WHERE state = 'sent' "
            "AND id NOT IN (SELECT post_id FROM delivery_attempt)"
        ):
            self._world.problem("no intent: a post is sent that was never attempted")

    def _check_threads(self, network: Network) -> None:
        by_id = {remote.id: remote for remote in network.posts if not remote.is_foreign}
        claimed: set[str] = set()
        for delivery in self._deliveries(network):
            if delivery.statement not in self._permitted:
                self._world.problem(f"unapproved: {delivery} is on its way, its approval is void")
                continue
            wording = self._permitted[delivery.statement].posts[network.name]
            before: str | None = None
            self._check_state(delivery)
            for position, ((state, remote_id), payload) in enumerate(
                zip(delivery.posts, wording, strict=True), start=1
            ):
                where = f"{delivery} post {position}"
                remote = by_id.get(remote_id or "")
                if state != State.SENT:
                    before = None
                    continue
                if remote is None or remote_id in claimed:
                    self._world.problem(f"lost: {where} is recorded as {remote_id}")
                    continue
                claimed.add(remote.id)
                if remote.text != payload["text"]:
                    self._world.problem(f"wrong text: {where}")
                if remote.parent != before:
                    self._world.problem(f"wrong parent: {where} follows {remote.parent}")
                before = remote.id

    def stuck(self, network: Network) -> list[Stuck]:
        """What a person can settle by looking at the network."""
        threads = self._deliveries(network)
        known = {remote_id for thread in threads for _, remote_id in thread.posts}
        return [
            self._look(network, thread, known)
            for thread in threads
            if thread.state in (State.UNSURE, State.REFUSED, State.GAVE_UP)
            and not self._is_blocked(network, thread, known)
        ]

    def _is_blocked(self, network: Network, thread: Thread, known: set[str | None]) -> bool:
        """Sending it again would lead nowhere.

        Its bytes were changed; or its words were published by hand or in another thread, and
        X will never take them again.
        """
        if network.repeatable and self._is_changed(thread):
            return True
        wording = self._permitted[thread.statement].posts[network.name]
        texts = {payload["text"] for payload in wording}
        of_others = known - {remote_id for _, remote_id in thread.posts}
        there = {post.text for post in network.posts if post.is_foreign or post.id in of_others}
        return network.refuses_repeats and bool(texts & there)

    def _is_changed(self, thread: Thread) -> bool:
        return any(
            hashlib.sha256(content).hexdigest() != digest
            for content, digest in self._store.read(_PROOF, thread.statement, thread.channel)
        )

    def _look(self, network: Network, thread: Thread, known: set[str | None]) -> Stuck:
        index = next(i for i, (state, _) in enumerate(thread.posts) if state != State.SENT)
        text = self._permitted[thread.statement].posts[network.name][index]["text"]
        parent = thread.posts[index - 1][1] if index else None
        found = [
            post.id
            for post in network.posts
            if (post.text, post.parent) == (text, parent)
            and not post.is_foreign
            and post.id not in known
        ]
        # Sent again under the same keys, what is on Bluesky is not sent twice.
        there = None if network.repeatable else next(iter(found), None)
        return Stuck(thread.statement, network.name, index + 1, there)

    def _deliveries(self, network: Network) -> list[Thread]:
        return [
            Thread(
                statement,
                network.name,
                state,
                self._store.read(
                    "SELECT state, remote_id FROM delivery_post WHERE delivery_id = ? "
                    "ORDER BY position",
                    key,
                ),
            )
            for key, statement, state in self._store.read(
                "SELECT id, statement_id, state FROM delivery_delivery WHERE channel = ?",
                network.name,
            )
        ]

    def _check_state(self, delivery: Thread) -> None:
        """All sent, or stopped in a state that a person is shown."""
        states = [state for state, _ in delivery.posts]
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
        for delivery in self._deliveries(network):
            if delivery.statement not in self._permitted:
                continue
            wording = self._permitted[delivery.statement].posts[network.name]
            for (state, _), payload in zip(delivery.posts, wording, strict=True):
                sure[payload["text"]] += state == State.SENT
                possible[payload["text"]] += state in _MAY_BE_THERE
        for text in there | possible:
            if there[text] > possible[text]:
                self._world.problem(
                    f"double: {there[text]} of {text!r} on {network.name}, not {possible[text]}"
                )
            if there[text] < sure[text]:
                self._world.problem(f"lost: {text!r} is recorded as sent on {network.name}")

    def _check_mail(self, taken: Counter[str]) -> None:
        for key, state, campaign in self._store.read(
            "SELECT r.id, r.state, c.state FROM newsletter_recipient r "
            "JOIN newsletter_campaign c ON c.id = r.campaign_id"
        ):
            times = taken.pop(str(key), 0)
            where = f"message {key}"
            if times > 1:
                self._world.problem(f"double: {where}, {times} times")
            if state == Handover.SENT and not times:
                self._world.problem(f"lost: {where} is recorded as sent")
            if times and state not in (Handover.SENT, Handover.UNSURE):
                self._world.problem(f"double: {where} was taken, but is {state}")
            if state == Handover.RUNNING or (
                state == Handover.WAITING and campaign != CampaignState.PAUSED
            ):
                self._world.problem(f"lost: {where} is {state} for ever")
        for statement, state in self._store.read(
            "SELECT statement_id, state FROM newsletter_campaign"
        ):
            if state not in (CampaignState.FINISHED, CampaignState.PAUSED):
                self._world.problem(f"unsettled: the mail of {statement} is {state}")
        if taken:
            self._world.problem(f"unapproved: messages {sorted(taken)} of no campaign")
