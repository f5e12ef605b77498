"""A statement that is out on X, the network that has it, and a clock that can be put forward."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from distributor import actions, vault
from distributor.channels.base import (
    Absent,
    Account,
    Later,
    Outcome,
    Outgoing,
    Receipt,
    Refused,
    Removed,
    Sent,
    Unsure,
)
from distributor.config import packaged, parse
from distributor.context import Context, Stopwatch
from distributor.delivery import queue, removal
from distributor.delivery.models import Attempt, Delivery, Post
from distributor.newsletter.models import (
    Membership,
    Recipient,
    Subscriber,
    Subscription,
)
from distributor.people.models import Person
from distributor.statements.models import Statement
from distributor.statements.store import Origin

NOON = dt.datetime(2026, 6, 3, 12, tzinfo=dt.UTC)
READERS = ("dana", "eli", "fay")
TEXT = b"""Water must reach the villages first

3 June 2026

The rivers of the north have run dry for the third year, and 47 villages have reportedly had no \
running water since April.

According to the village councils, the reserve behind the dam at Oster is full. It has not been \
opened. Families walk up to nine kilometres a day for water that is not safe to drink.

We call on the ministry to:

- Open the reserve at Oster without delay.
- Publish the daily figures of every reservoir.
- Pay for the water lorries until the pipes run again.
"""


@dataclass
class Clock:
    """What the program takes for the time."""

    at: dt.datetime = NOON

    def forward(self, **by: float) -> None:
        """Let time pass."""
        self.at += dt.timedelta(**by)


Answer = Removed | Refused | Later | Unsure


@dataclass
class Network:
    """The account on X: what stands there, and what it answers to each request to delete."""

    standing: set[str] = field(default_factory=set)
    answers: dict[str, Answer] = field(default_factory=dict)  # by id; else it is removed
    hidden: Sent | Absent | Later | Unsure = field(default_factory=Absent)  # what a look-up finds
    asked: list[str] = field(default_factory=list)  # ids, in order
    on_removal: Callable[[], object] = lambda: None

    name: str = "x"
    kind: str = "x"
    atomic: bool = False
    repeatable: bool = False
    editable: bool = False

    def who_am_i(self) -> Account:
        """See Channel."""
        return Account("1", "water", "https://x.com/water")

    def prepare(
        self, posts: Sequence[Mapping[str, Any]], seed: str, now: dt.datetime
    ) -> list[dict[str, str]]:
        """See Channel."""
        return [{} for _ in posts]

    def anchor(self) -> str:
        """See Channel."""
        return ""

    def publish(self, posts: Sequence[Outgoing]) -> Outcome:
        """See Channel."""
        raise AssertionError("what was withdrawn is published")

    def edit(self, receipt: Receipt, post: Outgoing) -> Outcome:
        """See Channel."""
        raise AssertionError("what was withdrawn is edited")

    def look_up(
        self, posts: Sequence[Outgoing], anchor: str, known: frozenset[str]
    ) -> Sent | Absent | Later | Unsure:
        """See Channel."""
        return self.hidden

    def remove(self, receipt: Receipt) -> Answer:
        """See Channel."""
        self.asked.append(receipt.id)
        self.on_removal()
        answer = self.answers.get(receipt.id, Removed())
        if isinstance(answer, Removed):
            self.standing.discard(receipt.id)
        return answer

    def close(self) -> None:
        """See Channel."""


@dataclass
class Published:
    """The statement, with all that is around it."""

    context: Context
    clock: Clock
    network: Network
    statement: Statement
    ben: Person

    @property
    def delivery(self) -> Delivery:
        """The thread on X, as the ledger has it now."""
        return Delivery.objects.get(statement=self.statement)

    @property
    def states(self) -> list[str]:
        """Of each post, in the order of the thread."""
        return list(self.delivery.posts.values_list("state", flat=True))

    def work(self) -> bool:
        """Claim the removal and work on it, if it is due."""
        leases = queue.claim(["removal"], "worker", self.clock.at, dt.timedelta(minutes=2), 1)
        for lease in leases:
            removal.remove_thread(self.context, self.network, lease)
        return bool(leases)

    def in_doubt(self, position: int) -> Post:
        """Let the last request for this post be one of which nobody knows, and none follow it."""
        posts = self.delivery.posts
        posts.filter(position__gt=position).update(
            state="waiting", attempts=0, remote_id=None, url=None, sent_at=None
        )
        posts.filter(position=position).update(
            state="running", remote_id=None, url=None, sent_at=None
        )
        post = posts.get(position=position)
        self.network.standing = {f"9{one}" for one in range(1, position)}
        Attempt.objects.create(
            post=post, number=1, channel="x", owner="worker", started_at=self.clock.at
        )
        return post


def publish(folder: Path, **sections: Any) -> Published:
    """Ana's statement, approved by Ben; three posts are out and three readers had the mail."""
    clock = Clock()
    configuration = parse(
        {
            "organisation": {"name": "Water for All", "site": "https://water.example"},
            "storage": {"directory": str(folder)},
            "channels": {"x": {"kind": "x", "account": "water"}},
            "lists": {"updates": {"title": "Statements"}},
            "delivery": {"attempts": 3, "backoff": "1s", "in_flight": "300s"},
            **sections,
        }
    )
    vault.create(folder)
    stopwatch = Stopwatch(lambda: clock.at.timestamp())
    context = Context(
        configuration, vault.load(folder), packaged("templates"), lambda: clock.at, stopwatch
    )
    ana = Person.objects.create_user("Ana", role="author")
    ben = Person.objects.create_user("Ben", role="approver")
    for name in READERS:
        _subscribe(name)
    statement = actions.submit(context, TEXT, author=ana, origin=Origin("test")).statement
    digest = actions.make_proof(context, statement.pk).digest
    actions.approve(context, statement.pk, person=ben, digest=digest)
    published = Published(context, clock, Network(), statement, ben)
    _send(published)
    return published


def _subscribe(name: str) -> None:
    subscriber = Subscriber.objects.create(address=b"sealed", address_index=name, created_at=NOON)
    Subscription.objects.create(
        subscriber=subscriber,
        list="updates",
        state=Membership.CONFIRMED,
        token_hash=name,
        requested_at=NOON,
    )


def _send(published: Published) -> None:
    """As workers would have done it."""
    for post in published.delivery.posts.all():
        post.state, post.attempts, post.sent_at = "sent", 1, NOON
        post.remote_id = f"9{post.position}"
        post.url = f"https://x.com/water/status/9{post.position}"
        post.save()
        published.network.standing.add(post.remote_id)
    delivery = published.delivery
    delivery.state, delivery.anchor = "sent", "1"
    delivery.save()
    queue.close("thread", delivery.pk)
    published.statement.campaigns.update(state="finished")
    queue.close("mail", published.statement.campaigns.get().pk)
    Recipient.objects.update(state="sent", attempts=1)
    published.statement.refresh_from_db()
