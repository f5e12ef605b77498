"""The wheel works from any folder: templates and configuration travel inside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATEMENT = """\
Open letter on the water supply

3 June 2026

The wells of the valley are running dry, and the mine is still pumping.

We call on the council to:

- publish the readings of the past year
- stop the pumping until they are understood
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    _run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a fresh environment that got the wheel, and borrows its dependencies."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False, symlinks=True)
    python = str(home / "bin/python")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    _run([*pip, "--no-index", "--no-deps", str(wheel)], home)
    (packages,) = home.glob("lib/*/site-packages")
    # A path named in a .pth file is searched, but its own .pth files are not followed:
    # the checkout that is installed there stays out of sight.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return home / "bin/distributor"


def test_the_wheel_holds_templates_and_configuration(wheel: Path) -> None:
    held = {str(Path(name).parent) for name in zipfile.ZipFile(wheel).namelist()}
    assert "distributor/_data/config" in held
    assert any(folder.startswith("distributor/_data/templates/") for folder in held)


def test_a_statement_is_submitted_in_a_folder_of_ones_own(program: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text(STATEMENT, encoding="utf-8")
    _run([str(program), "init"], tmp_path)
    _run([str(program), "person", "add", "Ana", "--role", "author"], tmp_path)
    printed = _run([str(program), "submit", "letter.txt", "--as", "Ana", "--json"], tmp_path)
    submitted = json.loads(printed)
    assert submitted["title"] == "Open letter on the water supply"
    assert (tmp_path / "var").is_dir()


def _run(command: list[str], folder: Path) -> str:
    """What the command prints; the test fails with its words when it fails."""
    inherited = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    done = subprocess.run(
        command,
        cwd=folder,
        env={**inherited, "DISTRIBUTOR_PASSWORD": "three wells and a mine"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
