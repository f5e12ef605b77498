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
    Removed,
    Sent,
    Unsure,
)

from .world import World

TIMEOUT = 5.0  # seconds after which a client gives up waiting
LATEST = 200.0  # seconds after which a request has taken effect, or never will
MOST_LAG = 60.0  # seconds until what was written can be read
NEW_TOKEN_AFTER = 60.0  # seconds
KEY_LIFE = 3600.0  # seconds Mastodon remembers a key

LIMITED, LIMITED_UNTIL = "429 without a time", "429 with a time"
LATE, DOUBLED, UNREADABLE = "executed late", "doubled by the network", "unreadable"
READ_ERROR = "5xx to a question"
NOT_DONE = ("unreachable", LIMITED, LIMITED_UNTIL, "busy")  # and the client knows it
DONE_UNHEARD = ("answer lost", "5xx after the effect", LATE)
UNDONE_UNHEARD = ("request lost", "5xx before the effect")
PUBLISHING = (*NOT_DONE, *DONE_UNHEARD, *UNDONE_UNHEARD, LATE, DOUBLED)
REMOVING = (*NOT_DONE, "answer lost", "5xx after the effect", *UNDONE_UNHEARD)
READING = ("unreachable", LIMITED, LIMITED_UNTIL, READ_ERROR, UNREADABLE)

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

    faults: frozenset[str] = frozenset((*PUBLISHING, *READING))  # those that happen at all
    lag: float = 0.0
    honours_key: bool = True
    answers_500_to_known_key: bool = False
    token_lasts: int | None = None  # so many requests to publish; soon there is another token


