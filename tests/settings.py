"""Django's settings for the tests: the program's own, on a data directory made for the run."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from distributor import vault

_folder = Path(tempfile.mkdtemp(prefix="distributor-tests-"))
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
vault.create(_folder)
(_folder / "distributor.toml").write_text(
    f'[organisation]\nname = "Water for All"\n[storage]\ndirectory = "{_folder}"\n',
    encoding="utf-8",
)
os.environ["DISTRIBUTOR_CONFIG"] = str(_folder / "distributor.toml")

from distributor.settings import *  # noqa: E402, F403
from distributor.settings import DATABASES  # noqa: E402

# A file, as in use: a database in memory locks differently.
DATABASES["default"]["TEST"] = {"NAME": str(_folder / "test.sqlite3")}
