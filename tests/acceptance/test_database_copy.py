"""Moving to PostgreSQL in the midst of work: the new database goes on, the old one is given up."""

from __future__ import annotations

import signal
import sqlite3
import time
from contextlib import closing

import psycopg

from tests.acceptance.conftest import Run
from tests.acceptance.expecting import require_exactly_once, require_mailed_or_unsure
from tests.acceptance.installation import TEXT, Installation, Running
from tests.acceptance.world import World
from tests.servers.postgres import Postgres
from tests.waiting import until


def begin_thread(here: Installation, world: World) -> str:
    """Approve a statement, and kill the program after its first posts; gives its id."""
    statement = here.submit()
    here.approve(statement)
    for channel in ("x", "mastodon"):
        world.add_fault(channel, "POST ", "delay", times=None, seconds=0.4)
    with Running(here, "deliver", "--until-idle") as running:
        until(lambda: world.texts("x") and world.texts("mastodon"))
        running.kill()
    world.reset_faults()
    return statement


def test_what_was_begun_on_sqlite_is_finished_on_postgresql(
    fresh: Installation, world: World, postgres: Postgres, start: Run
) -> None:
    statement = begin_thread(fresh, world)  # killed while it held leases of two minutes
    embargoed = fresh.submit("Wells\n\n1 May 2026\n\nDig.\n", **{"not-before": "2099-03-01T09:00"})
    fresh.approve(embargoed)
    proof, person = fresh.json("proof", statement), ("subscriber", "show", "dana@reader.example")
    held = fresh.json(*person)
    url = postgres.create_database()

    copied = fresh.json("database", "copy", url)

    assert copied["record"]["ok"] is True
    assert copied["rows"] == sum(table["rows"] for table in copied["tables"])
    fresh.configure(storage={"database": url})
    assert fresh.json("audit", "verify")["head"] == copied["record"]["head"]
    assert fresh.json(*person) == held
    start("worker")
    until(lambda: fresh.status(statement)["state"] == "delivered")
    status = fresh.status(statement)
    require_exactly_once(world, proof, status)
    require_mailed_or_unsure(world, status, readers=3)
    assert fresh.status(embargoed)["state"] == "approved"
    assert fresh.json("audit", "verify")["ok"] is True
    assert fresh.status()["halted"] is False  # it is no restored backup


def test_the_old_database_is_refused_with_the_place_where_it_went(
    fresh: Installation, world: World, postgres: Postgres
) -> None:
    statement = fresh.submit()
    fresh.approve(statement)
    url = postgres.create_database()
    done = fresh.run("database", "copy", url)
    assert "Now write the address you gave into storage.database" in done.stdout
    met = world.contacts()
    for command in (("deliver",), ("run",), ("worker",), ("status",), ("halt",), ("doctor",)):
        refused = fresh.run(*command, code=1)
        assert refused.stderr.startswith("This database was moved to postgresql://127.0.0.1:")
    again = fresh.run("database", "copy", url, code=1)
    assert "holds data of this program already" in again.stderr
    assert world.contacts() == met


def add_many_readers(here: Installation) -> None:
    """So many that a copy takes long enough to be met in its midst."""
    rows = "".join(f"reader{number}@reader.example\n" for number in range(5000))
    here.write("many.csv", "email\n" + rows)
    here.run("subscriber", "import", "many.csv", "--list", "statements", "--basis", "asked")


def test_a_copy_that_is_killed_leaves_the_target_empty_and_the_source_in_use(
    fresh: Installation, postgres: Postgres
) -> None:
    add_many_readers(fresh)
    url = postgres.create_database()
    with psycopg.connect(url, autocommit=True) as looking:
        with Running(fresh, "database", "copy", url) as copying:
            until(lambda: _is_copying(looking))
            copying.process.send_signal(signal.SIGSTOP)
            assert fresh.run("deliver", code=1).stderr.startswith("Another process (number ")
            copying.kill()
        until(lambda: not _is_copying(looking))
        assert looking.execute("SELECT count(*) FROM newsletter_subscriber").fetchone() == (0,)
    assert fresh.status()["halted"] is False
    assert fresh.json("database", "copy", url)["rows"] > 10_000


def test_whoever_waits_for_the_copy_writes_nothing_into_the_old_database(
    fresh: Installation, postgres: Postgres
) -> None:
    add_many_readers(fresh)
    fresh.write("statement.txt", TEXT)
    url = postgres.create_database()
    with psycopg.connect(url, autocommit=True) as looking:
        with Running(fresh, "database", "copy", url) as copying:
            until(lambda: _is_copying(looking) and _keeps_writers_out(fresh))
            copying.process.send_signal(signal.SIGSTOP)
            with Running(fresh, "submit", "statement.txt", "--as", "Ana") as submitting:
                time.sleep(2)
                copying.process.send_signal(signal.SIGCONT)
                assert submitting.wait() == 1, submitting.said
            assert submitting.said.startswith("This database was moved to postgresql://")
            assert copying.wait() == 0


def _keeps_writers_out(here: Installation) -> bool:
    """Whether the copy has begun its transaction in the old database, too."""
    path = here.folder / "var" / "distributor.sqlite3"
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as looking:
        try:
            looking.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
    return False


def _is_copying(looking: psycopg.Connection) -> bool:
    """Whether somebody holds all tables."""
    time.sleep(0.01)
    locks = looking.execute(
        "SELECT 1 FROM pg_locks WHERE mode = 'AccessExclusiveLock' "
        "AND relation = to_regclass('newsletter_recipient')"
    )
    return locks.fetchone() is not None
