"""What the newsletter's tests share: a context with two lists and keys of its own."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from distributor.config import parse
from distributor.context import Context
from distributor.vault import Vault

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """Two lists, fixed keys, and a clock that stands at noon."""
    configuration = parse(
        {
            "storage": {"directory": str(tmp_path)},
            "lists": {"readers": {"title": "Readers"}, "press": {"title": "Press"}},
        }
    )
    vault = Vault(web=b"w" * 32, sealing=b"s" * 32, indexing=b"i" * 32)
    return Context(configuration, vault, tmp_path, now=lambda: NOON)
