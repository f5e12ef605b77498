"""The documents keep step with the program: its commands, its files, its sample people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from distributor.cli import cli
from distributor.demonstration import PEOPLE

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(ROOT.glob("docs/**/*.md"))]
TEXT = "\n".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def commands(group: click.Group, before: str = "distributor") -> Iterator[str]:
    """The full name of every command."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before} {name}")
        else:
            yield f"{before} {name}"


def anchors(path: Path) -> set[str]:
    """The names of a document's headings, as a forge makes them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("command", sorted(commands(cli)))
def test_every_command_is_named_in_a_document(command: str) -> None:
    assert re.search(rf"{command}\b", TEXT)


@pytest.mark.parametrize(
    "name", sorted(set(re.findall(r"(?:^|`|bin/)distributor ([a-z]+)", TEXT, re.M)))
)
def test_a_command_that_is_named_exists(name: str) -> None:
    assert name in cli.commands


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_something_that_is_there(path: Path) -> None:
    for link in LINK.findall(path.read_text(encoding="utf-8")):
        file, _, anchor = link.partition("#")
        if not file.startswith("https://"):
            target = path.parent / file if file else path
            assert target.exists(), link
            assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("path", sorted(ROOT.glob("docs/*.md")), ids=lambda path: path.name)
def test_every_document_can_be_found_from_another(path: Path) -> None:
    others = [other.read_text(encoding="utf-8") for other in DOCUMENTS if other != path]
    names = {Path(link).name for text in others for link in LINK.findall(text)}
    assert path.name in names


def test_every_decision_has_the_next_number() -> None:
    names = sorted(path.name for path in ROOT.glob("docs/decisions/*.md"))
    assert [name[:4] for name in names] == [f"{number:04}" for number in range(1, len(names) + 1)]


def test_the_readme_is_short() -> None:
    assert len(README.split()) < 600


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person[0])
def test_the_readme_tells_how_sample_people_sign_in(person: tuple[str, str, str]) -> None:
    name, _, password = person
    assert f"| {name} | `{password}` |" in README
