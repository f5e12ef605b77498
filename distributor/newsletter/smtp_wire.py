"""The wire to a mail server: bytes in, replies out (RFC 5321 section 4.2)."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import deque
from typing import NamedTuple, cast

_MOST_UNREAD = 65_536  # bytes of replies; a server that says more is not one
_MOST_WORDS = 300
_CLOSING_SECONDS = 0.2
_ADDRESS = re.compile(r"<?[^\s<>@,;:]+@[^\s<>@,;]+>?")


class Gone(Exception):
    """The connection is lost or the server does not answer in time; the text says which."""


class Reply(NamedTuple):
    """What the server said, without any address it repeated."""

    code: int
    text: str

    @property
    def is_good(self) -> bool:
        """Whether the command was carried out."""
        return 200 <= self.code < 300


def spoken(reply: Reply) -> str:
    """The reply in one line for a person, without any address it repeats."""
    words = " ".join(f"{reply.code} {reply.text}".split())
    return _ADDRESS.sub("(address)", words)[:_MOST_WORDS]


class Wire(asyncio.Protocol):
    """One connection. A reply is kept until somebody asks for it."""

    def __init__(self) -> None:
        self.lost: str | None = None
        self.transport: asyncio.Transport | None = None
        self._unread = b""
        self._lines: list[str] = []
        self._replies: deque[Reply] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._closed = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is one but does not say so

    def data_received(self, data: bytes) -> None:
        *lines, self._unread = (self._unread + data).split(b"\n")
        for line in lines:
            self._read_line(line.rstrip(b"\r").decode("utf-8", "replace"))
        if len(self._unread) + len(self._lines) * 512 > _MOST_UNREAD:
            self.abort("it does not answer as a mail server does")
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = self.lost or "the connection was lost"
        self._closed.set()
        self._wake()

    def _read_line(self, line: str) -> None:
        code, separator, text = line[:3], line[3:4], line[4:]
        if len(code) < 3 or not code.isdecimal() or separator not in ("", " ", "-"):
            self.abort("it does not answer as a mail server does")
            return
        self._lines.append(text)
        if separator != "-":
            self._replies.append(Reply(int(code), "\n".join(self._lines)))
            self._lines = []

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def abort(self, why: str) -> None:
        """Drop the connection at once; what was not sent yet never is."""
        self.lost = self.lost or why
        if self.transport is not None:
            self.transport.abort()

    async def close(self) -> None:
        """Drop the connection and wait until that is done."""
        self.abort("the connection was given up")
        if self.transport is not None:
            # One whose encryption failed never tells that it is closed.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closed.wait(), _CLOSING_SECONDS)

    async def reply(self, patience: float) -> Reply:
        """The next reply. Raises Gone when the connection ends or the server is silent."""
        if not self._replies and self.lost is None:
            await self._wait(patience)
        if self._replies:
            return self._replies.popleft()
        raise Gone(self.lost or "the connection was lost")

    async def _wait(self, patience: float) -> None:
        try:
            async with asyncio.timeout(patience):
                while not self._replies and self.lost is None:
                    self._waiter = asyncio.get_running_loop().create_future()
                    await self._waiter
        except TimeoutError:
            self.abort(f"no answer within {patience:g} seconds")

    def has_unread(self) -> bool:
        """Whether the server said something nobody has read."""
        return bool(self._unread or self._lines or self._replies)
