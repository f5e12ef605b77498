"""What only PostgreSQL does: wake by notice, and tell the time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.servers.postgres import Postgres

_BEGIN = """
import datetime as dt, sys, threading, time
import django
django.setup()
from django.db import connection
from distributor import assemble
from distributor.delivery import wake

nudged = threading.Event()
waker = wake.open_waker(nudged)
waker.wait(20)  # it listens now

def later(what):
    threading.Timer(0.5, what).start()

def lasted(longest):
    began = time.monotonic()
    waker.wait(20)
    return time.monotonic() - began < longest
"""


def tell(postgres: Postgres, folder: Path, story: str) -> str:
    """What a program prints that uses an empty database."""
    configuration = folder / "distributor.toml"
    configuration.write_text(f'[storage]\ndatabase = "{postgres.create_database()}"\n')
    variables = {
        "DISTRIBUTOR_CONFIG": str(configuration),
        "DJANGO_SETTINGS_MODULE": "distributor.settings",
    }
    command = [sys.executable, "-c", _BEGIN + story + "\nwaker.close()"]
    return subprocess.check_output(command, env=os.environ | variables, text=True, timeout=60)


def test_a_notice_wakes_and_so_does_a_nudge(postgres: Postgres, tmp_path: Path) -> None:
    story = "later(wake.announce); print(lasted(10)); later(nudged.set); print(lasted(10))"
    assert tell(postgres, tmp_path, story) == "True\nTrue\n"


def test_a_notice_in_a_transaction_wakes_when_it_is_committed(
    postgres: Postgres, tmp_path: Path
) -> None:
    story = """
from django.db import transaction
with transaction.atomic():
    wake.announce()
    waker.wait(1)
    asleep = not nudged.is_set()
print(asleep, lasted(10))
"""
    assert tell(postgres, tmp_path, story) == "True True\n"


def test_after_a_cut_connection_notices_arrive_again(postgres: Postgres, tmp_path: Path) -> None:
    story = """
with connection.cursor() as cursor:
    cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                   "WHERE datname = current_database() AND pid <> pg_backend_pid()")
print(lasted(10))  # woken by listening again: something may have been committed meanwhile
later(wake.announce)
print(lasted(10))
"""
    assert tell(postgres, tmp_path, story) == "True\nTrue\n"


def test_what_is_due_is_due_by_the_servers_clock(postgres: Postgres, tmp_path: Path) -> None:
    story = """
from distributor import database
class WrongClock(dt.datetime):
    @classmethod
    def now(cls, tz=None):
        return dt.datetime(1999, 1, 1, tzinfo=tz)
import distributor.context
distributor.context.dt.datetime = WrongClock
now = database.open_clock()()
print(abs(now - database.ask_server_time()) < dt.timedelta(seconds=5))
"""
    assert tell(postgres, tmp_path, story) == "True\n"


def test_a_process_that_stands_still_in_a_transaction_is_cut_off(
    postgres: Postgres, tmp_path: Path
) -> None:
    story = """
with connection.cursor() as cursor:
    cursor.execute("SHOW idle_in_transaction_session_timeout")
    print(cursor.fetchone()[0])
"""
    assert tell(postgres, tmp_path, story) == "10s\n"


def test_many_claims_at_once_get_one_job_of_each_lane(postgres: Postgres, tmp_path: Path) -> None:
    story = """
from django.core.management import call_command
from distributor.delivery import queue
call_command("migrate", verbosity=0)
noon, length = dt.datetime(2026, 6, 3, 12, tzinfo=dt.UTC), dt.timedelta(minutes=2)
lanes = ("x", "bluesky")
for number in range(32):
    queue.enqueue("thread", number, noon, lane=lanes[number % 2])
got, together = [], threading.Barrier(8)

def claim():
    connection.ensure_connection()
    together.wait()
    got.extend(queue.claim(["thread"], "machine", noon, length, 1))
    connection.close()

threads = [threading.Thread(target=claim) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(sorted(int(lease.subject) % 2 for lease in got))
"""
    assert tell(postgres, tmp_path, story) == "[0, 1]\n"
