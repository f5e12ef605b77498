"""The queue: every statement, under what it waits for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from distributor.assemble import context
from distributor.delivery.status import status as report
from distributor.errors import DistributorError
from distributor.statements import store
from distributor.statements.models import Revision, Statement

from ..requests import status_of
from .dossier import title_of

DONE_SHOWN = 25


@dataclass(frozen=True, slots=True)
class Row:
    """One statement as the queue lists it."""

    statement: Statement
    title: str
    revisions: Mapping[str, Revision]
    status: Mapping[str, Any]

    @property
    def original(self) -> Revision | None:
        """The newest wording in the original's language."""
        return self.revisions.get(self.statement.language)

    @property
    def state(self) -> str:
        """Where it stands, in the words of `status --json`."""
        return str(self.status["state"])


@dataclass(frozen=True, slots=True)
class Group:
    """The statements that wait for the same thing."""

    key: str
    heading: str
    rows: list[Row]
    hidden: int = 0


_GROUPS = (
    ("attention", "Needs attention", {"attention"}),
    ("approval", "Waiting for approval", {"waiting_approval"}),
    ("changes", "Changes asked", {"changes_asked"}),
    ("moving", "On its way", {"approved", "delivering"}),
    ("done", "Done", {"delivered", "withdrawn"}),
)


def show_queue(request: HttpRequest, refusal: DistributorError | None = None) -> HttpResponse:
    """The queue, with the reason when something asked of it was refused."""
    everything = "all" in request.GET
    status = report(context().configuration.directory)
    groups = gather(status, most_done=None if everything else DONE_SHOWN)
    values = {"groups": groups, "refusal": refusal, "sources": _folders()}
    return render(request, "web/queue.html", values, status=status_of(refusal))


@login_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What the team sees first."""
    return show_queue(request)


def gather(status: Mapping[str, Any], most_done: int | None) -> list[Group]:
    """The statements of a status, newest first, in the groups of the page."""
    by_id = {entry["statement"]: entry for entry in status["statements"]}
    statements = Statement.objects.filter(pk__in=by_id).order_by("-created_at")
    groups = []
    for key, heading, states in _GROUPS:
        members = [one for one in statements if by_id[one.pk]["state"] in states]
        shown = members[:most_done] if key == "done" else members
        rows = [_row(one, by_id[one.pk]) for one in shown]
        groups.append(Group(key, heading, rows, hidden=len(members) - len(shown)))
    return groups


def _row(statement: Statement, status: Mapping[str, Any]) -> Row:
    revisions = store.latest(statement)
    return Row(statement, title_of(statement, revisions), revisions, status)


def _folders() -> Iterable[str]:
    """The folders into which a statement may be dropped."""
    return [source.path for source in context().configuration.sources.values()]
