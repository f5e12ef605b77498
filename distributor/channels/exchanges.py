"""What is known of the last request a client library made, and the outcome that follows.

The libraries lose much of this: Mastodon.py raises the same error for a refused
connection and for a lost answer, tweepy trips over unusual error bodies, atproto
follows redirects. So each of them sends through an adapter that keeps an
`Exchange` up to date, and outcomes are decided from that, not from exceptions.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import time
import urllib.parse
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..context import utc_now
from .base import ChannelError, Later, Refused, Removed, Unsure
from .waits import wait_until

MOST_BYTES = 4 * 1024 * 1024
"""The longest answer that is read, unpacked; timelines of 100 posts stay below 1 MiB."""

_LONGEST_DETAIL = 200  # characters of a network's own words that are passed on
_PERHAPS_DONE = {408, 409, 425}  # refusals that may come from a proxy after the effect


class NotBegun(Exception):
    """A request that may not leave at this moment."""


class UnusableAnswer(Exception):
    """An answer that is too long, too slow, packed in layers or leads elsewhere."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer of a network."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    def value(self) -> Any:
        """The body as JSON; None when it is not."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def json(self) -> dict[str, Any]:
        """The body as a JSON object; empty when it is anything else."""
        value = self.value()
        return value if isinstance(value, dict) else {}

    @property
    def detail(self) -> str:
        """The network's own words about an error, on one line; "" when it gave none."""
        told = self.json()
        errors = told.get("errors")
        first = errors[0] if isinstance(errors, list) and errors else {}
        places = (first if isinstance(first, dict) else {}, told)
        found = [
            place.get(key) for place in places for key in ("detail", "message", "error", "title")
        ]
        words = next((text for text in found if isinstance(text, str) and text.strip()), "")
        return " ".join(words.split())[:_LONGEST_DETAIL]


class Exchange:
    """The last request to one network: whether it left, and the answer if one came.

    One operation may be several requests, so each of them asks whether it may leave.
    """

    def __init__(
        self,
        network: str,
        timeout: float,
        is_halted: Callable[[], bool] = lambda: False,
        now: Callable[[], dt.datetime] = utc_now,
    ) -> None:
        self.network = network  # as people know it
        self.timeout = timeout  # seconds
        self.answer: Answer | None = None
        self.left = False
        self._ask_halted = is_halted
        self._now = now
        self._method = ""
        self._is_halted = False
        # By method, as networks count reading, writing and deleting apart; monotonic.
        self._quiet_until: dict[str, float] = {}
        self._deadline = 0.0

    def forget(self) -> None:
        """Before a new operation: nothing was sent yet."""
        self.answer, self.left = None, False
        self._method, self._is_halted = "", False

    def begin(self, method: str) -> None:
        """A request is about to leave. Raises NotBegun when it must not."""
        self.forget()
        self._method = method
        self._is_halted = self._ask_halted()
        if self._is_halted or self._seconds_to_wait() > 0:
            raise NotBegun
        self.left = True
        self._deadline = time.monotonic() + self.timeout

    def _seconds_to_wait(self) -> float:
        """For how long the network wants no more requests of this method from the account."""
        return self._quiet_until.get(self._method, 0.0) - time.monotonic()

    def receive(self, status: int, headers: Mapping[str, str], chunks: Iterable[bytes]) -> bytes:
        """Read and keep an answer. Raises UnusableAnswer."""
        lowered = {name.lower(): value for name, value in headers.items()}
        if "," in lowered.get("content-encoding", ""):  # each layer may unpack to a thousandfold
            raise UnusableAnswer("packed in layers")
        body = bytearray()
        for chunk in chunks:
            body += chunk
            if len(body) > MOST_BYTES:
                raise UnusableAnswer("too long")
            if time.monotonic() > self._deadline:
                raise UnusableAnswer("too slow")
        self.answer = Answer(status, lowered, bytes(body))
        if status == 429:
            self._keep_quiet(lowered)
        if 300 <= status < 400:
            raise UnusableAnswer("a redirect")
        return self.answer.body

    def _keep_quiet(self, headers: Mapping[str, str]) -> None:
        now = self._now()
        if until := wait_until(headers, now):
            self._quiet_until[self._method] = time.monotonic() + (until - now).total_seconds()

    def outcome(self, explain: Callable[[Answer], str]) -> Refused | Later | Unsure:
        """What a failure means for the post; `explain` words a refusal (4xx)."""
        answer = self.answer
        if answer is None:
            return self._without_answer()
        if answer.status == 429:
            return self._slow_down()
        if 300 <= answer.status < 400:
            return Refused(
                f"The address configured for {self.network} leads elsewhere. "
                "Put the new address into the configuration."
            )
        if 400 <= answer.status < 500 and answer.status not in _PERHAPS_DONE:
            return Refused(explain(answer))
        if answer.status < 300:
            return Unsure(f"{self.network} gave an answer that makes no sense.")
        return Unsure(f"{self.network} is out of order (error {answer.status}).")

    def _without_answer(self) -> Later | Unsure:
        if self.left:
            return Unsure(f"{self.network} gave no complete answer.")
        if self._is_halted:
            return Later("halted")
        if self._seconds_to_wait() > 0:
            return self._slow_down()
        return Later(f"{self.network} could not be reached.")

    def _slow_down(self) -> Later:
        left = self._seconds_to_wait()
        until = self._now() + dt.timedelta(seconds=left) if left > 0 else None
        return Later(f"{self.network} asks us to slow down.", until)

    def removal(self, explain: Callable[[Answer], str]) -> Removed | Refused | Later | Unsure:
        """What a failure means for a post that is to be deleted: it may be gone already."""
        answer = self.answer
        # In the network's own words: a proxy in front says 404 with a page.
        if answer is not None and answer.status in (404, 410) and answer.json():
            return Removed()
        return self.outcome(explain)

    def error(self, explain: Callable[[Answer], str]) -> ChannelError:
        """The same for a question, which may always be asked again unless it was refused."""
        outcome = self.outcome(explain)
        until = outcome.until if isinstance(outcome, Later) else None
        temporary = not isinstance(outcome, Refused)
        return ChannelError(outcome.reason, temporary=temporary, until=until)


def not_sent(error: ChannelError) -> Refused | Later:
    """The outcome of a post that was held back because a question before it failed."""
    if error.temporary:
        return Later(str(error), error.until)
    return Refused(str(error))


def not_seen(error: Exception, network: str) -> Later | Unsure:
    """The answer of a look-up that failed; not with a ChannelError: over an odd answer."""
    if not isinstance(error, ChannelError):
        return Later(f"{network} gave an answer that makes no sense.")
    return Later(str(error), error.until) if error.temporary else Unsure(str(error))


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine, where no proxy and no other host belongs."""
    host = urllib.parse.urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
