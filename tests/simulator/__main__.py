"""`python -m tests.simulator SEED [COUNT]`: replay one seed in words, or run many and count."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter

import click
import django


def main() -> None:
    """Run the schedules and say what was found."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from .schedules import open_simulator

    seed = int(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with open_simulator() as simulator:
        if count == 1:
            click.echo(str(simulator.run(seed, click.echo)))
            return
        began = time.process_time()
        happened: Counter[str] = Counter()
        for each in range(seed, seed + count):
            result = simulator.run(each)
            happened += result.counts
            for problem in result.problems:
                click.echo(f"seed {each}: {problem}")
        click.echo(f"{count / (time.process_time() - began):.0f} schedules per second")
        click.echo(str(dict(happened)))


main()
