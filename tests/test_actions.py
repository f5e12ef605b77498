"""The verbs, with what each changes: state, approvals, outbox and record."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from distributor import actions, vault
from distributor.approvals import proofing
from distributor.audit.models import Entry
from distributor.config import packaged, parse
from distributor.context import Context
from distributor.delivery.models import Delivery, Job
from distributor.errors import BadInput, BadState, NotAllowed
from distributor.people.models import Person
from distributor.statements.models import Editorial, Statement
from distributor.statements.store import Origin

NOON = dt.datetime(2026, 6, 3, 12, tzinfo=dt.UTC)
TEXT = "Water must come first\n\n3 June 2026\n\nThe rivers have run dry. We ask for help.\n"
DEUTSCH = "Wasser zuerst\n\n3. Juni 2026\n\nDie Flüsse sind trocken. Wir bitten um Hilfe.\n"

pytestmark = pytest.mark.django_db


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """Two channels that are never asked, and a clock that stands at noon."""
    configuration = parse(
        {
            "organisation": {"name": "Water for All", "site": "https://water.example"},
            "storage": {"directory": str(tmp_path)},
            "approval": {"approvals": 2, "undo": "10m"},
            "channels": {
                "x": {"kind": "x", "account": "water"},
                "bluesky": {"kind": "bluesky", "handle": "water.example"},
            },
        }
    )
    vault.create(tmp_path)
    return Context(configuration, vault.load(tmp_path), packaged("templates"), now=lambda: NOON)


@pytest.fixture(autouse=True)
def people() -> dict[str, Person]:
    """Ana and Cleo write, Ben and Cora approve."""
    roles = {"Ana": "author", "Cleo": "author", "Ben": "approver", "Cora": "approver"}
    return {name: Person.objects.create_user(name, role=role) for name, role in roles.items()}


@pytest.fixture
def statement(context: Context, people: dict[str, Person]) -> Statement:
    """A statement of Ana's."""
    return submit(context, people["Ana"]).statement


def submit(
    context: Context, author: Person | None, text: str = TEXT, source: str = "test"
) -> actions.Submission:
    """Hand a text in."""
    return actions.submit(context, text.encode(), author=author, origin=Origin(source))


def approve(context: Context, statement: Statement, *persons: Person) -> Statement:
    """Approve the current proof; the statement as it is then."""
    digest = actions.make_proof(context, statement.pk).digest
    for person in persons:
        actions.approve(context, statement.pk, person=person, digest=digest)
    statement.refresh_from_db()
    return statement


def acts() -> list[tuple[str, str]]:
    """Who did what, as the record has it."""
    return list(Entry.objects.order_by("sequence").values_list("actor", "act"))


def test_a_change_of_a_template_voids_the_approval_before_anything_leaves(
    context: Context, statement: Statement, people: dict[str, Person], tmp_path: Path
) -> None:
    templates = tmp_path / "templates"
    shutil.copytree(context.templates, templates)
    context = replace(context, templates=templates)
    approve(context, statement, people["Ben"], people["Cora"])
    approved = proofing.current(statement)
    actions.renew_proof(context, statement.pk)
    assert proofing.current(statement) == approved
    template = templates / "posts" / "x.txt.j2"
    template.write_text("Hear us! " + template.read_text())
    actions.renew_proof(context, statement.pk)
    statement.refresh_from_db()
    assert (statement.state, Delivery.objects.count()) == (Editorial.WAITING_APPROVAL, 0)
    assert proofing.current(statement) != approved


def test_the_last_approval_needed_opens_the_outbox(
    context: Context, statement: Statement, people: dict[str, Person]
) -> None:
    approve(context, statement, people["Ben"])
    assert (statement.state, Delivery.objects.count()) == (Editorial.WAITING_APPROVAL, 0)
    approve(context, statement, people["Cora"])
    assert statement.state == Editorial.APPROVED
    assert set(Delivery.objects.values_list("channel", flat=True)) == {"x", "bluesky"}
    dues = Job.objects.filter(kind="thread").values_list("due", flat=True)
    assert set(dues) == {NOON + dt.timedelta(minutes=10)}


def test_an_embargo_beyond_the_undo_window_decides_when_work_is_due(
    context: Context, people: dict[str, Person]
) -> None:
    evening = NOON + dt.timedelta(hours=6)
    made = actions.submit(
        context, TEXT.encode(), author=people["Ana"], origin=Origin("test"), not_before=evening
    )
    approve(context, made.statement, people["Ben"], people["Cora"])
    assert set(Job.objects.filter(kind="thread").values_list("due", flat=True)) == {evening}


