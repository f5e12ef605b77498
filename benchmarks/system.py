"""The running system: start, memory, the work of two commands, and approval to first post.

Everything is the real program on SQLite in a temporary folder, with the sandbox
networks on free loopback ports.

- start: from `distributor demo` on an installation that was set up before until
  the desk answers; memory (VmRSS) ten seconds later, with nothing to do
- commands: the whole process, and what is left of it beyond a process that only
  starts Python and Django with the same settings; then the two verbs alone, in a
  process that has done them before (medians)
- approval: from the moment of the approval, as the record has it, until the
  request for the first post reached the sandbox's X server; approved by another
  process, as the command line does

    python benchmarks/system.py [ROUNDS]
"""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

TEXT = """Statement {number} on the Detention of Peaceful Protesters

3 November 2026

The Alliance is deeply concerned by reports that {number} protesters were detained.

We call on the government to release all of them.
"""


LONG = (
    TEXT
    + """
The Alliance condemns the use of force against people who exercised their right to peaceful
assembly, guaranteed by Article 21 of the International Covenant on Civil and Political Rights.
According to their lawyers, 12 of those detained were allegedly denied medical care.

We call on our governments to:

  • Use all means at their disposal to protect those targeted from unlawful persecution.
  • Make clear that any further detention will be met with the full force of the law.
    Repeal any and all existing extradition treaties.
  • Take decisive steps to hold those responsible to account.

We stand with the people of Norlandia and will raise their case in our parliaments.

Next Article
"""
)


def free_port() -> int:
    """A loopback port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def configuration(folder: Path) -> tuple[Path, int]:
    """A sandbox set-up in a folder of its own, and the port of its X server."""
    x, bluesky, mastodon, viewer, mail = (free_port() for _ in range(5))
    secret = f'_file = "{folder}/secret"\n'
    (folder / "secret").write_text("sandbox\n")
    keys = "".join(
        f"{key}{secret}"
        for key in ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
    )
    path = folder / "distributor.toml"
    path.write_text(
        f'[storage]\ndirectory = "{folder}/var"\n'
        f"[sandbox]\nport = {viewer}\n"
        f'[mail]\nhost = "127.0.0.1"\nport = {mail}\nsecurity = "none"\n'
        f'[channels.x]\nkind = "x"\napi = "http://127.0.0.1:{x}"\n{keys}'
        f'[channels.bluesky]\nkind = "bluesky"\nservice = "http://127.0.0.1:{bluesky}"\n'
        f'handle = "a.test"\napp_password{secret}'
        f'[channels.mastodon]\nkind = "mastodon"\ninstance = "http://127.0.0.1:{mastodon}"\n'
        f"access_token{secret}"
    )
    return path, x


class Installation:
    """The program on its own data directory."""

    def __init__(self, path: Path) -> None:
        self._environment = {
            **os.environ,
            "DISTRIBUTOR_CONFIG": str(path),
            "DISTRIBUTOR_PASSWORD": "a-long-password-for-a-benchmark",
        }

    def ask(self, *arguments: str, text: str | None = None) -> str:
        """Run one command to its end."""
        command = [sys.executable, "-m", "distributor", *arguments]
        done = subprocess.run(
            command, env=self._environment, input=text, text=True, capture_output=True, check=True
        )
        return done.stdout

    def time(self, *arguments: str, text: str | None = None) -> float:
        """Milliseconds one command takes, from start to end of its process."""
        began = time.perf_counter()
        self.ask(*arguments, text=text)
        return (time.perf_counter() - began) * 1000

    def time_nothing(self) -> float:
        """Milliseconds of a process that starts Python and Django with these settings."""
        environment = self._environment | {"DJANGO_SETTINGS_MODULE": "distributor.settings"}
        began = time.perf_counter()
        command = [sys.executable, "-c", "import django; django.setup()"]
        subprocess.run(command, env=environment, check=True)
        return (time.perf_counter() - began) * 1000

    def python(self, code: str, *arguments: str, text: str) -> str:
        """Run Python code on this installation; what it prints."""
        command = [sys.executable, "-c", code, *arguments]
        done = subprocess.run(
            command, env=self._environment, input=text, text=True, capture_output=True, check=True
        )
        return done.stdout

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start one command that stays."""
        command = [sys.executable, "-m", "distributor", *arguments]
        return subprocess.Popen(command, env=self._environment, text=True, stderr=subprocess.PIPE)


