"""Whatever is wrong: one clear sentence that says what to do, exit 1, and nothing stored."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from tests.acceptance.installation import TEXT, Done, Installation

NOBODY = "postgresql://nobody@127.0.0.1:1/nothing"  # no server listens on port 1


def refused(installation: Installation, *arguments: str, stdin: bytes = b"") -> str:
    """The one sentence (or two) with which a command is refused, and nothing else said."""
    return only_sentence(installation.run(*arguments, code=1, stdin=stdin))


def only_sentence(done: Done) -> str:
    """What stands on stderr, which is one line for a person."""
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert re.fullmatch(r"\S.*[.?]", lines[0]), lines[0]
    assert "Traceback" not in lines[0] and "Error:" not in lines[0]
    return lines[0]


def stored(installation: Installation) -> Any:
    """What the installation holds, and how much was recorded."""
    return installation.json("status"), installation.json("audit", "verify")["head"]


TEXTS = {
    "empty": (b"", "is empty"),
    "blank": (b" \n\t\n\r\n", "is empty"),
    "binary": (bytes(range(256)) * 40, "not known"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(500), "an image"),
    "a word document": (b"PK\x03\x04\x14\x00\x06\x00" + bytes(900), "a Word document"),
    "20 megabytes": (b"word " * 4_000_000, "larger than 1 MB"),
    "no title": (b"\n".join([b"We write in haste. " * 30] * 3), "no title"),
    "a title alone": (b"Only a title\n", "nothing below it"),
    "an impossible date": (b"A title\n\n31 February 2026\n\nThe rivers ran dry.\n", "line 3"),
}


@pytest.mark.parametrize("case", TEXTS)
def test_a_text_that_cannot_be_a_statement_is_refused(fresh: Installation, case: str) -> None:
    content, words = TEXTS[case]
    began = time.monotonic()
    sentence = refused(fresh, "submit", fresh.write("statement.txt", content), "--as", "Ana")
    assert words in sentence
    assert time.monotonic() - began < 5
    assert fresh.json("status")["statements"] == []


COMMANDS: dict[str, tuple[tuple[str, ...], str]] = {
    "a missing file": (
        ("submit", "nowhere.txt", "--as", "Ana"),
        "nowhere.txt cannot be read",
    ),
    "a folder": (("submit", "var", "--as", "Ana"), "var cannot be read"),
    "an unknown writer": (
        ("submit", "other.txt", "--as", "Dora"),
        "There is no person Dora.",
    ),
    "a moment nobody can read": (
        ("submit", "other.txt", "--as", "Ana", "--not-before", "tomorrow at nine"),
        "Write it like 2026-03-01T09:00+00:00.",
    ),
    "a link that is none": (
        ("submit", "other.txt", "--as", "Ana", "--url", "water.example/statement"),
        "must begin with https:// or http://.",
    ),
    "a language that is none": (
        ("submit", "other.txt", "--as", "Ana", "--language", "English please"),
        "English please is not a language. Write it like en or zh-Hant.",
    ),
    "a translation of nothing": (
        ("submit", "other.txt", "--as", "Ana", "--translation-of", "zzzzzzzz"),
        "There is no statement zzzzzzzz.",
    ),
    "a translation into its own language": (
        ("submit", "other.txt", "--as", "Ana", "--translation-of", "{id}"),
        "has a text in en already",
    ),
    "a proof of nothing": (("proof", "zzzzzzzz"), "There is no statement zzzzzzzz."),
    "the status of nothing": (("status", "zzzzzzzz"), "There is no statement zzzzzzzz."),
    "approval of nothing": (
        ("approve", "zzzzzzzz", "--as", "Ben", "--digest", "0"),
        "There is no statement zzzzzzzz.",
    ),
    "approval by nobody": (
        ("approve", "{id}", "--as", "Dora", "--digest", "{digest}"),
        "There is no person Dora.",
    ),
    "approval by the author": (
        ("approve", "{id}", "--as", "Ana", "--digest", "{digest}"),
        "an author never approves. Ask another approver.",
    ),
    "approval by the author in capitals": (
        ("approve", "{id}", "--as", "ANA", "--digest", "{digest}"),
        "an author never approves. Ask another approver.",
    ),
    "approval by another author": (
        ("approve", "{id}", "--as", "Cleo", "--digest", "{digest}"),
        "Cleo is not an approver. Ask one to approve.",
    ),
    "approval of another digest": (
        ("approve", "{id}", "--as", "Ben", "--digest", "0" * 64),
        "The digest is not that of the current proof",
    ),
    "approval of the digest's beginning": (
        ("approve", "{id}", "--as", "Ben", "--digest", "{short}"),
        "The digest is not that of the current proof",
    ),
    "revising nothing": (
        ("revise", "zzzzzzzz", "other.txt", "--as", "Ana"),
        "There is no statement zzzzzzzz.",
    ),
    "revising without a change": (
        ("revise", "{id}", "statement.txt", "--as", "Ana"),
        "nothing was changed",
    ),
    "revising a translation that is not there": (
        ("revise", "{id}", "other.txt", "--as", "Ana", "--language", "fr"),
        "has no text in fr",
    ),
    "resuming by nobody": (("resume", "--as", "Dora"), "There is no person Dora."),
    "a name that is taken": (
        ("person", "add", "ana", "--role", "approver"),
        "There is a person",
    ),
    "an empty name": (("person", "add", " ", "--role", "author"), "1 to 80 printable"),
    "an unknown list": (
        ("subscriber", "import", "subscribers.csv", "--list", "press", "--basis", "asked"),
        "press",
    ),
    "a missing table": (
        ("subscriber", "import", "nowhere.csv", "--list", "statements", "--basis", "asked"),
        "nowhere.csv cannot be read",
    ),
    "a table without addresses": (
        ("subscriber", "import", "names.csv", "--list", "statements", "--basis", "asked"),
        "email",
    ),
    "a table in unknown letters": (
        ("subscriber", "import", "latin.csv", "--list", "statements", "--basis", "asked"),
        "UTF-8",
    ),
    "a table that is a picture": (
        ("subscriber", "import", "picture.csv", "--list", "statements", "--basis", "asked"),
        "UTF-8",
    ),
    "an import without a reason": (
        ("subscriber", "import", "subscribers.csv", "--list", "statements", "--basis", " "),
        "basis",
    ),
    "exporting an unknown list": (("subscriber", "export", "--list", "press"), "press"),
    "showing nobody": (("subscriber", "show", "nobody@reader.example"), ""),
    "suppressing no address": (("subscriber", "suppress", "nobody"), "address"),
}


@pytest.mark.parametrize("case", COMMANDS)
def test_a_command_that_cannot_be_carried_out_is_refused(fresh: Installation, case: str) -> None:
    statement = fresh.submit()
    digest = fresh.json("proof", statement)["digest"]
    fresh.write("other.txt", TEXT.replace("47", "48"))
    fresh.write("names.csv", "name\nDana\n")
    fresh.write("latin.csv", "email,name\nx@reader.example,Andr\xe9\n".encode("latin-1"))
    fresh.write("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(900))
    before = stored(fresh)
    arguments, words = COMMANDS[case]
    filled = [one.format(id=statement, digest=digest, short=digest[:12]) for one in arguments]
    assert words in refused(fresh, *filled)
    assert stored(fresh) == before
