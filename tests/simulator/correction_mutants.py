"""Planted defects of corrections; see `mutants`."""

from __future__ import annotations

from collections.abc import Sequence

from distributor.channels.base import Outcome, Outgoing, Removed, Sent, Unsure
from distributor.delivery import dispatch, outbox
from distributor.delivery.models import Act, Post
from distributor.delivery.outbox import Work
from distributor.newsletter import subscriptions

from .planting import Mutant


def _edit_hopefully(work: Work, first: Post, outgoing: Sequence[Outgoing]) -> Outcome | Removed:
    receipt = outbox._receipt(first)
    if first.act != Act.EDIT or receipt is None:
        return _request(work, first, outgoing)
    outcome = work.channel.edit(receipt, outgoing[0])
    return Sent((receipt,)) if isinstance(outcome, Unsure) else outcome


_request = outbox._request

MUTANTS = (
    Mutant(
        "an edit that nobody heard of counts as done",
        ("wrong text",),
        [(outbox, "_request", _edit_hopefully)],
    ),
    Mutant(
        "a correction does not reply to what it corrects",
        ("wrong parent",),
        [(Work, "_head", property(lambda work: None))],
    ),
    Mutant(
        "a correction is mailed to the whole list",
        ("unasked",),
        [(subscriptions, "snapshot_readers", subscriptions.snapshot)],
    ),
    Mutant(
        "a statement is corrected while it is still going out",
        ("double", "lost", "wrong text", "wrong parent", "untold", "failed", "unsettled"),
        [(dispatch, "require_at_rest", lambda statement: None)],
    ),
)
