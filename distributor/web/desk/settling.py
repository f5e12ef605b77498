"""What a person decides after something left: settling what waits for them."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from distributor import actions
from distributor.assemble import context

from ..requests import signed_in, wanted
from .deciding import decide


@login_required
@require_POST
def settle_post(request: HttpRequest, statement_id: str) -> HttpResponse:
    """Note the post as sent where the form says, or as gone, or send it."""
    statement, person = wanted(statement_id), signed_in(request)
    channel, position = request.POST.get("channel", ""), _number(request.POST.get("position", ""))
    where = request.POST.get("where", "").strip()
    if request.POST.get("act") == "resend":
        return decide(
            request,
            statement,
            lambda: actions.settle_by_sending(
                context(), statement.pk, person=person, channel=channel, position=position
            ),
            f"Post {position} goes out now.",
        )
    if request.POST.get("act") == "gone":
        return decide(
            request,
            statement,
            lambda: actions.settle_as_gone(
                context(), statement.pk, person=person, channel=channel, position=position
            ),
            f"Post {position} is noted as gone.",
        )
    return decide(
        request,
        statement,
        lambda: actions.settle_as_sent(
            context(), statement.pk, person=person, channel=channel, position=position, where=where
        ),
        f"Post {position} is noted as sent.",
    )


@login_required
@require_POST
def settle_mail(request: HttpRequest, statement_id: str) -> HttpResponse:
    """Leave unsure mails as they are, or send them again."""
    name = request.POST.get("list", "")
    statement, person = wanted(statement_id), signed_in(request)
    resend = request.POST.get("act") == "resend"
    return decide(
        request,
        statement,
        lambda: actions.settle_mail(
            context(), statement.pk, person=person, list=name, resend=resend
        ),
        "The mails are sent again." if resend else "The mails stay as they are.",
    )


def _number(text: str) -> int:
    """A position; 0, which no post has, for what is none."""
    return int(text) if text.isdecimal() and len(text) < 9 else 0
