"""Seeded schedules of faults and crashes around the production code of delivery."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from . import mail, networks
from .kinds import KINDS

SCHEDULES = 10_000
WITHDRAWALS = 500
CORRECTIONS = 300
MUTANT_SCHEDULES = 2_000  # in so many each planted defect must be noticed
SHARD = 1_000  # in a process of its own; the shards share the cores with the other tests

# What must have gone wrong in each shard, besides each fault of the networks and of mail.
TROUBLES = {
    *networks.PUBLISHING,
    *networks.READING,
    *(f"mail {fault}" for fault in mail.FAULTS),
    "mail partly taken",
    "mail too late",
    "read before the write shows",
    "duplicate refused",
    "key known",
    "key ignored",
    "token expired",
    "token expired in mid-thread",
    "freeze",
    "freeze after the intent",
    "crash after the intent",
    "crash after the answer",
    "crash before BEGIN",
    "crash before UPDATE delivery_delivery",
    "crash before UPDATE delivery_job",
    "crash before UPDATE delivery_post",
    "clocks set",
    "halt",
    "revise",
    "tamper",
    "unsubscribe",
    "withdraw",
    "write_by_hand",
    "settled by a person",
}


def simulate(*arguments: object, hash_seed: int = 0) -> subprocess.CompletedProcess[str]:
    """In a process of its own: the simulator swaps clocks and networks of the whole program."""
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "TMPDIR")}
    return subprocess.run(
        [sys.executable, "-m", "tests.simulator", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
        env={**environment, "PYTHONHASHSEED": str(hash_seed)},
    )


@pytest.mark.parametrize("seed", range(1, SCHEDULES, SHARD))
def test_no_schedule_ends_with_a_post_twice_lost_or_unapproved(seed: int) -> None:
    told = simulate(seed, SHARD)
    assert told.returncode == 0, told.stdout + told.stderr
    happened = {what.strip() for what in re.findall(r"^ *[\d,]+  (.+)$", told.stdout, re.M)}
    assert TROUBLES - happened == set()


def test_no_withdrawal_leaves_a_post_standing_or_a_reader_untold() -> None:
    told = simulate(1, WITHDRAWALS, "--of", "withdrawals")
    assert told.returncode == 0, told.stdout + told.stderr
    assert re.search(r"\d  withdrawal mail sent", told.stdout)
    assert re.search(r"\d  thread withdrawn", told.stdout)


def test_every_network_shows_what_was_corrected_and_exactly_its_readers_are_told() -> None:
    told = simulate(1, CORRECTIONS, "--of", "corrections")
    assert told.returncode == 0, told.stdout + told.stderr
    for what in ("edit done", "remove done", "keep done", "correction mail sent"):
        assert re.search(rf"\d  {what}", told.stdout)
    assert re.search(r"\d  thread corrected: sent", told.stdout)


@pytest.mark.parametrize(
    ("kind", "name", "first"),
    [
        (kind, mutant.name, mutant.first)
        for kind, (_, mutants) in KINDS.items()
        for mutant in mutants
    ],
)
def test_a_planted_defect_is_noticed(kind: str, name: str, first: int) -> None:
    told = simulate(first, MUTANT_SCHEDULES, "--of", kind, "--mutant", name)
    assert told.returncode == 1, f"nobody noticed that {name}\n{told.stdout}{told.stderr}"
    assert "seed" in told.stdout, told.stderr


def test_a_seed_tells_the_same_story_in_every_process() -> None:
    stories = [simulate(7, hash_seed=hash_seed).stdout for hash_seed in (1, 2)]
    assert stories[0] == stories[1]
    assert "post [1]" in stories[0]
