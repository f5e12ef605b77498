"""The record: whoever changes, removes or inserts an entry is found out."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from distributor.audit.chain import GENESIS, digest_of, record, verify
from distributor.audit.models import Entry

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def entries() -> None:
    """Five acts."""
    for number in range(1, 6):
        record("Ana", "revise", f"statement {number}", {"number": number, "词": "水"}, NOON)


def test_an_untouched_record_is_whole() -> None:
    verdict = verify()
    assert (verdict.entries, verdict.broken_at) == (5, None)
    assert verdict.head == Entry.objects.get(sequence=5).digest
    assert Entry.objects.get(sequence=1).previous == GENESIS


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "Ben"},
        {"act": "approve"},
        {"subject": "statement 9"},
        {"detail": {"number": 9}},
        {"at": "2026-11-22T13:00:00+00:00"},
        {"previous": GENESIS},
        {"digest": GENESIS},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_entry_is_found(change: dict[str, object]) -> None:
    Entry.objects.filter(sequence=3).update(**change)
    verdict = verify()
    assert (verdict.entries, verdict.broken_at) == (2, 3)
    assert verdict.why == "entry 3 is not as it was written"


def test_a_removed_entry_is_found() -> None:
    Entry.objects.filter(sequence=3).delete()
    assert verify().why == "entry 3 is missing"


def test_a_change_that_recomputes_its_own_digest_breaks_the_next() -> None:
    entry = Entry.objects.get(sequence=3)
    entry.actor = "Ben"
    entry.digest = digest_of(entry)
    entry.save()
    assert verify().broken_at == 4


def test_an_entry_is_undone_with_the_act_it_records() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record("Ana", "revise", "statement 6", {}, NOON)
        raise ZeroDivisionError
    assert verify().entries == 5


def test_an_empty_record_is_whole() -> None:
    Entry.objects.all().delete()
    assert verify() == type(verify())(0, GENESIS, None)
