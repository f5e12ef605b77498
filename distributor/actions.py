"""The verbs: everything that changes the state of a statement, one function each.

Every verb that a person gives checks whether that person may, and writes state,
record and outbox in one transaction. None of them spans a network call.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from .approvals import guards, policy, proofing
from .approvals.models import Approval, Proof
from .audit.chain import record
from .context import Context
from .database import explain
from .delivery import dispatch, instances, queue, switch
from .errors import BadInput, BadState, NotAllowed
from .newsletter import subscriptions
from .people.models import Person
from .rendering.edition import OwnPicture
from .rendering.pictures import NotAPicture, Picture, prepare
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
    image: bytes | None = None,
    alt: str | None = None,
) -> Submission:
    """Take in a text: a new statement, or a translation of one.

    `image` is the file of a picture for the posts, `alt` what it shows, in the
    language of the text. The same wording handed in again is the same statement.
    Raises BadInput when the text or the picture cannot be read, NotAllowed when
    the author may not write.
    """
    guards.require_writer(author)
    reading = _read(context, raw, language)
    reading = replace(
        reading,
        url=url or reading.url,
        not_before=not_before or reading.not_before,
    )
    _check_url(reading.url)
    picture = _prepared(image) if image is not None else None
    with transaction.atomic():
        known = store.same_wording(reading.wording.digest)
        if known:
            return Submission(known.statement, known, is_new=False)
        if translation_of:
            revision = _translate(context, store.get(translation_of), reading, raw, author)
        else:
            statement = store.create(reading, origin, context.now())
            revision = _add_revision(context, statement, reading, raw, author, "submit")
        if picture or alt:
            alts = {revision.language: alt or ""}
            _keep_picture(context, revision.statement, picture, alts, author)
    return Submission(revision.statement, revision, is_new=True)


def _translate(
    context: Context, statement: Statement, reading: Reading, raw: bytes, author: Person | None
) -> Revision:
    language = reading.wording.language
    if language in store.latest(statement):
        raise BadState(
            f"Statement {statement.id} has a text in {language} already. "
            "Change that text, or hand this one in as another language."
        )
    return _add_revision(context, statement, reading, raw, author, "translate")


def revise(
    context: Context,
    statement_id: str,
    raw: bytes,
    *,
    author: Person,
    language: str | None = None,
    url: str | None = None,
) -> Revision:
    """Replace the wording in one language; every approval is void and the author is one for good.

    `url` is the statement's new web address ("": it has none; None: as before).
    Raises BadState when the statement has begun to go out.
    """
    guards.require_writer(author)
    _check_url(url)
    statement = store.get(statement_id)
    new_url = statement.url if url is None else url or None
    relinked = new_url != statement.url
    reading = _read_anew(context, statement, raw, language, same_is_fine=relinked)
    with transaction.atomic():
        revision = _add_revision(context, statement, reading, raw, author, "revise")
        if relinked:
            statement.url = new_url
            statement.save(update_fields=["url"])
            record(author.name, "change link", statement.id, {"url": new_url}, context.now())
    return revision


def correct(
    context: Context, statement_id: str, raw: bytes, *, author: Person, language: str | None = None
) -> Revision:
    """Replace a wording that is public; what corrects it waits for approval like any other.

    What has gone out stays as it is until then, and so do its approvals. Raises
    BadState unless the statement has gone out and is at rest.
    """
    guards.require_writer(author)
    with transaction.atomic():
        statement = _lock(store.get(statement_id))
        dispatch.require_at_rest(statement)
        reading = _read_anew(context, statement, raw, language)
        proofing.begin_round(statement)
        return _add_revision(context, statement, reading, raw, author, "correct")


def _read_anew(
    context: Context,
    statement: Statement,
    raw: bytes,
    language: str | None,
    *,
    same_is_fine: bool = False,
) -> Reading:
    """Another wording of a text there is. Raises BadInput, by default also for the same one."""
    reading = _read(context, raw, language or statement.language)
    known = store.latest(statement)
    if reading.wording.language not in known:
        raise BadInput(
            f"Statement {statement.id} has no text in {reading.wording.language}. "
            "Hand this one in as a translation."
        )
    is_same = known[reading.wording.language].digest == reading.wording.digest
    if is_same and not same_is_fine:
        raise BadInput("This is the wording it has already; nothing was changed.")
    return reading


def _add_revision(
    context: Context,
    statement: Statement,
    reading: Reading,
    raw: bytes,
    author: Person | None,
    act: str,
) -> Revision:
    now = context.now()
    statement = _lock(statement)
    _void(statement, "the text changed", now)
    revision = store.add_revision(statement, reading, raw, author, now)
    detail = {"language": revision.language, "number": revision.number, "digest": revision.digest}
    record(_name(author, statement.source), act, statement.id, detail, now)
    queue.enqueue(RENDER, statement.id, now)
    return revision


def _void(statement: Statement, why: str, now: dt.datetime) -> None:
    """Back to waiting: no approval stands and nothing is on its way."""
    guards.require_standing(statement, "changed")
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
    if standing and (statement.state == Editorial.WITHDRAWN or dispatch.has_begun(statement)):
        return standing
    guards.require_standing(statement, "rendered")
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
        statement = _lock(proof.statement)
        guards.require_undecided(statement, "edited")
        guards.require_digest(proof, digest)
        post = _shown_post(proof, channel, position)
        text = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
        if text == post["text"]:
            raise BadInput("This is what the post says already; nothing was changed.")
        now = context.now()
        _void(statement, "a post was edited", now)
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
        statement = _lock(store.get(statement_id))
        guards.require_undecided(statement, "changed")
        now = context.now()
        _void(statement, f"{channel} now gets a {mode}", now)
        store.add_editor(statement, person)
        statement.shapes.update_or_create(
            channel=channel, defaults={"mode": mode, "person": person}
        )
        detail = {"channel": channel, "mode": mode}
        record(person.name, "choose mode", statement.id, detail, now)
    return make_proof(context, statement_id)


def give_picture(
    context: Context,
    statement_id: str,
    *,
    person: Person,
    content: bytes | None,
    alts: Mapping[str, str],
) -> Proof:
    """Put a picture under the first post of every thread, or describe the one there is anew.

    `content` is the file (None: the picture stays), `alts` say what it shows, by language.
    The person is an author of the statement for good, and every approval is void.
    Raises BadInput for a file that is no picture, and when there is nothing to change.
    """
    guards.require_writer(person)
    picture = _prepared(content) if content is not None else None
    with transaction.atomic():
        statement = _lock(store.get(statement_id))
        guards.require_undecided(statement, "illustrated")
        _keep_picture(context, statement, picture, alts, person)
    return make_proof(context, statement_id)


def _prepared(content: bytes) -> Picture:
    try:
        return prepare(content)
    except NotAPicture as fault:
        raise BadInput(f"The picture cannot be used: {fault}.") from None


def _keep_picture(
    context: Context,
    statement: Statement,
    picture: Picture | None,
    alts: Mapping[str, str],
    person: Person | None,
) -> None:
    standing = proofing.own_picture(statement)
    new = picture or (standing.picture if standing else None)
    if new is None:
        raise BadInput("There is no picture yet. Give one together with its description.")
    known = standing.alts if standing and not picture else {}
    told = {
        language: alt
        for language in sorted(store.latest(statement))
        if (alt := _plain(alts.get(language, known.get(language, ""))))
    }
    if standing and standing == OwnPicture(new, told):
        raise BadInput("This is the picture it has already; nothing was changed.")
    now = context.now()
    _void(statement, "the picture changed", now)
    proofing.keep_pictures([new])
    size = (new.width, new.height)
    store.put_picture(statement, sha256=new.sha256, size=size, alts=told, person=person, now=now)
    if person:
        store.add_editor(statement, person)
    detail = {"sha256": new.sha256} | {f"alt {tag}": alt for tag, alt in told.items()}
    record(_name(person, statement.source), "give picture", statement.id, detail, now)


def _plain(text: str) -> str:
    """A text as it was typed, in one form, without what only programs can see."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) != "Cc")


