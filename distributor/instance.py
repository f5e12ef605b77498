"""One working process per data directory: a lock that ends with its process."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import BadState


@contextmanager
def only_one(directory: Path) -> Iterator[None]:
    """Hold the data directory. Raises BadState when another process works on it."""
    path = directory / "lock"
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise BadState(
                f"Another process (number {holder}) is working on {directory} already. "
                "End it first, or use another storage.directory."
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
