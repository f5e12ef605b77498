"""Who may do what to a statement. Pure: facts in, a reason or None out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

WRITERS = frozenset({"author", "approver", "admin"})
APPROVERS = frozenset({"approver", "admin"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person, as far as a decision needs to know."""

    id: int
    name: str
    role: str
    active: bool = True


def refusal_to_write(person: Candidate) -> str | None:
    """Why this person may not write statements; None when they may."""
    if not person.active:
        return f"{person.name}'s account is closed."
    if person.role not in WRITERS:
        return f"{person.name} may not write statements."
    return None


def refusal_to_approve(
    person: Candidate,
    *,
    authors: Collection[int],
    approved_by: Collection[int] = (),
) -> str | None:
    """Why this person may not approve; None when they may.

    `authors` are the ids of all who wrote any revision of the statement:
    whoever edits becomes an author, and no role lifts that (promise 2).
    """
    if not person.active:
        return f"{person.name}'s account is closed."
    if person.id in authors:
        return (
            f"{person.name} wrote this statement or edited it, and an author never approves. "
            "Ask another approver."
        )
    if person.role not in APPROVERS:
        return f"{person.name} is not an approver. Ask one to approve."
    if person.id in approved_by:
        return f"{person.name} has already approved these bytes. Another person is needed."
    return None


def blocking(findings: Sequence[dict[str, Any]]) -> list[str]:
    """The sentences of the findings that forbid an approval."""
    return [finding["message"] for finding in findings if finding["severity"] == "block"]
