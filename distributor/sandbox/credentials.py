"""Secrets for the sandbox: made up here, so that a newcomer need not invent any."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

from ..config import Configuration
from .running import Sandbox, address_of, place_of


def provide_secrets(configuration: Configuration) -> None:
    """Write the secret files that loopback channels name and that do not exist yet."""
    for path in _secret_files(configuration):
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.write_text(secrets.token_urlsafe(18) + "\n", encoding="ascii")
            path.chmod(0o600)


def _secret_files(configuration: Configuration) -> Iterator[Path]:
    for name, table in configuration.channels.items():
        if place_of(*address_of(name, table)) is None:
            continue
        for key in table.__struct_fields__:
            path = getattr(table, key)
            if key.endswith("_file") and path:
                yield Path(path)


def describe(configuration: Configuration, servers: Sandbox) -> Iterator[str]:
    """Where a newcomer clicks to see what arrived."""
    at = configuration.sandbox
    yield f"What followers and subscribers see: http://{at.host}:{at.port}"
    for name in servers.networks:
        yield f"  {name}: {address_of(name, configuration.channels[name])[1]}"
    if servers.mail:
        yield f"  mail: {configuration.mail.host}:{configuration.mail.port} (SMTP)"
