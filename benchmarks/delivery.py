"""Delivery: how long it takes beyond what the networks' own answers take.

The program's own workers in this process, on SQLite and on PostgreSQL; the sandbox
networks in another one, whose log says how long each answer took there.

- approve to first post: from the moment `approve` returned until the request with the
  first post reached the network, less the network's answers to what was asked before it;
  for a statement to one network, and for the first of three that begin at the same time.
  On SQLite the workers are in the process that approves; on PostgreSQL they are
  another process, woken by NOTIFY
- thread of ten: from the first to the last request of a thread of ten posts and its
  answer, beside the sum of the network's own answers, each 100 ms as on a real network
- side by side: three channels whose answers take 50, 100 and 200 ms
- contention: an approval while a campaign is running
- takeover: from kill -9 of the worker until another one's next request (lease 2 s)

    python benchmarks/delivery.py [ROUNDS]

PostgreSQL's binaries must be installed (`make servers` does that on Debian).
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from system import configuration, free_port

MORE = """
[lists.readers]
title = "Readers"
[delivery]
lease = "2s"
[delivery.caps]
per_hour = 1000
per_day = 10000
"""
CHANNELS = ("x", "bluesky", "mastodon")
POSTING = ("/2/tweets", "/api/v1/statuses", "/xrpc/com.atproto.repo.")
TEN = "\n\n".join(
    f"We condemn the arrest of protester number {number} on the square before the parliament, "
    f"reportedly without a warrant, and call on the government of Norlandia to release all "
    f"{number} prisoners at once and to pay {number}00 crowns of damages to each family."
    for number in range(11, 31)
)


class Sandbox:
    """The networks in a process of their own, and what their logs say."""

    def __init__(self, ports: dict[str, int], environment: dict[str, str]) -> None:
        self._ports = ports
        command = [sys.executable, "-m", "distributor", "sandbox"]
        self._process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        for port in ports.values():
            _wait_for(port)

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait(10)

    def delay(self, channel: str, seconds: float) -> None:
        """Let each answer of a network take that long."""
        rule = {"match": "* /", "do": "delay", "seconds": seconds, "times": None}
        self._ask(channel, "faults", rule)

    def reset(self) -> None:
        """Forget posts, requests and delays."""
        for channel in self._ports:
            self._ask(channel, "reset", {})

    def requests(self, channel: str) -> list[dict[str, Any]]:
        """What was asked, oldest first."""
        found: list[dict[str, Any]] = self._ask(channel, "requests", None)
        return found

    def posts(self, channel: str) -> list[dict[str, Any]]:
        """The requests that published something and were answered."""
        return [
            one
            for one in self.requests(channel)
            if one["method"] == "POST" and one["path"].startswith(POSTING) and one["took"]
        ]

    def await_posts(self, channel: str, number: int) -> list[dict[str, Any]]:
        """The first posts, as soon as there are so many."""
        for _ in range(6000):
            if len(found := self.posts(channel)) >= number:
                return found
            time.sleep(0.01)
        raise SystemExit(f"{channel} did not get {number} posts within a minute.")

    def _ask(self, channel: str, what: str, value: Any) -> Any:
        body = None if value is None else json.dumps(value).encode()
        address = f"http://127.0.0.1:{self._ports[channel]}/sandbox/{what}"
        with urllib.request.urlopen(urllib.request.Request(address, body)) as answer:
            text = answer.read()
        return json.loads(text) if text else None


def _wait_for(port: int) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/sandbox/requests").close()
            return
        time.sleep(0.02)
    raise SystemExit("The sandbox did not start.")


class Program:
    """The verbs in this process, on an installation of its own."""

    def __init__(self, sandbox: Sandbox) -> None:
        from distributor import actions, assemble, workers
        from distributor.people.models import Person
        from distributor.statements.store import Origin

        self.sandbox = sandbox
        self.context = assemble.context()
        self._actions, self._workers, self._origin = actions, workers, Origin
        self._ana, _ = Person.objects.get_or_create(name="Ana", role="author")
        self._ben, _ = Person.objects.get_or_create(name="Ben", role="approver")

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """The workers in a thread of this process, as `distributor run` has them."""
        kinds = (*self._workers.OUTGOING, *self._workers.INTERNAL)
        crew = self._workers.Workers(self.context, kinds)
        thread = threading.Thread(target=crew.run)
        thread.start()
        try:
            yield
        finally:
            crew.stop()
            thread.join()

    def prove(self, number: int, text: str, *channels: str, lists: tuple[str, ...] = ()) -> Any:
        """A statement that waits for its approval; gives what approves it."""
        raw = f"Statement {number} of the alliance\n\n{text}\n".encode()
        origin = self._origin("benchmark", list(channels), list(lists))
        statement = self._actions.submit(
            self.context, raw, author=self._ana, origin=origin
        ).statement
        digest = self._actions.make_proof(self.context, statement.id).digest
        return lambda: self._actions.approve(
            self.context, statement.id, person=self._ben, digest=digest
        )


def measure_first_posts(program: Program, rounds: int, where: str) -> None:
    """The time from an approval to the first post: on each network alone, and on any of three."""
    numbers = itertools.count()
    for chosen in (*((name,) for name in CHANNELS), CHANNELS):
        delays = [_wait_for_first_post(program, next(numbers), chosen) for _ in range(rounds)]
        _print_times(f"approve to first post, {where}, {', '.join(chosen)}", delays[1:])


def _wait_for_first_post(program: Program, number: int, channels: tuple[str, ...]) -> float:
    """Milliseconds, without the network's own."""
    program.sandbox.reset()
    approve = program.prove(number, "We ask for water.", *channels)
    time.sleep(0.3)  # what the proof's job warms up is done
    approve()
    approved = time.monotonic()
    time.sleep(0.5)  # asking the sandbox would take time from those who are measured
    waited = []
    for channel in channels:
        arrived = program.sandbox.await_posts(channel, 1)[0]["monotonic"]
        asked = program.sandbox.requests(channel)
        answers = sum(one["took"] for one in asked if one["monotonic"] < arrived)
        waited.append(arrived - approved - answers)
    return float(min(waited) * 1000)


