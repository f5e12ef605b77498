"""Handing texts in: new ones, translations, other wordings, and corrections of what is public."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace

from django.db import transaction

from ..approvals import guards, proofing
from ..audit.chain import record
from ..context import Context
from ..delivery import dispatch, queue
from ..errors import BadInput, BadState
from ..people.models import Person
from ..statements import store
from ..statements.intake import read_statement
from ..statements.models import Revision, Statement
from ..statements.store import Origin
from ..statements.values import Reading
from .changing import RENDER, lock, name_of, void
from .pictures import keep_picture, prepared

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")  # the shape of BCP 47 (RFC 5646)


@dataclass(frozen=True, slots=True)
class Submission:
    """What became of a text that was handed in."""

    statement: Statement
    revision: Revision
    is_new: bool  # False: this wording was here already, nothing was stored


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
    picture = prepared(image) if image is not None else None
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
            keep_picture(context, revision.statement, picture, alts, author)
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
        statement = lock(store.get(statement_id))
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
    statement = lock(statement)
    void(statement, "the text changed", now)
    revision = store.add_revision(statement, reading, raw, author, now)
    detail = {"language": revision.language, "number": revision.number, "digest": revision.digest}
    record(name_of(author, statement.source), act, statement.id, detail, now)
    queue.enqueue(RENDER, statement.id, now)
    return revision


def _read(context: Context, raw: bytes, language: str | None) -> Reading:
    if language and not _LANGUAGE.fullmatch(language):
        raise BadInput(f"{language} is not a language. Write it like en or zh-Hant.")
    return read_statement(raw, language=language or context.configuration.organisation.languages[0])


def _check_url(url: str | None) -> None:
    if url and not url.startswith(("https://", "http://")):
        raise BadInput(f"The link {url} must begin with https:// or http://.")
    if url and len(url) > 500:
        raise BadInput("The link is longer than 500 characters: give a shorter one.")
