"""The mail server of the simulator, which cannot be asked afterwards what it took."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from distributor.channels.base import Later, Outcome, Receipt, Refused, Sent, Unsure
from distributor.newsletter.smtp import Envelope, MailServer, NotTried

from .networks import TIMEOUT
from .world import World

FAULTS = ("deferred", "refused", "away", "lost", "dropped", "late")


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
        if fault == "away":
            return NotTried("the mail server is away")
        self.leaving(envelope)
        if fault not in ("deferred", "refused", "dropped"):
            arrives = 60.0 if fault == "late" else 0.1
            self.world.at(self.world.time + arrives, lambda: self.taken.append(envelope.key))
        self.world.sleep(TIMEOUT if fault in ("lost", "dropped", "late") else 0.2)
        match fault:
            case None:
                return Sent((Receipt("250 queued", ""),))
            case "deferred":
                return Later("451 try again later")
            case "refused":
                return Refused("550 no such mailbox")
            case _:
                return Unsure(fault)


class PostboxMailer:
    """What a campaign needs of `smtp.Mailer`."""

    def __init__(self, box: Postbox) -> None:
        self._box = box

    def send(
        self, envelopes: Sequence[Envelope], stop: Callable[[], bool]
    ) -> Mapping[str, Outcome]:
        """Hand messages over, one after the other."""
        outcomes: dict[str, Outcome] = {}
        for envelope in envelopes:
            halted = stop()
            outcomes[envelope.key] = NotTried("halted") if halted else self._box.hand_over(envelope)
        return outcomes

    def close(self) -> None:
        """Nothing is open."""
