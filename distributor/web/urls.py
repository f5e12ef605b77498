"""Every address of the pages. Only what is listed here exists."""

from __future__ import annotations

from django.urls import include, path

from . import failures
from .desk import (
    deciding,
    editing,
    halting,
    history,
    pictures,
    queue,
    settling,
    statements,
    withdrawing,
    writing,
)
from .public import health, unsubscribe

urlpatterns = [
    path("", queue.queue, name="queue"),
    path("halt", halting.halt, name="halt"),
    path("resume", halting.resume, name="resume"),
    path("statements/new", writing.new, name="new"),
    path("statements/<slug:statement_id>", statements.statement, name="statement"),
    path("statements/<slug:statement_id>/edit", writing.edit, name="edit"),
    path("statements/<slug:statement_id>/correct", writing.correct, name="correct"),
    path("statements/<slug:statement_id>/progress", statements.progress, name="progress"),
    path("statements/<slug:statement_id>/history", history.history, name="history"),
    path("statements/<slug:statement_id>/render", deciding.render_proof, name="render"),
    path("statements/<slug:statement_id>/reword", editing.reword, name="reword"),
    path("statements/<slug:statement_id>/length", editing.choose_length, name="length"),
    path("statements/<slug:statement_id>/approve", deciding.approve, name="approve"),
    path("statements/<slug:statement_id>/changes", deciding.ask_for_changes, name="changes"),
    path(
        "statements/<slug:statement_id>/withdraw-approval",
        deciding.withdraw_approval,
        name="withdraw_approval",
    ),
    path("statements/<slug:statement_id>/settle", settling.settle_post, name="settle"),
    path("statements/<slug:statement_id>/settle-mail", settling.settle_mail, name="settle_mail"),
    path(
        "statements/<slug:statement_id>/mail/<slug:digest>/<int:index>",
        statements.mail,
        name="mail",
    ),
    path(
        "statements/<slug:statement_id>/mail/<slug:digest>/<int:index>/notice",
        statements.mail,
        {"part": "notice"},
        name="notice",
    ),
    path("statements/<slug:statement_id>/picture", pictures.give, name="give_picture"),
    path("statements/<slug:statement_id>/remove-picture", pictures.remove, name="remove_picture"),
    path("statements/<slug:statement_id>/withdraw", withdrawing.withdraw, name="withdraw"),
    path("pictures/<slug:sha256>", pictures.picture, name="picture"),
    path("accounts/", include("distributor.web.accounts")),
    path("u/<str:token>", unsubscribe.unsubscribe, name="unsubscribe"),
    path("healthz", health.healthz, name="healthz"),
    path("robots.txt", health.robots, name="robots"),
]

handler400 = failures.bad_request
handler403 = failures.forbidden
handler404 = failures.not_found
handler500 = failures.broken
# allauth imports this one by its dotted path.
handler429 = "distributor.web.failures.too_many"
