"""Claiming jobs of the lease table: what is due, in order, each by one worker."""

from __future__ import annotations

import datetime as dt

import pytest

from distributor.delivery import queue
from distributor.delivery.models import Job

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
LENGTH = 120 * SECOND

pytestmark = pytest.mark.django_db


def subjects(*kinds: str, now: dt.datetime = NOON, most: int = 8) -> list[str]:
    """What a worker that knows these kinds would get."""
    return [lease.subject for lease in queue.claim(kinds, "worker", now, LENGTH, most)]


def test_what_is_due_longest_comes_first_and_no_more_than_asked() -> None:
    for subject, seconds in ((1, 1), (2, 3), (3, 2)):
        queue.enqueue("thread", subject, NOON - seconds * SECOND)
    assert subjects("thread", most=2) == ["2", "3"]
    assert subjects("thread", most=2) == ["1"]


def test_what_is_not_yet_due_is_left_until_then() -> None:
    queue.enqueue("thread", 1, NOON + SECOND)
    assert subjects("thread") == []
    assert subjects("thread", now=NOON + SECOND) == ["1"]


def test_a_kind_of_work_that_is_not_known_is_left_alone() -> None:
    queue.enqueue("thread", 1, NOON)
    assert subjects("mail") == []
    assert subjects("mail", "thread") == ["1"]


def test_an_abandoned_lease_comes_due_by_itself() -> None:
    queue.enqueue("thread", 1, NOON)
    assert subjects("thread") == ["1"]
    assert subjects("thread", now=NOON + LENGTH - SECOND) == []
    assert subjects("thread", now=NOON + LENGTH) == ["1"]


def test_each_renewal_lengthens_the_lease() -> None:
    queue.enqueue("thread", 1, NOON)
    [lease] = queue.claim(["thread"], "worker", NOON, LENGTH, 1)
    queue.renew(lease, NOON + LENGTH / 2)
    assert subjects("thread", now=NOON + LENGTH) == []


def test_tries_are_counted_until_something_is_achieved() -> None:
    queue.enqueue("thread", 1, NOON)
    for tries in (0, 1, 2):
        [lease] = queue.claim(["thread"], "worker", NOON, LENGTH, 1)
        assert lease.attempts == tries
        queue.postpone(lease, NOON, "busy")
    [lease] = queue.claim(["thread"], "worker", NOON, LENGTH, 1)
    queue.progress(lease, NOON)
    assert Job.objects.get().attempts == 0


def test_waiting_for_a_cap_is_no_try() -> None:
    queue.enqueue("thread", 1, NOON)
    [lease] = queue.claim(["thread"], "worker", NOON, LENGTH, 1)
    queue.postpone(lease, NOON, "the cap", tried=False)
    assert Job.objects.get().attempts == 0


def test_a_finished_job_is_never_due_and_fences_off_who_finished_it() -> None:
    queue.enqueue("thread", 1, NOON)
    [lease] = queue.claim(["thread"], "worker", NOON, LENGTH, 1)
    queue.finish(lease)
    assert subjects("thread", now=NOON + 9 * LENGTH) == []
    with pytest.raises(queue.LeaseLost):
        queue.renew(lease, NOON)


def test_a_job_opened_again_is_taken_from_who_had_it() -> None:
    queue.enqueue("thread", 1, NOON)
    [lease] = queue.claim(["thread"], "worker", NOON, LENGTH, 1)
    queue.enqueue("thread", 1, NOON)
    with pytest.raises(queue.LeaseLost):
        queue.finish(lease)
    assert subjects("thread") == ["1"]


def test_a_restart_frees_at_once_what_a_killed_process_held() -> None:
    queue.enqueue("thread", 1, NOON)
    queue.enqueue("mail", 2, NOON + SECOND)
    assert subjects("thread") == ["1"]
    queue.release_all(NOON)
    assert subjects("thread", "mail") == ["1"]


def test_the_next_moment_to_look_is_that_of_the_first_open_job() -> None:
    assert queue.next_due(["thread"]) is None
    queue.enqueue("thread", 1, NOON + 5 * SECOND)
    queue.enqueue("thread", 2, NOON + 3 * SECOND)
    queue.enqueue("mail", 3, NOON)
    assert queue.next_due(["thread"]) == NOON + 3 * SECOND


def test_of_one_lane_only_one_job_is_worked_on_at_a_time() -> None:
    for subject, seconds in ((1, 3), (2, 2), (3, 1)):
        queue.enqueue("thread", subject, NOON - seconds * SECOND, lane="x")
    queue.enqueue("thread", 4, NOON, lane="mastodon")
    queue.enqueue("mail", 5, NOON)
    queue.enqueue("mail", 6, NOON)
    assert subjects("thread", "mail") == ["1", "4", "5", "6"]
    assert subjects("thread", "mail") == []
    assert subjects("thread", now=NOON + LENGTH) == ["2", "4"]


def test_the_next_of_a_lane_is_free_as_soon_as_one_is_handed_back() -> None:
    queue.enqueue("thread", 1, NOON - SECOND, lane="x")
    queue.enqueue("thread", 2, NOON, lane="x")
    [lease] = queue.claim(["thread"], "worker", NOON, LENGTH, 8)
    assert queue.next_due(["thread"]) is None
    queue.postpone(lease, NOON + SECOND, "too many requests")
    assert queue.next_due(["thread"]) == NOON
    assert subjects("thread") == ["2"]


def test_many_jobs_that_wait_for_their_lane_do_not_hide_another_lane() -> None:
    for subject in range(20):
        queue.enqueue("thread", subject, NOON - SECOND, lane="x")
    queue.enqueue("thread", 99, NOON, lane="mastodon")
    assert subjects("thread") == ["0"]
    assert subjects("thread") == ["99"]
