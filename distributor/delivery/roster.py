"""The open channels of this process; each serves one delivery at a time.

One at a time, because the client libraries are not thread safe, and so that two
threads never interleave on one account.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..channels import open_channel
from ..channels.base import Channel, SessionStore
from ..config import Configuration
from ..errors import BadConfiguration
from ..vault import Vault


class Busy(Exception):
    """Another delivery is using the channel."""


class Roster:
    """Opens channels when they are first needed and closes them at the end."""

    def __init__(self, configuration: Configuration, vault: Vault) -> None:
        self._configuration = configuration
        self._vault = vault
        self._open: dict[str, Channel] = {}
        self._locks = {name: threading.Lock() for name in configuration.channels}

    @contextmanager
    def borrow(self, name: str) -> Iterator[Channel]:
        """The channel, for one delivery. Raises Busy, or BadConfiguration (a secret)."""
        if not self._locks[name].acquire(blocking=False):
            raise Busy(name)
        try:
            yield self._channel(name)
        finally:
            self._locks[name].release()

    def warm_up(self) -> None:
        """Open what is free: done while the team reads a proof, so no approval waits for imports.

        A channel that cannot be opened says so when it is needed.
        """
        for name in self._locks:
            with contextlib.suppress(Busy, BadConfiguration), self.borrow(name):
                pass

    def _channel(self, name: str) -> Channel:
        if name not in self._open:
            table = self._configuration.channels[name]
            store = session_store(self._configuration.directory, self._vault, name)
            self._open[name] = open_channel(name, table, session=store)
        return self._open[name]

    def close(self) -> None:
        """Release all connections."""
        for channel in self._open.values():
            channel.close()
        self._open.clear()


def session_store(directory: Path, vault: Vault, name: str) -> SessionStore:
    """A channel's login session, sealed, in a file of its own."""
    path = directory / "sessions" / f"{name}.sealed"

    def load() -> str | None:
        try:
            return vault.open(path.read_bytes())
        except FileNotFoundError:
            return None

    def save(session: str) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")  # other workers may save theirs meanwhile
        fresh.write_bytes(vault.seal(session))
        fresh.replace(path)

    return SessionStore(load, save)
