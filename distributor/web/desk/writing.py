"""Handing in a statement from the browser, and changing one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from distributor import actions
from distributor.assemble import context
from distributor.errors import BadInput, DistributorError
from distributor.statements import store
from distributor.statements.intake.decoding import decode
from distributor.statements.models import Revision, Statement
from distributor.statements.store import Origin
from distributor.targets import kind_of

from ..moments import read_moment
from ..requests import signed_in, status_of, wanted
from .dossier import title_of

MOST_BYTES = 2 * 1024 * 1024  # read at most; intake names the limit it applies


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Paste or upload a statement."""
    if request.method != "POST":
        return _show_new(request)
    try:
        handed_in = _submit(request)
    except DistributorError as refusal:
        return _show_new(request, refusal)
    known = "This statement was already here: nothing was added."
    messages.success(request, "Handed in." if handed_in.is_new else known)
    return redirect("statement", handed_in.statement.pk)


def _submit(request: HttpRequest) -> actions.Submission:
    form, configuration = request.POST, context().configuration
    submission = actions.submit(
        context(),
        _raw(request),
        author=signed_in(request),
        origin=Origin(
            "web",
            _chosen(form.getlist("channels"), configuration.channels),
            _chosen(form.getlist("lists"), configuration.lists),
        ),
        language=form.get("language") or None,
        translation_of=form.get("translation_of") or None,
        url=form.get("url", "").strip() or None,
        not_before=read_moment(form.get("not_before", ""), configuration.organisation.timezone),
    )
    actions.make_proof(context(), submission.statement.pk)
    return submission


def _raw(request: HttpRequest) -> bytes:
    """The uploaded file, or else the pasted text."""
    upload = request.FILES.get("file")
    if upload is not None:
        return bytes(upload.read(MOST_BYTES + 1))
    return request.POST.get("text", "").encode()


def _chosen(names: Collection[str], known: Collection[str]) -> list[str] | None:
    """The chosen names; None when nothing was left out, so later additions count too."""
    if unknown := set(names) - set(known):
        raise BadInput(f"There is no channel or list {min(unknown)}. Load the page again.")
    return None if set(names) == set(known) else [name for name in known if name in names]


def _show_new(request: HttpRequest, refusal: DistributorError | None = None) -> HttpResponse:
    configuration = context().configuration
    original = request.GET.get("translation_of") or request.POST.get("translation_of")
    translated = wanted(original) if original else None
    values = {
        "refusal": refusal,
        "form": _filled(request, configuration.organisation.languages),
        "configuration": configuration,
        "kinds": [(name, kind_of(table)) for name, table in configuration.channels.items()],
        "translated": translated,
        "translated_title": title_of(translated, store.latest(translated)) if translated else "",
    }
    return render(request, "web/new.html", values, status=status_of(refusal))


def _filled(request: HttpRequest, languages: list[str]) -> Mapping[str, Any]:
    """What the fields hold: what the person typed, or the defaults."""
    names = ("text", "url", "not_before")
    configuration, typed = context().configuration, request.POST
    every = request.method != "POST"
    return {
        **{name: typed.get(name, "") for name in names},
        "language": typed.get("language", languages[0] if languages else "en"),
        "channels": configuration.channels if every else typed.getlist("channels"),
        "lists": configuration.lists if every else typed.getlist("lists"),
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, statement_id: str) -> HttpResponse:
    """Change the text. Whoever does becomes an author; approvals end."""
    return _rewrite(request, statement_id, "edit")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, statement_id: str) -> HttpResponse:
    """Correct a text that is public. Whoever does becomes an author."""
    return _rewrite(request, statement_id, "correct")


def _rewrite(request: HttpRequest, statement_id: str, way: str) -> HttpResponse:
    statement = wanted(statement_id)
    if request.method != "POST":
        return _show_edit(request, statement, way)
    raw = request.POST.get("text", "").encode()
    who, language = signed_in(request), request.POST.get("language") or None
    try:
        if way == "correct":
            actions.correct(context(), statement.pk, raw, author=who, language=language)
        else:
            url = request.POST["url"].strip() if "url" in request.POST else None
            actions.revise(context(), statement.pk, raw, author=who, language=language, url=url)
        actions.make_proof(context(), statement.pk)
    except DistributorError as refusal:
        return _show_edit(request, statement, way, refusal)
    messages.success(request, "Saved as a new revision. It waits for approval.")
    return redirect("statement", statement.pk)


def _show_edit(
    request: HttpRequest, statement: Statement, way: str, refusal: DistributorError | None = None
) -> HttpResponse:
    revisions = store.latest(statement)
    language = request.POST.get("language") or request.GET.get("language") or statement.language
    revision = revisions.get(language) or revisions[statement.language]
    values = {
        "statement": statement,
        "way": way,
        "title": title_of(statement, revisions),
        "revision": revision,
        "languages": list(revisions),
        "text": request.POST.get("text") or editable(revision),
        "link": request.POST.get("url", statement.url or ""),
        "refusal": refusal,
    }
    return render(request, "web/edit.html", values, status=status_of(refusal))


def editable(revision: Revision) -> str:
    """The text as it was handed in, for a person to change."""
    return decode(bytes(revision.raw), revision.language)[0]
