"""The verbs: everything that changes the state of a statement, one function each.

Every verb that a person gives checks whether that person may, and writes state,
record and outbox in one transaction. None of them spans a network call.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from .approvals import guards, policy, proofing
from .approvals.models import Approval, Proof
from .audit.chain import record
from .context import Context
from .delivery import dispatch, instances, queue, switch
from .errors import BadInput, BadState, NotAllowed
from .newsletter import subscriptions
from .people.models import Person
from .statements import store
from .statements.intake import read_statement
from .statements.models import Editorial, Mode, Revision, Statement
from .statements.store import Origin
from .statements.values import Reading

RENDER = "render"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")  # the shape of BCP 47 (RFC 5646)


@dataclass(frozen=True, slots=True)
class Submission:
    """What became of a text that was handed in."""

    statement: Statement
    revision: Revision
    is_new: bool  # False: this wording was here already, nothing was stored


def add_person(context: Context, name: str, *, role: str, email: str, password: str) -> Person:
    """Open an account. Raises BadInput when the name is taken or the password is weak."""
    name = " ".join(name.split())
    if not name or len(name) > 80 or not name.isprintable():
        raise BadInput("A person's name has 1 to 80 printable characters.")
    if Person.objects.filter(name__iexact=name).exists():
        raise BadInput(f"There is a person {name} already. Choose another name.")
    try:
        validate_password(password)
    except ValidationError as error:
        raise BadInput(f"The password cannot be used. {' '.join(error.messages)}") from None
    with transaction.atomic():
        person = Person.objects.create_user(name, password, role=role, email=email)
        record("command line", "add person", name, {"role": role}, context.now())
    return person


def submit(
    context: Context,
    raw: bytes,
    *,
    author: Person | None = None,
    origin: Origin,
    language: str | None = None,
    translation_of: str | None = None,
    url: str | None = None,
    not_before: dt.datetime | None = None,
) -> Submission:
    """Take in a text: a new statement, or a translation of one.

    The same wording handed in again is the same statement. Raises BadInput when
    the text cannot be read, NotAllowed when the author may not write.
    """
    guards.require_writer(author)
    reading = _read(context, raw, language)
    reading = replace(
        reading,
        url=url or reading.url,
        not_before=not_before or reading.not_before,
    )
    _check_url(reading.url)
    with transaction.atomic():
        known = store.same_wording(reading.wording.digest)
        if known:
            return Submission(known.statement, known, is_new=False)
        if translation_of:
            revision = _translate(context, store.get(translation_of), reading, raw, author)
        else:
            statement = store.create(reading, origin, context.now())
            revision = _add_revision(context, statement, reading, raw, author, "submit")
    return Submission(revision.statement, revision, is_new=True)


def _translate(
    context: Context, statement: Statement, reading: Reading, raw: bytes, author: Person | None
) -> Revision:
    language = reading.wording.language
    if language in store.latest(statement):
        raise BadState(
            f"Statement {statement.id} has a text in {language} already. "
            f"Use `distributor revise {statement.id}` to change it, "
            "or name another language with --language."
        )
    return _add_revision(context, statement, reading, raw, author, "translate")


def revise(
    context: Context, statement_id: str, raw: bytes, *, author: Person, language: str | None = None
) -> Revision:
    """Replace the wording in one language; every approval is void and the author is one for good.

    Raises BadState when the statement has begun to go out.
    """
    guards.require_writer(author)
    statement = store.get(statement_id)
    reading = _read(context, raw, language or statement.language)
    known = store.latest(statement)
    if reading.wording.language not in known:
        raise BadInput(
            f"Statement {statement.id} has no text in {reading.wording.language}. "
            "Hand a translation in with `distributor submit --translation-of`."
        )
    if known[reading.wording.language].digest == reading.wording.digest:
        raise BadInput("This is the wording it has already; nothing was changed.")
    with transaction.atomic():
        return _add_revision(context, statement, reading, raw, author, "revise")


def _add_revision(
    context: Context,
    statement: Statement,
    reading: Reading,
    raw: bytes,
    author: Person | None,
    act: str,
) -> Revision:
    now = context.now()
    _void(statement, "the text changed", now)
    revision = store.add_revision(statement, reading, raw, author, now)
    detail = {"language": revision.language, "number": revision.number, "digest": revision.digest}
    record(_name(author, statement.source), act, statement.id, detail, now)
    queue.enqueue(RENDER, statement.id, now)
    return revision


def _void(statement: Statement, why: str, now: dt.datetime) -> None:
    """Back to waiting: no approval stands and nothing is on its way."""
    dispatch.take_back(statement)
    proofing.void_approvals(statement, why, now)
    _set_state(statement, Editorial.WAITING_APPROVAL, "")


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
    if standing and dispatch.has_begun(statement):
        return standing
    wanted = statement.channels or context.configuration.channels
    limits = instances.limits(context.configuration, wanted, context.now())
    from .rendering.proofs import render_proof  # slow to import; most verbs do not render

    edition = proofing.edition_of(statement, context, limits)
    basis = proofing.basis_of(edition, context.templates)
    if standing and standing.basis == basis and statement.state == Editorial.APPROVED:
        return standing
    made = render_proof(edition, context.templates)
    with transaction.atomic():
        locked = _lock(statement)
        is_same = (locked.state, proofing.current(locked)) == (statement.state, standing)
        if not is_same or edition != proofing.edition_of(locked, context, limits):
            return None
        if standing and standing.digest != made.digest and statement.state == Editorial.APPROVED:
            if dispatch.has_begun(locked):
                return standing
            _void(statement, "templates or configuration changed", context.now())
        proof = proofing.keep(statement, made, basis, context.now())
        if not standing or standing.digest != proof.digest:
            detail = {"digest": proof.digest}
            record("distributor", "proof made", statement.id, detail, context.now())
    return proof


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
        statement = _lock(proof.statement)
        guards.require_undecided(statement, "edited")
        guards.require_digest(proof, digest)
        post = _shown_post(proof, channel, position)
        text = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
        if text == post["text"]:
            raise BadInput("This is what the post says already; nothing was changed.")
        now = context.now()
        _void(statement, "a post was edited", now)
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
        statement = _lock(store.get(statement_id))
        guards.require_undecided(statement, "changed")
        now = context.now()
        _void(statement, f"{channel} now gets a {mode}", now)
        statement.shapes.update_or_create(
            channel=channel, defaults={"mode": mode, "person": person}
        )
        detail = {"channel": channel, "mode": mode}
        record(person.name, "choose mode", statement.id, detail, now)
    return make_proof(context, statement_id)


def approve(context: Context, statement_id: str, *, person: Person, digest: str) -> Statement:
    """Agree to exactly the bytes of this digest; the last approval needed sends them.

    Raises NotAllowed for an author or a person without the role, BadState when
    the digest is not the current proof's or a blocking finding stands.
    """
    proof = make_proof(context, statement_id)
    with transaction.atomic():
        statement = _lock(proof.statement)
        guards.require_undecided(statement, "approved")
        if statement.state == Editorial.CHANGES_ASKED:
            raise BadState(f"Changes were asked for ({statement.note}). Revise the text first.")
        guards.require_digest(proof, digest)
        guards.require_approver(statement, person)
        guards.require_no_blocks(statement, proof)
        now = context.now()
        Approval.objects.create(proof=proof, digest=proof.digest, person=person, at=now)
        record(person.name, "approve", statement.id, {"digest": proof.digest}, now)
        if len(proofing.standing(statement)) >= context.configuration.approval.approvals:
            _set_state(statement, Editorial.APPROVED, "")
            undo = context.configuration.approval.undo.timedelta
            due = max(now + undo, statement.not_before or now)
            dispatch.put_on_its_way(proof, due, now)
            queue.close(RENDER, statement.id)  # nobody is waiting to see it any more
    return statement


def ask_for_changes(context: Context, statement_id: str, *, person: Person, note: str) -> Statement:
    """Send the statement back to its authors with a note."""
    if not note.strip():
        raise BadInput("Say what should change: the note is empty.")
    with transaction.atomic():
        statement = _lock(store.get(statement_id))
        guards.require_undecided(statement, "sent back")
        guards.require_approver(statement, person)
        now = context.now()
        proofing.void_approvals(statement, f"{person.name} asked for changes", now)
        _set_state(statement, Editorial.CHANGES_ASKED, f"{person.name}: {note.strip()}")
        record(person.name, "ask for changes", statement.id, {"note": note.strip()}, now)
    return statement


def withdraw_approval(
    context: Context, statement_id: str, *, person: Person, why: str
) -> Statement:
    """Take an approval back while nothing has left."""
    with transaction.atomic():
        statement = _lock(store.get(statement_id))
        given = [approval.person_id for approval in proofing.standing(statement)]
        if not given:
            raise BadState(f"Statement {statement.id} has no approval to take back.")
        if person.pk not in given and person.role not in policy.APPROVERS:
            raise NotAllowed(f"{person.name} may not take an approval back. Ask an approver.")
        now = context.now()
        _void(statement, f"{person.name} took it back: {why.strip() or 'no reason given'}", now)
        record(person.name, "withdraw approval", statement.id, {"why": why.strip()}, now)
    return statement


def halt(context: Context, *, by: str, why: str) -> None:
    """Stop every outgoing byte. Anybody may; it does no harm."""
    with transaction.atomic():
        switch.turn_on(context.configuration.directory, by=by, why=why.strip(), now=context.now())
        record(by, "halt", "everything", {"why": why.strip()}, context.now())


def resume(context: Context, *, by: Person) -> None:
    """Let deliveries go on. Raises NotAllowed unless an approver or admin says so."""
    if not by.is_active or by.role not in policy.APPROVERS:
        raise NotAllowed(f"{by.name} may not resume deliveries. Ask an approver or an admin.")
    with transaction.atomic():
        record(by.name, "resume", "everything", {}, context.now())
        switch.turn_off(context.configuration.directory)


def unsubscribe(context: Context, token: str, how: str) -> str | None:
    """Leave a list: its name, or None for a token nobody has."""
    return subscriptions.unsubscribe(context, token, how, context.now())


def _read(context: Context, raw: bytes, language: str | None) -> Reading:
    if language and not _LANGUAGE.fullmatch(language):
        raise BadInput(f"{language} is not a language. Write it like en or zh-Hant.")
    return read_statement(raw, language=language or context.configuration.organisation.languages[0])


def _check_url(url: str | None) -> None:
    if url and not url.startswith(("https://", "http://")):
        raise BadInput(f"The link {url} must begin with https:// or http://.")


def _lock(statement: Statement) -> Statement:
    """The statement as it is now; nobody else changes it before this transaction ends."""
    return Statement.objects.select_for_update().get(pk=statement.pk)


def _set_state(statement: Statement, state: Editorial, note: str) -> None:
    statement.state, statement.note = state, note
    statement.save(update_fields=["state", "note"])


def _name(person: Person | None, source: str) -> str:
    return person.name if person else source
