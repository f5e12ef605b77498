"""The mail server of the simulator, which cannot be asked afterwards what it took."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from distributor.channels.base import Later, Outcome, Receipt, Refused, Sent, Unsure
from distributor.newsletter.smtp import Envelope, MailServer, NotTried, TooLate

from .networks import TIMEOUT
from .world import World

DEFERRED, REFUSED, AWAY = "deferred", "refused", "server away"
# The connection breaks after the final dot, and the message was taken, was not, or is yet to be.
TAKEN, NOT_TAKEN, TAKEN_LATE = (
    f"dropped after the final dot, {what}" for what in ("taken", "not taken", "taken late")
)
FAULTS = (DEFERRED, REFUSED, AWAY, TAKEN, NOT_TAKEN, TAKEN_LATE)


class Postbox:
    """What the mail server took for whom, by the keys of the envelopes."""

    def __init__(self, world: World, leaving: Callable[[Envelope], None]) -> None:
        self.world = world
        self.taken: list[str] = []
        self.leaving = leaving

    def mailer(self, server: MailServer) -> PostboxMailer:
        """In the place of `smtp.Mailer`."""
        return PostboxMailer(self)

    def hand_over(self, envelope: Envelope) -> Outcome:
        """One message."""
        fault = None
        if self.world.chance(self.world.rates.fault):
            fault = self.world.random.choice(FAULTS)
            self.world.count(f"mail {fault}")
        self.world.note(f"mail: message {envelope.key}, {fault or 'well'}")
        if fault == AWAY:
            return NotTried("the mail server is away")
        self.leaving(envelope)
        if fault not in (DEFERRED, REFUSED, NOT_TAKEN):
            arrives = 60.0 if fault == TAKEN_LATE else 0.1
            self.world.at(self.world.time + arrives, lambda: self.taken.append(envelope.key))
        self.world.sleep(TIMEOUT if fault in (TAKEN, NOT_TAKEN, TAKEN_LATE) else 0.2)
        self.world.answered()
        return _ANSWERS.get(fault) or Unsure(fault or "")


_ANSWERS: Mapping[str | None, Outcome] = {
    None: Sent((Receipt("250 queued", ""),)),
    DEFERRED: Later("451 try again later"),
    REFUSED: Refused("550 no such mailbox"),
}


class PostboxMailer:
    """What a campaign needs of `smtp.Mailer`."""

    def __init__(self, box: Postbox) -> None:
        self._box = box

    def send(
        self,
        envelopes: Sequence[Envelope],
        stop: Callable[[], bool],
        is_fresh: Callable[[], bool],
    ) -> Mapping[str, Outcome]:
        """Hand messages over, one after the other."""
        outcomes: dict[str, Outcome] = {}
        for envelope in envelopes:
            if stop():
                outcomes[envelope.key] = NotTried("halted")
            elif not is_fresh():
                self._box.world.count("mail too late")
                outcomes[envelope.key] = TooLate("too late")
            else:
                outcomes[envelope.key] = self._box.hand_over(envelope)
        if len({type(outcome) for outcome in outcomes.values()}) > 1:
            self._box.world.count("mail partly taken")
        return outcomes

    def close(self) -> None:
        """Nothing is open."""
