"""What the acceptance tests share: the world, and installations that reach only it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.acceptance.installation import SUBSCRIBERS, Installation, Running, settings_for
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