class Network:
    """One account on a network. `leaving` is told of each request to publish."""

    kind = ""
    atomic = False
    repeatable = False
    editable = False
    refuses_repeats = False  # words it has already

    def __init__(self, world: World, name: str, habits: Habits, leaving: Leaving) -> None:
        self.world = world
        self.name = name
        self.habits = habits
        self.posts: list[Remote] = []
        self._leaving = leaving
        self._ids = itertools.count(101)
        self._requests = 0  # to publish
        self._expired_until = 0.0

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
        world, fault = self.world, self._draw(PUBLISHING, self.world.rates.fault)
        if self._requests == self.habits.token_lasts:
            self._expired_until = world.time + NEW_TOKEN_AFTER
        self._requests += 1
        self._leaving(self, posts)
        world.note(f"{self.name}: post {[post.position for post in posts]}, {fault or 'well'}")
        outcome = self._request(posts, fault)
        world.answered()
        return outcome

    def _request(self, posts: Sequence[Outgoing], fault: str | None) -> Outcome:
        world = self.world
        if self._is_expired():
            if posts[0].position > 1:
                world.count("token expired in mid-thread")
            world.sleep(self._delay())
            return Refused("the token is not accepted")
        if fault in NOT_DONE:
            world.sleep(self._delay())
            return Later(fault, self._until() if fault == LIMITED_UNTIL else None)
        answers: list[Outcome] = []
        arrives = self._delay()
        if fault == LATE:
            arrives += world.random.uniform(TIMEOUT, LATEST - TIMEOUT)
        if fault in (*DONE_UNHEARD, *UNDONE_UNHEARD) and world.chance(world.rates.jump):
            doubt = arrives if fault == LATE else 150  # in which clocks should not matter
            world.jump_at(world.time + doubt * world.random.uniform(0.2, 1))
        if fault not in UNDONE_UNHEARD:
            for copy in range(2 if fault == DOUBLED else 1):
                world.at(world.time + arrives + copy / 10, lambda: answers.append(self.take(posts)))
        world.sleep(min(arrives + 0.2, TIMEOUT))
        return Unsure(fault) if fault and fault != DOUBLED else answers[-1]

    def look_up(
        self, posts: Sequence[Outgoing], anchor: str, known: frozenset[str]
    ) -> Sent | Absent | Later | Unsure:
        """See Channel."""
        trouble = self._trouble()
        found = trouble or self.find(posts, anchor, known)
        self.world.note(f"{self.name}: is post {[post.position for post in posts]} there? {found}")
        return found

    def remove(self, receipt: Receipt) -> Removed | Refused | Later | Unsure:
        """See Channel."""
        world, fault = self.world, self._draw(REMOVING, self.world.rates.fault)
        world.note(f"{self.name}: remove {receipt.id}, {fault or 'well'}")
        world.sleep(self._delay())
        if self._is_expired():
            return Refused("the token is not accepted")
        if fault in NOT_DONE:
            return Later(fault, self._until() if fault == LIMITED_UNTIL else None)
        if fault not in UNDONE_UNHEARD:
            self.posts = [post for post in self.posts if post.id != receipt.id]
        return Unsure(fault) if fault else Removed()

    def edit(self, receipt: Receipt, post: Outgoing) -> Sent | Refused | Later | Unsure:
        """See Channel."""
        world, fault = self.world, self._draw(REMOVING, self.world.rates.fault)
        self._leaving(self, (post,))
        world.note(f"{self.name}: edit {receipt.id}, {fault or 'well'}")
        world.sleep(self._delay())
        if self._is_expired():
            return Refused("the token is not accepted")
        if fault in NOT_DONE:
            return Later(fault, self._until() if fault == LIMITED_UNTIL else None)
        there = next((one for one in self.posts if one.id == receipt.id), None)
        if there is None:
            return Refused("it is gone")
        if fault not in UNDONE_UNHEARD:
            there.text = post.payload["text"]
        world.answered()
        return Unsure(fault) if fault else Sent((receipt,))

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
        visible = [post for post in self.posts if post.visible_at <= self.world.time]
        if len(visible) < len(self.posts):
            self.world.count("read before the write shows")
        return visible

    def _delay(self) -> float:
        """A round trip; now and then the network is slow."""
        slow = self.world.random.random() < 0.05
        return self.world.random.uniform(0.05, TIMEOUT - 1 if slow else 0.5)

    def _draw(self, faults: Sequence[str], rate: float) -> str | None:
        possible = [fault for fault in faults if fault in self.habits.faults]
        if not possible or not self.world.chance(rate):
            return None
        fault = self.world.random.choice(possible)
        self.world.count(fault)
        return fault

    def _is_expired(self) -> bool:
        if self.world.time >= self._expired_until:
            return False
        self.world.count("token expired")
        return True

    def _trouble(self) -> Later | Unsure | None:
        """Ask something; why there is no answer, if so."""
        fault = self._draw(READING, self.world.rates.outage)
        self.world.sleep(TIMEOUT if fault == READ_ERROR else self._delay())
        if self._is_expired():
            return Unsure("the token is not accepted")
        if fault == UNREADABLE:
            return Unsure("this may not be read")
        if fault:
            return Later(fault, self._until() if fault == LIMITED_UNTIL else None)
        return None

    def _until(self) -> dt.datetime:
        return self.world.now() + dt.timedelta(seconds=self.world.random.uniform(1, 900))


class X(Network):
    """No key; the timeline is read back late; a text it has already is answered with 403."""

    kind = "x"
    refuses_repeats = True

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
    editable = True

    def __init__(self, world: World, name: str, habits: Habits, leaving: Leaving) -> None:
        super().__init__(world, name, habits, leaving)
        self._keys: dict[str, tuple[Remote, float]] = {}
        self._tried: set[str] = set()

    def publish(self, posts: Sequence[Outgoing]) -> Outcome:
        """See Channel."""
        key = posts[0].transport["key"]
        if key in self._tried:
            self.world.count("key sent again" if self.habits.honours_key else "key ignored")
        self._tried.add(key)
        return super().publish(posts)

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

    def _draw(self, faults: Sequence[str], rate: float) -> str | None:
        fault = super()._draw(faults, rate)
        # Without a key nobody could tell the network's own copy from a second request.
        return "answer lost" if fault == DOUBLED and not self.habits.honours_key else fault


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
