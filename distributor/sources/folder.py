"""A watched folder: files become statements once they are complete.

A file is complete when two looks in a row find it unchanged, its last change is
a moment ago, and nobody has it open for writing. What was read moves to `done/`,
what cannot be read to `unreadable/` with a note beside it.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DONE, UNREADABLE = "done", "unreadable"
QUIET = 2_000_000_000  # nanoseconds since the last change before a file is touched
LARGEST = 5 * 1024 * 1024  # bytes that are read at all; intake has a lower limit of its own

# What editors, browsers and file synchronisers write before a file is whole.
_UNFINISHED = (".part", ".tmp", ".crdownload", ".swp", ".filepart", "~")


@dataclass(frozen=True, slots=True)
class Look:
    """What a file looked like at one moment."""

    size: int
    modified: int  # nanoseconds
    inode: int


class Folder:
    """One folder, as far as this process has watched it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: dict[str, Look] = {}

    def complete(self) -> Iterator[Path]:
        """The files that have not changed since the last look, oldest first."""
        looks = dict(self._looks())
        ready = [
            name
            for name, look in looks.items()
            if self._seen.get(name) == look and self._is_quiet(name, look)
        ]
        self._seen = looks
        for name in sorted(ready, key=lambda name: (looks[name].modified, name)):
            yield self.path / name

    def _is_quiet(self, name: str, look: Look) -> bool:
        age = time.time_ns() - look.modified
        return not 0 <= age < QUIET and not _is_being_written(self.path / name)

    def _looks(self) -> Iterator[tuple[str, Look]]:
        with os.scandir(self.path) as entries:
            for entry in entries:
                if entry.name.startswith(".") or entry.name.endswith(_UNFINISHED):
                    continue
                if entry.is_file(follow_symlinks=False):
                    facts = entry.stat(follow_symlinks=False)
                    yield entry.name, Look(facts.st_size, facts.st_mtime_ns, facts.st_ino)

    def put_away(self, path: Path) -> Path:
        """Move a file that became a statement."""
        return self._move(path, DONE)

    def set_aside(self, path: Path, why: str) -> Path:
        """Move a file that cannot be read, with a note of the same name beside it."""
        moved = self._move(path, UNREADABLE)
        note = moved.with_name(f"{moved.name}.note.txt")
        note.write_text(f"{why}\n\nCorrect the file and drop it into the folder again.\n", "utf-8")
        return moved

    def _move(self, path: Path, folder: str) -> Path:
        target = self.path / folder
        target.mkdir(exist_ok=True)
        free = target / path.name
        count = 1
        while free.exists():
            count += 1
            free = target / f"{path.stem}-{count}{path.suffix}"
        path.rename(free)
        self._seen.pop(path.name, None)
        return free


def _is_being_written(path: Path) -> bool:
    """Whether a process has the file open for writing.

    Linux refuses a read lease on such a file (fcntl(2), F_SETLEASE). Where leases
    are not to be had (other systems, network file systems) the quiet time decides.
    """
    if not hasattr(fcntl, "F_SETLEASE"):
        return False
    try:
        with path.open("rb") as file:
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def read(path: Path) -> bytes:
    """The bytes of a file, at most one more than intake would ever take."""
    with path.open("rb") as file:
        return file.read(LARGEST + 1)
