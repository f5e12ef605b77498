"""The picture that a person gives a statement."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from django.db import transaction

from ..approvals import guards, proofing
from ..approvals.models import Proof
from ..audit.chain import record
from ..context import Context
from ..errors import BadInput
from ..people.models import Person
from ..rendering.edition import OwnPicture
from ..rendering.pictures import NotAPicture, Picture, prepare
from ..statements import store
from ..statements.models import Statement
from .changing import lock, name_of, void
from .proofs import make_proof


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
    picture = prepared(content) if content is not None else None
    with transaction.atomic():
        statement = lock(store.get(statement_id))
        guards.require_undecided(statement, "illustrated")
        keep_picture(context, statement, picture, alts, person)
    return make_proof(context, statement_id)


def remove_picture(context: Context, statement_id: str, *, person: Person) -> Proof:
    """Let the threads go out without the picture; the person becomes an author as by any edit."""
    guards.require_writer(person)
    with transaction.atomic():
        statement = lock(store.get(statement_id))
        guards.require_undecided(statement, "changed")
        if store.picture(statement) is None:
            raise BadInput("There is no picture to remove.")
        now = context.now()
        void(statement, "the picture was removed", now)
        store.remove_picture(statement, now)
        store.add_editor(statement, person)
        record(person.name, "remove picture", statement.id, {}, now)
    return make_proof(context, statement_id)


def prepared(content: bytes) -> Picture:
    """The picture in a file, rewritten. Raises BadInput for what is none."""
    try:
        return prepare(content)
    except NotAPicture as fault:
        raise BadInput(f"The picture cannot be used: {fault}.") from None


def keep_picture(
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
    void(statement, "the picture changed", now)
    proofing.keep_pictures([new])
    size = (new.width, new.height)
    store.put_picture(statement, sha256=new.sha256, size=size, alts=told, person=person, now=now)
    if person:
        store.add_editor(statement, person)
    detail = {"sha256": new.sha256} | {f"alt {tag}": alt for tag, alt in told.items()}
    record(name_of(person, statement.source), "give picture", statement.id, detail, now)


def _plain(text: str) -> str:
    """A text as it was typed, in one form, without what only programs can see."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) != "Cc")
