"""The queue, and the switch that is within reach on it."""

from __future__ import annotations

from distributor import actions
from distributor.context import Context
from distributor.delivery import switch
from distributor.delivery.status import status
from distributor.people.models import Person
from distributor.statements.models import Statement
from distributor.web.desk.queue import gather
from tests.web.conftest import SignIn, Submit, current_digest


def test_an_empty_queue_says_what_to_do_next(ben: Person, sign_in: SignIn) -> None:
    page = sign_in(ben).get("/").text
    assert "No statements yet" in page
    assert "<code>var/inbox</code>" in page


def test_a_statement_stands_under_what_it_waits_for(
    statement: Statement, ben: Person, sign_in: SignIn, context: Context
) -> None:
    client = sign_in(ben)
    assert "Waiting for approval" in client.get("/").text
    actions.approve(context, statement.pk, person=ben, digest=current_digest(statement))
    page = client.get("/").text
    assert "Waiting for approval" not in page
    assert "On its way" in page
    assert "Mastodon: waiting" in page


def test_only_the_newest_of_what_is_done_are_listed(submit: Submit, context: Context) -> None:
    for number in range(3):
        one = submit(f"Statement {number}\n\n1 May 2026\n\nSome text for number {number}.\n")
        Statement.objects.filter(pk=one.pk).update(state="withdrawn")
    done = gather(status(context.configuration.directory), most_done=2)[-1]
    assert [row.title for row in done.rows] == ["Statement 2", "Statement 1"]
    assert done.hidden == 1


def test_anybody_on_the_team_can_halt_and_everybody_sees_why(
    cleo: Person, sign_in: SignIn, context: Context
) -> None:
    client = sign_in(cleo)
    page = client.post("/halt", {"why": "Wrong date in post 3."}, follow=True).text
    assert switch.is_on(context.configuration.directory)
    assert "Halted: nothing leaves." in page
    assert "By Cleo" in page
    assert "Wrong date in post 3." in page


def test_only_an_approver_can_resume(
    cleo: Person, ben: Person, sign_in: SignIn, context: Context
) -> None:
    sign_in(cleo).post("/halt", {"why": ""})
    assert sign_in(cleo).post("/resume").status_code == 403
    assert switch.is_on(context.configuration.directory)
    sign_in(ben).post("/resume")
    assert not switch.is_on(context.configuration.directory)


def test_a_halt_file_shows_on_the_page_too(ben: Person, sign_in: SignIn, context: Context) -> None:
    (context.configuration.directory / "HALT").write_text("pulled by hand")
    page = sign_in(ben).get("/").text
    assert "pulled by hand" in page
    assert "Resume" in page
