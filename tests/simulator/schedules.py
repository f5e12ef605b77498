"""From a seed to a schedule, and through it: what is sent, what goes wrong, what people do."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from distributor import actions
from distributor.approvals import proofing
from distributor.approvals.models import Proof
from distributor.config import Configuration, parse
from distributor.context import Context
from distributor.delivery import epoch, switch
from distributor.delivery.models import InstanceLimits, Job
from distributor.errors import BadState
from distributor.newsletter.models import Membership, Subscriber, Subscription
from distributor.people.models import Person
from distributor.statements.models import Statement
from distributor.statements.store import Origin

from .book import Book
from .installation import KEYS, Desk, Machine, context_of, in_place
from .mail import Postbox
from .networks import KINDS, MOST_LAG, Habits, Network
from .store import Store, open_store
from .world import EPOCH, Rates, World

CALM_AT = 1800.0  # seconds; nothing goes wrong after it
SETTLED_WITHIN = 3600.0
LIST = "updates"
EMBARGO = EPOCH + dt.timedelta(seconds=600)
TIGHT = 4  # posts in an hour
CHOICES = (("x",), ("bluesky",), ("mastodon",), ("x", "mastodon"))
TEXTS = (
    ("The rivers are dry.", "We ask for water.", "Open the reserve."),
    ("The rivers are dry.", "We ask for wells."),  # begins with the words of another one
    ("Schools stay open.",),
    ("Forests burn.", "Rangers wait."),
)


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

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._folder = folder
        self._configurations: dict[tuple[int, int], Configuration] = {}
        self._prepare()
        store.keep()

    def _prepare(self) -> None:
        """What every schedule starts from: people, subscribers and statements."""
        world = World(0)
        context = context_of(world, self._configuration(60, 20), self._folder)
        with in_place(world, Postbox(world, lambda envelope: None)):
            ana = Person.objects.create(name="Ana", role="author")
            Person.objects.create(name="Ben", role="approver")
            InstanceLimits.objects.create(
                instance="https://social.example", max_characters=500, per_url=23, read_at=EPOCH
            )
            for number in range(3):
                _subscribe(f"reader{number}@example.org")
            for number, (channels, text) in enumerate(itertools.product(CHOICES, TEXTS)):
                _submit(context, ana, f"Statement {number}", channels, text)
            Job.objects.all().delete()  # the proofs are made

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
                        "backoff": "5s",
                        "caps": {"per_hour": per_hour},
                    },
                }
            )
        return self._configurations[key]

    def run(self, seed: int, tell: Callable[[str], None] | None = None) -> Result:
        """One schedule."""
        random.seed(seed)  # the program's own jitter
        self._store.reset()
        switch.turn_off(self._folder)
        (self._folder / epoch.FILE).unlink(missing_ok=True)
        world = World(seed, tell=tell)
        box = Postbox(world, lambda envelope: schedule.book.mailing(envelope))
        with in_place(world, box):
            schedule = Schedule(world, self._store, self._folder, self._configuration, box)
            self._store.hook = world.step
            schedule.run()
            self._store.hook = lambda may_wait: None
            schedule.check()
        return Result(seed, tuple(dict.fromkeys(world.problems)), world.counts)


def _submit(
    context: Context, author: Person, title: str, channels: tuple[str, ...], text: tuple[str, ...]
) -> None:
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
    ) -> None:
        self.world, self.store, self.box = world, store, box
        draw = world.random
        per_hour = draw.choice((60, 60, 60, 60, TIGHT))
        self.context: Context = context_of(
            world, configuration(per_hour, draw.choice((20, 20, 5))), folder
        )
        self.statements = self._choose_statements()
        self.book = Book(world, store, {name: name for name in KINDS}, per_hour, folder)
        self.networks: dict[str, Network] = {
            name: KINDS[name](world, name, self._habits(), self.book.leaving) for name in KINDS
        }
        alone = draw.random() < 0.6
        self.machines = [
            Machine(world, store, name, self.context, self.networks, alone)
            for name in (("the machine",) if alone else ("machine 1", "machine 2"))
        ]
        world.rates = Rates(
            fault=draw.choice((0.1, 0.25, 0.5)),
            crash=draw.choice((0, 0.003, 0.01)),
            pause=draw.choice((0, 0.1)),
            freeze=draw.choice((0, 0.02)),
        )
        self.desk = Desk(world, self._people_acted)

    def _choose_statements(self) -> list[Statement]:
        """One, or two that go to the same channels."""
        draw = self.world.random
        every = list(Statement.objects.order_by("created_at", "id"))
        first = draw.choice(every)
        like = [one for one in every if one != first and one.channels == first.channels]
        return [first, draw.choice(like)] if draw.random() < 0.25 else [first]

    def _habits(self) -> Habits:
        draw = self.world.random
        start = draw.uniform(0, CALM_AT)
        return Habits(
            lag=draw.choice((0.0, MOST_LAG)),
            honours_key=draw.random() < 0.7,
            answers_500_to_known_key=draw.random() < 0.3,
            expires=(start, start + 60) if draw.random() < 0.05 else (0.0, 0.0),
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
        self.world.run(CALM_AT + 60)
        limit = CALM_AT + SETTLED_WITHIN * self._hours_of_caps() + max(0.0, -2 * self.world.skew)
        while self.world.time < limit and self.store.next_due():
            self.world.run(self.world.time + 60)

    def _hours_of_caps(self) -> int:
        return 1 if self.context.configuration.delivery.caps.per_hour > TIGHT else 12

    def _calm(self) -> None:
        """Nothing goes wrong any more, and what was halted goes on."""
        self.world.rates = Rates()
        ben = Person.objects.get(name="Ben")
        if switch.is_on(self.context.configuration.directory):
            self.desk.ask("resume", lambda: actions.resume(self.context, by=ben))
        for statement in self.statements:
            if not self.book.is_approved(statement):
                self._approve_at(CALM_AT, statement)

    def check(self) -> None:
        """Whether every promise was kept."""
        self.book.refresh()
        used = [self.networks[name] for name in self.statements[0].channels or ()]
        self.book.close(used, self.box.taken)

    def _plan(self) -> None:
        draw = self.world.random
        for statement in self.statements:
            self._approve_at(draw.uniform(0, 60), statement)
        events = (
            self._halt, self._revise, self._withdraw, self._tamper,
            self._unsubscribe, self._jump, self._jump,
            self._write_by_hand,
        )  # fmt: skip
        for event in draw.choices(events, k=draw.choice((0, 0, 1, 2))):
            self.world.count(event.__name__.strip("_"))
            event(draw.choice((5, 100, 600)) * draw.random(), draw.choice(self.statements))

    def _at(self, time: float, what: str, verb: Callable[[], object]) -> None:
        self.world.at(time, lambda: self.desk.ask(what, verb))

    def _approve_at(self, time: float, statement: Statement) -> None:
        def approve() -> object:
            ben = Person.objects.get(name="Ben")
            proof = proofing.current(statement)
            if proof is None:
                raise BadState("There is no proof yet.")
            return actions.approve(self.context, statement.id, person=ben, digest=proof.digest)

        self._at(time, f"approve {statement.id}", approve)

    def _halt(self, time: float, statement: Statement) -> None:
        ben = Person.objects.get(name="Ben")
        self._at(time, "halt", lambda: actions.halt(self.context, by="Ben", why="test"))
        if self.world.chance(0.7):
            later = time + self.world.random.uniform(1, 300)
            self._at(later, "resume", lambda: actions.resume(self.context, by=ben))

    def _revise(self, time: float, statement: Statement) -> None:
        ana = Person.objects.get(name="Ana")
        text = raw("Revised", ("We were asked to say it better.", "So we do."))
        self._at(
            time,
            "revise",
            lambda: actions.revise(self.context, statement.id, text, author=ana),
        )
        self._approve_at(time + 20, statement)

    def _withdraw(self, time: float, statement: Statement) -> None:
        ben = Person.objects.get(name="Ben")
        self._at(
            time,
            "take the approval back",
            lambda: actions.withdraw_approval(self.context, statement.id, person=ben, why="test"),
        )
        self._approve_at(time + 20, statement)

    def _tamper(self, time: float, statement: Statement) -> None:
        """Somebody with access to the database changes what was approved."""

        def change() -> None:
            proof = Proof.objects.filter(statement=statement, current=True).first()
            if proof is None:
                raise BadState("There is no proof yet.")
            content = bytes(proof.content).replace(b'"text":"', b'"text":"Not ')
            Proof.objects.filter(pk=proof.pk).update(content=content)

        self._at(time, "tamper", change)

    def _unsubscribe(self, time: float, statement: Statement) -> None:
        def leave() -> None:
            Subscription.objects.filter(pk=1).update(
                state=Membership.UNSUBSCRIBED, unsubscribed_at=self.context.now()
            )

        self._at(time, "unsubscribe", leave)

    def _jump(self, time: float, statement: Statement) -> None:
        by = self.world.random.choice((-7200, -300, 300, 7200, 7200))

        def jump() -> None:
            self.world.skew += by
            self.world.note(f"the clocks jump by {by} s")
            self._people_acted()

        self.world.at(time, jump)

    def _write_by_hand(self, time: float, statement: Statement) -> None:
        network = self.world.random.choice(list(self.networks.values()))
        self.world.at(time, lambda: network.write_by_hand("Good morning."))


@contextmanager
def open_simulator() -> Iterator[Simulator]:
    """Everything a schedule needs."""
    with tempfile.TemporaryDirectory() as folder, open_store() as store:
        yield Simulator(store, Path(folder))
        connection.close()
