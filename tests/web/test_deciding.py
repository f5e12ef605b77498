"""Approving, asking for changes and taking an approval back, on the pages."""

from __future__ import annotations

from distributor.approvals.models import Approval
from distributor.people.models import Person
from distributor.statements.models import Statement
from tests.web.conftest import TEXT, SignIn, current_digest


def test_an_approver_sends_it_on_its_way(
    statement: Statement, ben: Person, sign_in: SignIn
) -> None:
    answer = sign_in(ben).post(
        f"/statements/{statement.pk}/approve", {"digest": current_digest(statement)}, follow=True
    )
    assert answer.redirect_chain == [(f"/statements/{statement.pk}", 302)]
    assert "byte for byte" in answer.text
    assert Approval.objects.get().person == ben
    assert statement.deliveries.count() == 3


def test_the_author_is_refused_whatever_the_form_says(
    statement: Statement, ana: Person, sign_in: SignIn
) -> None:
    answer = sign_in(ana).post(
        f"/statements/{statement.pk}/approve", {"digest": current_digest(statement)}
    )
    assert answer.status_code == 403
    assert "an author never approves" in answer.text
    assert not Approval.objects.exists()


def test_an_admin_who_wrote_it_is_refused_too(
    statement: Statement, ana: Person, sign_in: SignIn
) -> None:
    Person.objects.filter(pk=ana.pk).update(role="admin")
    answer = sign_in(ana).post(
        f"/statements/{statement.pk}/approve", {"digest": current_digest(statement)}
    )
    assert answer.status_code == 403
    assert not Approval.objects.exists()


def test_somebody_without_the_role_is_refused(
    statement: Statement, cleo: Person, sign_in: SignIn
) -> None:
    answer = sign_in(cleo).post(
        f"/statements/{statement.pk}/approve", {"digest": current_digest(statement)}
    )
    assert answer.status_code == 403
    assert "Cleo is not an approver" in answer.text


def test_a_digest_from_before_an_edit_is_refused(
    statement: Statement, ana: Person, ben: Person, sign_in: SignIn
) -> None:
    seen = current_digest(statement)
    sign_in(ana).post(f"/statements/{statement.pk}/edit", {"text": TEXT + "\nOne more line.\n"})
    answer = sign_in(ben).post(f"/statements/{statement.pk}/approve", {"digest": seen})
    assert answer.status_code == 409
    assert "something changed since it was shown" in answer.text
    assert not Approval.objects.exists()


def test_asking_for_changes_shows_the_note_to_the_author(
    statement: Statement, ana: Person, ben: Person, sign_in: SignIn
) -> None:
    sign_in(ben).post(f"/statements/{statement.pk}/changes", {"note": "Name the ministry."})
    page = sign_in(ana).get(f"/statements/{statement.pk}").text
    assert "Name the ministry." in page
    assert "changes asked" in page


def test_an_empty_note_is_refused(statement: Statement, ben: Person, sign_in: SignIn) -> None:
    answer = sign_in(ben).post(f"/statements/{statement.pk}/changes", {"note": " "})
    assert answer.status_code == 400
    assert "Say what should change" in answer.text


def test_an_approval_can_be_taken_back_before_anything_left(
    statement: Statement, ben: Person, sign_in: SignIn
) -> None:
    client = sign_in(ben)
    client.post(f"/statements/{statement.pk}/approve", {"digest": current_digest(statement)})
    client.post(f"/statements/{statement.pk}/withdraw-approval", {"why": "Wrong date."})
    statement.refresh_from_db()
    assert statement.state == "waiting_approval"
    assert not statement.deliveries.exists()
    assert "Wrong date." in client.get(f"/statements/{statement.pk}/history").text


def test_rendering_again_makes_the_proof_that_was_missing(
    statement: Statement, cleo: Person, sign_in: SignIn
) -> None:
    statement.proofs.all().delete()
    client = sign_in(cleo)
    assert "No proof yet" in client.get(f"/statements/{statement.pk}").text
    client.post(f"/statements/{statement.pk}/render")
    assert statement.proofs.filter(current=True).exists()
