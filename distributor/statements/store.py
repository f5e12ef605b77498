"""Storing revisions and finding statements again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Max, QuerySet

from ..errors import BadInput
from ..people.models import Person
from .models import Edit, Editorial, OwnPicture, Revision, Statement
from .values import Reading

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u to misread


def identifier(digest: str, length: int) -> str:
    """A short name for the statement whose first wording has this digest."""
    number = int(digest, 16)
    return "".join(_ALPHABET[(number >> 5 * place) & 31] for place in range(length))


def free_identifier(digest: str) -> str:
    """The shortest identifier not yet taken; the same wording gives the same one."""
    for length in range(8, 17):
        candidate = identifier(digest, length)
        if not Statement.objects.filter(pk=candidate).exists():
            return candidate
    raise BadInput("This wording belongs to a statement that is already here.")


def get(statement_id: str) -> Statement:
    """The statement of that id. Raises BadInput when there is none."""
    try:
        return Statement.objects.get(pk=statement_id.strip().lower())
    except Statement.DoesNotExist:
        raise BadInput(
            f"There is no statement {statement_id}. `distributor status` lists those there are."
        ) from None


def same_wording(digest: str) -> Revision | None:
    """An earlier revision with exactly this wording, of a statement that was not withdrawn."""
    found = Revision.objects.filter(digest=digest).select_related("statement")
    found = found.exclude(statement__state=Editorial.WITHDRAWN)
    return found.order_by("created_at").first()


def latest(statement: Statement) -> dict[str, Revision]:
    """The newest revision in each language, the original's first."""
    newest: dict[str, Revision] = {}
    for revision in statement.revisions.order_by("number"):
        newest[revision.language] = revision
    first = statement.language
    return dict(sorted(newest.items(), key=lambda pair: (pair[0] != first, pair[0])))


def authors(statement: Statement) -> set[int]:
    """The ids of all who wrote any revision of it or ever changed a post, length or picture."""
    written = statement.revisions.exclude(author=None).values_list("author_id", flat=True)
    return {*written, *statement.editors.values_list("person_id", flat=True)}


def add_editor(statement: Statement, person: Person) -> None:
    """Make the person an author for good, whatever becomes of the change."""
    statement.editors.get_or_create(person=person)


def edits(statement: Statement) -> QuerySet[Edit]:
    """The posts that persons put into their own words, as they stand now."""
    return statement.edits.filter(undone_at=None).select_related("person").order_by("pk")


def put_picture(
    statement: Statement,
    *,
    sha256: str,
    size: tuple[int, int],
    alts: Mapping[str, str],
    person: Person | None,
    now: dt.datetime,
) -> None:
    """Let this picture, with these words by language, take the place of the one before."""
    remove_picture(statement, now)
    width, height = size
    statement.pictures.create(
        sha256=sha256, width=width, height=height, alts=dict(alts), person=person, at=now
    )


def remove_picture(statement: Statement, now: dt.datetime) -> None:
    """Leave the statement without a picture."""
    statement.pictures.filter(removed_at=None).update(removed_at=now)


def picture(statement: Statement) -> OwnPicture | None:
    """The picture that a person gave it, as it stands now."""
    return statement.pictures.filter(removed_at=None).first()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a statement came from and where it is to go (None: everywhere)."""

    source: str
    channels: list[str] | None = None
    lists: list[str] | None = None


def create(reading: Reading, origin: Origin, now: dt.datetime) -> Statement:
    """A new statement, still without a revision."""
    return Statement.objects.create(
        id=free_identifier(reading.wording.digest),
        language=reading.wording.language,
        url=reading.url,
        not_before=reading.not_before,
        hashtags=list(reading.hashtags),
        source=origin.source,
        channels=origin.channels,
        lists=origin.lists,
        created_at=now,
    )


def add_revision(
    statement: Statement, reading: Reading, raw: bytes, author: Person | None, now: dt.datetime
) -> Revision:
    """The next revision in the reading's language."""
    wording = reading.wording
    earlier = statement.revisions.filter(language=wording.language)
    number = (earlier.aggregate(Max("number"))["number__max"] or 0) + 1
    return Revision.objects.create(
        statement=statement,
        language=wording.language,
        number=number,
        wording=wording.to_json(),
        digest=wording.digest,
        raw=raw,
        repairs=[
            {"line": r.line, "kind": r.kind, "before": r.before, "after": r.after}
            for r in reading.repairs
        ],
        warnings=list(reading.warnings),
        author=author,
        created_at=now,
    )
