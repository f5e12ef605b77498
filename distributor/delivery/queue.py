"""The lease table: who may work on what, and until when.

`due` is run-at, lease and open-flag in one: NULL is closed, a future moment is
embargoed or leased, a past one is claimable. A dead worker needs no reaper, its
lease comes due. Measured and chosen in `docs/decisions/`.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction

from ..database import one_at_a_time
from .models import Job
from .wake import announce


class LeaseLost(Exception):
    """Somebody else holds the job now: nothing may be written on its behalf."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on one job, for as long as each ledger write renews it."""

    job: int
    kind: str
    subject: str
    owner: str
    length: dt.timedelta
    attempts: int


def key_of(kind: str, subject: object) -> str:
    """The unique key of the job of this kind about this subject."""
    return f"{kind}:{subject}"


def enqueue(kind: str, subject: object, due: dt.datetime, *, lane: str | None = None) -> None:
    """Open the job (again); call it inside the transaction that gives the reason.

    Of the jobs in one lane only one is worked on at a time, on whatever machine.
    """
    opened = {"kind": kind, "lane": lane, "due": due, "owner": None, "attempts": 0, "error": ""}
    Job.objects.update_or_create(key=key_of(kind, subject), defaults=opened)
    announce()


def close(kind: str, subject: object) -> None:
    """Take the job back from whoever holds it; their next write fails."""
    Job.objects.filter(key=key_of(kind, subject)).update(due=None, owner=None)


def claim(
    kinds: Collection[str], owner: str, now: dt.datetime, length: dt.timedelta, most: int
) -> list[Lease]:
    """Lease up to `most` due jobs of the kinds this program knows.

    Each claim is an owner of its own: a process that stood still for longer than
    its lease may find the job again, and must not pass for the thread that had it.
    """
    if not Job.objects.filter(due__lte=now, kind__in=kinds).exists():
        return []  # most looks end here, and wait for no other writer
    owner = f"{owner}:{secrets.token_hex(4)}"
    with transaction.atomic():
        one_at_a_time("claim")  # two machines might each take a job of one lane
        due = Job.objects.select_for_update(skip_locked=True).filter(due__lte=now, kind__in=kinds)
        taken = Job.objects.filter(owner__isnull=False, due__gt=now, lane__isnull=False)
        free = due.exclude(lane__in=taken.values("lane")).order_by("due")
        jobs = _first_of_each_lane(free[:most])
        Job.objects.filter(pk__in=[job.pk for job in jobs]).update(due=now + length, owner=owner)
    return [
        Lease(job.pk, job.kind, job.key.partition(":")[2], owner, length, job.attempts)
        for job in jobs
    ]


def _first_of_each_lane(jobs: Iterable[Job]) -> list[Job]:
    seen: set[str] = set()
    first = []
    for job in jobs:
        if job.lane is None or job.lane not in seen:
            first.append(job)
        if job.lane is not None:
            seen.add(job.lane)
    return first


def renew(lease: Lease, now: dt.datetime) -> None:
    """Fence a ledger write: call it first in the write's own transaction.

    Raises LeaseLost when the job has gone to somebody else or was taken back.
    """
    held = Job.objects.filter(pk=lease.job, owner=lease.owner)
    if not held.update(due=now + lease.length):
        raise LeaseLost(lease.subject)


def finish(lease: Lease) -> None:
    """Close the job; part of the write that made it superfluous."""
    _hand_back(lease, due=None, attempts=0, error="")


def progress(lease: Lease, due: dt.datetime) -> None:
    """Hand the job back after something was achieved; its tries count from zero again."""
    _hand_back(lease, due=due, attempts=0, error="")


def postpone(lease: Lease, due: dt.datetime, why: str = "", *, tried: bool = True) -> None:
    """Hand the job back for another try at `due`."""
    _hand_back(lease, due=due, attempts=lease.attempts + tried, error=why)


def _hand_back(lease: Lease, **changes: object) -> None:
    held = Job.objects.filter(pk=lease.job, owner=lease.owner)
    if not held.update(owner=None, **changes):
        raise LeaseLost(lease.subject)


def release_all(now: dt.datetime) -> None:
    """Make every leased job claimable: only for the one process that may work here."""
    Job.objects.filter(owner__isnull=False).update(due=now, owner=None)


def next_due(kinds: Collection[str]) -> dt.datetime | None:
    """When the next open job of these kinds comes due whose lane is free now."""
    taken = Job.objects.filter(owner__isnull=False, lane__isnull=False)
    open_jobs = Job.objects.filter(kind__in=kinds, due__isnull=False, owner__isnull=True)
    open_jobs = open_jobs.exclude(lane__in=taken.values("lane"))
    return open_jobs.order_by("due").values_list("due", flat=True).first()
