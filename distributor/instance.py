"""One working process per data directory: a lock that ends with its process."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from .errors import BadConfiguration, BadState


@contextmanager
def only_one(directory: Path) -> Iterator[None]:
    """Hold the data directory.

    Raises BadState when another process works on it, BadConfiguration when this one may not
    write there.
    """
    path = directory / "lock"
    with _opened(path) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise BadState(
                f"Another process (number {holder}) is working on {directory} already. "
                "End it first, or use another storage.directory."
            ) from None
        with suppress(OSError):  # the number is for people; a full disk is told by the database
            file.truncate(0)
            file.write(f"{os.getpid()}\n")
            file.flush()
        yield


def _opened(path: Path) -> IO[str]:
    try:
        return path.open("a+")
    except OSError as error:
        raise BadConfiguration(
            f"storage.directory: {path} cannot be written ({error.strerror}). "
            "Check who owns it and its folder."
        ) from None
