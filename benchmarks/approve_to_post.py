"""From approval to the first post received, against the sandbox on loopback.

Runs the real program (`distributor run`) on SQLite, hands in statements, and
approves each from another process, as the command line does. Compared are the
moment of the approval as the record has it, and the moment the request for the
first post reached the sandbox's X server. Prints each delay and the median.

    python benchmarks/approve_to_post.py [STATEMENTS]
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


def free_port() -> int:
    """A loopback port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def configuration(folder: Path) -> tuple[Path, int]:
    """A sandbox set-up in a folder of its own, and the port of its X server."""
    x, bluesky, mastodon, viewer = (free_port() for _ in range(4))
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


def measure(distributor: Installation, folder: Path, x: int, count: int) -> list[float]:
    """Milliseconds from approval to the first post, per statement."""
    delays = []
    for number in range(1, count + 1):
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
        print(f"statement {number}: {delays[-1]:.0f} ms")
        time.sleep(0.5)
    return delays


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, x = configuration(folder)
        distributor = Installation(path)
        distributor.ask("init")
        distributor.ask("person", "add", "Ana", "--role", "author")
        distributor.ask("person", "add", "Ben", "--role", "approver")
        running = [distributor.start("sandbox"), distributor.start("run", "--port", "0")]
        try:
            time.sleep(3)
            delays = measure(distributor, folder, x, count)
            print(f"median {statistics.median(delays):.0f} ms, most {max(delays):.0f} ms")
        finally:
            for process in running:
                process.terminate()
                process.wait(10)


if __name__ == "__main__":
    main()
