"""An installation of the program in the simulated world: its machines and its people.

The production code runs unchanged; only the renderer is a plain one, the networks
are the simulator's, and so is the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

from distributor import assemble, workers
from distributor.channels.base import Channel
from distributor.config import Configuration
from distributor.context import Context, Stopwatch
from distributor.delivery.queue import Lease
from distributor.delivery.roster import Roster
from distributor.errors import DistributorError
from distributor.newsletter import campaigns
from distributor.rendering import proofs as rendering
from distributor.vault import Vault
from distributor.workers import INTERNAL, OUTGOING, THREADS, Workers

from .mail import Postbox
from .networks import Network
from .proofs import render_plainly
from .store import Store
from .world import Process, Task, Turn, World

KEYS = Vault(b"w" * 32, b"s" * 32, b"i" * 32)


def context_of(world: World, configuration: Configuration, templates: Path) -> Context:
    """What the verbs and the workers are given."""
    return Context(configuration, KEYS, templates, now=world.now)


class Simulated(Roster):
    """Hands out the simulator's networks in the place of channels."""

    def __init__(self, context: Context, networks: dict[str, Network]) -> None:
        super().__init__(context)
        self._networks = networks

    def _channel(self, name: str) -> Channel:
        return self._networks[name]


class Machine:
    """A process of workers that is started again whenever it dies."""

    def __init__(
        self,
        world: World,
        store: Store,
        name: str,
        context: Context,
        networks: dict[str, Network],
        alone: bool,
    ) -> None:
        self._world = world
        self._store = store
        self._name = name
        self._context = context
        self._networks = networks
        self._is_alone = alone  # so it may release leases as soon as it starts
        self._main: Task | None = None
        self._is_resting = False

    def start(self) -> None:
        """Start the process."""
        process = Process(self._world, self._name, on_end=self._start_again)
        self._main = process.start(lambda: self._live(process))

    def nudge(self) -> None:
        """Something was committed: look for due work now."""
        if self._is_resting and self._main:
            main, sleep = self._main, self._main.sleep
            self._world.at(self._world.time, lambda: self._world.resume(main, sleep))

    def _start_again(self) -> None:
        delay = self._world.random.choice((1, 30, 200))
        self._world.at(self._world.time + delay, self.start)

    def _live(self, process: Process) -> None:
        context = replace(self._context, stopwatch=Stopwatch(self._world.elapsed))
        assemble.take_over(context, alone=self._is_alone)
        crew = Workers(context, (*OUTGOING, *INTERNAL), Simulated(context, self._networks))
        crew._renewing = Turn(self._world)  # a thread's lock would stop the whole world
        while True:
            wait = self._seconds_to_next()
            if wait > 0:
                self._rest(wait)
                continue
            under_way = sum(not task.dead for task in process.tasks) - 1
            leases = crew.claim(THREADS - under_way)
            for lease in leases:
                process.start(partial(self._do, crew, lease))
            if not leases:  # everything is halted; who lifts that nudges
                self._rest(60.0)

    def _do(self, crew: Workers, lease: Lease) -> None:
        self._world.note(f"{self._name}: {lease.kind} {lease.subject}")
        crew.do(lease)
        self.nudge()

    def _seconds_to_next(self) -> float:
        """Until a job comes due, or the lease of one that somebody works on."""
        due = self._store.next_due()
        return (due - self._context.now()).total_seconds() if due else 3600.0

    def _rest(self, seconds: float) -> None:
        self._is_resting = True
        self._world.sleep(seconds)
        self._is_resting = False


class Desk:
    """The people, each of whose requests is a process of its own, which may die."""

    def __init__(self, world: World, after: Callable[[], None]) -> None:
        self._world = world
        self._after = after

    def ask(self, what: str, verb: Callable[[], object]) -> None:
        """Somebody gives a verb; a refusal is an answer."""
        process = Process(self._world, f"the request to {what}", on_end=self._after)
        process.start(lambda: self._carry_out(what, verb))

    def _carry_out(self, what: str, verb: Callable[[], object]) -> None:
        try:
            verb()
            self._world.note(f"people: {what}")
        except DistributorError as refusal:
            self._world.note(f"people: {what}, refused: {refusal}")
        self._world.at(self._world.time, self._after, first=True)


@contextmanager
def in_place(world: World, box: Postbox) -> Iterator[None]:
    """Put the simulator's renderer, mail server and log where the program looks for them."""
    swaps: list[tuple[Any, str, Any]] = [
        (rendering, "render_proof", render_plainly),
        (campaigns, "Mailer", box.mailer),
        # Asking ten times a second whether a channel is free again shows nothing new here.
        (workers, "_BUSY", dt.timedelta(seconds=2)),
    ]
    before = [(room, name, getattr(room, name)) for room, name, _ in swaps]
    for room, name, value in swaps:
        setattr(room, name, value)
    structlog.configure(processors=[_listener(world)])
    try:
        yield
    finally:
        structlog.reset_defaults()
        for room, name, value in before:
            setattr(room, name, value)


def _listener(world: World) -> Processor:
    """What the program logs is a note; a failure it did not expect is a broken promise."""

    def listen(logger: Any, method: str, event: EventDict) -> EventDict:
        if method in ("error", "exception"):
            import traceback

            world.problem(f"failed: {event['event']} {traceback.format_exc()[-700:]}")
        else:
            world.note(f"log: {event}")
        raise structlog.DropEvent

    return listen
