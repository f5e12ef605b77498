"""The networks of the simulator: accounts that answer late, twice, wrongly or never.

Each is a `Channel` of the program and the network behind it in one: what a client
library and an adapter would make of the network's answer is what it returns.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from distributor.channels.base import (
    Absent,
    Account,
    ChannelError,
    Later,
    Outcome,
    Outgoing,
    Receipt,
    Refused,
    Sent,
    Unsure,
)

from .world import World

TIMEOUT = 5.0  # seconds after which a client gives up waiting
LATEST = 200.0  # seconds after which a request has taken effect, or never will
MOST_LAG = 60.0  # seconds until what was written can be read
KEY_LIFE = 3600.0  # seconds Mastodon remembers a key

NOT_DONE = ("unreachable", "limited", "limited until", "busy")  # and the client knows it
DONE_UNHEARD = ("lost", "error after", "late")
UNDONE_UNHEARD = ("dropped", "error before")
PUBLISHING = (*NOT_DONE, *DONE_UNHEARD, *UNDONE_UNHEARD, "late", "doubled")
READING = ("unreachable", "limited", "limited until", "error", "odd")

Leaving = Callable[["Network", Sequence[Outgoing]], None]


@dataclass
class Remote:
    """A post as the network has it."""

    id: str
    text: str
    parent: str | None
    visible_at: float  # when those who read see it
    is_foreign: bool = False  # written by hand, not by the program


@dataclass(frozen=True)
class Habits:
    """How a network behaves in this schedule."""

    lag: float = 0.0
    honours_key: bool = True
    answers_500_to_known_key: bool = False
    expires: tuple[float, float] = (0.0, 0.0)  # while the token is not accepted


class Network:
    """One account on a network. `leaving` is told of each request to publish."""

    kind = ""
    atomic = False
    repeatable = False

    def __init__(self, world: World, name: str, habits: Habits, leaving: Leaving) -> None:
        self.world = world
        self.name = name
        self.habits = habits
        self.posts: list[Remote] = []
        self._leaving = leaving
        self._ids = itertools.count(101)

    def who_am_i(self) -> Account:
        """See Channel."""
        return Account("1", "water", "https://network.example/water")

    def prepare(
        self, posts: Sequence[Mapping[str, Any]], seed: str, now: dt.datetime
    ) -> list[dict[str, str]]:
        """See Channel."""
        return [{"key": f"{seed}/{position}"} for position, _ in enumerate(posts, start=1)]

    def anchor(self) -> str:
        """See Channel."""
        self.world.note(f"{self.name}: which is the newest post?")
        match self._trouble():
            case None:
                return max((post.id for post in self._visible()), key=int, default="")
            case Later(reason, until):
                raise ChannelError(reason, temporary=True, until=until)
            case Unsure(reason):
                raise ChannelError(reason, temporary=False)

    def publish(self, posts: Sequence[Outgoing]) -> Outcome:
        """See Channel."""
        world, fault = self.world, self._draw(PUBLISHING)
        self._leaving(self, posts)
        world.note(f"{self.name}: post {[post.position for post in posts]}, {fault or 'well'}")
        if self._is_expired():
            world.sleep(self._delay())
            return Refused("the token is not accepted")
        if fault in NOT_DONE:
            world.sleep(self._delay())
            return Later(fault, self._until() if fault == "limited until" else None)
        answers: list[Outcome] = []
        arrives = self._delay()
        if fault == "late":
            arrives += world.random.uniform(TIMEOUT, LATEST - TIMEOUT)
        if fault not in UNDONE_UNHEARD:
            for copy in range(2 if fault == "doubled" else 1):
                world.at(world.time + arrives + copy / 10, lambda: answers.append(self.take(posts)))
        world.sleep(min(arrives + 0.2, TIMEOUT))
        return Unsure(fault) if fault and fault != "doubled" else answers[-1]

    def look_up(
        self, posts: Sequence[Outgoing], anchor: str, known: frozenset[str]
    ) -> Sent | Absent | Later | Unsure:
        """See Channel."""
        trouble = self._trouble()
        found = trouble or self.find(posts, anchor, known)
        self.world.note(f"{self.name}: is post {[post.position for post in posts]} there? {found}")
        return found

    def close(self) -> None:
        """See Channel."""

    def take(self, posts: Sequence[Outgoing]) -> Outcome:
        """The request takes effect."""
        raise NotImplementedError

    def find(
        self, posts: Sequence[Outgoing], anchor: str, known: frozenset[str]
    ) -> Sent | Absent | Later | Unsure:
        """One own post newer than the anchor, with the text and the parent of ours."""
        wanted = posts[0]
        found = [
            post
            for post in self._visible()
            if post.text == wanted.payload["text"]
            and post.parent == (wanted.parent.id if wanted.parent else None)
            and int(post.id) > int(anchor or 0)
            and post.id not in known
        ]
        return Sent((self._receipt(found[0]),)) if found else Absent()

    def write_by_hand(self, text: str) -> None:
        """Somebody else of the team publishes something on the same account."""
        self.posts.append(Remote(str(next(self._ids)), text, None, self.world.time, True))

    def _create(self, post: Outgoing, parent: str | None, key: str | None = None) -> Remote:
        lag = self.world.random.uniform(0, self.habits.lag)
        made = Remote(
            key or str(next(self._ids)), post.payload["text"], parent, self.world.time + lag
        )
        self.posts.append(made)
        self.world.note(f"{self.name}: {made.text!r} appears as {made.id} after {parent}")
        return made

    def _receipt(self, post: Remote) -> Receipt:
        return Receipt(post.id, f"https://network.example/{post.id}")

    def _visible(self) -> list[Remote]:
        return [post for post in self.posts if post.visible_at <= self.world.time]

    def _delay(self) -> float:
        """A round trip; now and then the network is slow."""
        slow = self.world.random.random() < 0.05
        return self.world.random.uniform(0.05, TIMEOUT - 1 if slow else 0.5)

    def _draw(self, faults: Sequence[str]) -> str | None:
        if not self.world.chance(self.world.rates.fault):
            return None
        fault = self.world.random.choice(faults)
        self.world.count(fault)
        return fault

    def _is_expired(self) -> bool:
        start, end = self.habits.expires
        if not start <= self.world.time < end:
            return False
        self.world.count("expired")
        return True

    def _trouble(self) -> Later | Unsure | None:
        """Ask something; why there is no answer, if so."""
        fault = self._draw(READING)
        self.world.sleep(TIMEOUT if fault == "error" else self._delay())
        if self._is_expired():
            return Unsure("the token is not accepted")
        if fault == "odd":
            return Unsure("this may not be read")
        if fault:
            return Later(fault, self._until() if fault == "limited until" else None)
        return None

    def _until(self) -> dt.datetime:
        return self.world.now() + dt.timedelta(seconds=self.world.random.uniform(1, 900))


class X(Network):
    """No key; the timeline is read back late; a text it has already is answered with 403."""

    kind = "x"

    def take(self, posts: Sequence[Outgoing]) -> Outcome:
        """The request takes effect."""
        post = posts[0]
        if any(each.text == post.payload["text"] for each in self.posts):
            self.world.count("duplicate refused")
            return Unsure("a duplicate", taken=True)
        return Sent((self._receipt(self._create(post, post.parent.id if post.parent else None)),))


class Mastodon(Network):
    """A key for an hour; some servers ignore it, some answer 500 to a known one."""

    kind = "mastodon"

    def __init__(self, world: World, name: str, habits: Habits, leaving: Leaving) -> None:
        super().__init__(world, name, habits, leaving)
        self._keys: dict[str, tuple[Remote, float]] = {}

    def take(self, posts: Sequence[Outgoing]) -> Outcome:
        """The request takes effect."""
        post = posts[0]
        key = post.transport["key"]
        known, at = self._keys.get(key, (None, 0.0))
        if known and self.habits.honours_key and self.world.time < at + KEY_LIFE:
            self.world.count("key known")
            if self.habits.answers_500_to_known_key:
                return Unsure("error 500")
            return Sent((self._receipt(known),))
        made = self._create(post, post.parent.id if post.parent else None)
        self._keys[key] = made, self.world.time
        return Sent((self._receipt(made),))

    def _draw(self, faults: Sequence[str]) -> str | None:
        fault = super()._draw(faults)
        # Without a key nobody could tell the network's own copy from a second request.
        return "lost" if fault == "doubled" and not self.habits.honours_key else fault


class Bluesky(Network):
    """All posts of a thread or none, under keys of the client's choice."""

    kind = "bluesky"
    atomic = True
    repeatable = True

    def prepare(
        self, posts: Sequence[Mapping[str, Any]], seed: str, now: dt.datetime
    ) -> list[dict[str, str]]:
        """See Channel."""
        return [
            {"key": f"{seed}/{position}/{now.isoformat()}"}
            for position, _ in enumerate(posts, start=1)
        ]

    def take(self, posts: Sequence[Outgoing]) -> Outcome:
        """The request takes effect."""
        there = {post.id for post in self.posts}
        parent = posts[0].parent.id if posts[0].parent else None
        for post in posts:
            key = post.transport["key"]
            if key in there:
                self.world.count("key known")
            else:
                self._create(post, parent, key)
            parent = key
        return Sent(self._receipts(posts))

    def find(
        self, posts: Sequence[Outgoing], anchor: str, known: frozenset[str]
    ) -> Sent | Absent | Later | Unsure:
        """All of them by their keys."""
        there = {post.id for post in self._visible()}
        if all(post.transport["key"] in there for post in posts):
            return Sent(self._receipts(posts))
        return Absent()

    def _receipts(self, posts: Sequence[Outgoing]) -> tuple[Receipt, ...]:
        by_id = {post.id: post for post in self.posts}
        return tuple(self._receipt(by_id[post.transport["key"]]) for post in posts)


KINDS: Mapping[str, type[Network]] = {"x": X, "mastodon": Mastodon, "bluesky": Bluesky}
