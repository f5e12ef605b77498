"""The picture a person gives a statement: kept, described, replaced, removed, and by whom."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from distributor import actions, vault
from distributor.approvals.models import Proof, StoredMedia
from distributor.audit.models import Entry
from distributor.config import packaged, parse
from distributor.context import Context
from distributor.errors import BadInput, BadState, NotAllowed
from distributor.people.models import Person
from distributor.statements import store
from distributor.statements.models import Statement
from distributor.statements.store import Origin

TEXT = b"Water must come first\n\nThe rivers have run dry. We ask for help.\n"
DEUTSCH = "Wasser zuerst\n\nDie Flüsse sind trocken. Wir bitten um Hilfe.\n".encode()

pytestmark = pytest.mark.django_db


def file(colour: str = "red", kind: str = "JPEG", **options: Any) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(written, kind, **options)
    return written.getvalue()


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """Two channels, one of which speaks German."""
    configuration = parse(
        {
            "storage": {"directory": str(tmp_path)},
            "channels": {
                "x": {"kind": "x", "account": "water"},
                "bluesky": {"kind": "bluesky", "handle": "water.example", "language": "de"},
            },
        }
    )
    vault.create(tmp_path)
    return Context(configuration, vault.load(tmp_path), packaged("templates"))


@pytest.fixture(autouse=True)
def people() -> dict[str, Person]:
    """Ana and Cleo write, Ben and Cora approve."""
    roles = {"Ana": "author", "Cleo": "author", "Ben": "approver", "Cora": "approver"}
    return {name: Person.objects.create_user(name, role=role) for name, role in roles.items()}


@pytest.fixture
def statement(context: Context, people: dict[str, Person]) -> Statement:
    """A statement of Ana's."""
    return actions.submit(context, TEXT, author=people["Ana"], origin=Origin("test")).statement


def translate(context: Context, statement: Statement, person: Person, **more: Any) -> None:
    actions.submit(
        context, DEUTSCH, author=person, origin=Origin("test"), language="de",
        translation_of=statement.pk, **more,
    )  # fmt: skip


def give(
    context: Context, statement: Statement, person: Person, content: bytes | None, **alts: str
) -> Proof:
    return actions.give_picture(context, statement.pk, person=person, content=content, alts=alts)


def shown(proof: Proof) -> dict[str, tuple[str, str]]:
    """The picture and its words under the first post of each channel."""
    media = {
        thread["channel"]: thread["posts"][0]["media"]
        for thread in json.loads(bytes(proof.content))["threads"]
    }
    return {name: (each[0]["sha256"], each[0]["alt"]) for name, each in media.items() if each}


def authors(statement: Statement) -> set[str]:
    return set(
        Person.objects.filter(pk__in=store.authors(statement)).values_list("name", flat=True)
    )


def test_a_picture_given_with_the_text_is_in_the_proof_with_its_words(
    context: Context, people: dict[str, Person]
) -> None:
    made = actions.submit(
        context, TEXT, author=people["Ana"], origin=Origin("test"), image=file(), alt="A dry river"
    )
    proof = actions.make_proof(context, made.statement.pk)
    assert shown(proof)["x"][1] == "A dry river"
    assert [
        finding["message"] for finding in proof.findings if finding["severity"] == "block"
    ] == []


def test_a_text_whose_picture_is_none_is_not_stored(
    context: Context, people: dict[str, Person]
) -> None:
    with pytest.raises(BadInput, match="The picture cannot be used: it is a GIF"):
        actions.submit(
            context,
            TEXT,
            author=people["Ana"],
            origin=Origin("test"),
            image=file(kind="GIF"),
            alt="A",
        )
    assert not Statement.objects.exists()


def test_where_it_was_taken_is_stored_nowhere(
    context: Context, statement: Statement, people: dict[str, Person]
) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera of Ana"
    taken = file(exif=exif)
    assert b"Camera of Ana" in taken
    give(context, statement, people["Ana"], taken, en="A dry river")
    assert not any(b"Ana" in bytes(each.content) for each in StoredMedia.objects.all())


def test_another_picture_takes_its_place_and_the_old_words_go_with_the_old_one(
    context: Context, statement: Statement, people: dict[str, Person]
) -> None:
    first = give(context, statement, people["Ana"], file(), en="A dry river")
    second = give(context, statement, people["Ana"], file("blue"))
    assert shown(first)["x"][0] != shown(second)["x"][0] and shown(second)["x"][1] == ""
    assert "no alt text" in str(second.findings)


def test_words_may_change_without_the_picture(
    context: Context, statement: Statement, people: dict[str, Person]
) -> None:
    first = give(context, statement, people["Ana"], file(), en="A dry river")
    second = give(context, statement, people["Ana"], None, en=" The Marrow,\r\ndry\0 ")
    assert shown(first)["x"][0] == shown(second)["x"][0]
    assert shown(second)["x"][1] == "The Marrow,\ndry"


def test_a_translation_brings_its_own_words(
    context: Context, statement: Statement, people: dict[str, Person]
) -> None:
    give(context, statement, people["Ana"], file(), en="A dry river", xx="nonsense")
    translate(context, statement, people["Ana"], alt="Ein trockener Fluss")
    proof = actions.make_proof(context, statement.pk)
    told = {name: words for name, (_, words) in shown(proof).items()}
    assert told == {"x": "A dry river", "bluesky": "Ein trockener Fluss"}


