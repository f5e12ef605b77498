"""What the newsletter's tests share: a context with two lists and keys of its own."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from distributor import vault
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
    keys = Vault(web=b"w" * 32, sealing=b"s" * 32, indexing=b"i" * 32)
    return Context(configuration, keys, tmp_path, now=lambda: NOON)


@pytest.fixture
def tell(tmp_path: Path) -> Callable[[str, str], str]:
    """Runs a Python text in a process of its own, on a new installation; gives what it prints.

    Called with the address of an empty database and the text, which finds a `context`.
    """

    def run(database: str, story: str) -> str:
        configuration = tmp_path / "distributor.toml"
        configuration.write_text(
            f'[storage]\ndirectory = "{tmp_path}"\ndatabase = "{database}"\n'
            '[lists.readers]\ntitle = "Readers"\n'
        )
        vault.create(tmp_path)
        told = subprocess.run(
            [sys.executable, "-c", _INSTALLATION + story],
            env=os.environ
            | {
                "DISTRIBUTOR_CONFIG": str(configuration),
                "DJANGO_SETTINGS_MODULE": "distributor.settings",
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert told.stderr == ""
        return told.stdout

    return run


_INSTALLATION = """
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from distributor import vault
from distributor.context import Context

call_command("migrate", verbosity=0)
folder = settings.CONFIGURATION.directory
context = Context(settings.CONFIGURATION, vault.load(folder), folder)
"""
