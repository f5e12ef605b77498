"""Handing messages over to the mail server: many at a time, each at most once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future, wait
from typing import Any, TypeVar

from ..channels.base import ChannelError, Outcome
from .smtp_batch import HALT_EVERY, Batch, Envelope, NotTried, Pace, TooLate
from .smtp_courier import Courier
from .smtp_session import MailServer, Session, open_session

__all__ = ["Envelope", "MailServer", "Mailer", "NotTried", "TooLate"]

T = TypeVar("T")


class Mailer:
    """Sends to one mail server over connections that stay open between batches.

    Works in a thread of its own, begun by the first call. To be used by one
    thread at a time.
    """

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._pace = Pace(server.per_second)
        self._idle: list[Session] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def send(
        self,
        envelopes: Sequence[Envelope],
        stop: Callable[[], bool],
        is_fresh: Callable[[], bool] = lambda: True,
    ) -> dict[str, Outcome]:
        """Hand these messages over; the outcome of each, by its key.

        `stop` is asked in the caller's thread, at once and then ten times a
        second; after it says yes no further message is written. `is_fresh` is asked
        in the mailer's own thread before each message; after it says no none is begun.
        """
        batch = Batch(envelopes, is_fresh)
        batch.halted = stop()
        future = self._start(self._send(batch))
        while not wait([future], timeout=HALT_EVERY).done:
            batch.halted = batch.halted or stop()
        return future.result()

    def check(self) -> str:
        """Connect, sign in and leave; what was found. Raises ChannelError."""
        return self._start(self._check()).result()

    def close(self) -> None:
        """Leave the server and end the thread."""
        if self._loop is None or self._thread is None:
            return
        self._start(self._leave()).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._loop = self._thread = None

    def _start(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        if self._loop is None:
            self._loop = _new_loop()
            self._thread = threading.Thread(
                target=self._loop.run_forever, name="mailer", daemon=True
            )
            self._thread.start()
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _send(self, batch: Batch) -> dict[str, Outcome]:
        workers = min(self._server.connections, len(batch.waiting))
        problems = await asyncio.gather(
            *(self._work(batch) for _ in range(workers)), return_exceptions=True
        )
        for problem in problems:
            if isinstance(problem, BaseException):
                raise problem
        reasons = [problem for problem in problems if isinstance(problem, str)]
        return batch.conclude("halted" if batch.halted else next(iter(reasons), None))

    async def _work(self, batch: Batch) -> str | None:
        """Carry messages over one connection after another; why there was none, if so."""
        while batch.may_begin:
            try:
                session = await self._session()
            except ChannelError as error:
                return str(error)
            await Courier(session, batch, self._pace).carry()
            if session.is_open:
                self._idle.append(session)
        return None

    async def _session(self) -> Session:
        while self._idle:
            session = self._idle.pop()
            if session.is_open:
                return session
            await session.close()
        return await open_session(self._server)

    async def _check(self) -> str:
        session = await open_session(self._server)
        words = [f"{self._server} answers"]
        if self._server.security != "none":
            words.append("encrypted, with a valid certificate")
        if self._server.username is not None:
            words.append("the user name and password are accepted")
        words.append("with pipelining" if session.can_pipeline else "without pipelining")
        await session.quit()
        return ", ".join(words)

    async def _leave(self) -> None:
        await asyncio.gather(*(session.quit() for session in self._idle))
        self._idle.clear()


def _new_loop() -> asyncio.AbstractEventLoop:
    """uvloop's, which halves the cost of a message, or the standard one where it is missing."""
    try:
        import uvloop
    except ImportError:  # Windows
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
