"""Withdrawing with several workers on one PostgreSQL, one of which is killed at it."""

from __future__ import annotations

from tests.acceptance.conftest import Run
from tests.acceptance.installation import Installation
from tests.acceptance.test_many_machines import CHANNELS, start_workers
from tests.acceptance.world import World
from tests.waiting import until

READERS = ["dana@reader.example", "eli@press.example", "fay@parliament.example"]


def test_what_stands_is_removed_and_readers_are_told_once_though_a_worker_is_killed(
    on_postgresql: Installation, world: World, start: Run
) -> None:
    here = on_postgresql
    here.configure(lists={"statements": {"title": "Statements of Water for All"}})
    basis = ("--basis", "signed up at the congress", "--confirmed")
    here.run("subscriber", "import", "subscribers.csv", "--list", "statements", *basis)
    workers = start_workers(start, here, here)
    statement = here.submit()
    here.approve(statement)
    until(lambda: here.status(statement)["state"] == "delivered")
    for channel in CHANNELS:
        world.add_fault(channel, "* ", "delay", times=None, seconds=0.3)
    here.run("withdraw", statement, "--as", "Ben", "--why", "The figure is wrong.")
    until(lambda: len(world.texts("x")) < 4)
    workers[0].kill()
    until(lambda: here.status(statement)["state"] == "withdrawn")
    assert {name: world.texts(name) for name in CHANNELS} == {name: [] for name in CHANNELS}
    assert workers[1].process.poll() is None
    assert here.json("audit", "verify")["ok"] is True
    told = [mail for mail in world.mails() if mail.subject.startswith("Withdrawn: ")]
    (notice,) = here.status(statement)["campaigns"][1:]
    received = sorted(recipient for mail in told for recipient in mail.recipients)
    assert len(received) == len(set(received)) and set(received) <= set(READERS)
    assert notice["sent"] + notice["unsure"] == len(READERS)
