"""Seeded schedules of faults and crashes around the production code of delivery."""

from __future__ import annotations

import os
import subprocess
import sys

SCHEDULES = 100


def test_no_schedule_ends_with_a_post_twice_lost_or_unapproved() -> None:
    """In a process of its own: the simulator swaps clocks and networks of the whole program."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.simulator", "1", str(SCHEDULES)],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
        env={name: value for name, value in os.environ.items() if name != "DISTRIBUTOR_CONFIG"},
    )
    assert "schedules per second" in told.stdout
    assert "seed" not in told.stdout
