"""An installation of the program in a folder of its own, run as the processes it is."""

from __future__ import annotations

import copy
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from tests.acceptance.warm import WarmProcess
from tests.acceptance.world import HANDLE, World
from tests.waiting import until

_TOP = Path(__file__).resolve().parents[2]
_SECONDS = 120  # the longest any command may take

TEXT = """Water must reach the villages first

3 June 2026

The rivers of the north have run dry for the third year, and 47 villages have reportedly had no \
running water since April.

According to the village councils, the reserve behind the dam at Oster is full. It has not been \
opened. Families walk up to nine kilometres a day for water that is not safe to drink.

Nobody should have to choose between a field and a child. The law of 1998 puts households before \
farms and farms before industry; we ask for nothing more than that the law is kept.

We call on the ministry to:

• Open the reserve at Oster without delay.
• Publish the daily figures of every reservoir.
• Pay for the water lorries until the pipes run again.

We stand with everyone who carries water home.
"""

SUBSCRIBERS = """email,name,language
dana@reader.example,Dana Reader,en
eli@press.example,Eli Press,en
fay@parliament.example,,en
"""


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    code: int
    stdout: str
    stderr: str

    def json(self) -> Any:
        """The one document on stdout."""
        return json.loads(self.stdout)


@dataclass(slots=True)
class Installation:
    """A folder with a configuration; commands run in it."""

    folder: Path
    values: dict[str, Any]
    environment: dict[str, str] = field(default_factory=dict)
    within: tuple[str, ...] = ()  # a program that starts ours under some condition
    module: tuple[str, ...] = ("distributor",)

    @property
    def is_plain(self) -> bool:
        """Whether its commands are run by nothing but Python."""
        return not self.within and self.module == ("distributor",)

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.folder / "var"

    def configure(self, **sections: Any) -> None:
        """Change sections of the configuration; a key whose value is None is taken out."""
        _merge(self.values, sections)
        (self.folder / "distributor.toml").write_text(_toml(self.values), encoding="utf-8")

    def write(self, name: str, text: str | bytes) -> str:
        """A file in the folder; gives its name."""
        content = text.encode() if isinstance(text, str) else text
        (self.folder / name).write_bytes(content)
        return name

    def run(self, *arguments: str, code: int | None = 0, stdin: bytes = b"") -> Done:
        """Run a command to its end, which must be this exit code (None: done, 0 or 3)."""
        with Running(self, *arguments, stdin=stdin) as running:
            done = Done(running.wait(), running.stdout, running.stderr)
        expected = (0, 3) if code is None else (code,)
        assert done.code in expected, f"{arguments} ended with {done.code}: {done.stderr}"
        return done

    def json(self, *arguments: str, code: int | None = 0) -> Any:
        """The document a command prints with --json."""
        return self.run(*arguments, "--json", code=code).json()

    def start(
        self, *arguments: str, stdin: IO[bytes] | None, stdout: int, stderr: int
    ) -> subprocess.Popen[bytes] | WarmProcess:
        """Start a command; nobody waits for it."""
        own = ("DISTRIBUTOR_", "DJANGO_", "COV_")
        inherited = {name: text for name, text in os.environ.items() if not name.startswith(own)}
        environment = inherited | {"PYTHONPATH": str(_TOP)} | self.environment
        given = (*arguments, "--config", "distributor.toml")
        if self.is_plain and stdin is None:
            return WarmProcess(given, self.folder, environment, stdout, stderr)
        return subprocess.Popen(
            [*self.within, sys.executable, "-m", *self.module, *given],
            cwd=self.folder,
            env=environment,
            stdin=stdin or subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
        )

    def add_people(self) -> None:
        """Ana writes, Ben and Cora approve, Cleo writes other things, Abe is an admin."""
        for name, role in (
            ("Ana", "author"),
            ("Ben", "approver"),
            ("Cora", "approver"),
            ("Cleo", "author"),
            ("Abe", "admin"),
        ):
            self.run("person", "add", name, "--role", role)

    def submit(self, text: str = TEXT, author: str = "Ana", **options: str) -> str:
        """Hand a text in; the id of its statement."""
        given = [part for name, value in options.items() for part in (f"--{name}", value)]
        name = self.write("statement.txt", text)
        statement: str = self.json("submit", name, "--as", author, *given)["statement"]
        return statement

    def approve(self, statement: str, name: str = "Ben") -> str:
        """Approve the current proof; its digest."""
        digest: str = self.json("proof", statement)["digest"]
        self.run("approve", statement, "--as", name, "--digest", digest)
        return digest

    def deliver(self, code: int | None = 0) -> Any:
        """Deliver until nothing is due; the status."""
        return self.json("deliver", "--until-idle", "--timeout", "100", code=code)

    def deliver_until(self, statement: str, is_so: Callable[[Any], object]) -> Any:
        """Deliver until something is so in the status of a statement; that status."""
        with Running(self, "worker") as working:
            until(lambda: is_so(self.status(statement)))
            assert working.end() == 0
        return self.status(statement)

    def status(self, statement: str | None = None) -> Any:
        """What is where: everything, or one statement."""
        if statement is None:
            return self.json("status")
        return self.json("status", statement)["statements"][0]

    def copy_to(self, folder: Path) -> Installation:
        """The same installation once more, elsewhere."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return replace(
            self,
            folder=folder,
            values=copy.deepcopy(self.values),
            environment=dict(self.environment),
        )

    def under(self, *within: str) -> Installation:
        """The same installation, whose commands another program starts."""
        return replace(self, within=within)

    def with_clock_off_by(self, seconds: float) -> Installation:
        """The same installation, on a machine whose clock is wrong."""
        return replace(self, module=("tests.acceptance.shifted_clock", str(seconds)))


@dataclass(frozen=True, slots=True)
class Approved:
    """An installation that is about to deliver one statement, and the proof of what."""

    here: Installation
    proof: Any

    @property
    def statement(self) -> str:
        """The id of the statement."""
        found: str = self.proof["statement"]
        return found

    def copy_to(self, folder: Path) -> Approved:
        """The same once more, elsewhere."""
        return Approved(self.here.copy_to(folder), self.proof)


class Running:
    """A command that runs until it ends or is told to; its messages are collected."""

    def __init__(self, installation: Installation, *arguments: str, stdin: bytes = b"") -> None:
        self._lines: list[tuple[str, str]] = []
        self._readers: list[threading.Thread] = []
        with ExitStack() as stack:
            stdout, stderr = (self._collect(name, stack) for name in ("stdout", "stderr"))
            given = None
            if stdin:
                given = stack.enter_context(tempfile.TemporaryFile())
                given.write(stdin)
                given.seek(0)
            self.process = installation.start(*arguments, stdin=given, stdout=stdout, stderr=stderr)

    def _collect(self, name: str, stack: ExitStack) -> int:
        """Keep what is written to the pipe given back, until the process and the stack end."""
        end, start = os.pipe()
        stack.callback(os.close, start)

        def collect() -> None:
            with open(end, "rb") as stream:
                for line in stream:
                    self._lines.append((name, line.decode()))

        self._readers.append(threading.Thread(target=collect, daemon=True))
        self._readers[-1].start()
        return start

    @property
    def said(self) -> str:
        """Everything it printed so far."""
        return "".join(line for _, line in self._lines)

    @property
    def stdout(self) -> str:
        """What it printed as its result, so far."""
        return "".join(line for name, line in self._lines if name == "stdout")

    @property
    def stderr(self) -> str:
        """What it told a person, so far."""
        return "".join(line for name, line in self._lines if name == "stderr")

    def seconds_of_work(self) -> float:
        """How much processor time it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        ticks = int(fields[11]) + int(fields[12])  # user and system, proc(5)
        return ticks / os.sysconf("SC_CLK_TCK")

    def freeze(self) -> None:
        """SIGSTOP: it stands still, as on a machine that sleeps."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT: it goes on as if nothing had been."""
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        self.process.send_signal(signal.SIGKILL)
        self.wait()

    def end(self) -> int:
        """Ask it to end, as a service manager does; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self) -> int:
        """Wait for its end; the exit code."""
        code = self.process.wait(_SECONDS)
        for reader in self._readers:
            reader.join(_SECONDS)
        return code

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.kill()


def settings_for(world: World) -> dict[str, Any]:
    """A configuration that reaches only these servers, and is quick to try again."""
    secret = "secret"
    addresses = {name: server.url for name, server in world.networks.items()}
    return {
        "organisation": {"name": "Water for All", "site": "https://water.example"},
        "storage": {"directory": "var", "database": "sqlite:///var/distributor.sqlite3"},
        "channels": {
            "x": {
                "kind": "x",
                "api": addresses["x"],
                "account": "water",
                "consumer_key_file": secret,
                "consumer_secret_file": secret,
                "access_token_file": secret,
                "access_token_secret_file": secret,
            },
            "bluesky": {
                "kind": "bluesky",
                "service": addresses["bluesky"],
                "handle": HANDLE,
                "app_password_file": secret,
            },
            "mastodon": {
                "kind": "mastodon",
                "instance": addresses["mastodon"],
                "access_token_file": secret,
            },
        },
        "mail": {
            "from": "Water for All <news@water.example>",
            "reply_to": "press@water.example",
            "host": "127.0.0.1",
            "port": world.mail.port,
            "security": "none",
        },
        "lists": {"statements": {"title": "Statements of Water for All"}},
        "delivery": {"in_flight": "700ms", "backoff": "100ms", "backoff_max": "300ms"},
    }


def _merge(values: dict[str, Any], changes: dict[str, Any]) -> None:
    for name, change in changes.items():
        if change is None:
            values.pop(name, None)
        elif isinstance(change, dict) and isinstance(values.get(name), dict):
            _merge(values[name], change)
        else:
            values[name] = change


def _toml(table: dict[str, Any], path: str = "") -> str:
    """As TOML; strings, numbers, booleans and lists are written alike in JSON."""
    plain = {name: value for name, value in table.items() if not isinstance(value, dict)}
    lines = [f"[{path}]"] if path else []
    lines += [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in plain.items()]
    inner = {name: value for name, value in table.items() if isinstance(value, dict)}
    lines += [_toml(value, f"{path}.{name}" if path else name) for name, value in inner.items()]
    return "\n".join(lines)
