"""One clock, one random source and one order of events: all that happens in it.

Processes are greenlets: they run the production code until they ask the network
something, or are made to stop for a while, and the world goes on to whatever
comes next. Nothing runs at the same time as anything else, so a seed says it all.
"""

from __future__ import annotations

import contextlib
import contextvars
import datetime as dt
import heapq
import itertools
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from greenlet import getcurrent, greenlet

EPOCH = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


class Crash(BaseException):
    """The process that is running ends at this very step, as by kill -9."""


class Task(greenlet):
    """One line of work of a process."""

    def __init__(self, process: Process, work: Callable[[], None]) -> None:
        super().__init__(self._carry, process.world.hub)
        self.gr_context = contextvars.copy_context()  # with the open database in it
        self.process = process
        self.sleep = 0  # the number of its present sleep: an older alarm wakes nobody
        self.has_intent = False  # committed, with the request still to come
        self._work = work

    def _carry(self) -> None:
        try:
            self._work()
        except Crash:
            self.process.end()


@dataclass(eq=False)
class Process:
    """A program that runs until it is killed; while frozen none of its tasks does anything."""

    world: World
    name: str
    on_end: Callable[[], None] = lambda: None
    tasks: list[Task] = field(default_factory=list)
    is_alive: bool = True
    frozen_until: float = 0.0

    def start(self, work: Callable[[], None]) -> Task:
        """Begin another line of work."""
        task = Task(self, work)
        self.tasks = [each for each in self.tasks if not each.dead] + [task]
        self.world.at(self.world.time, lambda: self.world.resume(task, task.sleep))
        return task

    def end(self) -> None:
        """Die now: whatever its tasks were waiting for, they never learn."""
        if self.is_alive:
            self.is_alive = False
            self.world.count("crash")
            self.world.note(f"{self.name} dies")
            self.world.at(self.world.time, self._bury, first=True)

    def _bury(self) -> None:
        for task in self.tasks:
            with contextlib.suppress(Crash):  # raised here when it had not begun
                task.throw(Crash)
        self.on_end()

    def freeze(self, seconds: float) -> None:
        """Stand still, as by SIGSTOP or a paused virtual machine, and then go on unawares."""
        self.frozen_until = self.world.time + seconds
        self.world.count("freeze")
        self.world.note(f"{self.name} stands still for {seconds:.0f} s")


@dataclass(frozen=True)
class Rates:
    """How often what goes wrong, per step of the database's or per call."""

    fault: float = 0.0  # of a request to publish, or a message
    outage: float = 0.0  # of a request to read
    crash: float = 0.0  # at a step
    pause: float = 0.0  # a moment between two steps, in which others act
    freeze: float = 0.0  # minutes between two steps
    stall: float = 0.0  # minutes while it waits for an answer
    after_intent: float = 0.0  # a crash, or minutes, between the intent and its request
    after_answer: float = 0.0  # a crash between an answer and the note of it
    jump: float = 0.0  # of the clocks, while the effect of a request is not known


