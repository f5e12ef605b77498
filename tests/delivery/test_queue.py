"""The lease table: who may write about a job, and who may not any more."""

from __future__ import annotations

import datetime as dt

import pytest

from distributor.delivery import queue

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
LENGTH = dt.timedelta(seconds=120)


def claim(now: dt.datetime) -> queue.Lease:
    """The one due job, leased by the same process each time."""
    (lease,) = queue.claim(["thread"], "a process", now, LENGTH, 8)
    return lease


@pytest.mark.django_db
def test_a_leased_job_is_nobody_elses_before_its_lease_ends() -> None:
    queue.enqueue("thread", 1, NOON)
    claim(NOON)
    assert queue.claim(["thread"], "another", NOON + LENGTH / 2, LENGTH, 8) == []


@pytest.mark.django_db
def test_a_process_that_finds_its_own_job_again_fences_off_the_thread_that_had_it() -> None:
    queue.enqueue("thread", 1, NOON)
    before, after = claim(NOON), claim(NOON + 2 * LENGTH)
    with pytest.raises(queue.LeaseLost):
        queue.renew(before, NOON + 2 * LENGTH)
    queue.renew(after, NOON + 2 * LENGTH)


@pytest.mark.django_db
def test_a_job_that_was_taken_back_fences_off_who_had_it() -> None:
    queue.enqueue("thread", 1, NOON)
    lease = claim(NOON)
    queue.close("thread", 1)
    with pytest.raises(queue.LeaseLost):
        queue.finish(lease)