def remove_picture(context: Context, statement_id: str, *, person: Person) -> Proof:
    """Let the threads go out without the picture; the person becomes an author as by any edit."""
    guards.require_writer(person)
    with transaction.atomic():
        statement = _lock(store.get(statement_id))
        guards.require_undecided(statement, "changed")
        if store.picture(statement) is None:
            raise BadInput("There is no picture to remove.")
        now = context.now()
        _void(statement, "the picture was removed", now)
        store.remove_picture(statement, now)
        store.add_editor(statement, person)
        record(person.name, "remove picture", statement.id, {}, now)
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
    """Stop every outgoing byte. Anybody may; it does no harm.

    Raises BadState when only this machine could be halted, as the database does not answer.
    """
    switch.stop_here(context.configuration.directory, by=by, why=why.strip())  # waits for no lock
    try:
        _halt_everywhere(context, by, why)
    except DatabaseError as error:
        raise BadState(
            "What this machine sends is halted, by the file HALT. The database could not be told: "
            f"{explain(error)} Halt again after that, so that it is on record and on every machine."
        ) from None


def _halt_everywhere(context: Context, by: str, why: str) -> None:
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
    if url and len(url) > 500:
        raise BadInput("The link is longer than 500 characters: give a shorter one.")


def _lock(statement: Statement) -> Statement:
    """The statement as it is now; nobody else changes it before this transaction ends."""
    return Statement.objects.select_for_update().get(pk=statement.pk)


def _set_state(statement: Statement, state: Editorial, note: str) -> None:
    statement.state, statement.note = state, note
    statement.save(update_fields=["state", "note"])


def _name(person: Person | None, source: str) -> str:
    return person.name if person else source
