"""What all tests share: the real servers, each started by the first test that asks for it."""

from __future__ import annotations

import pytest

from tests.servers.process import free_port as find_free_port

pytest_plugins = ("tests.servers.pds", "tests.servers.postgres", "tests.servers.chromium")

_SERVERS = ("pds", "postgres", "chromium")


@pytest.fixture
def free_port() -> int:
    """A loopback port nobody listens on at this moment."""
    return find_free_port()


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one server go to one worker, so that only one worker starts it."""
    for item in items:
        for server in _SERVERS:
            if server in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.xdist_group(server))
