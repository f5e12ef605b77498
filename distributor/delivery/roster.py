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
from ..channels.base import Channel, SessionStore, Surroundings
from ..context import Context
from ..errors import BadConfiguration
from ..vault import Vault
from . import switch


class Busy(Exception):
    """Another delivery is using the channel."""


class Roster:
    """Opens channels when they are first needed and closes them at the end."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._open: dict[str, Channel] = {}
        self._locks = {name: threading.Lock() for name in context.configuration.channels}

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
            configuration = self._context.configuration
            around = Surroundings(
                session_store(configuration.directory, self._context.vault, name),
                lambda: switch.is_on(configuration.directory),
                self._context.now,
            )
            self._open[name] = open_channel(name, configuration.channels[name], around)
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