class World:
    """Time, chance and what comes next."""

    def __init__(self, seed: int, *, tell: Callable[[str], None] | None = None) -> None:
        self.random = random.Random(seed)
        self.time = 0.0  # seconds since EPOCH, as they truly pass
        self.skew = 0.0  # what the machines' clocks show beyond that
        self.put_back = 0.0  # how far they are behind the latest they ever showed
        self.rates = Rates()
        self.counts: Counter[str] = Counter()
        self.problems: list[str] = []
        self._tell = tell
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count(1)
        self.hub = getcurrent()
        self.on_jump: Callable[[], None] = lambda: None

    def now(self) -> dt.datetime:
        """What a clock on the wall shows; never the same twice."""
        self.time += 1e-6
        return EPOCH + dt.timedelta(seconds=self.time + self.skew)

    def elapsed(self) -> float:
        """What a stop watch shows, which nobody can set."""
        return self.time

    def jump_at(self, time: float) -> None:
        """Let somebody set the clocks on the wall then."""
        seconds = self.random.choice((-7200, -300, 300, 7200, 7200))
        self.at(time, lambda: self._jump(seconds))

    def _jump(self, seconds: float) -> None:
        self.count("clocks set")
        self.note(f"the clocks jump by {seconds:.0f} s")
        self.skew += seconds
        self.put_back = max(0.0, self.put_back - seconds)
        self.on_jump()

    def count(self, what: str) -> None:
        """Keep account of what went wrong, to know that it did."""
        self.counts[what] += 1

    def note(self, what: str) -> None:
        """Tell what happens, when a schedule is replayed."""
        if self._tell:
            self._tell(f"{self.time:9.2f}  {what}")

    def problem(self, what: str) -> None:
        """A promise was broken."""
        self.note(f"BROKEN: {what}")
        self.problems.append(what)

    def chance(self, rate: float) -> bool:
        """Whether something with this rate happens now."""
        return rate > 0 and self.random.random() < rate

    def at(self, time: float, act: Callable[[], None], *, first: bool = False) -> None:
        """Let something happen at a moment; `first`: before all else of that moment."""
        number = 0 if first else next(self._numbers)
        heapq.heappush(self._events, (time, number, act))

    def run(self, until: float) -> None:
        """Let things happen up to a moment."""
        while self._events and self._events[0][0] <= until:
            time, _, act = heapq.heappop(self._events)
            self.time = max(self.time, time)
            act()
        self.time = max(self.time, until)

    def sleep(self, seconds: float) -> None:
        """Let the task that calls this wait while others go on."""
        task = getcurrent()
        assert isinstance(task, Task), "only processes wait"
        if self.chance(self.rates.stall):
            task.process.freeze(self._minutes())
        task.sleep += 1
        alarm = task.sleep
        self.at(self.time + seconds, lambda: self.resume(task, alarm))
        self.hub.switch()

    def resume(self, task: Task, alarm: int) -> None:
        """Wake a task from that sleep of it, unless it died or woke already."""
        if task.dead or task.sleep != alarm or not task.process.is_alive:
            return
        if task.process.frozen_until > self.time:
            self.at(task.process.frozen_until, lambda: self.resume(task, alarm))
            return
        task.switch()

    def step(self, may_wait: bool, sql: str) -> None:
        """A process is about to speak to the database: the moment to die, or to lag behind.

        Others may act meanwhile only where it holds no transaction open.
        """
        task = getcurrent()
        if not isinstance(task, Task):
            return
        rates = self.rates
        if self.chance(rates.crash):
            self.count(f"crash before {_act(sql)}")
            raise Crash
        if may_wait:
            if self.chance(rates.pause):
                self.sleep(self.random.uniform(0, 3))
            if self.chance(rates.freeze):
                self._freeze(task, self._minutes())
            if task.has_intent:
                task.has_intent = False
                self._between_intent_and_request(task)
        elif sql.startswith(_INTENTS):
            task.has_intent = True

    def answered(self) -> None:
        """A process has an answer, and may die before it notes it."""
        if self.chance(self.rates.after_answer):
            self.count("crash after the answer")
            raise Crash

    def _between_intent_and_request(self, task: Task) -> None:
        if not self.chance(self.rates.after_intent):
            return
        if self.chance(0.5):
            self.count("crash after the intent")
            raise Crash
        self.count("freeze after the intent")
        seconds = self.random.uniform(5, 1800)
        if self.chance(self.rates.jump):
            self.jump_at(self.time + seconds * self.random.uniform(0.5, 1))  # when it is woken
        self._freeze(task, seconds)

    def _minutes(self) -> float:
        """How long a process may stand still."""
        return self.random.choice((5, 60, 200, 700)) * self.random.random()

    def _freeze(self, task: Task, seconds: float) -> None:
        task.process.freeze(seconds)
        self.sleep(0)


class Turn:
    """A lock among the tasks of a process: who has to wait lets the others go on."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._is_taken = False

    def __enter__(self) -> None:
        while self._is_taken:
            self._world.sleep(0.1)
        self._is_taken = True

    def __exit__(self, *trouble: object) -> None:
        self._is_taken = False


# Of posts, and of messages.
_INTENTS = ('INSERT INTO "delivery_attempt"', 'UPDATE "newsletter_recipient"')


def _act(sql: str) -> str:
    """The first words of a statement, to tell one step from another: `UPDATE delivery_job`."""
    verb, table = sql.split(maxsplit=1)[0], _TABLE.search(sql)
    return f"{verb} {table[0]}" if table else verb


_TABLE = re.compile(r"(?:approvals|audit|delivery|newsletter|people|statements)_[a-z]+")
