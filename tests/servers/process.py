"""What the servers have in common: how one is found, waited for and reported missing."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path
from typing import NoReturn

import pytest

NODE_MODULES = Path(__file__).parent / "node_modules"


def free_port() -> int:
    """A loopback port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
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
