"""The decisions about a statement: approve, ask for changes, withdraw, render again."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from distributor import actions
from distributor.assemble import context
from distributor.errors import DistributorError
from distributor.statements.models import Statement

from ..requests import signed_in, wanted
from .statements import show_statement


def decide(
    request: HttpRequest, statement: Statement, verb: Callable[[], object], done: str
) -> HttpResponse:
    """Do it and go back to the statement; a refusal is told on its page."""
    try:
        verb()
    except DistributorError as refusal:
        return show_statement(request, wanted(statement.pk), refusal)
    messages.success(request, done)
    return redirect("statement", statement.pk)


@login_required
@require_POST
def approve(request: HttpRequest, statement_id: str) -> HttpResponse:
    """Approve exactly the bytes whose digest the form carries."""
    statement, person = wanted(statement_id), signed_in(request)
    digest = request.POST.get("digest", "")
    return decide(
        request,
        statement,
        lambda: actions.approve(context(), statement.pk, person=person, digest=digest),
        "Approved. What was approved is what goes out, byte for byte.",
    )


@login_required
@require_POST
def ask_for_changes(request: HttpRequest, statement_id: str) -> HttpResponse:
    """Send the statement back to its author with a note."""
    statement, person = wanted(statement_id), signed_in(request)
    note = request.POST.get("note", "").strip()
    return decide(
        request,
        statement,
        lambda: actions.ask_for_changes(context(), statement.pk, person=person, note=note),
        "Changes asked. The author sees your note with the statement.",
    )


@login_required
@require_POST
def withdraw_approval(request: HttpRequest, statement_id: str) -> HttpResponse:
    """Take an approval back, with the reason."""
    statement, person = wanted(statement_id), signed_in(request)
    why = request.POST.get("why", "").strip()
    return decide(
        request,
        statement,
        lambda: actions.withdraw_approval(context(), statement.pk, person=person, why=why),
        "The approval is withdrawn.",
    )


@login_required
@require_POST
def render_proof(request: HttpRequest, statement_id: str) -> HttpResponse:
    """Make the proof from the text, templates and configuration of this moment."""
    statement = wanted(statement_id)
    return decide(
        request,
        statement,
        lambda: actions.make_proof(context(), statement.pk),
        "The proof shows the text as it is now.",
    )
