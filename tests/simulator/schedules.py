"""From a seed to a schedule, and through it: what is sent, what goes wrong, what people do."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import os
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from django.db import connection

from distributor import actions
from distributor.approvals.models import Proof
from distributor.audit.models import Entry
from distributor.config import Configuration, parse
from distributor.context import Context
from distributor.delivery import epoch, switch
from distributor.delivery.models import InstanceLimits, Job
from distributor.errors import BadState
from distributor.newsletter.models import Membership, Subscriber, Subscription
from distributor.people.models import Person
from distributor.statements.store import Origin

from .book import Book, Stuck
from .installation import KEYS, Desk, Machine, context_of, in_place
from .mail import Postbox
from .networks import KINDS, LATE, MOST_LAG, PUBLISHING, READING, Habits, Network
from .store import Store, no_hook, open_store
from .world import EPOCH, Rates, World

CALM_AT = 1800.0  # seconds; nothing goes wrong after it
SETTLED_WITHIN = 3600.0
LIST = "updates"
READERS = 3
FAULTS = tuple(dict.fromkeys((*PUBLISHING, *READING)))
EMBARGO = EPOCH + dt.timedelta(seconds=600)
TIGHT = 4  # posts in an hour
MOST_SETTLED = 6  # times that a person settles something of one schedule
CHOICES = (("x",), ("bluesky",), ("mastodon",), ("x", "mastodon"))
TEXTS = (
    ("The rivers are dry.", "We ask for water.", "Open the reserve."),
    ("The rivers are dry.", "We ask for wells."),  # begins with the words of another one
    ("Schools stay open.",),
    ("Forests burn.", "Rangers wait."),
)


@dataclass(frozen=True)
class Draft:
    """A statement that a schedule may use."""

    id: str
    channels: tuple[str, ...]
    opening: str


@dataclass(frozen=True)
class Result:
    """What a schedule came to."""

    seed: int
    problems: tuple[str, ...]
    counts: Counter[str]


def raw(title: str, paragraphs: tuple[str, ...]) -> bytes:
    """A statement as it is handed in."""
    return "\n\n".join((title, *paragraphs, "")).encode()


class Simulator:
    """The store, ready for one schedule after another."""

    def __init__(self, store: Store, folder: Path, schedule: type[Schedule]) -> None:
        self._schedule = schedule
        self._store = store
        self._folder = folder
        self._configurations: dict[tuple[int, int], Configuration] = {}
        self._drafts = self._prepare()
        self._starts: dict[tuple[str, ...], bytes] = {
            (): store.copy()
        }  # by what is approved at the start

    def _prepare(self) -> list[Draft]:
        """What every schedule starts from: people, subscribers and statements."""
        world = World(0)
        context = context_of(world, self._configuration(60, 20), self._folder)
        with in_place(world, Postbox(world, lambda envelope: None)):
            ana = Person.objects.create(name="Ana", role="author")
            Person.objects.create(name="Ben", role="approver")
            InstanceLimits.objects.create(
                instance="https://social.example", max_characters=500, per_url=23, read_at=EPOCH
            )
            for number in range(READERS):
                _subscribe(f"reader{number}@example.org")
            drafts = [
                _submit(context, ana, f"Statement {number}", channels, text)
                for number, (channels, text) in enumerate(itertools.product(CHOICES, TEXTS))
            ]
            Job.objects.all().delete()  # the proofs are made
            Entry.objects.all().delete()  # each schedule's record is verified: only its own part
        return drafts

    def _configuration(self, per_hour: int, attempts: int) -> Configuration:
        key = per_hour, attempts
        if key not in self._configurations:
            self._configurations[key] = parse(
                {
                    "organisation": {"name": "Water for All", "site": "https://water.example"},
                    "storage": {"directory": str(self._folder)},
                    "channels": {
                        "x": {"kind": "x", "account": "water"},
                        "bluesky": {"kind": "bluesky", "handle": "water.example"},
                        "mastodon": {"kind": "mastodon", "instance": "https://social.example"},
                    },
                    "mail": {"from": "water@example.org", "connections": 2},
                    "lists": {LIST: {"title": "Statements"}},
                    "delivery": {
                        "attempts": attempts,
                        "backoff": "30s",
                        "caps": {"per_hour": per_hour},
                    },
                }
            )
        return self._configurations[key]

    def run(self, seed: int, tell: Callable[[str], None] | None = None) -> Result:
        """One schedule."""
        world = World(seed, tell=tell)
        drafts = self._choose(world.random)
        self._start_with(drafts if world.chance(0.75) else [])
        random.seed(seed)  # the program's own jitter
        box = Postbox(world, lambda envelope: schedule.book.mailing(envelope))
        with in_place(world, box):
            schedule = self._schedule(
                world, self._store, self._folder, self._configuration, box, drafts
            )
            self._store.hook = world.step
            try:
                schedule.run()
            finally:
                self._store.hook = no_hook
        return Result(seed, tuple(dict.fromkeys(world.problems)), world.counts)

    def _choose(self, draw: random.Random) -> list[Draft]:
        """One statement, or two for the same channels, which often begin with the same words."""
        first = draw.choice(self._drafts)
        others = [one for one in self._drafts if one != first and one.channels == first.channels]
        alike = [one for one in others if one.opening == first.opening]
        if draw.random() < 0.8:
            return [first]
        return [first, draw.choice(alike if alike and draw.random() < 0.8 else others)]

    def _start_with(self, approved: Sequence[Draft]) -> None:
        """Put everything back to the start, with these approved already."""
        chosen = tuple(draft.id for draft in approved)
        (self._folder / switch.FILE).unlink(missing_ok=True)
        (self._folder / epoch.FILE).unlink(missing_ok=True)
        if chosen not in self._starts:
            self._store.put_back(self._starts[()])
            world = World(0)
            context = context_of(world, self._configuration(60, 20), self._folder)
            with in_place(world, Postbox(world, lambda envelope: None)):
                for id in chosen:
                    # X would refuse words that are on their way in another statement.
                    with contextlib.suppress(BadState):
                        approve(context, id)
            self._starts[chosen] = self._store.copy()
        self._store.put_back(self._starts[chosen])


def approve(context: Context, id: str) -> None:
    """Ben agrees to what is shown of a statement."""
    ben = Person.objects.get(name="Ben")
    proof = Proof.objects.filter(statement=id, current=True).first()
    if proof is None:
        raise BadState("There is no proof yet.")
    actions.approve(context, id, person=ben, digest=proof.digest)


def _submit(
    context: Context, author: Person, title: str, channels: tuple[str, ...], text: tuple[str, ...]
) -> Draft:
    """A statement that waits for its approval; some go to the list, some are under embargo."""
    with_mail, held_back = text == TEXTS[-1], title.endswith("3")
    origin = Origin("cli", list(channels), [LIST] if with_mail else [])
    submission = actions.submit(
        context,
        raw(title, text),
        author=author,
        origin=origin,
        not_before=EMBARGO if held_back else None,
    )
    actions.make_proof(context, submission.statement.id)
    return Draft(submission.statement.id, channels, text[0])


def _subscribe(address: str) -> None:
    subscriber = Subscriber.objects.create(
        address=KEYS.seal(address), address_index=KEYS.index(address), created_at=EPOCH
    )
    Subscription.objects.create(
        subscriber=subscriber,
        list=LIST,
        state=Membership.CONFIRMED,
        basis="test",
        token_hash=address,
        requested_at=EPOCH,
    )


class Schedule:
    """One way things may go, drawn from the world's chance."""

    def __init__(
        self,
        world: World,
        store: Store,
        folder: Path,
        configuration: Callable[[int, int], Configuration],
        box: Postbox,
        drafts: Sequence[Draft],
    ) -> None:
        self.world, self.store, self.box = world, store, box
        draw = world.random
        per_hour = draw.choice((60, 60, 60, 60, TIGHT))
        self.context: Context = context_of(
            world, configuration(per_hour, draw.choice((20, 20, 5))), folder
        )
        self.drafts = drafts
        self.book = Book(world, store, {name: name for name in KINDS}, per_hour, folder)
        self.networks: dict[str, Network] = {
            name: KINDS[name](world, name, self._habits(), self.book.leaving) for name in KINDS
        }
        alone = draw.random() < 0.5
        self.machines = [
            Machine(world, store, name, self.context, self.networks, alone)
            for name in (("the machine",) if alone else ("machine 1", "machine 2"))
        ]
        world.rates = Rates(
            fault=draw.choice((0.1, 0.25, 0.5)),
            outage=draw.choice((0.1, 0.25, 0.8)),
            crash=draw.choice((0, 0.003, 0.01)),
            pause=draw.choice((0, 0.1)),
            freeze=draw.choice((0, 0.02)),
            stall=draw.choice((0, 0.03)),
            after_intent=draw.choice((0, 0.3)),
            after_answer=draw.choice((0, 0, 0.2)),
            jump=draw.choice((0, 0.8, 0.8)),
        )
        self.desk = Desk(world, self._people_acted)
        world.on_jump = self._people_acted

    def _habits(self) -> Habits:
        draw = self.world.random
        some = draw.sample(FAULTS, k=draw.choice((3, 6, len(FAULTS))))
        return Habits(
            faults=frozenset((LATE,) if draw.random() < 0.25 else some),  # the worst of all
            lag=draw.choice((0.0, MOST_LAG)),
            honours_key=draw.random() < 0.35,
            answers_500_to_known_key=draw.random() < 0.3,
            token_lasts=draw.choice((0, 1, 2)) if draw.random() < 0.1 else None,
        )

    def _people_acted(self) -> None:
        self.book.refresh()
        for machine in self.machines:
            machine.nudge()

    def run(self) -> None:
        """Until everything has settled, or should have."""
        for network in self.networks.values():
            if self.world.chance(0.3):
                network.write_by_hand(TEXTS[0][0])
        for machine in self.machines:
            machine.start()
        self._plan()
        self.world.run(CALM_AT)
        self._calm()
        self._let_settle()
        self._check()

    def _check(self) -> None:
        """Everything is at rest: was every promise kept, also after a person settled the rest?"""
        self.book.close(self._used(), self.box.taken)
        if not self.world.problems and self.world.chance(0.3):
            self._settle()
            self.book.close(self._used(), self.box.taken)

    def _used(self) -> list[Network]:
        return [self.networks[name] for name in self.drafts[0].channels]

    def _let_settle(self) -> None:
        """Let everything come to rest, for as long as it may take."""
        limit = self.world.time + SETTLED_WITHIN * self._hours_of_caps()
        self.world.run(self.world.time + 60)
        # What was due before the clocks were put back waits for as much longer.
        while self.world.time < limit + self.world.put_back and self.store.next_due():
            self.world.run(self.world.time + 60)
        self.book.refresh()

    def _settle(self) -> None:
        """Somebody looks at the networks and says what became of what nobody knew."""
        ben = Person.objects.get(name="Ben")
        for _ in range(MOST_SETTLED):
            stuck = [one for network in self._used() for one in self.book.stuck(network)]
            if not stuck:
                return
            for one in stuck:
                self.world.count("settled by a person")
                self.desk.ask("settle", partial(self._say, one, ben))
            self._let_settle()
        self.world.problem(f"unsettled: {stuck[0]} still waits after a person settled it")

    def _say(self, one: Stuck, ben: Person) -> None:
        if one.found is None:
            actions.settle_by_sending(
                self.context,
                one.statement,
                person=ben,
                channel=one.channel,
                position=one.position,
            )
        else:
            actions.settle_as_sent(
                self.context,
                one.statement,
                person=ben,
                channel=one.channel,
                position=one.position,
                where=one.found,
            )

    def _hours_of_caps(self) -> int:
        return 1 if self.context.configuration.delivery.caps.per_hour > TIGHT else 12

    def _calm(self) -> None:
        """Nothing goes wrong any more, and what was halted goes on."""
        self.world.rates = Rates()
        ben = Person.objects.get(name="Ben")
        if switch.is_on(self.context.configuration.directory):
            self.desk.ask("resume", lambda: actions.resume(self.context, by=ben))
        for draft in self.drafts:
            if not self.book.is_approved(draft.id):
                self._approve_at(CALM_AT, draft)

    def _plan(self) -> None:
        draw = self.world.random
        self.book.refresh()
        for draft in self.drafts:
            if not self.book.is_approved(draft.id):
                self._approve_at(draw.uniform(0, 60), draft)
        events = (
            self._halt, self._revise, self._withdraw, self._tamper,
            self._unsubscribe, self._jump, self._jump,
            self._write_by_hand,
        )  # fmt: skip
        for event in draw.choices(events, k=draw.choice((0, 0, 1, 2))):
            self.world.count(event.__name__.strip("_"))
            event(draw.choice((5, 100, 600)) * draw.random(), draw.choice(self.drafts))

    def _at(self, time: float, what: str, verb: Callable[[], object]) -> None:
        self.world.at(time, lambda: self.desk.ask(what, verb))

    def _approve_at(self, time: float, draft: Draft) -> None:
        self._at(time, f"approve {draft.id}", lambda: approve(self.context, draft.id))

    def _halt(self, time: float, draft: Draft) -> None:
        ben = Person.objects.get(name="Ben")
        self._at(time, "halt", lambda: actions.halt(self.context, by="Ben", why="test"))
        if self.world.chance(0.7):
            later = time + self.world.random.uniform(1, 300)
            self._at(later, "resume", lambda: actions.resume(self.context, by=ben))

    def _revise(self, time: float, draft: Draft) -> None:
        ana = Person.objects.get(name="Ana")
        text = raw("Revised", ("We were asked to say it better.", "So we do."))
        self._at(
            time,
            "revise",
            lambda: actions.revise(self.context, draft.id, text, author=ana),
        )
        self._approve_at(time + 20, draft)

    def _withdraw(self, time: float, draft: Draft) -> None:
        ben = Person.objects.get(name="Ben")
        self._at(
            time,
            "take the approval back",
            lambda: actions.withdraw_approval(self.context, draft.id, person=ben, why="test"),
        )
        self._approve_at(time + 20, draft)

    def _tamper(self, time: float, draft: Draft) -> None:
        """Somebody with access to the database changes what was approved."""

        def change() -> None:
            proof = Proof.objects.filter(statement=draft.id, current=True).first()
            if proof is None:
                raise BadState("There is no proof yet.")
            content = bytes(proof.content).replace(b'"text":"', b'"text":"Not ')
            Proof.objects.filter(pk=proof.pk).update(content=content)

        self._at(time, "tamper", change)

    def _unsubscribe(self, time: float, draft: Draft) -> None:
        reader = self.world.random.randint(1, READERS)

        def leave() -> None:
            Subscription.objects.filter(pk=reader).update(
                state=Membership.UNSUBSCRIBED, unsubscribed_at=self.context.now()
            )
            self.book.says_farewell(reader)

        self._at(time, "unsubscribe", leave)

    def _jump(self, time: float, draft: Draft) -> None:
        self.world.jump_at(time)

    def _write_by_hand(self, time: float, draft: Draft) -> None:
        network = self.world.random.choice(list(self.networks.values()))
        self.world.at(time, lambda: network.write_by_hand("Good morning."))


@contextmanager
def open_simulator(schedule: type[Schedule] = Schedule) -> Iterator[Simulator]:
    """Everything a schedule of this kind needs."""
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None  # files there cost no disk's time
    with tempfile.TemporaryDirectory(dir=memory) as folder, open_store() as store:
        yield Simulator(store, Path(folder), schedule)
        connection.close()
