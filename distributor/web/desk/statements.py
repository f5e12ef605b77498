"""The page of one statement: its text, its proof, the decision and the delivery."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from distributor.approvals.models import Proof
from distributor.assemble import context
from distributor.delivery.status import status as report
from distributor.errors import DistributorError
from distributor.statements.models import Statement

from ..requests import signed_in, status_of, wanted
from ..security import MAIL_POLICY
from .dossier import Dossier
from .drawing import content_of

_IN_MOTION = {"approved", "delivering", "attention"}


def show_statement(
    request: HttpRequest, statement: Statement, refusal: DistributorError | None = None
) -> HttpResponse:
    """The statement's page, with the reason when something asked of it was refused."""
    values = {
        "dossier": Dossier(statement, signed_in(request), context()),
        "refusal": refusal,
        "alone": False,
        **_progress(statement),
    }
    return render(request, "web/statement.html", values, status=status_of(refusal))


@login_required
@require_safe
def statement(request: HttpRequest, statement_id: str) -> HttpResponse:
    """Everything about one statement."""
    return show_statement(request, wanted(statement_id))


@login_required
@require_safe
def progress(request: HttpRequest, statement_id: str) -> HttpResponse:
    """Where each post and mail is: the part of the page that refreshes itself."""
    values = {"alone": True, **_progress(wanted(statement_id))}
    return render(request, "web/parts/progress.html", values)


def _progress(statement: Statement) -> dict[str, Any]:
    (status,) = report(context().configuration.directory, statement.pk)["statements"]
    return {"status": status, "moving": is_moving(status)}


def is_moving(status: Mapping[str, Any]) -> bool:
    """Whether looking again soon may show something new."""
    if status["state"] not in _IN_MOTION:
        return False
    deliveries = any(one["state"] in {"waiting", "running"} for one in status["deliveries"])
    campaigns = any(one["state"] in {"scheduled", "running"} for one in status["campaigns"])
    return deliveries or campaigns or status["state"] == "approved"


@login_required
@require_safe
def mail(
    request: HttpRequest, statement_id: str, digest: str, index: int, part: str = "mail"
) -> HttpResponse:
    """The HTML part of a stored proof's mail, or of its notice, for the sandboxed frame."""
    proof = Proof.objects.filter(statement_id=statement_id, digest=digest).last()
    mails = content_of(proof)["mails"] if proof else []
    shown = mails[index] if index < len(mails) else {}
    if part == "notice":
        shown = shown.get("notice", {})
    if not shown:
        raise Http404("There is no such mail.")
    return HttpResponse(shown["html"], headers={"Content-Security-Policy": MAIL_POLICY})
