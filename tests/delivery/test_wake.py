"""On SQLite, what this process opens wakes its own workers at once."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator

import pytest
from django.db import transaction

from distributor.delivery import queue, wake

NOON = dt.datetime(2026, 6, 3, 12, tzinfo=dt.UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def nudged() -> Iterator[threading.Event]:
    event = threading.Event()
    waker = wake.open_waker(event)
    yield event
    waker.close()


def test_a_job_wakes_with_the_commit_that_opens_it(nudged: threading.Event) -> None:
    with transaction.atomic():
        queue.enqueue("thread", 1, NOON)
        assert not nudged.is_set()
    assert nudged.is_set()


def test_a_job_that_is_rolled_back_wakes_nobody(nudged: threading.Event) -> None:
    with transaction.atomic():
        queue.enqueue("thread", 1, NOON)
        transaction.set_rollback(True)
    assert not nudged.is_set()
