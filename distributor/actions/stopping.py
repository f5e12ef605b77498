"""The halt, and its end."""

from __future__ import annotations

from django.db import DatabaseError, transaction

from ..approvals import policy
from ..audit.chain import record
from ..context import Context
from ..database import explain
from ..delivery import switch
from ..errors import BadState, NotAllowed
from ..people.models import Person


def halt(context: Context, *, by: str, why: str) -> None:
    """Stop every outgoing byte. Anybody may; it does no harm.

    Raises BadState when only this machine could be halted, as the database does not answer.
    """
    switch.stop_here(context.configuration.directory, by=by, why=why.strip())  # waits for no lock
    try:
        _halt_everywhere(context, by, why)
    except DatabaseError as error:
        raise BadState(
            "What this machine sends is halted, by the file HALT. The database could not be told: "
            f"{explain(error)} Halt again after that, so that it is on record and on every machine."
        ) from None


def _halt_everywhere(context: Context, by: str, why: str) -> None:
    with transaction.atomic():
        switch.turn_on(context.configuration.directory, by=by, why=why.strip(), now=context.now())
        record(by, "halt", "everything", {"why": why.strip()}, context.now())


def resume(context: Context, *, by: Person) -> None:
    """Let deliveries go on. Raises NotAllowed unless an approver or admin says so."""
    if not by.is_active or by.role not in policy.APPROVERS:
        raise NotAllowed(f"{by.name} may not resume deliveries. Ask an approver or an admin.")
    with transaction.atomic():
        record(by.name, "resume", "everything", {}, context.now())
        switch.turn_off(context.configuration.directory)
