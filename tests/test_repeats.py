"""A post that was published before is noticed before it is approved again."""

from __future__ import annotations

from pathlib import Path

import pytest

from distributor import actions
from distributor.approvals.models import Proof
from distributor.config import packaged, parse
from distributor.context import Context
from distributor.people.models import Person
from distributor.statements.store import Origin
from distributor.vault import Vault

LINE = "The rivers of the north have run dry for the third year, and water is short. " * 2


@pytest.fixture
def context(db: None, tmp_path: Path) -> Context:
    """An installation with one channel, which is never asked."""
    configuration = parse(
        {"storage": {"directory": str(tmp_path)}, "channels": {"x": {"kind": "x"}}}
    )
    keys = Vault(web=b"w" * 32, sealing=b"s" * 32, indexing=b"i" * 32)
    return Context(configuration, keys, packaged("templates"))


def _submit(context: Context, title: str, *paragraphs: str) -> str:
    text = "\n\n".join([title, "3 June 2026", *paragraphs])
    return actions.submit(context, text.encode(), origin=Origin("test")).statement.id


def _kinds(context: Context, statement: str) -> set[str]:
    return {finding["kind"] for finding in actions.make_proof(context, statement).findings}


def test_the_same_words_on_the_same_channel_are_found(context: Context) -> None:
    first = _submit(context, "Water first " * 9, "One. " + LINE, "We ask for water. " + LINE * 2)
    ben = Person.objects.create(name="Ben", role="approver", password="!")
    digest = actions.make_proof(context, first).digest
    actions.approve(context, first, person=ben, digest=digest)
    again = _submit(context, "Water now " * 9, "Two. " + LINE, "We ask for water. " + LINE * 2)
    assert "published before" in _kinds(context, again)


def test_a_proof_that_somebody_changed_is_not_compared_with(context: Context) -> None:
    first = _submit(context, "Water first", "One. " + LINE)
    ben = Person.objects.create(name="Ben", role="approver", password="!")
    digest = actions.make_proof(context, first).digest
    actions.approve(context, first, person=ben, digest=digest)
    Proof.objects.update(content=b"{}")
    again = _submit(context, "Water now", "Two. " + LINE)
    assert "published before" not in _kinds(context, again)


def test_a_statement_is_not_compared_with_itself(context: Context) -> None:
    only = _submit(context, "Water first", LINE, "We ask for water. " + LINE * 2)
    assert "published before" not in _kinds(context, only)
