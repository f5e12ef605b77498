"""What posts on X cost, and when the next one stays within what a day may cost.

X is paid per post: $0.015, with a link $0.20 (its price list, checked 2026-11). A try
counts whether or not it succeeded, as with the caps: nobody learns what X charged.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from .caps import DAY
from .models import Attempt

MILLS = 1000  # in a dollar; whole numbers, so that sums are exact
_POST, _POST_WITH_LINK = 15, 200


def price(post: Mapping[str, Any]) -> int:
    """What X takes for a post of a proof, in mills."""
    return _POST_WITH_LINK if post["links"] else _POST


def affordable_at(
    spent: Sequence[tuple[dt.datetime, int]], asked: int, most: int, now: dt.datetime
) -> dt.datetime:
    """The earliest moment when `asked` more mills stay within `most` in any 24 hours.

    `spent` is what was paid and when, oldest first.
    """
    recent = [(at, mills) for at, mills in spent if at > now - DAY]
    excess = sum(mills for _, mills in recent) + asked - most
    free = now
    for at, mills in recent:
        if excess <= 0:
            break
        excess -= mills
        free = at + DAY
    return free


def spent_on(channel: str, now: dt.datetime) -> list[tuple[dt.datetime, int]]:
    """What the tries of the last day cost on a channel."""
    tries = Attempt.objects.filter(channel=channel, started_at__gt=now - DAY)
    threads: dict[int, list[Mapping[str, Any]]] = {}
    spent = []
    for one in tries.select_related("post__delivery__proof").order_by("started_at"):
        delivery = one.post.delivery
        if delivery.pk not in threads:
            content = json.loads(bytes(delivery.proof.content))
            threads[delivery.pk] = next(
                thread["posts"] for thread in content["threads"] if thread["channel"] == channel
            )
        spent.append((one.started_at, price(threads[delivery.pk][one.post.position - 1])))
    return spent
