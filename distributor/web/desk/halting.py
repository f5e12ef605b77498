"""The switch that stops every outgoing byte, within reach on each page."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from distributor import actions
from distributor.assemble import context
from distributor.errors import DistributorError

from ..requests import signed_in
from .queue import show_queue


@login_required
@require_POST
def halt(request: HttpRequest) -> HttpResponse:
    """Stop everything. Anybody on the team may: a false alarm costs little."""
    why = request.POST.get("why", "").strip()
    try:
        actions.halt(context(), by=signed_in(request).name, why=why)
    except DistributorError as refusal:
        return show_queue(request, refusal)
    return redirect("queue")


@login_required
@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    """Let deliveries go on."""
    try:
        actions.resume(context(), by=signed_in(request))
    except DistributorError as refusal:
        return show_queue(request, refusal)
    messages.success(request, "Resumed. What was waiting goes out now.")
    return redirect("queue")
