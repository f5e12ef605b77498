"""`python -m tests.simulator SEED [COUNT]`: tell one schedule in words, or run many and count.

`--of withdrawals`: of other schedules than those of statements that just go out.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections import Counter
from contextlib import nullcontext

import click
import django


@click.command()
@click.argument("seed", type=int)
@click.argument("count", type=int, default=1)
@click.option("--of", "kind", default="statements", help="Which schedules.")
@click.option("--mutant", help="Plant this defect, and stop at the first schedule that shows it.")
def main(seed: int, count: int, kind: str, mutant: str | None) -> None:
    """Run the schedules of these seeds and say what was found; exit 1 if a promise was broken."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from .kinds import KINDS
    from .schedules import open_simulator

    schedule, mutants = KINDS[kind]
    defect = next(one for one in mutants if one.name == mutant) if mutant else None
    began = time.process_time()
    happened: Counter[str] = Counter()
    found = 0
    with defect.planted() if defect else nullcontext(), open_simulator(schedule) as simulator:
        _collect_garbage_rarely()
        for each in range(seed, seed + count):
            result = simulator.run(each, click.echo if count == 1 else None)
            happened += result.counts
            for problem in result.problems:
                click.echo(f"seed {each}: {problem}")
            if result.problems:
                _tell_how_to_replay(each, kind, mutant)
            broken = [one for one in result.problems if defect is None or defect.shows_in(one)]
            found += bool(broken)
            if defect and broken:
                break
    for what, times in sorted(happened.items()):
        click.echo(f"{times:9,}  {what}")
    if count > 1:
        rate = (each + 1 - seed) / (time.process_time() - began)
        click.echo(f"{rate:9.1f}  schedules per second of one core; {found} with a broken promise")
    sys.exit(found > 0)


def _collect_garbage_rarely() -> None:
    """What is there stays; what a schedule leaves behind is little (5 % faster)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _tell_how_to_replay(seed: int, kind: str, mutant: str | None) -> None:
    of = "" if kind == "statements" else f" --of {kind}"
    planted = f' --mutant "{mutant}"' if mutant else ""
    click.echo(f"  in words: .venv/bin/python -m tests.simulator {seed}{of}{planted}")


main()
