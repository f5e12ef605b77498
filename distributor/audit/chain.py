"""The chain: each entry's digest covers its own facts and the digest before it.

Whoever changes, removes or inserts an entry breaks every digest after it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from distributor.statements.values import canonical_json

from .models import Entry

GENESIS = "0" * 64
_POSTGRESQL_LOCK = 0x41554449  # "AUDI": one writer of the chain at a time


def record(actor: str, act: str, subject: str, detail: dict[str, Any], now: dt.datetime) -> None:
    """Append one entry; call it inside the transaction of the act itself."""
    with transaction.atomic(savepoint=False):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_POSTGRESQL_LOCK])
        last = Entry.objects.order_by("-sequence").values_list("sequence", "digest").first()
        sequence, previous = last or (0, GENESIS)
        entry = Entry(
            sequence=sequence + 1,
            at=now.isoformat(),
            actor=actor,
            act=act,
            subject=subject,
            detail=detail,
            previous=previous,
        )
        entry.digest = digest_of(entry)
        entry.save(force_insert=True)


def digest_of(entry: Entry) -> str:
    """SHA-256 over everything an entry says, and the digest before it."""
    facts = {
        "sequence": entry.sequence,
        "at": entry.at,
        "actor": entry.actor,
        "act": entry.act,
        "subject": entry.subject,
        "detail": entry.detail,
        "previous": entry.previous,
    }
    return hashlib.sha256(canonical_json(facts)).hexdigest()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the chain found."""

    entries: int
    head: str
    broken_at: int | None  # sequence of the first entry that does not fit
    why: str = ""


def verify(using: str = "default") -> Verdict:
    """Recompute the whole chain, as one of Django's connections reads it."""
    previous, expected = GENESIS, 1
    for entry in _entries(using):
        if entry.sequence != expected:
            return Verdict(expected - 1, previous, expected, f"entry {expected} is missing")
        if entry.previous != previous or entry.digest != digest_of(entry):
            return Verdict(
                expected - 1, previous, expected, f"entry {expected} is not as it was written"
            )
        previous, expected = entry.digest, expected + 1
    return Verdict(expected - 1, previous, None)


def _entries(using: str) -> Iterator[Entry]:
    yield from Entry.objects.using(using).order_by("sequence").iterator(chunk_size=1000)