def test_a_translation_without_words_blocks_until_it_has_them(
    context: Context, statement: Statement, people: dict[str, Person]
) -> None:
    give(context, statement, people["Ana"], file(), en="A dry river")
    translate(context, statement, people["Ana"])
    proof = actions.make_proof(context, statement.pk)
    with pytest.raises(BadState, match="no alt text"):
        actions.approve(context, statement.pk, person=people["Ben"], digest=proof.digest)
    proof = give(context, statement, people["Ana"], None, de="Ein trockener Fluss")
    actions.approve(context, statement.pk, person=people["Ben"], digest=proof.digest)


def test_words_for_no_picture_are_refused(
    context: Context, statement: Statement, people: dict[str, Person]
) -> None:
    with pytest.raises(BadInput, match="no picture yet"):
        give(context, statement, people["Ana"], None, en="A dry river")


def test_the_same_again_is_refused_and_changes_nothing(
    context: Context, statement: Statement, people: dict[str, Person]
) -> None:
    give(context, statement, people["Ana"], file(), en="A dry river")
    with pytest.raises(BadInput, match="nothing was changed"):
        give(context, statement, people["Ben"], file(), en="A dry river")
    assert authors(statement) == {"Ana"}


def test_a_removed_picture_is_in_no_post(
    context: Context, statement: Statement, people: dict[str, Person]
) -> None:
    before = actions.make_proof(context, statement.pk)
    give(context, statement, people["Ana"], file(), en="A dry river")
    after = actions.remove_picture(context, statement.pk, person=people["Ana"])
    assert shown(after) == {} and after.digest == before.digest
    with pytest.raises(BadInput, match="no picture to remove"):
        actions.remove_picture(context, statement.pk, person=people["Ana"])


@pytest.mark.parametrize("change", ["give", "describe", "remove"])
def test_each_change_of_the_picture_voids_the_approvals(
    context: Context, statement: Statement, people: dict[str, Person], change: str
) -> None:
    proof = give(context, statement, people["Ana"], file(), en="A dry river")
    Proof.objects.filter(pk=proof.pk).update(findings=[])
    approval = proof.approvals.create(digest=proof.digest, person=people["Ben"], at=context.now())
    if change == "give":
        give(context, statement, people["Cleo"], file("blue"), en="A river")
    elif change == "describe":
        give(context, statement, people["Cleo"], None, en="The river")
    else:
        actions.remove_picture(context, statement.pk, person=people["Cleo"])
    approval.refresh_from_db()
    assert approval.voided_at and "picture" in approval.voided_why


@pytest.mark.parametrize("change", ["give", "remove"])
def test_whoever_changes_the_picture_is_an_author_for_good(
    context: Context, statement: Statement, people: dict[str, Person], change: str
) -> None:
    if change == "give":
        give(context, statement, people["Ben"], file(), en="A dry river")
        actions.remove_picture(context, statement.pk, person=people["Cleo"])
    else:
        give(context, statement, people["Cleo"], file(), en="A dry river")
        actions.remove_picture(context, statement.pk, person=people["Ben"])
    assert authors(statement) == {"Ana", "Ben", "Cleo"}
    proof = actions.make_proof(context, statement.pk)
    with pytest.raises(NotAllowed, match="an author never approves"):
        actions.approve(context, statement.pk, person=people["Ben"], digest=proof.digest)


def test_nobody_becomes_less_of_an_author_by_what_others_change_back(
    context: Context, statement: Statement, people: dict[str, Person]
) -> None:
    for name, mode in (("Ben", "single"), ("Cleo", "thread")):
        actions.choose_mode(context, statement.pk, person=people[name], channel="x", mode=mode)
    for name, own in (("Cora", "We ask for help, all of us."), ("Cora", "")):
        proof = actions.make_proof(context, statement.pk)
        actions.edit_post(
            context, statement.pk, person=people[name], channel="x", position=1, text=own,
            digest=proof.digest,
        )  # fmt: skip
    assert authors(statement) == {"Ana", "Ben", "Cleo", "Cora"}


def test_what_is_approved_gets_no_other_picture(
    context: Context, statement: Statement, people: dict[str, Person]
) -> None:
    proof = give(context, statement, people["Ana"], file(), en="A dry river")
    actions.approve(context, statement.pk, person=people["Ben"], digest=proof.digest)
    with pytest.raises(BadState, match="approved already"):
        give(context, statement, people["Ana"], file("blue"), en="A river")
    with pytest.raises(BadState, match="approved already"):
        actions.remove_picture(context, statement.pk, person=people["Ana"])


def test_the_record_says_who_gave_which_picture(
    context: Context, statement: Statement, people: dict[str, Person]
) -> None:
    proof = give(context, statement, people["Ana"], file(), en="A dry river")
    entry = Entry.objects.get(act="give picture")
    assert (entry.actor, entry.subject) == ("Ana", statement.pk)
    assert shown(proof)["x"][0] in str(entry.detail)
