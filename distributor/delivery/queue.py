"""The lease table: who may work on what, and until when.

`due` is run-at, lease and open-flag in one: NULL is closed, a future moment is
embargoed or leased, a past one is claimable. A dead worker needs no reaper, its
lease comes due. Measured and chosen in `docs/decisions/`.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction

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


def enqueue(kind: str, subject: object, due: dt.datetime) -> None:
    """Open the job (again); call it inside the transaction that gives the reason."""
    Job.objects.update_or_create(
        key=key_of(kind, subject),
        defaults={"kind": kind, "due": due, "owner": None, "attempts": 0, "error": ""},
    )
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
    owner = f"{owner}:{secrets.token_hex(4)}"
    with transaction.atomic():
        due = Job.objects.select_for_update(skip_locked=True)
        jobs = list(due.filter(due__lte=now, kind__in=kinds).order_by("due")[:most])
        Job.objects.filter(pk__in=[job.pk for job in jobs]).update(due=now + length, owner=owner)
    return [
        Lease(job.pk, job.kind, job.key.partition(":")[2], owner, length, job.attempts)
        for job in jobs
    ]


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
    """When the next open job of these kinds comes due."""
    open_jobs = Job.objects.filter(kind__in=kinds, due__isnull=False, owner__isnull=True)
    return open_jobs.order_by("due").values_list("due", flat=True).first()
