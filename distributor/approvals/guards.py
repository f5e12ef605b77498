"""The checks before a verb: may this person, and is this the moment? Each raises or is silent."""

from __future__ import annotations

from ..errors import BadState, NotAllowed
from ..people.models import Person
from ..statements import store
from ..statements.models import Editorial, Statement
from . import policy, proofing
from .models import Proof
from .policy import Candidate


def require_writer(author: Person | None) -> None:
    """Raises NotAllowed when this person may not write (nobody named: a source wrote)."""
    refusal = author and policy.refusal_to_write(_candidate(author))
    if refusal:
        raise NotAllowed(refusal)


def require_approver(statement: Statement, person: Person) -> None:
    """Raises NotAllowed for an author, a person without the role, or a second approval."""
    refusal = policy.refusal_to_approve(
        _candidate(person),
        authors=store.authors(statement),
        approved_by=[approval.person_id for approval in proofing.standing(statement)],
    )
    if refusal:
        raise NotAllowed(refusal)


def require_publisher(person: Person, act: str) -> None:
    """Raises NotAllowed unless an approver or admin decides about what is public.

    An author may be one of them: no wording is approved here.
    """
    if not person.is_active or person.role not in policy.APPROVERS:
        raise NotAllowed(f"{person.name} may not {act}. Ask an approver or an admin.")


def require_undecided(statement: Statement, verb: str) -> None:
    """Raises BadState when the statement is approved or withdrawn."""
    if statement.state == Editorial.APPROVED:
        raise BadState(f"Statement {statement.id} is approved already and cannot be {verb}.")
    require_standing(statement, verb)


def require_standing(statement: Statement, verb: str) -> None:
    """Raises BadState when the statement is withdrawn."""
    if statement.state == Editorial.WITHDRAWN:
        raise BadState(
            f"Statement {statement.id} was withdrawn and cannot be {verb}. "
            "Hand in a new one with `distributor submit`."
        )


def require_digest(proof: Proof, digest: str) -> None:
    """Raises BadState when the digest is not the proof's."""
    if digest.strip().lower().removeprefix("sha256:") != proof.digest:
        raise BadState(
            "The digest is not that of the current proof: something changed since it was shown. "
            f"Look at the proof again; its digest now is {proof.digest}."
        )


def require_no_blocks(statement: Statement, proof: Proof) -> None:
    """Raises BadState when a finding forbids the approval."""
    if problems := policy.blocking(proof.findings):
        raise BadState(f"Statement {statement.id} cannot be approved: {' '.join(problems)}")


def _candidate(person: Person) -> Candidate:
    return Candidate(person.pk, person.name, person.role, person.is_active)
