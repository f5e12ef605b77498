"""The way out of a mailing list (RFC 8058): looking changes nothing, one POST does.

Mail programs post here by themselves, without cookies and from nowhere, so this
one page takes no CSRF token: the address itself is the secret. An unknown
address gets the same answers, so nobody learns which ones exist.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from distributor import actions
from distributor.assemble import context
from distributor.newsletter.models import Subscription
from distributor.vault import token_hash

_ONE_CLICK = "One-Click"  # the value RFC 8058 fixes


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask on GET, act on POST."""
    if request.method == "POST":
        by_program = request.POST.get("List-Unsubscribe") == _ONE_CLICK
        actions.unsubscribe(context(), token, "one-click" if by_program else "page")
        return _page(request, "public/unsubscribed.html", {})
    return _page(request, "public/unsubscribe.html", {"title": _list_title(token)})


def _page(request: HttpRequest, template: str, values: dict[str, object]) -> HttpResponse:
    response = render(request, template, values)
    response["Referrer-Policy"] = "no-referrer"  # the address is a secret
    return response


def _list_title(token: str) -> str:
    """Which list the address leads out of; a general word when there is none."""
    found = Subscription.objects.filter(token_hash=token_hash(token)).first()
    lists = context().configuration.lists
    return lists[found.list].title if found and found.list in lists else ""
