"""What happened to a statement: its revisions, its approvals, and the record."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from distributor.approvals.models import Approval
from distributor.audit.models import Entry
from distributor.statements import store
from distributor.statements.models import Statement

from ..requests import wanted
from .dossier import title_of


@dataclass(frozen=True, slots=True)
class Act:
    """One entry of the record, as the page lists it."""

    at: dt.datetime
    actor: str
    act: str
    detail: dict[str, object]


@login_required
@require_safe
def history(request: HttpRequest, statement_id: str) -> HttpResponse:
    """Who wrote, approved and sent what, and when."""
    statement = wanted(statement_id)
    approvals = Approval.objects.filter(proof__statement=statement)
    values = {
        "statement": statement,
        "title": title_of(statement, store.latest(statement)),
        "revisions": statement.revisions.select_related("author").order_by("-created_at"),
        "approvals": approvals.select_related("person").order_by("-at"),
        "acts": _acts(statement),
    }
    return render(request, "web/history.html", values)


def _acts(statement: Statement) -> list[Act]:
    entries = Entry.objects.filter(subject=statement.pk).order_by("-sequence")
    return [
        Act(dt.datetime.fromisoformat(entry.at), entry.actor, entry.act, entry.detail)
        for entry in entries
    ]
