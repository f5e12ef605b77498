"""Withdrawing a statement: a second look at what will be removed, and the deed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from distributor import actions
from distributor.approvals import guards
from distributor.assemble import context
from distributor.delivery.status import status as report
from distributor.delivery.takedown import newest_with_notice
from distributor.errors import DistributorError
from distributor.newsletter import subscriptions
from distributor.people.models import Person
from distributor.statements import store
from distributor.statements.models import Statement

from ..requests import signed_in, wanted
from .dossier import title_of
from .statements import show_statement


@dataclass(frozen=True, slots=True)
class Readers:
    """Who of a list may have had the mail, and whether they can be told."""

    title: str  # of the list
    count: int
    is_told: bool


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, statement_id: str) -> HttpResponse:
    """Show what would be removed and who would be told; take it down."""
    statement, person = wanted(statement_id), signed_in(request)
    try:
        if request.method != "POST":
            return _second_look(request, statement, person)
        why = request.POST.get("why", "")
        done = actions.withdraw(context(), statement.pk, person=person, why=why)
    except DistributorError as refusal:
        return show_statement(request, wanted(statement.pk), refusal)
    messages.success(request, done.sentence)
    return redirect("statement", statement.pk)


def _second_look(request: HttpRequest, statement: Statement, person: Person) -> HttpResponse:
    guards.require_publisher(person, "withdraw a statement")
    guards.require_standing(statement, "withdrawn again here")
    (status,) = report(context().configuration.directory, statement.pk)["statements"]
    values = {
        "statement": statement,
        "title": title_of(statement, store.latest(statement)),
        "threads": [(one, _standing(one)) for one in status["deliveries"]],
        "readers": _readers(statement),
    }
    return render(request, "web/withdraw.html", values)


def _standing(delivery: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The posts of a delivery that are out, or may be."""
    return [post for post in delivery["posts"] if post["id"] or post["state"] in _IN_DOUBT]


_IN_DOUBT = {"running", "unsure"}


def _readers(statement: Statement) -> list[Readers]:
    lists = sorted(set(statement.campaigns.values_list("list", flat=True)))
    return [
        Readers(
            _title(name),
            subscriptions.readers_of(statement.pk, name).count(),
            newest_with_notice(statement, name) is not None,
        )
        for name in lists
    ]


def _title(name: str) -> str:
    """What readers know a list by; its name where it is no longer configured."""
    table = context().configuration.lists.get(name)
    return table.title if table else name
