"""A second person's decision, and taking it back."""

from __future__ import annotations

from django.db import transaction

from ..approvals import guards, policy, proofing
from ..approvals.models import Approval
from ..audit.chain import record
from ..context import Context
from ..delivery import dispatch, queue
from ..errors import BadInput, BadState, NotAllowed
from ..people.models import Person
from ..statements import store
from ..statements.models import Editorial, Statement
from .changing import RENDER, lock, set_state, void
from .proofs import make_proof


def approve(context: Context, statement_id: str, *, person: Person, digest: str) -> Statement:
    """Agree to exactly the bytes of this digest; the last approval needed sends them.

    Raises NotAllowed for an author or a person without the role, BadState when
    the digest is not the current proof's or a blocking finding stands.
    """
    proof = make_proof(context, statement_id)
    with transaction.atomic():
        statement = lock(proof.statement)
        guards.require_undecided(statement, "approved")
        if statement.state == Editorial.CHANGES_ASKED:
            raise BadState(f"Changes were asked for ({statement.note}). Revise the text first.")
        guards.require_digest(proof, digest)
        guards.require_approver(statement, person)
        guards.require_no_blocks(statement, proof)
        now = context.now()
        Approval.objects.create(proof=proof, digest=proof.digest, person=person, at=now)
        record(person.name, "approve", statement.id, {"digest": proof.digest}, now)
        if len(proofing.standing(statement)) >= context.configuration.approval.approvals:
            set_state(statement, Editorial.APPROVED, "")
            undo = context.configuration.approval.undo.timedelta
            due = max(now + undo, statement.not_before or now)
            dispatch.put_on_its_way(proof, due, now)
            queue.close(RENDER, statement.id)  # nobody is waiting to see it any more
    return statement


def ask_for_changes(context: Context, statement_id: str, *, person: Person, note: str) -> Statement:
    """Send the statement back to its authors with a note."""
    if not note.strip():
        raise BadInput("Say what should change: the note is empty.")
    with transaction.atomic():
        statement = lock(store.get(statement_id))
        guards.require_undecided(statement, "sent back")
        guards.require_approver(statement, person)
        now = context.now()
        proofing.void_approvals(statement, f"{person.name} asked for changes", now)
        set_state(statement, Editorial.CHANGES_ASKED, f"{person.name}: {note.strip()}")
        record(person.name, "ask for changes", statement.id, {"note": note.strip()}, now)
    return statement


def withdraw_approval(
    context: Context, statement_id: str, *, person: Person, why: str
) -> Statement:
    """Take an approval back while nothing has left."""
    with transaction.atomic():
        statement = lock(store.get(statement_id))
        given = [approval.person_id for approval in proofing.standing(statement)]
        if not given:
            raise BadState(f"Statement {statement.id} has no approval to take back.")
        if person.pk not in given and person.role not in policy.APPROVERS:
            raise NotAllowed(f"{person.name} may not take an approval back. Ask an approver.")
        now = context.now()
        void(statement, f"{person.name} took it back: {why.strip() or 'no reason given'}", now)
        record(person.name, "withdraw approval", statement.id, {"why": why.strip()}, now)
    return statement
