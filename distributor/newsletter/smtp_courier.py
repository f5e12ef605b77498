"""Carrying messages over one session, each at most once.

Commands are pipelined where the server allows it (RFC 2920): the envelope of
the next message travels with the content of this one, so that a message costs
one round trip instead of four.
"""

from __future__ import annotations

from ..channels.base import Later, Outcome, Receipt, Refused, Sent, Unsure
from .smtp_batch import Batch, Letter, NotTried, Pace
from .smtp_session import Session
from .smtp_wire import Gone, Reply, spoken

# A server may look through a message before it answers (RFC 5321 section 4.5.3.2.6 grants ten
# minutes), and giving up early leaves the message in doubt: wait longer than for other answers.
_FINAL_PATIENCE = 3


class Courier:
    """Carries messages of a batch over one session, one after the other."""

    def __init__(self, session: Session, batch: Batch, pace: Pace) -> None:
        self._session = session
        self._batch = batch
        self._pace = pace
        self._letter: Letter | None = None  # the one under way
        self._following: Letter | None = None  # announced behind its content
        self._is_handed_over = False  # its content is on the wire, unanswered

    async def carry(self) -> None:
        """Carry until the batch is empty or the session ends; never raises for a server."""
        try:
            await self._begin()
            while self._letter is not None:
                problem = await self._go_ahead(self._letter)
                if problem is None:
                    await self._hand_over(self._letter)
                else:
                    await self._give_up(self._letter, *problem)
        except Gone as gone:
            self._settle(str(gone))
            await self._session.close()
        except BaseException:  # a message that could not be written: say nothing more
            await self._session.close()
            raise

    async def _begin(self) -> None:
        await self._pace.turn(self._batch)
        self._letter = self._batch.take()
        if self._letter is not None and self._session.can_pipeline:
            self._session.write(self._letter.commands)

    async def _go_ahead(self, letter: Letter) -> tuple[Outcome, Reply] | None:
        """None when the server waits for the content; else why not, and its last answer."""
        problem: Outcome | None = None
        for verb, command in zip(("MAIL", "RCPT", "DATA"), letter.commands, strict=True):
            if not self._session.can_pipeline:
                self._session.write((command,))
            reply = await self._session.reply()
            if reply.code == 421:
                raise Gone(spoken(reply))
            expected = reply.code == 354 if verb == "DATA" else reply.is_good
            if problem is None and not expected:
                problem = _declined(verb, reply)
                if not self._session.can_pipeline:
                    break
        return None if problem is None else (problem, reply)

    async def _hand_over(self, letter: Letter) -> None:
        """Write the content, and announce the next message with it."""
        if self._batch.halted:
            raise Gone("halted")
        if not self._session.is_open:  # its next words would be taken for the answer to this
            raise Gone("it spoke out of turn")
        if self._session.can_pipeline and self._pace.is_free:
            self._following = self._batch.take()
        announced = self._following.commands if self._following else ()
        self._session.write((letter.content, b".\r\n", *announced))
        self._is_handed_over = True
        reply = await self._session.reply(_FINAL_PATIENCE)
        self._is_handed_over = False
        self._conclude(letter, _judged(reply))
        self._letter, self._following = self._following, None
        if self._letter is None:
            await self._begin()

    async def _give_up(self, letter: Letter, problem: Outcome, last: Reply) -> None:
        """End a transaction the server would not begin, and go on with the next message."""
        self._conclude(letter, problem)
        if last.code == 354:  # it waits for content all the same (RFC 2920 section 3.1)
            await self._session.ask(b".")
        if not (await self._session.ask(b"RSET")).is_good:
            raise Gone("it does not take RSET")
        await self._begin()

    def _conclude(self, letter: Letter, outcome: Outcome) -> None:
        self._batch.outcomes[letter.envelope.key] = outcome
        self._session.has_served = True
        self._letter = None

    def _settle(self, why: str) -> None:
        """What is known about the message under way when the connection ends."""
        if self._following is not None:
            self._batch.put_back(self._following)
        if self._letter is None:
            return
        if self._is_handed_over:
            self._conclude(self._letter, Unsure(f"the message was sent, but then {why}"))
        elif self._session.has_served or self._batch.halted:
            # Servers close connections that were idle or carried enough: not about this message.
            self._batch.put_back(self._letter)
        else:
            self._conclude(self._letter, Later(why))


def _declined(verb: str, reply: Reply) -> Outcome:
    """What an answer before the content means; one to MAIL is about us, not the recipient."""
    if verb == "MAIL":
        return NotTried(f"the mail server does not take mail from us: {spoken(reply)}")
    return Refused(spoken(reply)) if 500 <= reply.code < 600 else Later(spoken(reply))


def _judged(reply: Reply) -> Outcome:
    """What the answer to the whole message means."""
    if reply.is_good:
        return Sent((Receipt(spoken(reply), ""),))
    if 400 <= reply.code < 500:
        return Later(spoken(reply))
    if 500 <= reply.code < 600:
        return Refused(spoken(reply))
    return Unsure(spoken(reply))
