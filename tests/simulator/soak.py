"""`python -m tests.simulator.soak COUNT [FIRST]`: very many schedules on all cores.

Stops at the first that breaks a promise. Part of `make soak`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice

import click

SHARD = 2_000  # schedules of one process


@click.command()
@click.argument("count", type=click.IntRange(min=1))
@click.argument("first", type=click.IntRange(min=1), default=1)
def main(count: int, first: int) -> None:
    """Run COUNT schedules, beginning with the seed FIRST."""
    began = time.monotonic()
    end = first + count
    shards = iter(range(first, end, SHARD))
    cores = os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as pool:
        running = {_begin(pool, seed, end): seed for seed in islice(shards, cores)}
        done = 0
        while running:
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                seed = running.pop(future)
                _require_kept(future.result())
                done += min(SHARD, end - seed)
                for following in islice(shards, 1):
                    running[_begin(pool, following, end)] = following
            _tell(done, count, time.monotonic() - began, min(running.values(), default=end))
    click.echo(f"{count:,} schedules, no promise broken.")


def _begin(pool: ThreadPoolExecutor, seed: int, end: int) -> Future[str]:
    return pool.submit(_run, seed, min(SHARD, end - seed))


def _run(seed: int, count: int) -> str:
    """What the shard said, or "" when every promise was kept."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.simulator", str(seed), str(count)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return told.stdout if told.returncode else ""


def _require_kept(told: str) -> None:
    if told:
        click.echo(told)
        click.echo("A promise was broken.", err=True)
        os._exit(1)  # without waiting for the other shards


def _tell(done: int, count: int, seconds: float, following: int) -> None:
    rate = done / seconds
    minutes = (count - done) / rate / 60
    click.echo(
        f"{done:,} of {count:,} schedules, {rate:.0f} a second, {minutes:,.0f} minutes left; "
        f"to go on later: .venv/bin/python -m tests.simulator.soak {count - done} {following}"
    )


if __name__ == "__main__":
    main()
