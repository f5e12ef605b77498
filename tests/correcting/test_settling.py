"""A person settles what a correction could not do."""

from __future__ import annotations

import pytest

from distributor import actions
from distributor.context import Context
from distributor.delivery.models import Delivery, Job, Post, State
from distributor.errors import BadInput, BadState
from distributor.people.models import Person
from distributor.statements.models import Statement
from tests.arriving import arrived
from tests.correcting.rounds import (
    BEST,
    LONG,
    approve,
    correct,
    refuse,
    standing_posts,
    state,
    submit,
)

pytestmark = pytest.mark.django_db


def settle_as_gone(context: Context, statement: Statement, person: Person, post: Post) -> None:
    """A person says so."""
    actions.settle_as_gone(
        context,
        statement.pk,
        person=person,
        channel=post.delivery.channel,
        position=post.position,
    )


def test_a_post_that_is_gone_is_left_and_the_others_are_corrected(
    context: Context, people: dict[str, Person]
) -> None:
    statement = submit(context, people["Ana"], LONG)
    approve(context, statement, people["Ben"])
    arrived(statement)
    there = standing_posts(statement, "mastodon")
    correct(context, statement, people["Ana"], LONG.replace("there is", "there was"))
    approve(context, statement, people["Ben"])
    gone = refuse(statement, "mastodon")
    settle_as_gone(context, statement, people["Ben"], gone)
    gone.delivery.refresh_from_db()
    assert gone.delivery.state == State.WAITING
    assert Job.objects.get(key=f"thread:{gone.delivery.pk}").due
    arrived(statement)
    assert state(context, statement) == "delivered"
    assert standing_posts(statement, "mastodon") == [id for id in there if id != gone.remote_id]


def test_a_thread_that_is_gone_gets_no_further_correction(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    correct(context, published, people["Ana"])
    approve(context, published, people["Ben"])
    settle_as_gone(context, published, people["Ben"], refuse(published, "x"))
    arrived(published)
    proof = correct(context, published, people["Ana"], BEST)
    assert "x" not in [each["channel"] for each in proof["channels"]]


def test_a_post_that_is_to_stand_is_not_settled_as_gone(
    context: Context, people: dict[str, Person]
) -> None:
    statement = submit(context, people["Ana"])
    approve(context, statement, people["Ben"])
    with pytest.raises(BadState, match="its posts are to stand"):
        settle_as_gone(context, statement, people["Ben"], refuse(statement, "x"))


def test_an_edit_is_settled_as_made_only_with_the_post_it_changes(
    context: Context, people: dict[str, Person], published: Statement
) -> None:
    correct(context, published, people["Ana"])
    approve(context, published, people["Ben"])
    post = refuse(published, "mastodon")
    post.remote_id, post.url = "77", "https://m.example/@water/77"
    post.save()

    def settle(where: str) -> None:
        actions.settle_as_sent(
            context, published.pk, person=people["Ben"], channel="mastodon", position=1, where=where
        )

    with pytest.raises(BadInput, match="not the post that is to be changed"):
        settle("https://m.example/@water/78")
    settle("https://m.example/@water/77")
    post.refresh_from_db()
    assert (post.state, post.remote_id) == (State.SENT, "77")


def test_what_was_asked_for_together_is_looked_up_when_one_of_it_is_found(
    context: Context, people: dict[str, Person]
) -> None:
    statement = submit(context, people["Ana"], LONG)
    approve(context, statement, people["Ben"])
    delivery = statement.deliveries.get(channel="bluesky")
    delivery.posts.update(state=State.UNSURE, attempts=1)
    Delivery.objects.filter(pk=delivery.pk).update(state=State.UNSURE)
    actions.settle_as_sent(
        context,
        statement.pk,
        person=people["Ben"],
        channel="bluesky",
        position=1,
        where="3n2wusw42limf",
    )
    states = list(delivery.posts.values_list("state", flat=True))
    assert len(states) > 1 and states == [State.SENT, *[State.RUNNING] * (len(states) - 1)]