def measure_ten(program: Program) -> None:
    """A thread of ten posts, beside the network's own answers."""
    program.sandbox.reset()
    program.sandbox.delay("mastodon", 0.1)
    program.prove(100, TEN, "mastodon")()
    posts = program.sandbox.await_posts("mastodon", 10)
    asked = [one for one in program.sandbox.requests("mastodon") if one["took"]]
    whole = posts[-1]["monotonic"] + posts[-1]["took"] - asked[0]["monotonic"]
    answers = sum(one["took"] for one in asked)
    print(
        f"thread of {len(posts)} posts, {len(asked)} requests: {whole * 1000:.0f} ms, "
        f"the network's own answers {answers * 1000:.0f} ms, ratio {whole / answers:.2f}"
    )


def measure_side_by_side(program: Program) -> None:
    """Three channels at once, each with its own pace."""
    program.sandbox.reset()
    delays = {"mastodon": 0.05, "bluesky": 0.1, "x": 0.2}
    for channel, seconds in delays.items():
        program.sandbox.delay(channel, seconds)
    text = "\n\n".join(TEN.split("\n\n")[:4])
    approve = program.prove(200, text, *CHANNELS)
    approve()
    approved = time.monotonic()
    time.sleep(6)
    ends = {}
    for channel in CHANNELS:
        last = program.sandbox.posts(channel)[-1]
        ends[channel] = (last["monotonic"] + last["took"] - approved) * 1000
    words = ", ".join(f"{channel} after {end:.0f} ms" for channel, end in ends.items())
    print(f"side by side: {words}; the sum would be {sum(ends.values()):.0f} ms")


def measure_contention(program: Program, rounds: int) -> None:
    """How long a click on Approve takes while a campaign is running."""
    from distributor.newsletter.importing import import_csv
    from distributor.newsletter.models import Recipient

    lines = ["email,name,language\n"]
    lines += [f"reader.{number}@example.org,,en\n" for number in range(3000)]
    import_csv(
        program.context, lines, list_name="readers", basis="benchmark", confirmed=True,
        by="benchmark", progress=lambda read: None,
    )  # fmt: skip
    clicks = [program.prove(300 + n, "We ask for water.", "x") for n in range(rounds)]
    program.prove(299, "We ask for wells.", lists=("readers",))()
    time.sleep(1)
    taken = []
    for click in clicks:
        began = time.monotonic()
        click()
        taken.append((time.monotonic() - began) * 1000)
        time.sleep(0.05)
    left = Recipient.objects.filter(state="waiting").count()
    assert left, "The campaign was over before the clicks were: nothing was measured."
    ordered = sorted(taken)
    print(
        f"approve during a campaign: median {statistics.median(taken):.0f} ms, "
        f"p95 {ordered[int(len(ordered) * 0.95)]:.0f} ms ({3000 - left} mails were out by then)"
    )


