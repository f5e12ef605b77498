"""Proofs: making them, renewing them, and shaping what they show."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db import transaction

from ..approvals import guards, proofing
from ..approvals.models import Proof
from ..audit.chain import record
from ..context import Context
from ..delivery import dispatch, instances
from ..errors import BadInput
from ..people.models import Person
from ..statements import store
from ..statements.models import Editorial, Mode, Statement
from .changing import lock, void


def make_proof(context: Context, statement_id: str) -> Proof:
    """The proof that counts now, rendered afresh if text, templates or configuration changed.

    What has begun to go out keeps the proof that was approved.
    """
    proof = None
    while proof is None:
        proof = _render(context, store.get(statement_id))
    return proof


def _render(context: Context, statement: Statement) -> Proof | None:
    """The proof that counts now; None when the statement changed while it was rendered."""
    standing = proofing.current(statement)
    if standing and (statement.state == Editorial.WITHDRAWN or dispatch.has_begun(statement)):
        return standing
    guards.require_standing(statement, "rendered")
    wanted = statement.channels or context.configuration.channels
    limits = instances.limits(context.configuration, wanted, context.now())
    from ..rendering.proofs import render_proof  # slow to import; most verbs do not render

    edition = proofing.edition_of(statement, context, limits)
    basis = proofing.basis_of(edition, context.templates)
    if standing and standing.basis == basis and statement.state == Editorial.APPROVED:
        return standing
    made = render_proof(edition, context.templates)
    with transaction.atomic():
        locked = lock(statement)
        is_same = (locked.state, proofing.current(locked)) == (statement.state, standing)
        if not is_same or edition != proofing.edition_of(locked, context, limits):
            return None
        if standing and standing.digest != made.digest and statement.state == Editorial.APPROVED:
            if dispatch.has_begun(locked):
                return standing
            void(statement, "templates or configuration changed", context.now())
        proof = proofing.keep(statement, made, basis, context)
        if not standing or standing.digest != proof.digest:
            detail = {"digest": proof.digest}
            record("distributor", "proof made", statement.id, detail, context.now())
    return proof


def renew_proof(context: Context, statement_id: str) -> None:
    """Before anything leaves: what changed since the approval makes a new proof, and voids it.

    The text and its edits do that when they change; this is about templates and
    configuration, which may have changed while nothing ran.
    """
    found = Proof.objects.filter(
        statement=statement_id, statement__state=Editorial.APPROVED, current=True
    )
    standing = next(iter(found.select_related("statement")), None)
    if standing is None or dispatch.has_begun(standing.statement):
        return
    # Limits are not part of the basis.
    edition = proofing.edition_of(standing.statement, context, {})
    if proofing.basis_of(edition, context.templates) != standing.basis:
        make_proof(context, statement_id)


def edit_post(
    context: Context,
    statement_id: str,
    *,
    person: Person,
    channel: str,
    position: int,
    text: str,
    digest: str,
) -> Proof:
    """Put one post of the current proof into a person's own words; "" gives the rendered ones back.

    The person is an author of the statement for good, and every approval is void.
    Raises BadState when the proof is no longer the one that was looked at.
    """
    guards.require_writer(person)
    proof = make_proof(context, statement_id)
    with transaction.atomic():
        statement = lock(proof.statement)
        guards.require_undecided(statement, "edited")
        guards.require_digest(proof, digest)
        post = _shown_post(proof, channel, position)
        text = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
        if text == post["text"]:
            raise BadInput("This is what the post says already; nothing was changed.")
        now = context.now()
        void(statement, "a post was edited", now)
        store.add_editor(statement, person)
        earlier = store.edits(statement).filter(channel=channel, says=post["says"])
        replaced = next((one.replaced for one in earlier), post["text"])
        earlier.update(undone_at=now)
        if text and text != replaced:
            statement.edits.create(
                channel=channel,
                says=post["says"],
                replaced=replaced,
                text=text,
                person=person,
                at=now,
            )
        detail = {"channel": channel, "position": position}
        record(person.name, "edit post", statement.id, detail, now)
    return make_proof(context, statement_id)


def _shown_post(proof: Proof, channel: str, position: int) -> dict[str, Any]:
    for thread in proofing.as_json(proof)["channels"]:
        if thread["channel"] == channel and 0 < position <= len(thread["posts"]):
            post: dict[str, Any] = thread["posts"][position - 1]
            return post
    raise BadInput(f"The proof has no post {position} on {channel}.")


def choose_mode(
    context: Context, statement_id: str, *, person: Person, channel: str, mode: str
) -> Proof:
    """Tell all of a statement on a channel ("thread") or a summary ("single").

    The choice changes what goes out, so it makes the person an author as any edit does.
    """
    guards.require_writer(person)
    if channel not in context.configuration.channels or mode not in Mode.values:
        raise BadInput(f"There is no channel {channel}, or nothing called {mode}.")
    with transaction.atomic():
        statement = lock(store.get(statement_id))
        guards.require_undecided(statement, "changed")
        now = context.now()
        void(statement, f"{channel} now gets a {mode}", now)
        store.add_editor(statement, person)
        statement.shapes.update_or_create(
            channel=channel, defaults={"mode": mode, "person": person}
        )
        detail = {"channel": channel, "mode": mode}
        record(person.name, "choose mode", statement.id, detail, now)
    return make_proof(context, statement_id)
