"""What the tests of corrections share: an installation, people, readers, a published statement."""

from __future__ import annotations

from pathlib import Path

import pytest

from distributor import vault
from distributor.config import packaged, parse
from distributor.context import Context
from distributor.newsletter.models import Subscription
from distributor.people.models import Person
from distributor.statements.models import Statement
from tests.arriving import arrived
from tests.correcting.rounds import NOON, approve, submit, subscribe


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """Three channels that are never asked, a list, and a clock that stands at noon."""
    configuration = parse(
        {
            "organisation": {"name": "Water for All", "site": "https://water.example"},
            "storage": {"directory": str(tmp_path)},
            "channels": {
                "x": {"kind": "x", "account": "water"},
                "bluesky": {"kind": "bluesky", "handle": "water.example"},
                "mastodon": {"kind": "mastodon", "instance": "https://m.example"},
            },
            "mail": {"from": "water@water.example"},
            "lists": {"press": {"title": "Press"}},
        }
    )
    vault.create(tmp_path)
    return Context(configuration, vault.load(tmp_path), packaged("templates"), now=lambda: NOON)


@pytest.fixture(autouse=True)
def people() -> dict[str, Person]:
    """Ana and Cleo write, Ben and Cora approve."""
    roles = {"Ana": "author", "Cleo": "author", "Ben": "approver", "Cora": "approver"}
    return {name: Person.objects.create_user(name, role=role) for name, role in roles.items()}


@pytest.fixture
def readers(context: Context) -> list[Subscription]:
    """Three who get the list."""
    return [subscribe(context, number) for number in range(3)]


@pytest.fixture
def published(context: Context, people: dict[str, Person], readers: object) -> Statement:
    """A statement of Ana's that Ben approved and everybody has."""
    statement = submit(context, people["Ana"])
    approve(context, statement, people["Ben"])
    return arrived(statement)
