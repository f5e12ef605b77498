"""What is installed is what was resolved: complete, hashed, and from wherever one gets packages."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
REQUIREMENTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _pins(lock: str) -> dict[str, str]:
    """The pinned version of each package."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9.-]+)==([^ ;\\]+)", text, re.MULTILINE))


def _name(requirement: str) -> str:
    """The normal form of a package's name (PyPA, "Names and normalization")."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=~!; ]", requirement)[0]).lower()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_names_no_host(lock: str) -> None:
    assert not re.search(r"://|index-url|find-links", (ROOT / lock).read_text(encoding="utf-8"))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_a_hash(lock: str) -> None:
    entries = re.split(r"^(?=\S)", (ROOT / lock).read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert [entry for entry in entries if entry.strip() and "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_locked(lock: str) -> None:
    wanted = {_name(each) for each in REQUIREMENTS["project"]["dependencies"]}
    assert wanted - set(_pins(lock)) == set()


def test_every_tool_is_locked() -> None:
    tools = REQUIREMENTS["dependency-groups"]["dev"]
    wanted = {_name(each) for each in tools if isinstance(each, str)}
    assert wanted - set(_pins("requirements-dev.lock")) == set()


def test_the_tools_change_nothing_of_what_runs() -> None:
    assert _pins("requirements.lock").items() <= _pins("requirements-dev.lock").items()


def test_the_npm_lock_has_hashes_and_names_no_registry() -> None:
    lock = json.loads((ROOT / "tests/servers/package-lock.json").read_text(encoding="utf-8"))
    packages = [package for path, package in lock["packages"].items() if path]
    assert all("integrity" in package for package in packages)
    assert not any("resolved" in package for package in packages)