def test_every_act_is_on_record_with_who_did_it(
    context: Context, statement: Statement, people: dict[str, Person]
) -> None:
    approve(context, statement, people["Ben"])
    actions.withdraw_approval(context, statement.pk, person=people["Ben"], why="too early")
    assert acts() == [
        ("Ana", "submit"),
        ("distributor", "proof made"),
        ("Ben", "approve"),
        ("Ben", "withdraw approval"),
    ]


def test_what_a_source_brings_names_the_source(context: Context) -> None:
    submit(context, None, source="inbox")
    assert acts() == [("inbox", "submit")]


def test_an_approval_taken_back_takes_the_deliveries_back(
    context: Context, statement: Statement, people: dict[str, Person]
) -> None:
    approve(context, statement, people["Ben"], people["Cora"])
    actions.withdraw_approval(context, statement.pk, person=people["Cora"], why="a doubt")
    statement.refresh_from_db()
    assert (statement.state, Delivery.objects.count()) == (Editorial.WAITING_APPROVAL, 0)
    assert not Job.objects.filter(kind="thread", due__isnull=False).exists()


def test_an_author_takes_no_approval_of_others_back(
    context: Context, statement: Statement, people: dict[str, Person]
) -> None:
    approve(context, statement, people["Ben"])
    with pytest.raises(NotAllowed, match="Cleo may not take an approval back"):
        actions.withdraw_approval(context, statement.pk, person=people["Cleo"], why="mine")


def test_where_there_is_no_approval_none_is_taken_back(
    context: Context, statement: Statement, people: dict[str, Person]
) -> None:
    with pytest.raises(BadState, match="no approval to take back"):
        actions.withdraw_approval(context, statement.pk, person=people["Ben"], why="")


def test_asking_for_changes_voids_and_an_edit_answers_it(
    context: Context, statement: Statement, people: dict[str, Person]
) -> None:
    approve(context, statement, people["Ben"])
    actions.ask_for_changes(context, statement.pk, person=people["Cora"], note="Which rivers?")
    with pytest.raises(BadState, match=r"Changes were asked for \(Cora: Which rivers\?\)"):
        approve(context, statement, people["Ben"])
    better = TEXT.replace("The rivers", "The northern rivers").encode()
    actions.revise(context, statement.pk, better, author=people["Ana"])
    approve(context, statement, people["Ben"], people["Cora"])
    assert statement.state == Editorial.APPROVED


def test_a_note_that_says_nothing_is_refused(
    context: Context, statement: Statement, people: dict[str, Person]
) -> None:
    with pytest.raises(BadInput, match="the note is empty"):
        actions.ask_for_changes(context, statement.pk, person=people["Ben"], note="  ")


def test_a_translation_belongs_to_its_statement_and_voids_the_approvals(
    context: Context, statement: Statement, people: dict[str, Person]
) -> None:
    approve(context, statement, people["Ben"], people["Cora"])
    made = actions.submit(
        context,
        DEUTSCH.encode(),
        author=people["Cleo"],
        origin=Origin("test"),
        language="de",
        translation_of=statement.pk,
    )
    assert made.statement == statement and made.is_new
    statement.refresh_from_db()
    assert (statement.state, Delivery.objects.count()) == (Editorial.WAITING_APPROVAL, 0)


def test_a_closed_account_does_nothing(
    context: Context, statement: Statement, people: dict[str, Person]
) -> None:
    Person.objects.update(is_active=False)
    for person in people.values():
        person.refresh_from_db()
    with pytest.raises(NotAllowed, match="Ben's account is closed"):
        approve(context, statement, people["Ben"])
    with pytest.raises(NotAllowed, match="Cleo's account is closed"):
        submit(context, people["Cleo"], TEXT.replace("rivers", "lakes"))
    with pytest.raises(NotAllowed, match="Ben may not resume"):
        actions.resume(context, by=people["Ben"])


def test_the_same_proof_is_made_again_tomorrow(context: Context, statement: Statement) -> None:
    today = actions.make_proof(context, statement.pk)
    tomorrow = Context(
        context.configuration,
        context.vault,
        context.templates,
        now=lambda: NOON + dt.timedelta(days=1),
    )
    assert actions.make_proof(tomorrow, statement.pk).digest == today.digest
    assert statement.proofs.count() == 1
