"""kill -9 of the program in the midst of a chosen request."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Literal

from tests.acceptance.installation import Installation, Running
from tests.acceptance.world import Trap, World

Then = Literal["drop_before", "drop_after"]  # the request has no effect any more, or still has it
THEN: tuple[Then, ...] = ("drop_before", "drop_after")


def dies_at(
    world: World,
    server: str,
    number: int,
    then: Then,
    here: Installation,
    verbs: tuple[str, ...] | None = None,
) -> bool:
    """Deliver, and die at the n-th request to a server; False when there were fewer.

    Only requests with one of these verbs count (None: any).
    """
    victim: Future[Running] = Future()
    trap = Trap(number, lambda: victim.result().kill(), then, verbs)
    world.server(server).faults = trap
    with Running(here, "deliver", "--until-idle", "--timeout", "100") as running:
        victim.set_result(running)
        code = running.wait()
    world.reset_faults()
    assert code == (-9 if trap.sprung else 0), running.said
    return trap.sprung
