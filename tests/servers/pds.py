"""A real Bluesky server (PDS) on loopback, one per test session."""

from __future__ import annotations

import itertools
import json
import secrets
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.servers.process import NODE_MODULES, fail_for_lack_of, require_program

_STOP_SECONDS = 10


@dataclass(frozen=True)
class PdsAccount:
    """An account on the server; `app_password` logs in as a program would."""

    handle: str
    did: str
    app_password: str = field(repr=False)


@dataclass(frozen=True)
class Pds:
    """The running server; `url` is its base address, without /xrpc."""

    url: str
    _numbers: Iterator[int] = field(default_factory=itertools.count, repr=False)

    def create_account(self, name: str = "ana") -> PdsAccount:
        """A fresh account whose handle begins with `name`."""
        handle = f"{name}{next(self._numbers)}.test"
        created = self._call(
            "com.atproto.server.createAccount",
            {"handle": handle, "email": f"{handle}@example.org", "password": secrets.token_hex()},
        )
        app_password = self._call(
            "com.atproto.server.createAppPassword", {"name": "tests"}, created["accessJwt"]
        )
        return PdsAccount(handle, created["did"], app_password["password"])

    def posts(self, account: PdsAccount) -> list[dict[str, Any]]:
        """The records of an account's posts."""
        asked = {"repo": account.did, "collection": "app.bsky.feed.post", "limit": "100"}
        answer = httpx.get(f"{self.url}/xrpc/com.atproto.repo.listRecords", params=asked)
        listed: list[dict[str, Any]] = answer.json()["records"]
        return listed

    def _call(self, method: str, body: dict[str, str], token: str | None = None) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = httpx.post(f"{self.url}/xrpc/{method}", json=body, headers=headers, timeout=30)
        answer.raise_for_status()
        found: dict[str, str] = answer.json()
        return found


@pytest.fixture(scope="session")
def pds() -> Iterator[Pds]:
    """The server, started for the first test that asks for it."""
    node = require_program("Node", NODE_MODULES / ".bin/node", "node")
    if not (NODE_MODULES / "@atproto/pds").is_dir():
        fail_for_lack_of("The Bluesky server")
    script = Path(__file__).with_name("pds.mjs")
    with subprocess.Popen(
        [node, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin and server.stdout
        ready = server.stdout.readline()
        if not ready:
            pytest.fail("The Bluesky server did not start; its words are above.", pytrace=False)
        yield Pds(f"http://127.0.0.1:{json.loads(ready)['port']}")
        server.stdin.close()  # its sign to end, also when this process is killed
        _wait(server)


def _wait(server: subprocess.Popen[str]) -> None:
    try:
        server.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
