"""What cannot be read is refused with one sentence that says what to do."""

from __future__ import annotations

import time

import pytest

from distributor.errors import BadInput
from distributor.statements.intake import read_statement

REFUSED = {
    "empty": (b"", "The text is empty"),
    "white space only": (" \r\n\u00a0\n\t", "The text is empty"),
    "NUL bytes": (b"Title\n\n\x00\x01\x02", "This is a binary file"),
    "control characters": (b"Title\n\n" + b"\x01\x02\x03" * 9, "This is a binary file"),
    "a PDF": (b"%PDF-1.7\n1 0 obj", "This is a PDF"),
    "a Word document": (b"PK\x03\x04\x14\x00", "This is a Word document or another archive"),
    "an old Word document": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "This is an old Word document"),
    "rich text": (b"{\\rtf1\\ansi Title}", "This is a rich text (RTF) document"),
    "a web page": (b"<!DOCTYPE html><p>Title", "This is the source of a web page"),
    "damaged UTF-16": (b"\xff\xfeT\x00i", "The file is damaged UTF-16"),
    "half characters": ("Title\n\n\ud800", "The text holds half characters"),
    "one bad byte in UTF-8": ("Été à l’île\n\nÇa\n".encode() + b"\xff", "Line 4 holds bytes"),
    "an unknown encoding": ("Про арешти\n\nТекст".encode("cp1251"), "encoding is not known"),
    "too many lines": ("Title\n\n" + "a\n" * 30_000, "more than 20,000 lines"),
    "no title": ("\n3 June 2023\n", "The text has no title"),
    "a list for a title": ("• One\n• Two\n", "The text has no title"),
    "a paragraph for a title": ("We " + "are deeply " * 12 + "concerned.\n\nText.", "no title"),
    "a title alone": ("Title\n\n3 June 2023\n", "a title but nothing below it"),
    "no such day": ("Title\n\nJune 31, 2023\n\nText.", "The date on line 3 cannot be read"),
    "no such month": ("Title\n32.13.2023\n\nText.", "The date on line 2 cannot be read"),
    "a misspelt month": ("Title\n\nFebuary 3, 2023\n\nText.", "there is no such date"),
    "a date without a year": ("Title\n\n3. Juni\n\nText.", "the year is missing"),
    "a label without a date": ("Title\n\nDate: soon\n\nText.", "it names no day"),
    "an embargo without a day": ("EMBARGOED UNTIL NOON\nTitle\n\nText.", "on line 1 names no day"),
    "an embargo without a time": ("Embargo: 4 June 2024\nTitle\n\nText.", "names no time of day"),
    "an embargo without a zone": (
        "Title\nEMBARGOED UNTIL 09:00, 4 June 2024\n\nText.",
        "names no time zone that is known: write it like EMBARGOED UNTIL 09:00 UTC, 4 June 2024",
    ),
    "an embargo in an ambiguous zone": (
        "EMBARGOED UNTIL 09:00 IST, 4 June 2024\nTitle\n\nText.",
        "names no time zone that is known",
    ),
}


@pytest.mark.parametrize(("raw", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_statement_is_refused_with_one_sentence(raw: bytes | str, reason: str) -> None:
    with pytest.raises(BadInput) as refusal:
        read_statement(raw)
    assert reason in str(refusal.value)
    assert str(refusal.value).endswith(".")
    assert "\n" not in str(refusal.value)


def test_a_file_of_twenty_megabytes_is_refused_at_once() -> None:
    raw = b"Title\n\n" + b"All people. " * 1_700_000
    begun = time.process_time()
    with pytest.raises(BadInput, match=r"larger than 1 MB \(20\.4 MB\)"):
        read_statement(raw)
    assert time.process_time() - begun < 0.1


@pytest.mark.parametrize(
    ("front", "reason"),
    [
        ("title: [a, b]", "title is not a text"),
        ("date: 2023-02-31", "date cannot be read"),
        ("date: [1]", "date is not a text"),
        ("language: English (British)", "language is no language tag"),
        ("url: www.example.org", "url is no web address"),
        ("not_before: 2024-06-04 09:00", "not_before is no time with a zone"),
        ("hashtags: {a: b}", "hashtags are no list"),
        ("- a\n- b", "no list of keys"),
        ("title: 'open", "cannot be read near line"),
        ("title: a\ntitle: b", "cannot be read"),
        ("a: &a x\nb: *a", "uses an alias"),
        ("a: &a x\nb: &a y", "uses an alias"),
        ("title: " + "a" * 17_000, "longer than 16 KB"),
        ("x: " + "[" * 9_000, "is nested"),
    ],
    ids=lambda value: value[:24],
)
def test_front_matter_that_cannot_be_read_is_refused(front: str, reason: str) -> None:
    with pytest.raises(BadInput, match="front matter") as refusal:
        read_statement(f"---\n{front}\n---\nTitle\n\nText.\n")
    assert reason in str(refusal.value)


def test_front_matter_without_an_end_is_refused() -> None:
    with pytest.raises(BadInput, match="has no end: close it with ---"):
        read_statement("---\ntitle: A title\n\nText.\n")
