"""A real PostgreSQL on loopback with a data folder of its own, one per test session."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from tests.servers.process import free_port, require_program

_USER = "distributor"


@dataclass(frozen=True)
class Postgres:
    """The running server; `url` is the address of a database that is always there."""

    url: str
    _restart: Callable[[], None] = field(repr=False)
    _numbers: Iterator[int] = field(default_factory=itertools.count, repr=False)

    def create_database(self, like: str | None = None) -> str:
        """The address of a fresh database: empty, or a copy of another that nobody uses."""
        name = f"fresh_{next(self._numbers)}"
        template = f" TEMPLATE {like.rpartition('/')[2]}" if like else ""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}{template}".encode())
        return self.url.removesuffix("postgres") + name

    def restart(self) -> None:
        """Stop the server in the midst of whatever it does, and start it again."""
        self._restart()

    def cut_connections(self, database: str) -> int:
        """Hang up on everybody who uses a database; how many those were."""
        name = database.rpartition("/")[2]
        with psycopg.connect(self.url, autocommit=True) as connection:
            cut = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )
            return cut.rowcount


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server, started for the first test that asks for it."""
    initdb, pg_ctl = _find("initdb"), _find("pg_ctl")
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    owner = _owner(folder)
    data = folder / "data"
    _run([initdb, "-D", data, "-U", _USER, "-A", "trust", "-E", "UTF8", "--no-sync"], owner)
    port = free_port()
    # -F: what a crash of the machine would lose does not matter here; speed does.
    server = f"-F -h 127.0.0.1 -p {port} -k {folder}"
    given: list[str | Path] = ["-D", data, "-w", "-o", server, "-l", folder / "log"]
    try:
        _run([pg_ctl, "start", *given], owner)
        yield Postgres(
            f"postgresql://{_USER}@127.0.0.1:{port}/postgres",
            lambda: _run([pg_ctl, "restart", "-m", "fast", *given], owner),
        )
        _run([pg_ctl, "stop", "-D", data, "-m", "immediate"], owner)
    finally:
        shutil.rmtree(folder)


def _find(program: str) -> Path:
    """A server program: on the PATH, else the newest of those Debian keeps off it."""
    versions = Path("/usr/lib/postgresql").glob(f"*/bin/{program}")
    newest = sorted(versions, key=lambda path: float(path.parts[4]), reverse=True)
    return require_program("PostgreSQL", program, *newest)


def _owner(folder: Path) -> str | None:
    """Whom the server runs as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    shutil.chown(folder, "nobody")
    return "nobody"


def _run(command: list[str | Path], user: str | None) -> None:
    """Run it and wait; what it says appears only when it fails."""
    done = subprocess.run(
        command,
        user=user,
        group=pwd.getpwnam(user).pw_gid if user else None,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        pytest.fail(f"PostgreSQL: {done.stdout}", pytrace=False)
