"""Logging: one line per event on stderr, with whatever looks like an address taken out."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

_ADDRESS = re.compile(r"[^\s<>\"'@]+@[^\s<>\"'@]+\.[^\s<>\"'@]+")
_LIBRARIES = logging.WARNING  # client libraries print tokens at DEBUG


def set_up(*, verbose: bool = False) -> None:
    """Send our events and the libraries' warnings to stderr."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            without_addresses,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.INFO if verbose else logging.WARNING
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=_LIBRARIES, stream=sys.stderr, format="%(levelname)s %(message)s")


def without_addresses(logger: Any, name: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Replace e-mail addresses in every value of an event."""
    return {
        key: _ADDRESS.sub("(address)", value) if isinstance(value, str) else value
        for key, value in event.items()
    }
