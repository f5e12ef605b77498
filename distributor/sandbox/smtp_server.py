"""A mail server that takes every message and keeps it, and can fail at each step."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope, Session

from .faults import FaultQueue, Rule

_MOST_BYTES = 32 * 1024 * 1024  # of a message; offered as SIZE
_WORDS = {
    421: "4.3.2 Service not available, closing transmission channel",
    450: "4.2.0 Mailbox busy",
    451: "4.7.1 Please try again later",
    452: "4.2.2 Mailbox full",
    550: "5.1.1 No such user here",
    552: "5.2.2 Mailbox full",
    554: "5.7.1 Refused",
}


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """One message as it came, with its envelope."""

    number: int  # from 1
    sender: str
    recipients: tuple[str, ...]
    content: bytes = field(repr=False)
    at: dt.datetime
    monotonic: float  # seconds


class SmtpServer:
    """A mail server on loopback with PIPELINING, SIZE, 8BITMIME and SMTPUTF8.

    `faults` take the verbs EHLO, MAIL, RCPT (each with its argument: the name or
    the address), DATA (before the 354) and DOT (after the final dot, with the
    first recipient), and the actions status, drop_before, delay, never; at DOT
    also drop_after, 500_after (kept, but answered with `code`) and late (the
    connection is dropped, the message arrives afterwards).
    With `greylist_seconds` each new recipient is told 451 for that long.
    Use as a context manager, or `start` and `stop`. Port 0 takes a free one, known
    after `start`, which raises OSError when the port is taken.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self.host = host
        self.port = port
        self.faults = FaultQueue()
        self.greylist_seconds: float | None = None
        self._mails: list[ReceivedMail] = []
        self._first_seen: dict[str, float] = {}
        self._lock = threading.Lock()
        self._open: set[_Protocol] = set()
        self._late: list[asyncio.TimerHandle] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True, name="sandbox:smtp")
        self._listener: asyncio.Server | None = None

    @property
    def mails(self) -> list[ReceivedMail]:
        """What was received, oldest first."""
        with self._lock:
            return list(self._mails)

    def reset(self) -> None:
        """Forget all mails, those still to arrive too, faults and greylisted recipients."""
        for arrival in self._late:
            self._loop.call_soon_threadsafe(arrival.cancel)
        self._late.clear()
        with self._lock:
            self._mails.clear()
            self._first_seen.clear()
            self.greylist_seconds = None
        self.faults.clear()

    def start(self) -> Self:
        """Begin to answer."""
        try:
            self._listener = self._loop.run_until_complete(
                self._loop.create_server(lambda: _Protocol(self), self.host, self.port)
            )
        except OSError:
            self._loop.close()
            raise
        self.port = self._listener.sockets[0].getsockname()[1]
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close the port and every connection."""
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        if not self._loop.is_closed():
            self._loop.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def keep(self, envelope: Envelope) -> None:
        """Put a message into the mailbox."""
        content = envelope.original_content or b""
        now = dt.datetime.now(dt.UTC)
        with self._lock:
            self._mails.append(
                ReceivedMail(
                    len(self._mails) + 1,
                    envelope.mail_from or "",
                    tuple(envelope.rcpt_tos),
                    content,
                    now,
                    time.monotonic(),
                )
            )

    def keep_later(self, envelope: Envelope, seconds: float) -> None:
        """Put a message into the mailbox when so much time has passed."""
        self._late.append(self._loop.call_later(seconds, self.keep, envelope))

    def is_greylisted(self, recipient: str) -> bool:
        """Whether this recipient has to be tried again later."""
        with self._lock:
            if self.greylist_seconds is None:
                return False
            now = time.monotonic()
            return now < self._first_seen.setdefault(recipient, now) + self.greylist_seconds

    def _run(self) -> None:
        self._loop.run_forever()

    async def _close(self) -> None:
        assert self._listener is not None
        self._listener.close()
        for protocol in list(self._open):
            protocol.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


class _Protocol(SMTP):
    """One connection."""

    def __init__(self, owner: SmtpServer) -> None:
        self._owner = owner
        super().__init__(
            self,
            hostname="sandbox.localhost",
            data_size_limit=_MOST_BYTES,
            enable_SMTPUTF8=True,
            loop=owner._loop,
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._owner._open.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._owner._open.discard(self)
        super().connection_lost(error)

    def abort(self) -> None:
        """Close the connection at once, whatever is still to be said."""
        assert isinstance(self.transport, asyncio.Transport)
        self.transport.abort()

    async def handle_EHLO(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: Iterable[str],
    ) -> list[str]:
        """Offer PIPELINING too: input is read line by line, so it works as it is."""
        session.host_name = hostname
        first, *others = responses
        return [first, "250-PIPELINING", *others]

    async def smtp_EHLO(self, hostname: str) -> None:
        if await self._goes_well("EHLO", hostname):
            await super().smtp_EHLO(hostname)

    async def smtp_MAIL(self, arg: str | None) -> None:
        if await self._goes_well("MAIL", _address(arg)):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:
        recipient = _address(arg)
        if not await self._goes_well("RCPT", recipient):
            return
        if self._owner.is_greylisted(recipient):
            await self.push(f"451 {_WORDS[451]}")
            return
        await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:
        if await self._goes_well("DATA", ""):
            await super().smtp_DATA(arg)

    async def _goes_well(self, verb: str, argument: str) -> bool:
        """Apply a fault, if there is one; whether the verb may then be carried out."""
        rule = self._owner.faults.take(verb, argument)
        if rule is None:
            return True
        match rule.do:
            case "delay":
                await asyncio.sleep(rule.seconds)
                return True
            case "status":
                await self.push(_reply(rule, 451))
                if rule.code == 421:
                    self.abort_after_reply()
            case _:
                await asyncio.sleep(rule.seconds if rule.do == "never" else 0)
                self.abort()
        return False

    def abort_after_reply(self) -> None:
        """Close the connection once what was said is on its way."""
        assert isinstance(self.transport, asyncio.Transport)
        self.transport.close()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """After the final dot: keep the message, unless a fault says otherwise."""
        rule = self._owner.faults.take("DOT", envelope.rcpt_tos[0])
        if rule is None:
            self._owner.keep(envelope)
            return "250 2.0.0 Kept"
        return await self._misbehave(rule, envelope)

    async def _misbehave(self, rule: Rule, envelope: Envelope) -> str:
        match rule.do:
            case "status":
                return _reply(rule, 451)
            case "500_after":
                self._owner.keep(envelope)
                return _reply(rule, 451)
            case "delay":
                await asyncio.sleep(rule.seconds)
                self._owner.keep(envelope)
                return "250 2.0.0 Kept"
            case "drop_after":
                self._owner.keep(envelope)
            case "late":
                self._owner.keep_later(envelope, rule.seconds)
            case "never":
                await asyncio.sleep(rule.seconds)
        self.abort()
        return "421 4.3.2 Closing"


def _reply(rule: Rule, default: int) -> str:
    code = rule.code or default
    return f"{code} {rule.body or _WORDS.get(code, 'Sandbox fault')}"


def _address(argument: str | None) -> str:
    found = re.search(r"<([^>]*)>", argument or "")
    return found[1] if found else ""
