"""Changing what a channel says: a post in a person's own words, a thread or a summary."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from distributor import actions
from distributor.assemble import context
from distributor.errors import BadInput

from ..requests import signed_in, wanted
from .deciding import decide


@login_required
@require_POST
def reword(request: HttpRequest, statement_id: str) -> HttpResponse:
    """Put one post into the person's own words, or take those back."""
    statement, person, form = wanted(statement_id), signed_in(request), request.POST

    def verb() -> None:
        position = form.get("position", "")
        if not position.isascii() or not position.isdigit():
            raise BadInput("Which post is meant? Reload the page and try again.")
        actions.edit_post(
            context(),
            statement.pk,
            person=person,
            channel=form.get("channel", ""),
            position=int(position),
            text="" if form.get("undo") else form.get("text", ""),
            digest=form.get("digest", ""),
        )

    return decide(request, statement, verb, "The post is changed. The proof is a new one.")


@login_required
@require_POST
def choose_length(request: HttpRequest, statement_id: str) -> HttpResponse:
    """Tell all of the statement on a channel, or a summary in one post."""
    statement, person, form = wanted(statement_id), signed_in(request), request.POST
    return decide(
        request,
        statement,
        lambda: actions.choose_mode(
            context(),
            statement.pk,
            person=person,
            channel=form.get("channel", ""),
            mode=form.get("mode", ""),
        ),
        "The length is changed. The proof is a new one.",
    )
