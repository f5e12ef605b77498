"""The outside world of the acceptance tests: three networks and a mail server, in this process."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Self

from distributor.sandbox.bluesky_server import BlueskyServer
from distributor.sandbox.faults import FaultQueue, Rule
from distributor.sandbox.mailbox import SeenMail, read
from distributor.sandbox.mastodon_server import MastodonServer
from distributor.sandbox.network import Network
from distributor.sandbox.smtp_server import SmtpServer
from distributor.sandbox.x_server import XServer

HANDLE = "water.test"


@dataclass(frozen=True, slots=True)
class World:
    """Servers by the name of their channel; `mail` takes what goes to the list."""

    networks: dict[str, Network]
    mail: SmtpServer
    _open: ExitStack

    @classmethod
    def start(cls) -> Self:
        """Start all servers on ports of their own."""
        stack = ExitStack()
        networks: dict[str, Network] = {
            "x": stack.enter_context(XServer("water")),
            "bluesky": stack.enter_context(BlueskyServer(HANDLE)),
            "mastodon": stack.enter_context(MastodonServer()),
        }
        return cls(networks, stack.enter_context(SmtpServer()), stack)

    def stop(self) -> None:
        """Stop all servers."""
        self._open.close()

    def reset(self) -> None:
        """Forget all posts, mails and faults."""
        self.reset_faults()
        for name in (*self.networks, "mail"):
            self.server(name).reset()

    def reset_faults(self) -> None:
        """Let everything go well again."""
        for name in (*self.networks, "mail"):
            self.server(name).faults = FaultQueue()

    def server(self, name: str) -> Network | SmtpServer:
        """The server of a channel, or of "mail"."""
        return self.mail if name == "mail" else self.networks[name]

    def add_fault(self, name: str, match: str, do: Any, **details: Any) -> None:
        """Let requests to a server go wrong; see `distributor.sandbox.faults`."""
        self.server(name).faults.add(Rule(match=match, do=do, **details))

    def contacts(self) -> int:
        """How many requests and mails have arrived."""
        requests = sum(len(server.requests) for server in self.networks.values())
        return requests + len(self.mail.mails)

    def texts(self, channel: str) -> list[str]:
        """What followers of a channel read, oldest first."""
        return [post.text for post in self.networks[channel].seen()]

    def parents(self, channel: str) -> list[int | None]:
        """Of each post, oldest first, the place (from 0) of the post it answers."""
        seen = self.networks[channel].seen()
        places = {post.id: place for place, post in enumerate(seen)}
        return [places[post.parent] if post.parent else None for post in seen]

    def mails(self) -> list[SeenMail]:
        """The mails that arrived."""
        return [read(mail) for mail in self.mail.mails]

    def recipients(self) -> list[str]:
        """Who got a mail, once for each mail."""
        return sorted(recipient for mail in self.mails() for recipient in mail.recipients)


class Trap(FaultQueue):
    """Springs at the n-th request of a server that has one of the verbs (None: any).

    `spring` is called before the server acts; `then` is the fault that follows.
    """

    def __init__(
        self, number: int, spring: Callable[[], None], then: Any, verbs: tuple[str, ...] | None
    ) -> None:
        super().__init__()
        self.met = 0
        self._number = number
        self._spring = spring
        self._then = then
        self._verbs = verbs

    @property
    def sprung(self) -> bool:
        """Whether so many requests came at all."""
        return self.met >= self._number

    def take(self, verb: str, target: str) -> Rule | None:
        """The fault for the n-th request, none for all others."""
        if self._verbs and verb not in self._verbs:
            return None
        with self._lock:
            self.met += 1
            if self.met != self._number:
                return None
        self._spring()
        return Rule(match="*", do=self._then)
