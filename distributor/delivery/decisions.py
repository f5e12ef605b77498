"""What to do next with a post. Pure: facts in, a decision out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from distributor.channels.base import Absent, Later, Outcome, Refused, Removed, Sent, Unsure


@dataclass(frozen=True, slots=True)
class Rules:
    """How patient we are. `jitter` spreads retries: a factor around 1 drawn by the caller."""

    attempts: int
    backoff: dt.timedelta
    backoff_max: dt.timedelta
    in_flight: dt.timedelta  # how long an unanswered request may still land


@dataclass(frozen=True, slots=True)
class Record:
    """The posts are out, or gone where that was wanted: write it down and go on."""

    outcome: Sent | Removed


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Certainly not out: send again, at `due`."""

    due: dt.datetime
    reason: str


@dataclass(frozen=True, slots=True)
class LookUp:
    """Perhaps out: ask the network, at `due`."""

    due: dt.datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Stop:
    """Nothing more without a person: `refused`, `gave_up` or `unsure`."""

    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Request:
    """The last request for some posts, whose effect is not known."""

    age: dt.timedelta  # at least so long ago it was sent
    sends: int  # how often these posts have been sent
    repeatable: bool  # sending the same again can never make a second post
    taken: bool  # the network said it has the text already


@dataclass(frozen=True, slots=True)
class SendNow:
    """Send again at once: certainly not out, or still in doubt where a repeat is harmless."""

    is_certain: bool


def pause(tries: int, rules: Rules, jitter: float) -> dt.timedelta:
    """The wait after `tries` tries without progress: doubled each time, up to the most."""
    doubled = rules.backoff * (1 << min(max(tries - 1, 0), 20))
    return min(doubled, rules.backoff_max) * jitter


def after_publish(
    outcome: Outcome | Removed, tries: int, now: dt.datetime, rules: Rules, jitter: float
) -> Record | TryAgain | LookUp | Stop:
    """What an answer to a request means, after `tries` tries in a row."""
    wait = now + pause(tries, rules, jitter)
    match outcome:
        case Sent() | Removed():
            return Record(outcome)
        case Refused(reason):
            return Stop("refused", reason)
        case Later(reason, until):
            if tries >= rules.attempts:
                return Stop("gave_up", f"given up after {tries} tries: {reason}")
            return TryAgain(max(wait, until) if until else wait, reason)
        case Unsure(reason):
            return LookUp(wait, reason)


def in_doubt(decision: Stop | TryAgain) -> Stop | LookUp:
    """The same, when an earlier request for these posts may have been carried out."""
    if isinstance(decision, TryAgain):
        return LookUp(decision.due, decision.reason)
    return Stop("unsure", f"{decision.reason}; an earlier request may have been carried out")


def after_look_up(
    found: Sent | Absent | Later | Unsure,
    request: Request,
    *,
    tries: int,
    now: dt.datetime,
    rules: Rules,
    jitter: float,
) -> Record | SendNow | LookUp | Stop:
    """What a look-up means, the `tries`-th in a row without an answer.

    Being found settles it at once. Being absent settles it only when a late
    request could no longer land (`in_flight`), or when sending the same again
    can never make a second post (`repeatable`). To give up, it must be settled for certain.
    """
    left = rules.in_flight - request.age  # the time in which it may still land
    wait = now + pause(tries, rules, jitter)
    match found:
        case Sent():
            return Record(found)
        case Unsure(reason):
            return Stop("unsure", reason)
        case Later(reason, until):
            if tries >= rules.attempts and left <= dt.timedelta(0):
                return Stop("unsure", f"could not be looked up in {tries} tries: {reason}")
            return LookUp(max(wait, until) if until else wait, reason)
        case Absent():
            is_last = request.sends >= rules.attempts
            may_arrive = left > dt.timedelta(0)
            if may_arrive and (is_last or not request.repeatable):
                return LookUp(min(wait, now + left), "not found yet; the request may still arrive")
            return _settle_absent(request, rules, is_certain=not may_arrive)


def _settle_absent(request: Request, rules: Rules, *, is_certain: bool) -> SendNow | Stop:
    if request.taken:
        return Stop(
            "unsure",
            "the network says it has this text already, but it is not on the timeline",
        )
    if request.sends >= rules.attempts:
        return Stop("gave_up", f"sent {request.sends} times and never found on the timeline")
    return SendNow(is_certain)
