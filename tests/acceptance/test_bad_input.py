"""Whatever is wrong: one clear sentence that says what to do, exit 1, and nothing stored."""

from __future__ import annotations

import re
import socket
import sqlite3
import time
from typing import Any

import pytest

from tests.acceptance.conftest import Run
from tests.acceptance.installation import TEXT, Done, Installation
from tests.waiting import until

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


def stored(installation: Installation) -> str:
    """Everything the database holds."""
    database = sqlite3.connect(installation.data / "distributor.sqlite3")
    dump = "\n".join(database.iterdump())
    database.close()
    return dump


@pytest.fixture(scope="module")
def waiting(
    prepared: Installation, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Installation, str, str]:
    """An installation with a statement that waits for approval, its id, and its digest.

    Refusals change nothing, so all may use the same one.
    """
    here = prepared.copy_to(tmp_path_factory.mktemp("waiting"))
    statement = here.submit()
    here.write("other.txt", TEXT.replace("47", "48"))
    here.write("names.csv", "name\nDana\n")
    here.write("latin.csv", "email,name\nx@reader.example,Andr\xe9\n".encode("latin-1"))
    here.write("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(900))
    return here, statement, here.json("proof", statement)["digest"]


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
def test_a_text_that_cannot_be_a_statement_is_refused(
    waiting: tuple[Installation, str, str], case: str
) -> None:
    here, (content, words) = waiting[0], TEXTS[case]
    before, began = stored(here), time.monotonic()
    sentence = refused(here, "submit", here.write("bad.txt", content), "--as", "Ana")
    assert time.monotonic() - began < 20
    assert words in sentence
    assert stored(here) == before


COMMANDS: dict[str, tuple[tuple[str, ...], str]] = {
    "a picture without words": (
        ("submit", "other.txt", "--as", "Ana", "--image", "picture.csv"),
        "Say with --alt what it shows",
    ),
    "words without a picture": (
        ("submit", "other.txt", "--as", "Ana", "--alt", "A river"),
        "Name its file with --image",
    ),
    "a picture that is not there": (
        ("submit", "other.txt", "--as", "Ana", "--image", "none.jpg", "--alt", "A river"),
        "none.jpg cannot be read",
    ),
    "a picture that is none": (
        ("submit", "other.txt", "--as", "Ana", "--image", "picture.csv", "--alt", "A river"),
        "The picture cannot be used",
    ),
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
def test_a_command_that_cannot_be_carried_out_is_refused(
    waiting: tuple[Installation, str, str], case: str
) -> None:
    here, statement, digest = waiting
    arguments, words = COMMANDS[case]
    filled = [one.format(id=statement, digest=digest, short=digest[:12]) for one in arguments]
    before = stored(here)
    assert words in refused(here, *filled)
    assert stored(here) == before


CONFIGURATIONS: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown key": ({"web": {"prot": 8000}}, "web.prot is not a known key"),
    "an unknown section": ({"webb": {"port": 8000}}, "webb is not a known key"),
    "a wrong kind of value": ({"web": {"port": "eight"}}, "web.port"),
    "a duration without a unit": ({"delivery": {"in_flight": "300"}}, "delivery.in_flight"),
    "a secret in the file": (
        {"channels": {"x": {"consumer_key": "abc"}}},
        "write consumer_key_env or consumer_key_file",
    ),
    "an unknown network": ({"channels": {"news": {"kind": "usenet"}}}, "channels.news"),
    "a network's missing key": ({"channels": {"blue": {"kind": "bluesky"}}}, "channels.blue"),
    "a time zone that is none": (
        {"organisation": {"timezone": "Europe/Atlantis"}},
        "organisation.timezone",
    ),
    "a source for a list that is not there": (
        {"sources": {"inbox": {"kind": "folder", "path": "inbox", "lists": ["press"]}}},
        "there is no [lists.press]",
    ),
    "an address of the pages that is none": ({"web": {"url": "water.example"}}, "web.url"),
    "no approval at all": ({"approval": {"approvals": 0}}, "approval.approvals"),
    "another kind of database": (
        {"storage": {"database": "mysql://root@localhost/water"}},
        'Write "sqlite:///var/distributor.sqlite3" or',
    ),
    "a database without a name": (
        {"storage": {"database": "postgresql://user@localhost"}},
        "names no database",
    ),
    "a port that is no number": (
        {"storage": {"database": "postgresql://user@localhost:port/water"}},
        "the port is not a number",
    ),
    "a database server that is not there": (
        {"storage": {"database": NOBODY}},
        "storage.database cannot be used",
    ),
    "a database in no folder": (
        {"storage": {"database": "sqlite:///nowhere/water.sqlite3"}},
        "the file cannot be opened",
    ),
    "a database that is something else": (
        {"storage": {"database": "sqlite:///subscribers.csv"}},
        "is not a database. Check the address",
    ),
    "a database that was never set up": (
        {"storage": {"database": "sqlite:///var/other.sqlite3"}},
        "Run `distributor init`",
    ),
    "a data directory that was never set up": (
        {"storage": {"directory": "elsewhere"}},
        "Run `distributor init`.",
    ),
}


@pytest.mark.parametrize("case", CONFIGURATIONS)
def test_a_configuration_that_cannot_be_used_is_refused(fresh: Installation, case: str) -> None:
    sections, words = CONFIGURATIONS[case]
    fresh.configure(**sections)
    assert words in refused(fresh, "deliver")


def test_a_configuration_that_is_not_there_or_no_toml_is_refused(fresh: Installation) -> None:
    file = fresh.folder / "distributor.toml"
    file.write_text("[storage\n")
    assert "distributor.toml is not valid TOML" in refused(fresh, "status")
    file.write_bytes(b"# caf\xe9\n")
    assert refused(fresh, "status") == "The configuration distributor.toml is not UTF-8 text."
    file.unlink()
    assert "Name another one with --config" in refused(fresh, "status")


def test_init_refuses_a_data_directory_that_is_a_file(fresh: Installation) -> None:
    fresh.configure(storage={"directory": "secret"})
    assert "storage.directory: secret cannot be set up" in refused(fresh, "init")


def test_init_refuses_a_database_server_that_is_not_there(fresh: Installation) -> None:
    fresh.configure(storage={"database": NOBODY})
    assert "storage.database cannot be used" in refused(fresh, "init")


def test_nothing_is_delivered_without_a_secret(fresh: Installation) -> None:
    fresh.approve(fresh.submit())
    (fresh.folder / "secret").unlink()
    assert "consumer_key_file: secret cannot be read" in refused(fresh, "deliver")
    fresh.configure(channels={"mastodon": {"access_token_file": None}})
    fresh.configure(channels={"x": None, "bluesky": None})
    assert "the secret access_token is missing. Add" in refused(fresh, "deliver")
    fresh.configure(channels={"mastodon": {"access_token_env": "WATER_TOKEN"}})
    assert "the environment variable WATER_TOKEN, which is not set" in refused(fresh, "deliver")


def test_a_short_password_or_none_opens_no_account(fresh: Installation) -> None:
    fresh.environment["DISTRIBUTOR_PASSWORD"] = "water"
    assert "password" in refused(fresh, "person", "add", "Dora", "--role", "author")
    del fresh.environment["DISTRIBUTOR_PASSWORD"]
    done = fresh.run("person", "add", "Dora", "--role", "author", code=1)
    assert "set DISTRIBUTOR_PASSWORD" in done.stderr
    names = [person["name"] for person in fresh.json("person", "list")["persons"]]
    assert "Dora" not in names


def test_who_wrote_a_text_does_not_approve_it_in_any_later_role(fresh: Installation) -> None:
    statement = fresh.submit()
    digest = fresh.json("proof", statement)["digest"]
    with sqlite3.connect(fresh.data / "distributor.sqlite3") as database:
        database.execute("UPDATE people_person SET role = 'admin' WHERE name = 'Ana'")
    database.close()
    sentence = refused(fresh, "approve", statement, "--as", "Ana", "--digest", digest)
    assert "an author never approves" in sentence


def test_an_admin_does_not_approve_what_the_admin_wrote(fresh: Installation) -> None:
    statement = fresh.submit(author="Abe")
    digest = fresh.json("proof", statement)["digest"]
    sentence = refused(fresh, "approve", statement, "--as", "Abe", "--digest", digest)
    assert "an author never approves" in sentence


def test_who_edits_becomes_an_author_for_good(fresh: Installation) -> None:
    statement = fresh.submit()
    fresh.write("better.txt", TEXT.replace("47", "48"))
    fresh.run("revise", statement, "better.txt", "--as", "Ben")
    fresh.run("revise", statement, "statement.txt", "--as", "Ana")
    digest = fresh.json("proof", statement)["digest"]
    sentence = refused(fresh, "approve", statement, "--as", "Ben", "--digest", digest)
    assert "Ben wrote this statement or edited it" in sentence


def test_a_port_in_use_is_named(fresh: Installation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"port {port} is in use by another program" in refused(fresh, "run", "--port", port)


def test_a_sandbox_on_ports_in_use_is_refused(fresh: Installation) -> None:
    assert "is in use by another program" in refused(fresh, "sandbox")


def test_a_second_process_on_the_same_data_is_refused(fresh: Installation, start: Run) -> None:
    running = start("run", "--port", "0")
    until(lambda: "The desk is at" in running.said)
    for command in (("deliver",), ("run", "--port", "0")):
        sentence = refused(fresh, *command)
        assert f"Another process (number {running.process.pid})" in sentence
    assert fresh.submit()  # handing in goes on meanwhile


def test_the_first_process_may_be_gone_without_a_word(fresh: Installation, start: Run) -> None:
    running = start("run", "--port", "0")
    until(lambda: "The desk is at" in running.said)
    running.kill()
    fresh.run("deliver")


def test_keys_of_another_installation_open_nothing(fresh: Installation) -> None:
    (fresh.data / "keys" / "sealing.key").write_text("ab" * 32 + "\n")
    show = ("subscriber", "show", "dana@reader.example")
    assert "Restore the keys folder" in refused(fresh, *show)
    (fresh.data / "keys" / "sealing.key").write_text("ab\n")
    assert "sealing.key is damaged" in refused(fresh, *show)
