"""Ways to let the disk of a running program be full, and to make room again."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from pathlib import Path
from typing import Protocol

from tests.acceptance.installation import Installation, Running

_NO_LIMIT = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


class Disk(Protocol):
    """What the data directory lies on."""

    def fill(self, running: Running) -> None:
        """Nothing more can be written."""
        ...

    def make_room(self, running: Running) -> None:
        """Something can."""
        ...


class LimitedFiles:
    """No file of the program may grow beyond a size: needs no rights, and works anywhere."""

    def fill(self, running: Running, size: int = 1) -> None:
        """See Disk; files may have this size (bytes)."""
        allowed = (size, resource.RLIM_INFINITY)
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, allowed)

    def make_room(self, running: Running) -> None:
        """See Disk."""
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, _NO_LIMIT)


class SmallDisk:
    """A disk of 8 MB that is full for everybody; needs the right to mount."""

    def __init__(self, here: Installation) -> None:
        self._folder = here.data
        kept = here.folder / "kept"
        here.data.rename(kept)
        here.data.mkdir()
        _mount(here.data)
        shutil.copytree(kept, here.data, dirs_exist_ok=True)

    def fill(self, running: Running) -> None:
        """See Disk."""
        with (self._folder / "filler").open("wb", buffering=0) as file:
            for size in (65536, 1):
                try:
                    while True:
                        file.write(bytes(size))
                except OSError:
                    pass

    def make_room(self, running: Running) -> None:
        """See Disk."""
        (self._folder / "filler").unlink()

    def remove(self) -> None:
        """Take it away."""
        subprocess.run(["umount", "--lazy", self._folder], check=True)


def may_mount(folder: Path) -> bool:
    """Whether this process has the right to."""
    try:
        _mount(folder)
    except (OSError, subprocess.CalledProcessError):
        return False
    subprocess.run(["umount", folder], check=True)
    return True


def _mount(folder: Path) -> None:
    if os.geteuid() != 0:
        raise PermissionError
    command: list[str | Path] = ["mount", "-t", "tmpfs", "-o", "size=8m", "none", folder]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
