"""What the tests of the pages share: an installation with three channels, and its people.

Ana writes, Ben approves, Cleo may do neither for Ana's statements.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from distributor import actions, assemble, vault
from distributor.config import parse
from distributor.context import Context
from distributor.delivery.models import InstanceLimits
from distributor.people.models import Person
from distributor.statements.models import Statement
from distributor.statements.store import Origin

INSTANCE = "https://social.example"

TEXT = """Water must reach the villages first

3 June 2026

The rivers of the north have run dry for the third year.

We ask the ministry to:

• Open the reserve.
• Publish the figures.

We stand with everyone who carries water home.
"""


@pytest.fixture
def context(db: None, settings: Settings, tmp_path: Path) -> Iterator[Context]:
    """An installation of its own, whose networks are never asked."""
    settings.CONFIGURATION = parse(
        {
            "organisation": {"name": "Water for All", "languages": ["en", "ar"]},
            "storage": {"directory": str(tmp_path)},
            "sources": {"inbox": {"kind": "folder", "path": "var/inbox"}},
            "channels": {
                "x": {"kind": "x", "account": "waterforall"},
                "bluesky": {"kind": "bluesky", "handle": "water.example"},
                "mastodon": {"kind": "mastodon", "instance": INSTANCE},
            },
            "lists": {"updates": {"title": "Statements by e-mail"}},
        }
    )
    InstanceLimits.objects.create(
        instance=INSTANCE, max_characters=500, per_url=23, read_at=timezone.now()
    )
    vault.create(tmp_path)
    assemble.context.cache_clear()
    yield assemble.context()
    assemble.context.cache_clear()


@functools.cache
def _password() -> str:
    """Hashed once: the hash is slow on purpose."""
    return make_password("quiet rivers run deep")


def _person(name: str, role: str) -> Person:
    return Person.objects.create(name=name, role=role, password=_password())


@pytest.fixture
def ana(context: Context) -> Person:
    """Writes."""
    return _person("Ana", "author")


@pytest.fixture
def ben(context: Context) -> Person:
    """Approves."""
    return _person("Ben", "approver")


@pytest.fixture
def cleo(context: Context) -> Person:
    """An author of other things."""
    return _person("Cleo", "author")


SignIn = Callable[[Person], Client]


@pytest.fixture
def sign_in() -> SignIn:
    """A browser in which a person is signed in."""

    def signed_in(person: Person) -> Client:
        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(person)
        return client

    return signed_in


Submit = Callable[..., Statement]


@pytest.fixture
def submit(context: Context, ana: Person) -> Submit:
    """Hands in a text of Ana's and makes its proof."""

    def submitted(text: str = TEXT, author: Person = ana) -> Statement:
        handed_in = actions.submit(
            context, text.encode(), author=author, origin=Origin("web"), language="en"
        )
        actions.make_proof(context, handed_in.statement.pk)
        return handed_in.statement

    return submitted


@pytest.fixture
def statement(submit: Submit) -> Statement:
    """A statement of Ana's that waits for approval."""
    return submit()


def current_digest(statement: Statement) -> str:
    """The digest of the proof that counts now."""
    return statement.proofs.get(current=True).digest
