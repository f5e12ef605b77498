"""The pictures of proofs, exactly the bytes that would go out, and the giving of one."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from distributor import actions
from distributor.approvals.models import StoredMedia
from distributor.assemble import context
from distributor.rendering.pictures import MOST_BYTES

from ..requests import signed_in, wanted
from .deciding import decide

_ALT = "alt-"  # before the language, in the names of fields

# A picture is looked at, whatever its bytes could be taken for.
_HARMLESS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


@login_required
@require_safe
def picture(request: HttpRequest, sha256: str) -> HttpResponse:
    """One stored picture, by the SHA-256 a proof names it by."""
    stored = StoredMedia.objects.filter(pk=sha256).first()
    if stored is None:
        raise Http404("There is no such picture.")
    return HttpResponse(bytes(stored.content), content_type=stored.mime, headers=_HARMLESS)


@login_required
@require_POST
def give(request: HttpRequest, statement_id: str) -> HttpResponse:
    """Give the statement a picture, or describe anew the one it has."""
    statement, person = wanted(statement_id), signed_in(request)
    upload = request.FILES.get("picture")
    content = bytes(upload.read(MOST_BYTES + 1)) if upload is not None else None
    return decide(
        request,
        statement,
        lambda: actions.give_picture(
            context(), statement.pk, person=person, content=content, alts=_alts(request)
        ),
        "The picture goes out with the posts. The proof is a new one.",
    )


def _alts(request: HttpRequest) -> Mapping[str, str]:
    """What the picture shows, by language."""
    return {
        name.removeprefix(_ALT): request.POST[name]
        for name in request.POST
        if name.startswith(_ALT)
    }


@login_required
@require_POST
def remove(request: HttpRequest, statement_id: str) -> HttpResponse:
    """Let the posts go out without it."""
    statement, person = wanted(statement_id), signed_in(request)
    return decide(
        request,
        statement,
        lambda: actions.remove_picture(context(), statement.pk, person=person),
        "The picture is removed. The proof is a new one.",
    )
