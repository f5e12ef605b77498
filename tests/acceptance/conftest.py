"""What the acceptance tests share: the world, and installations that reach only it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.acceptance.installation import (
    SUBSCRIBERS,
    Approved,
    Installation,
    Running,
    settings_for,
)
from tests.acceptance.world import World
from tests.servers.postgres import Postgres


@pytest.fixture(scope="session")
def running_world() -> Iterator[World]:
    """The servers, one set per test session."""
    world = World.start()
    yield world
    world.stop()


@pytest.fixture
def world(running_world: World) -> World:
    """The servers, without posts, mails and faults."""
    running_world.reset()
    return running_world


@pytest.fixture(scope="session")
def prepared(running_world: World, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Set up with people and three confirmed subscribers; to be copied, not used."""
    made = Installation(tmp_path_factory.mktemp("prepared"), settings_for(running_world))
    made.environment["DISTRIBUTOR_PASSWORD"] = "carries water home"
    made.write("secret", "not a real one\n")
    made.configure()
    made.run("init")
    made.add_people()
    made.write("subscribers.csv", SUBSCRIBERS)
    basis = ("--basis", "signed up at the congress", "--confirmed")
    made.run("subscriber", "import", "subscribers.csv", "--list", "statements", *basis)
    return made


@pytest.fixture
def fresh(world: World, prepared: Installation, tmp_path: Path) -> Iterator[Installation]:
    """An installation with people and subscribers, and no statement yet."""
    yield prepared.copy_to(tmp_path / "installation")
    shutil.rmtree(tmp_path)  # hundreds of databases would stay otherwise


@pytest.fixture
def on_postgresql(fresh: Installation, postgres: Postgres) -> Installation:
    """It, moved to an empty database; its leases end soon, as nobody frees them."""
    fresh.configure(
        storage={"database": postgres.create_database()}, lists=None, delivery={"lease": "2s"}
    )
    fresh.run("init")
    fresh.add_people()
    return fresh


Approve = Callable[..., Approved]


@pytest.fixture(scope="session")
def approved_before() -> dict[str, Approved]:
    """What `approved` made already, by where it goes."""
    return {}


@pytest.fixture
def approved(
    fresh: Installation,
    approved_before: dict[str, Approved],
    tmp_path_factory: pytest.TempPathFactory,
    tmp_path: Path,
) -> Approve:
    """Gives an approved statement that goes to one channel, to "mail" alone, or everywhere."""

    def give(where: str = "everywhere") -> Approved:
        if where not in approved_before:
            made = fresh.copy_to(tmp_path_factory.mktemp(f"approved-{where}"))
            leave_only(made, where)
            statement = made.submit()
            made.approve(statement)
            approved_before[where] = Approved(made, made.json("proof", statement))
        return approved_before[where].copy_to(tmp_path / f"approved-{where}")

    return give


def leave_only(installation: Installation, where: str) -> None:
    """Take every other place to go out of the configuration."""
    if where != "everywhere":
        others = [name for name in installation.values["channels"] if name != where]
        installation.configure(channels=dict.fromkeys(others))
    if where not in ("everywhere", "mail"):
        installation.configure(lists=None)


Run = Callable[..., Running]


@pytest.fixture
def start(fresh: Installation) -> Iterator[Run]:
    """Starts commands of the fresh installation that do not end by themselves."""
    started: list[Running] = []

    def begin(*arguments: str, within: Installation = fresh) -> Running:
        started.append(Running(within, *arguments))
        return started[-1]

    yield begin
    for running in started:
        running.__exit__()
        sys.stderr.write(running.said)  # pytest shows it with a failure
