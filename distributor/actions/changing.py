"""What the verbs share: a statement is locked, and what was agreed and planned is taken back."""

from __future__ import annotations

import datetime as dt

from ..approvals import guards, proofing
from ..delivery import dispatch
from ..people.models import Person
from ..statements.models import Editorial, Statement

RENDER = "render"


def lock(statement: Statement) -> Statement:
    """The statement as it is now; nobody else changes it before this transaction ends."""
    return Statement.objects.select_for_update().get(pk=statement.pk)


def void(statement: Statement, why: str, now: dt.datetime) -> None:
    """Back to waiting: no approval stands and nothing is on its way."""
    guards.require_standing(statement, "changed")
    dispatch.take_back(statement)
    proofing.void_approvals(statement, why, now)
    set_state(statement, Editorial.WAITING_APPROVAL, "")


def set_state(statement: Statement, state: Editorial, note: str) -> None:
    """Where the statement is, and a note for the team."""
    statement.state, statement.note = state, note
    statement.save(update_fields=["state", "note"])


def name_of(person: Person | None, source: str) -> str:
    """Who did it, for the record: a person, or the source it came from."""
    return person.name if person else source