def first_request(port: int, since: dt.datetime) -> dt.datetime:
    """When the first post after `since` reached the X server."""
    address = f"http://127.0.0.1:{port}/sandbox/requests"
    for _ in range(300):
        with urllib.request.urlopen(address) as answer:
            for one in json.load(answer):
                at = dt.datetime.fromisoformat(one["at"])
                if one["method"] == "POST" and one["path"] == "/2/tweets" and at > since:
                    return at
        time.sleep(0.02)
    raise SystemExit("No post arrived within six seconds.")


def measure_start(distributor: Installation, desk: int) -> None:
    """Time the second start and read the memory of the idle system."""
    for attempt in ("first", "second"):
        began = time.perf_counter()
        process = distributor.start("demo", "--port", str(desk))
        try:
            wait_for(f"http://127.0.0.1:{desk}/accounts/login/")
            print(f"{attempt} start: {(time.perf_counter() - began) * 1000:.0f} ms")
            if attempt == "second":
                time.sleep(10)
                print(f"memory idle: {resident(process.pid):.0f} MB")
        finally:
            process.terminate()
            process.wait(10)


def wait_for(address: str) -> None:
    """Wait until the address answers, a minute at most."""
    for _ in range(6000):
        try:
            urllib.request.urlopen(address).close()
            return
        except OSError:
            time.sleep(0.01)
    raise SystemExit(f"{address} did not answer within a minute.")


def resident(process: int) -> float:
    """The memory of a process in megabytes (Linux)."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def measure_commands(distributor: Installation, rounds: int) -> None:
    """Time submit and proof, and what only Python and Django need."""
    nothing, submit, proof = [], [], []
    for number in range(rounds):
        text = LONG.format(number=1000 + number)
        nothing.append(distributor.time_nothing())
        submit.append(distributor.time("submit", "-", text=text))
        again = distributor.ask("submit", "-", "--json", text=text)
        proof.append(distributor.time("proof", json.loads(again)["statement"]))
    least = statistics.median(nothing)
    print(f"Python and Django alone: {least:.0f} ms")
    for name, times in (("submit", submit), ("proof", proof)):
        whole = statistics.median(times)
        print(f"{name}: {whole:.0f} ms, {whole - least:.0f} ms beyond Python and Django")


VERBS = """
import statistics, sys, time
from distributor import assemble
assemble.set_up()
from distributor import actions
from distributor.statements.store import Origin
context, text, times = assemble.context(), sys.stdin.read(), {"submit": [], "proof": []}
for number in range(int(sys.argv[1])):
    raw = text.format(number=9000 + number).encode()
    began = time.perf_counter()
    statement = actions.submit(context, raw, origin=Origin("benchmark")).statement
    submitted = time.perf_counter()
    actions.make_proof(context, statement.id)
    times["submit"].append(submitted - began)
    times["proof"].append(time.perf_counter() - submitted)
for name, taken in times.items():
    print(f"{name}, the verb alone: {statistics.median(taken[1:]) * 1000:.0f} ms")
"""


def measure_verbs(distributor: Installation, rounds: int) -> None:
    """Time the two verbs inside a process that has done them once."""
    print(distributor.python(VERBS, str(rounds + 1), text=LONG), end="")


def measure_approval(distributor: Installation, folder: Path, x: int, rounds: int) -> None:
    """Milliseconds from approval to the first post."""
    delays = []
    for number in range(1, rounds + 1):
        text = TEXT.format(number=number)
        statement = json.loads(distributor.ask("submit", "-", "--as", "Ana", "--json", text=text))
        proof = json.loads(distributor.ask("proof", statement["statement"], "--json"))
        before = dt.datetime.now(dt.UTC)
        name = statement["statement"]
        distributor.ask("approve", name, "--as", "Ben", "--digest", proof["digest"])
        arrived = first_request(x, before)
        with sqlite3.connect(folder / "var" / "distributor.sqlite3") as database:
            query = "SELECT at FROM audit_entry WHERE act = 'approve' ORDER BY sequence DESC"
            approved = dt.datetime.fromisoformat(database.execute(query).fetchone()[0])
        delays.append((arrived - approved).total_seconds() * 1000)
        time.sleep(0.5)
    print(
        f"approval to first post: median {statistics.median(delays):.0f} ms, "
        f"least {min(delays):.0f} ms, most {max(delays):.0f} ms"
    )


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, x = configuration(folder)
        distributor = Installation(path)
        measure_start(distributor, free_port())
        measure_commands(distributor, rounds)
        measure_verbs(distributor, rounds)
        running = [distributor.start("sandbox"), distributor.start("run", "--port", "0")]
        try:
            time.sleep(3)
            measure_approval(distributor, folder, x, rounds)
        finally:
            for process in running:
                process.terminate()
                process.wait(10)


if __name__ == "__main__":
    main()
