"""What cannot be corrected, and what is said instead."""

from __future__ import annotations

from typing import Any

import pytest

from distributor import actions
from distributor.context import Context
from distributor.delivery import ledger
from distributor.delivery.models import Delivery, Post, State
from distributor.errors import BadInput, BadState
from distributor.newsletter.models import Campaign, CampaignState, Handover
from distributor.people.models import Person
from distributor.statements.models import Editorial, Statement
from tests.arriving import arrived
from tests.correcting.rounds import BETTER, TEXT, approve, correct, submit

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"delivery": State.RUNNING}, "still going out. Wait"),
        ({"delivery": State.WAITING}, "still going out. Wait"),
        ({"post": State.UNSURE, "delivery": State.UNSURE}, "not known what has gone out"),
        ({"post": State.RUNNING, "delivery": State.HELD}, "not known what has gone out"),
        ({"campaign": CampaignState.RUNNING}, "still going out. Wait"),
        ({"campaign": CampaignState.PAUSED}, "not known what has gone out"),
        ({"recipient": Handover.UNSURE}, "not known what has gone out"),
    ],
)
def test_nothing_is_corrected_before_it_is_at_rest(
    context: Context, people: dict[str, Person], published: Statement, changes: Any, told: str
) -> None:
    delivery, campaign = published.deliveries.get(channel="x"), published.campaigns.get()
    if "delivery" in changes:
        ledger.set_state(delivery, changes["delivery"], "")
    if "post" in changes:
        delivery.posts.update(state=changes["post"])
    if "campaign" in changes:
        Campaign.objects.update(state=changes["campaign"])
    if "recipient" in changes:
        campaign.recipients.update(state=changes["recipient"])
    with pytest.raises(BadState, match=told):
        actions.correct(context, published.pk, BETTER.encode(), author=people["Ana"])
    published.refresh_from_db()
    assert (published.state, published.round) == (Editorial.APPROVED, 1)


def test_before_anything_left_revise_is_named(context: Context, people: dict[str, Person]) -> None:
    statement = submit(context, people["Ana"])
    with pytest.raises(BadState, match="Use `distributor revise"):
        actions.correct(context, statement.pk, BETTER.encode(), author=people["Ana"])
    approve(context, statement, people["Ben"])
    with pytest.raises(BadState, match="Use `distributor revise"):
        actions.correct(context, statement.pk, BETTER.encode(), author=people["Ana"])


def test_what_arrived_nowhere_has_nothing_to_correct(
    context: Context, people: dict[str, Person]
) -> None:
    statement = submit(context, people["Ana"])
    approve(context, statement, people["Ben"])
    Post.objects.update(state=State.REFUSED, attempts=1)
    Delivery.objects.update(state=State.REFUSED)
    Campaign.objects.update(state=CampaignState.FINISHED)
    with pytest.raises(BadState, match="arrived anywhere"):
        actions.correct(context, statement.pk, BETTER.encode(), author=people["Ana"])


def test_after_something_left_revise_names_correct(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    with pytest.raises(BadState, match="Use `distributor correct"):
        actions.revise(context, published.pk, BETTER.encode(), author=people["Ana"])


def test_the_wording_it_has_already_is_refused(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    with pytest.raises(BadInput, match="nothing was changed"):
        actions.correct(context, published.pk, TEXT.encode(), author=people["Ana"])


def test_the_same_words_twice_on_x_are_found_before_they_are_sent(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    for text in (BETTER, TEXT):
        correct(context, published, people["Ana"], text)
        approve(context, published, people["Ben"])
        arrived(published)
    proof = correct(context, published, people["Ana"], BETTER)
    kinds = {(each["where"], each["severity"], each["kind"]) for each in proof["findings"]}
    assert ("X, post 1", "block", "published before") in kinds
