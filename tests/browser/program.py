"""The real program with its sandbox networks, each a process of its own, for tests in a browser."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.acceptance.installation import Installation
from tests.servers.process import free_port

PASSWORD = "quiet rivers run deep"
_START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Program:
    """A running installation."""

    folder: Path
    address: str
    sandbox: str

    def run(self, *arguments: str) -> str:
        """What a command prints. Fails the test when the command is refused."""
        here = Installation(self.folder, {}, {"DISTRIBUTOR_PASSWORD": PASSWORD})
        return here.run(*arguments, code=None).stdout

    def submit(self, text: str, name: str = "Ana") -> str:
        """The id of a statement handed in on the command line, its proof made."""
        file = self.folder / "statement.txt"
        file.write_text(text, encoding="utf-8")
        known: Any = json.loads(self.run("submit", str(file), "--as", name, "--json"))
        self.run("proof", known["statement"])
        return str(known["statement"])


@contextmanager
def running(folder: Path) -> Iterator[Program]:
    """An installation with Ana, Ben and Cleo, served until the block ends."""
    ports = {name: free_port() for name in ("web", "x", "bluesky", "mastodon", "smtp", "viewer")}
    (folder / "distributor.toml").write_text(_CONFIGURATION.format(**ports), encoding="utf-8")
    address = f"http://127.0.0.1:{ports['web']}"
    program = Program(folder, address, f"http://127.0.0.1:{ports['viewer']}")
    with _process(folder, "sandbox", program.sandbox):
        program.run("init")
        for name, role in (("Ana", "author"), ("Ben", "approver"), ("Cleo", "author")):
            program.run("person", "add", name, "--role", role)
        with _process(folder, "run", f"{address}/healthz"):
            yield program


@contextmanager
def _process(folder: Path, command: str, answers: str) -> Iterator[None]:
    with (folder / f"{command}.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "distributor", command],
            cwd=folder,
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            _wait_for(answers, process, folder / f"{command}.log")
            yield
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{address} does not answer: {log.read_text(encoding='utf-8')}")


def _environment(folder: Path) -> dict[str, str]:
    root = str(Path(__file__).resolve().parents[2])
    return {
        **os.environ,
        "PYTHONPATH": root,
        "DISTRIBUTOR_CONFIG": str(folder / "distributor.toml"),
        "DISTRIBUTOR_PASSWORD": PASSWORD,
        "DJANGO_SETTINGS_MODULE": "distributor.settings",
    }


_CONFIGURATION = """
[organisation]
name = "Water for All"
site = "https://water.example"
timezone = "Europe/London"
languages = ["en", "ar"]
hashtags = ["WaterIsARight"]

[storage]
directory = "var"

[web]
url = "http://127.0.0.1:{web}"
port = {web}

[channels.x]
kind = "x"
api = "http://127.0.0.1:{x}"
account = "waterforall"
consumer_key_file = "var/sandbox/x-consumer-key"
consumer_secret_file = "var/sandbox/x-consumer-secret"
access_token_file = "var/sandbox/x-access-token"
access_token_secret_file = "var/sandbox/x-access-token-secret"

[channels.bluesky]
kind = "bluesky"
service = "http://127.0.0.1:{bluesky}"
handle = "water.test"
app_password_file = "var/sandbox/bluesky-app-password"

[channels.mastodon]
kind = "mastodon"
instance = "http://127.0.0.1:{mastodon}"
access_token_file = "var/sandbox/mastodon-access-token"

[mail]
from = "Water for All <news@water.example>"
host = "127.0.0.1"
port = {smtp}
security = "none"

[lists.updates]
title = "Statements by e-mail"

[sandbox]
port = {viewer}
"""
