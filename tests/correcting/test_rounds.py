"""A correction has an approval of its own, and nothing else has."""

from __future__ import annotations

import pytest

from distributor import actions
from distributor.approvals import proofing
from distributor.approvals.models import Approval
from distributor.audit.models import Entry
from distributor.context import Context
from distributor.delivery import ledger
from distributor.delivery.models import Act, Delivery, Post, State
from distributor.errors import BadState, NotAllowed
from distributor.newsletter.models import Campaign
from distributor.people.models import Person
from distributor.statements.models import Editorial, Statement
from tests.arriving import arrived
from tests.correcting.rounds import BEST, BETTER, approve, correct, on, state

pytestmark = pytest.mark.django_db


def test_a_correction_waits_for_an_approval_of_its_own(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    first = proofing.current(published)
    proof = correct(context, published, people["Cleo"])
    assert (published.state, proof["purpose"]) == (Editorial.WAITING_APPROVAL, "correction")
    assert state(context, published) == "waiting_approval"
    assert Delivery.objects.count() == 3  # nothing is on its way
    assert ("Cleo", "correct") in set(Entry.objects.values_list("actor", "act"))
    assert first and first.digest != proof["digest"]


def test_what_was_approved_for_the_first_round_stays_approved(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    correct(context, published, people["Ana"])
    actions.ask_for_changes(context, published.pk, person=people["Ben"], note="Which river?")
    actions.revise(context, published.pk, BEST.encode(), author=people["Ana"])
    [approval] = Approval.objects.all()
    assert approval.voided_at is None and approval.proof.round == 1


def test_who_corrects_is_an_author_for_good_and_may_not_approve(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    digest = correct(context, published, people["Ben"])["digest"]
    with pytest.raises(NotAllowed, match="Ben wrote this statement or edited it"):
        actions.approve(context, published.pk, person=people["Ben"], digest=digest)
    actions.approve(context, published.pk, person=people["Cora"], digest=digest)


def test_the_digest_of_the_first_proof_does_not_approve_the_correction(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    old = proofing.current(published)
    assert old
    correct(context, published, people["Ana"])
    with pytest.raises(BadState, match="not that of the current proof"):
        actions.approve(context, published.pk, person=people["Cora"], digest=old.digest)


def test_a_correction_that_is_not_approved_yet_can_be_revised_but_not_corrected(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    correct(context, published, people["Ana"])
    with pytest.raises(BadState, match="Use `distributor revise"):
        actions.correct(context, published.pk, BEST.encode(), author=people["Ana"])
    actions.revise(context, published.pk, BEST.encode(), author=people["Ana"])
    proof = proofing.as_json(actions.make_proof(context, published.pk))
    assert "Seven rivers" in on(proof, "x")["posts"][0]["text"]


def test_the_approval_of_a_correction_can_be_taken_back_before_anything_left(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    correct(context, published, people["Ana"])
    approve(context, published, people["Ben"])
    assert Delivery.objects.count() == 6
    actions.withdraw_approval(context, published.pk, person=people["Ben"], why="not yet")
    published.refresh_from_db()
    assert (published.state, Delivery.objects.count()) == (Editorial.WAITING_APPROVAL, 3)
    assert Campaign.objects.count() == 1
    assert Approval.objects.filter(voided_at=None).get().proof.round == 1
    approve(context, published, people["Ben"])
    assert Delivery.objects.count() == 6


def test_a_correction_that_has_begun_can_be_neither_revised_nor_taken_back(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    correct(context, published, people["Ana"])
    approve(context, published, people["Ben"])
    Post.objects.filter(act=Act.EDIT).update(attempts=1)
    with pytest.raises(BadState, match="has begun to go out"):
        actions.withdraw_approval(context, published.pk, person=people["Ben"], why="no")
    with pytest.raises(BadState, match="has begun to go out"):
        actions.revise(context, published.pk, BEST.encode(), author=people["Ana"])
    assert Delivery.objects.count() == 6


def test_a_second_correction_tells_what_is_new_since_the_first_under_the_same_post(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    heads = {d.channel: d.posts.get().remote_id for d in Delivery.objects.all()}
    correct(context, published, people["Ana"])
    approve(context, published, people["Ben"])
    arrived(published)
    proof = correct(context, published, people["Ana"], BEST)
    assert on(proof, "x")["replies_to"]["id"] == heads["x"]
    assert "Seven rivers" in on(proof, "x")["posts"][0]["text"]
    (post,) = on(proof, "mastodon")["posts"]
    assert (post["act"], post["replaces"]["id"]) == ("edit", heads["mastodon"])
    assert "Six rivers" in post["was"]
    assert "“Water must come first”" in proof["mail"][0]["text"]
    approve(context, published, people["Ben"])
    arrived(published)
    assert state(context, published) == "delivered"
    assert [d.corrects_id for d in Delivery.objects.filter(channel="x").order_by("pk")] == [
        None,
        *[Delivery.objects.filter(channel="x").earliest("pk").pk] * 2,
    ]


def test_a_correction_that_came_only_half_way_is_told_again_by_the_next(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    correct(context, published, people["Ana"])
    approve(context, published, people["Ben"])
    arrived(published)
    refused = Delivery.objects.filter(channel="x").latest("pk")
    refused.posts.update(state=State.REFUSED, remote_id=None)
    ledger.set_state(refused, State.REFUSED, "X does not let this account reply here.")
    longer = BETTER.replace("We ask for help.", "We ask for help now.")
    proof = correct(context, published, people["Ana"], longer)
    assert "Six rivers" in on(proof, "x")["posts"][0]["text"]
    assert "Six rivers" not in on(proof, "bluesky")["posts"][0]["text"]