def measure_takeover(program: Program, where: str, environment: dict[str, str]) -> None:
    """From the death of a worker in mid-thread to the next request of another one."""
    command = [sys.executable, "-m", "distributor", "worker"]
    program.sandbox.reset()
    program.sandbox.delay("mastodon", 0.4)
    first = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    waiting = None
    try:
        program.prove(400, TEN, "mastodon")()
        program.sandbox.await_posts("mastodon", 2)
        if where == "PostgreSQL":  # the other one runs already
            waiting = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
            time.sleep(1.5)
    finally:
        first.kill()
        died = time.monotonic()
        first.wait()
    if waiting is None:
        waiting = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        program.sandbox.await_posts("mastodon", 10)
    finally:
        waiting.terminate()
        waiting.wait(10)
    after = [one["monotonic"] for one in program.sandbox.requests("mastodon")]
    taken = min(moment for moment in after if moment > died) - died
    print(f"takeover after kill -9, {where}: {taken * 1000:.0f} ms")


def _print_times(what: str, times: list[float]) -> None:
    print(
        f"{what}: median {statistics.median(times):.0f} ms, "
        f"least {min(times):.0f}, most {max(times):.0f}"
    )


@contextlib.contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """A PostgreSQL with its durability on; the address of an empty database."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin")) or [Path("/usr/bin")]
    programs, port = found[-1], free_port()
    owner = "nobody" if os.geteuid() == 0 else None  # it refuses to run as root
    home = folder / "postgresql"
    home.mkdir()
    if owner:
        shutil.chown(home, owner)
        folder.chmod(0o755)

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), *arguments]
        subprocess.run(command, user=owner, cwd="/", check=True, stdout=subprocess.DEVNULL)

    data = str(home / "data")
    run("initdb", "-D", data, "-U", "distributor", "-A", "trust", "-E", "UTF8")
    server = f"-h 127.0.0.1 -p {port} -k {home}"
    run("pg_ctl", "start", "-w", "-D", data, "-o", server, "-l", str(home / "log"))
    try:
        yield f"postgresql://distributor@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "stop", "-D", data, "-m", "fast")


def measure(where: str, rounds: int) -> None:
    """All that is measured on one database: the one DISTRIBUTOR_CONFIG names."""
    from distributor import assemble

    assemble.set_up()
    from django.conf import settings

    assemble.initialise(settings.CONFIGURATION)
    tables = tomllib.loads(Path(os.environ["DISTRIBUTOR_CONFIG"]).read_text())["channels"]
    kept = {"x": "api", "bluesky": "service", "mastodon": "instance"}
    ports = {name: urlsplit(tables[name][key]).port or 0 for name, key in kept.items()}
    environment = dict(os.environ)
    sandbox = Sandbox(ports, environment)
    try:
        program = Program(sandbox)
        if where == "PostgreSQL":
            command = [sys.executable, "-m", "distributor", "worker"]
            worker = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
            time.sleep(3)
            measure_first_posts(program, rounds, "PostgreSQL, woken by NOTIFY")
            worker.terminate()
            worker.wait(10)
        else:
            with program.working():
                measure_first_posts(program, rounds, "SQLite, in one process")
                measure_ten(program)
                measure_side_by_side(program)
                measure_contention(program, 20)
        measure_takeover(program, where, environment)
    finally:
        sandbox.stop()


def main() -> None:
    """Measure on both databases, each in a process of its own."""
    if where := os.environ.get("DISTRIBUTOR_BENCHMARK"):
        measure(where, int(sys.argv[1]))
        return
    rounds = sys.argv[1] if len(sys.argv) > 1 else "20"
    with tempfile.TemporaryDirectory() as name, postgresql(Path(name)) as database:
        for where in ("SQLite", "PostgreSQL"):
            folder = Path(name) / where
            folder.mkdir()
            path, _ = configuration(folder)
            text = path.read_text() + MORE
            if where == "PostgreSQL":
                text = text.replace("[storage]\n", f'[storage]\ndatabase = "{database}"\n')
            path.write_text(text)
            environment = os.environ | {
                "DISTRIBUTOR_CONFIG": str(path), "DISTRIBUTOR_BENCHMARK": where,
            }  # fmt: skip
            subprocess.run([sys.executable, __file__, rounds], env=environment, check=True)


if __name__ == "__main__":
    main()
