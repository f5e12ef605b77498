"""What is to be handed to the mail server, in which order and how fast, and what became of it."""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..channels.base import Later, Outcome, Refused
from ..errors import DistributorError
from .headers import wire_address

# How often a halt is looked for while messages are on their way, in seconds.
HALT_EVERY = 0.1


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message to one recipient.

    `key` names it in the outcomes. `message` writes it when its turn comes; it is
    called in the mailer's own thread and must not use the database. `ready`
    promises CRLF line ends and no line that begins with a dot, as `CompiledMail`
    writes; anything else is brought into that form first.
    """

    key: str
    sender: str
    recipient: str
    message: Callable[[], bytes]
    ready: bool = False


@dataclass(frozen=True, slots=True)
class NotTried(Later):
    """Nothing was said to the server about this recipient: halted, or no server to talk to."""


@dataclass(frozen=True, slots=True)
class TooLate(NotTried):
    """Its turn came when the look at who may be mailed was too long ago: look again."""


@dataclass(slots=True)
class Letter:
    """An envelope made ready: the commands that announce it, and its content up to the dot."""

    envelope: Envelope
    commands: tuple[bytes, ...]
    content: bytes


class Batch:
    """What is to be sent, and what became of it."""

    def __init__(self, envelopes: Sequence[Envelope], is_fresh: Callable[[], bool]) -> None:
        self.waiting = deque(envelopes)
        self.outcomes: dict[str, Outcome] = {}
        self.halted = False  # set by the caller's thread, read by the mailer's
        self._is_fresh = is_fresh

    @property
    def may_begin(self) -> bool:
        """Whether there is another message, and it may be begun."""
        return bool(self.waiting) and not self.halted and self._is_fresh()

    def take(self) -> Letter | None:
        """The next message, written; None when there is none that may be begun."""
        while self.may_begin:
            envelope = self.waiting.popleft()
            try:
                return _letter(envelope)
            except DistributorError as error:
                self.outcomes[envelope.key] = Refused(str(error))
        return None

    def put_back(self, letter: Letter) -> None:
        """Nothing of it was handed over: it goes first on the next connection."""
        self.waiting.appendleft(letter.envelope)

    def conclude(self, problem: str | None) -> dict[str, Outcome]:
        """All outcomes; what is still waiting was not tried, for this problem or for its age."""
        why = NotTried(problem) if problem else TooLate("this machine or the server was too slow")
        for envelope in self.waiting:
            self.outcomes[envelope.key] = why
        return self.outcomes


def _letter(envelope: Envelope) -> Letter:
    """Raises DistributorError when it cannot be written or addressed."""
    sender = wire_address(envelope.sender) if envelope.sender else ""
    recipient = wire_address(envelope.recipient)
    message = envelope.message()
    return Letter(
        envelope,
        (f"MAIL FROM:<{sender}>\r\n".encode(), f"RCPT TO:<{recipient}>\r\n".encode(), b"DATA\r\n"),
        message if envelope.ready else _made_ready(message),
    )


def _made_ready(message: bytes) -> bytes:
    """CRLF line ends only, at the end too, and dots doubled (RFC 5321 sections 2.3.8, 4.5.2)."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", message)
    return re.sub(rb"(?m)^\.", b"..", lines if lines.endswith(b"\r\n") else lines + b"\r\n")


class Pace:
    """Lets at most so many messages begin in a second; None: as many as the server takes."""

    def __init__(self, per_second: int | None) -> None:
        self._gap = 1 / per_second if per_second else 0.0
        self._next_at = 0.0

    @property
    def is_free(self) -> bool:
        """Whether there is no limit."""
        return not self._gap

    async def turn(self, batch: Batch) -> None:
        """Wait for the next turn, or until everything is halted."""
        if self.is_free:
            return
        at = max(time.monotonic(), self._next_at)
        self._next_at = at + self._gap
        while (left := at - time.monotonic()) > 0 and not batch.halted:
            await asyncio.sleep(min(left, HALT_EVERY))
