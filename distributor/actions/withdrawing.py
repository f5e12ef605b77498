"""The verb for what should not have been published: taking it down, and telling its readers.

The workers do the rest (`delivery.removal`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from ..approvals import guards
from ..approvals.models import Approval
from ..audit.chain import record
from ..context import Context
from ..delivery import queue, removal, switch, takedown
from ..delivery.models import Delivery
from ..errors import BadInput, BadState
from ..people.models import Person
from ..statements import store
from ..statements.models import Editorial, Statement
from .changing import RENDER


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What became of a statement that was withdrawn."""

    statement: Statement
    posts: int  # that are out, or may be, and will be removed
    readers: int  # who may have had a mail, and will be told
    untold: tuple[str, ...]  # lists of which nobody can be told, for want of an approved notice

    @property
    def sentence(self) -> str:
        """The same for a person."""
        said = [f"Statement {self.statement.id} is withdrawn."]
        if self.posts:
            said.append(f"Posts that are removed now: {self.posts}.")
        if self.readers:
            said.append(f"Readers who are told by mail: {self.readers}.")
        if not self.posts and not self.readers:
            said.append("Nothing of it had left.")
        if self.untold:
            said.append(
                f"Who had the mail to {', '.join(self.untold)} is not told: it was approved "
                "before mails had a notice for this. Write to them by hand."
            )
        return " ".join(said)


def withdraw(context: Context, statement_id: str, *, person: Person, why: str) -> Withdrawal:
    """Take a statement down wherever it is, now and for good.

    What has not left never will; posts that are out are deleted, and whoever may have
    had the mail gets the notice that was approved with it. `why` is for the team and
    the record and is never published. Withdrawing again tries to remove what could not
    be removed. Raises NotAllowed for anybody but an approver or admin, BadInput
    without a reason, BadState when nothing is left to do.
    """
    why = why.strip()
    if not why:
        raise BadInput("Say why: the reason is for the team and the record, never for the public.")
    found = store.get(statement_id)
    with transaction.atomic():
        statement = Statement.objects.select_for_update().get(pk=found.pk)
        guards.require_publisher(person, "withdraw a statement")
        is_first = statement.state != Editorial.WITHDRAWN
        done = _begin(context, statement) if is_first else _try_again(context, statement)
        now = context.now()
        if is_first:
            _void_what_never_left(statement, f"{person.name} withdrew the statement", now)
            statement.state, statement.note = Editorial.WITHDRAWN, f"{person.name}: {why}"
            statement.save(update_fields=["state", "note"])
        detail = {"why": why, "posts": done.posts, "readers": done.readers}
        record(person.name, "withdraw", statement.id, detail, now)
    return done


def _begin(context: Context, statement: Statement) -> Withdrawal:
    now = context.now()
    queue.close(RENDER, statement.id)
    takedown.stop_mail(statement, now)
    readers, untold = takedown.notify_readers(statement, now)
    posts = takedown.take_down(_threads(statement), _reason(context), now)
    return Withdrawal(statement, posts, readers, tuple(untold))


def _try_again(context: Context, statement: Statement) -> Withdrawal:
    stuck = _threads(statement).filter(state__in=takedown.STUCK)
    if not stuck:
        raise BadState(f"Statement {statement.id} was withdrawn already.")
    posts = takedown.take_down(stuck, _reason(context), context.now())
    return Withdrawal(statement, posts, readers=0, untold=())


def _threads(statement: Statement) -> QuerySet[Delivery]:
    return statement.deliveries.select_related("corrects").order_by("pk")


def _reason(context: Context) -> str:
    halted = switch.is_on(context.configuration.directory)
    return removal.HALTED if halted else takedown.REMOVING


def _void_what_never_left(statement: Statement, why: str, now: dt.datetime) -> None:
    """The approvals of what went out stand: they cover the notice."""
    given = Approval.objects.filter(proof__statement=statement, voided_at=None)
    given.exclude(proof__deliveries__posts__attempts__gt=0).exclude(
        proof__campaigns__recipients__attempts__gt=0
    ).update(voided_at=now, voided_why=why)
