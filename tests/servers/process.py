"""What the servers have in common: how one is found, waited for and reported missing."""

from __future__ import annotations

import contextlib
import random
import shutil
import socket
from pathlib import Path
from typing import NoReturn

import pytest

NODE_MODULES = Path(__file__).parent / "node_modules"
_given: set[int] = set()


def free_port() -> int:
    """A loopback port nobody listens on, each time another one.

    Below those that the system gives to connections (Linux: from 32768), so that none
    of them takes it before its server starts.
    """
    while True:
        port = random.SystemRandom().randrange(15_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            if port not in _given:
                _given.add(port)
                return port


def fail_for_lack_of(what: str) -> NoReturn:
    """End the test: a missing server is a failure with a way out, never a skip."""
    pytest.fail(f"{what} is missing: run `make servers`, then the tests again.", pytrace=False)


def require_program(what: str, *places: str | Path) -> Path:
    """The first of these programs (names or paths) that exists."""
    for place in places:
        if found := shutil.which(place):
            return Path(found)
    fail_for_lack_of(what)
