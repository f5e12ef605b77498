"""Removing a withdrawn thread: in which order, with what patience, and what is left to a person."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from distributor import actions
from distributor.audit.models import Entry
from distributor.channels.base import Later, Receipt, Refused, Sent, Unsure
from distributor.delivery import queue
from distributor.delivery.models import Attempt, Job, Post
from distributor.delivery.queue import LeaseLost

from .published import Published, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(tmp_path: Path) -> Published:
    """A statement that is out in a thread of at least three posts."""
    made = publish(tmp_path)
    assert len(made.states) >= 3
    return made


@pytest.fixture
def withdrawn(published: Published) -> Published:
    """It, withdrawn; no worker has looked at it yet."""
    return withdraw(published)


def withdraw(published: Published) -> Published:
    actions.withdraw(
        published.context, published.statement.pk, person=published.ben, why="It is wrong."
    )
    return published


def last(published: Published) -> int:
    return len(published.states)


def test_the_last_post_goes_first_and_each_is_on_record(withdrawn: Published) -> None:
    withdrawn.work()
    expected = [f"9{position}" for position in range(last(withdrawn), 0, -1)]
    assert withdrawn.network.asked == expected
    assert withdrawn.delivery.state == "withdrawn" and set(withdrawn.states) == {"withdrawn"}
    assert Entry.objects.filter(act="post removed").count() == last(withdrawn)
    assert not withdrawn.work()


def test_what_stood_where_and_until_when_stays_written(withdrawn: Published) -> None:
    withdrawn.work()
    post = withdrawn.delivery.posts.get(position=1)
    assert (post.remote_id, post.url) == ("91", "https://x.com/water/status/91")
    assert post.sent_at and post.removed_at == withdrawn.clock.at


@pytest.mark.parametrize("answer", [Later("busy"), Unsure("no answer")])
def test_a_deletion_that_may_not_have_happened_is_asked_for_again(
    withdrawn: Published, answer: Later | Unsure
) -> None:
    end = f"9{last(withdrawn)}"
    withdrawn.network.answers[end] = answer
    withdrawn.work()
    assert withdrawn.network.asked == [end]
    assert "not removed yet" in withdrawn.delivery.reason and withdrawn.delivery.state == "waiting"
    withdrawn.network.answers.clear()
    withdrawn.clock.forward(seconds=2)
    withdrawn.work()
    assert withdrawn.delivery.state == "withdrawn"


def test_a_moment_the_network_names_is_waited_for(withdrawn: Published) -> None:
    until = withdrawn.clock.at + dt.timedelta(minutes=30)
    withdrawn.network.answers[f"9{last(withdrawn)}"] = Later("slow down", until)
    withdrawn.work()
    assert Job.objects.get(kind="removal").due == until


def test_after_so_many_tries_a_person_is_told_and_the_others_are_tried(
    withdrawn: Published,
) -> None:
    end = last(withdrawn)
    withdrawn.network.answers[f"9{end}"] = Unsure("error 500")
    for _ in range(3):
        withdrawn.work()
        withdrawn.clock.forward(minutes=20)
    assert withdrawn.delivery.state == "gave_up"
    assert withdrawn.network.standing == {f"9{end}"}
    reason = withdrawn.delivery.reason
    assert f"Post {end} still stands (given up after 3 tries: error 500)." in reason
    assert f"`distributor settle {withdrawn.statement.pk} x {end} --gone`" in reason


def test_a_post_that_may_not_be_deleted_keeps_none_of_the_others(withdrawn: Published) -> None:
    withdrawn.network.answers["92"] = Refused("X refuses this.")
    withdrawn.work()
    assert withdrawn.delivery.state == "refused" and withdrawn.network.standing == {"92"}
    assert withdrawn.delivery.posts.get(position=2).url == "https://x.com/water/status/92"


def test_a_person_says_that_a_post_is_gone(withdrawn: Published) -> None:
    withdrawn.network.answers["92"] = Refused("X refuses this.")
    withdrawn.work()
    settle_gone(withdrawn, 2)
    assert withdrawn.delivery.state == "withdrawn"
    assert withdrawn.delivery.posts.get(position=2).removed_at == withdrawn.clock.at


def settle_gone(published: Published, position: int) -> None:
    actions.settle_as_gone(
        published.context,
        published.statement.pk,
        person=published.ben,
        channel="x",
        position=position,
    )


def test_withdrawing_again_tries_again(withdrawn: Published) -> None:
    withdrawn.network.answers["92"] = Refused("The token is not valid.")
    withdrawn.work()
    withdrawn.network.answers.clear()
    withdraw(withdrawn)
    withdrawn.work()
    assert withdrawn.delivery.state == "withdrawn" and not withdrawn.network.standing


def test_a_post_in_doubt_that_is_found_is_removed_first(published: Published) -> None:
    published.in_doubt(2)
    published.network.hidden = Sent((Receipt("92", "https://x.com/water/status/92"),))
    withdraw(published).work()
    assert published.network.asked == ["92", "91"]
    assert published.delivery.state == "withdrawn"


def test_a_request_that_may_still_land_is_waited_for(published: Published) -> None:
    published.in_doubt(2)
    withdraw(published).work()
    assert published.states[:2] == ["sent", "running"] and published.network.asked == []
    published.network.hidden = Sent((Receipt("92", ""),))
    published.clock.forward(seconds=5)
    published.work()
    assert published.network.asked == ["92", "91"]


def test_what_cannot_land_any_more_never_left(published: Published) -> None:
    published.in_doubt(2)
    withdraw(published).work()
    for _ in range(400):
        published.clock.forward(seconds=1)
        published.work()
    assert published.network.asked == ["91"]
    post = published.delivery.posts.get(position=2)
    assert (post.state, post.remote_id, post.removed_at) == ("withdrawn", None, None)
    assert published.delivery.state == "withdrawn"


def test_while_a_post_is_in_doubt_only_its_parent_stays(published: Published) -> None:
    published.in_doubt(3)
    withdraw(published).work()
    assert published.network.asked == ["91"]
    assert published.states[:3] == ["withdrawn", "sent", "running"]


def test_what_nobody_can_know_waits_for_a_person(published: Published) -> None:
    published.in_doubt(2)
    published.network.hidden = Unsure("this may not be read")
    withdraw(published).work()
    assert published.delivery.state == "unsure"
    assert "Nobody can tell whether post 2 is there (this may not be read)." in (
        published.delivery.reason
    )
    settle_gone(published, 2)
    published.work()
    assert published.network.asked == ["91"] and published.delivery.state == "withdrawn"


def test_an_unsure_post_that_a_person_found_is_removed(published: Published) -> None:
    published.in_doubt(2)
    published.network.hidden = Unsure("this may not be read")
    withdraw(published).work()
    actions.settle_as_sent(
        published.context,
        published.statement.pk,
        person=published.ben,
        channel="x",
        position=2,
        where="92",
    )
    published.work()
    assert published.network.asked == ["92", "91"]
    assert published.delivery.state == "withdrawn"


def test_a_channel_that_speaks_for_another_account_is_not_touched(withdrawn: Published) -> None:
    configuration = withdrawn.context.configuration
    table = msgspec.structs.replace(configuration.channels["x"], account="ben")
    other = msgspec.structs.replace(configuration, channels={"x": table})
    withdrawn.context = replace(withdrawn.context, configuration=other)
    withdrawn.work()
    assert withdrawn.delivery.state == "held" and withdrawn.network.asked == []
    assert "another account" in withdrawn.delivery.reason


def test_while_everything_is_halted_nothing_is_removed(withdrawn: Published) -> None:
    actions.halt(withdrawn.context, by="Ana", why="wait")
    withdrawn.work()
    assert withdrawn.network.asked == [] and "halted" in withdrawn.delivery.reason
    actions.resume(withdrawn.context, by=withdrawn.ben)
    withdrawn.work()
    assert withdrawn.delivery.state == "withdrawn"


def test_a_halt_in_the_middle_stops_before_the_next_post(withdrawn: Published) -> None:
    def halt() -> None:
        actions.halt(withdrawn.context, by="Ana", why="wait")

    withdrawn.network.on_removal = halt
    withdrawn.work()
    assert len(withdrawn.network.asked) == 1


def test_a_worker_that_lost_its_lease_notes_nothing(withdrawn: Published) -> None:
    def lose() -> None:
        queue.enqueue("removal", withdrawn.delivery.pk, withdrawn.clock.at)

    withdrawn.network.on_removal = lose
    with pytest.raises(LeaseLost):
        withdrawn.work()
    assert set(withdrawn.states) == {"sent"}
    withdrawn.network.on_removal = lambda: None
    withdrawn.work()
    assert withdrawn.delivery.state == "withdrawn"


def test_an_adapter_that_breaks_is_tried_again(withdrawn: Published) -> None:
    def fail() -> None:
        raise RuntimeError

    withdrawn.network.on_removal = fail
    withdrawn.work()
    assert "adapter failed (RuntimeError)" in withdrawn.delivery.reason
    assert withdrawn.delivery.state == "waiting"


def test_a_post_that_waits_after_a_request_nobody_heard_of_is_looked_up(
    published: Published,
) -> None:
    post = published.in_doubt(2)
    post.tries.update(outcome="unsure")
    Attempt.objects.create(
        post=post, number=2, channel="x", owner="w", started_at=published.clock.at, outcome="later"
    )
    Post.objects.filter(pk=post.pk).update(state="waiting", attempts=2)
    published.network.hidden = Sent((Receipt("92", "https://x.com/water/status/92"),))
    withdraw(published).work()
    assert published.network.asked == ["92", "91"]


def sent_again(published: Published, position: int) -> None:
    """The first request was never answered; the second one was."""
    post = published.delivery.posts.get(position=position)
    for number, outcome in ((1, "unsure"), (2, "sent")):
        Attempt.objects.create(
            post=post,
            number=number,
            channel="x",
            owner="w",
            started_at=published.clock.at,
            outcome=outcome,
        )


def test_a_post_that_a_late_request_may_bring_back_is_removed_once_more(
    published: Published,
) -> None:
    published.network.repeatable = True
    sent_again(published, position=1)
    withdraw(published).work()
    assert not published.network.standing and published.delivery.state == "waiting"
    published.network.standing.add("91")  # the first request has arrived
    published.clock.forward(seconds=299)
    assert not published.work()
    published.clock.forward(seconds=2)
    published.work()
    assert not published.network.standing and published.delivery.state == "withdrawn"
    assert Entry.objects.filter(act="post removed").count() == last(published)


def test_where_nothing_is_sent_again_in_doubt_no_post_comes_back(published: Published) -> None:
    sent_again(published, position=1)
    withdraw(published).work()
    assert published.delivery.state == "withdrawn"
