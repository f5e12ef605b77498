"""What every verb needs to know of its surroundings: configuration, keys, templates, time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .config import Configuration
from .vault import Vault


def utc_now() -> dt.datetime:
    """The present moment; the one place that reads the wall clock for decisions."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True)
class Context:
    """Handed to each verb of `actions`."""

    configuration: Configuration
    vault: Vault
    templates: Path
    now: Callable[[], dt.datetime] = utc_now
