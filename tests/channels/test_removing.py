"""Deleting a post: the same questions to every channel, through its real client library."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from distributor.channels.base import Channel, Later, Receipt, Refused, Removed, Unsure
from distributor.channels.receipts import receipt_of
from distributor.sandbox.oauth1 import Keys
from tests.channels.stages import SECRET, Stage, send_in_order, sent, single, thread


def fault(stage: Stage, do: str, **more: object) -> None:
    """Let the next deletion go wrong."""
    stage.server.faults.add({"match": stage.delete, "do": do, **more})


def posted(channel: Channel) -> Receipt:
    """The receipt of a post that is on the network."""
    return sent(channel.publish(single(channel)))


def texts(stage: Stage) -> list[str]:
    return [post.text for post in stage.server.seen()]


def test_a_removed_post_is_gone_and_the_others_stay(stage: Stage, channel: Channel) -> None:
    receipts = send_in_order(channel, thread(channel, "One.", "Two.", "Three."))
    assert channel.remove(receipts[-1]) == Removed()
    assert texts(stage) == ["One.", "Two."]


def test_a_post_that_somebody_deleted_by_hand_is_removed(stage: Stage, channel: Channel) -> None:
    receipt = posted(channel)
    assert [channel.remove(receipt), channel.remove(receipt)] == [Removed(), Removed()]


def test_a_post_of_which_a_person_brought_the_address_is_removed(
    stage: Stage, channel: Channel
) -> None:
    brought = receipt_of(posted(channel).url, stage.table)
    assert channel.remove(brought) == Removed() and not texts(stage)


@pytest.mark.parametrize("do", ["drop_after", "reset_after", "500_after"])
def test_a_lost_answer_is_unsure_and_asking_again_clears_it_up(
    stage: Stage, channel: Channel, do: str
) -> None:
    receipt = posted(channel)
    fault(stage, do)
    assert isinstance(channel.remove(receipt), Unsure)
    assert channel.remove(receipt) == Removed() and not texts(stage)


@pytest.mark.parametrize("do", ["drop_before", "status", "html"])
def test_a_deletion_that_did_not_happen_is_unsure(stage: Stage, channel: Channel, do: str) -> None:
    receipt = posted(channel)
    fault(stage, do, code=503)
    assert isinstance(channel.remove(receipt), Unsure)
    assert texts(stage)


@pytest.mark.parametrize("body", ["", "null", "[]", "{}", "7", "Deleted!", '{"data": 7, "id": 1}'])
def test_a_strange_answer_never_passes_for_a_deletion(
    stage: Stage, channel: Channel, body: str
) -> None:
    receipt = posted(channel)
    fault(stage, "status", code=200, body=body, headers={"Content-Type": "application/json"})
    assert isinstance(channel.remove(receipt), Unsure)


def test_too_many_deletions_are_later_with_a_moment(stage: Stage, channel: Channel) -> None:
    receipt = posted(channel)
    fault(stage, "status", code=429, seconds=600)
    outcome = channel.remove(receipt)
    assert isinstance(outcome, Later) and outcome.until
    wait = outcome.until - dt.datetime.now(dt.UTC)
    assert dt.timedelta(seconds=590) < wait < dt.timedelta(seconds=605)


@pytest.mark.parametrize("stage", ["mastodon"], indirect=True)
def test_mastodon_lets_delete_thirty_in_half_an_hour(stage: Stage, channel: Channel) -> None:
    receipts = [sent(channel.publish(single(channel, f"{number}"))) for number in range(31)]
    outcomes = [channel.remove(receipt) for receipt in receipts]
    assert outcomes[:30] == [Removed()] * 30
    assert isinstance(outcomes[30], Later) and outcomes[30].until


def test_a_refusal_to_delete_is_told_in_a_sentence(stage: Stage, channel: Channel) -> None:
    receipt = posted(channel)
    fault(stage, "status", code=403, body={"error": "Bad", "message": "It is too late."})
    outcome = channel.remove(receipt)
    assert isinstance(outcome, Refused) and "too late." in outcome.reason


@pytest.mark.parametrize("code", [404, 410])
@pytest.mark.parametrize("stage", ["x", "mastodon"], indirect=True)
def test_a_network_that_does_not_know_the_post_any_more_has_removed_it(
    stage: Stage, channel: Channel, code: int
) -> None:
    receipt = posted(channel)
    fault(stage, "status", code=code)
    assert channel.remove(receipt) == Removed()


def test_the_404_of_a_proxy_is_not_believed(stage: Stage, channel: Channel) -> None:
    receipt = posted(channel)
    fault(stage, "html", code=404)
    assert isinstance(channel.remove(receipt), Refused)


@pytest.mark.parametrize("stage", ["x"], indirect=True)
def test_x_is_asked_again_when_it_says_that_it_did_not_delete(
    stage: Stage, channel: Channel
) -> None:
    receipt = posted(channel)
    fault(stage, "status", code=200, body={"data": {"deleted": False}})
    assert isinstance(channel.remove(receipt), Unsure)


def test_a_network_out_of_reach_is_later(stage: Stage, channel: Channel) -> None:
    receipt = posted(channel)
    stage.server.stop()
    assert isinstance(channel.remove(receipt), Later)


@pytest.mark.parametrize("stage", ["x", "bluesky"], indirect=True)
def test_credentials_of_another_account_delete_nothing(stage: Stage) -> None:
    with stage.channel() as ours:
        receipt = posted(ours)
    stage.server.account = "cleo.test"
    stage.session.text = None
    with stage.channel() as channel:
        outcome = channel.remove(receipt)
    assert isinstance(outcome, Refused)
    assert texts(stage) and not stage.requests(stage.delete)


@pytest.mark.parametrize("stage", ["bluesky", "mastodon"], indirect=True)
def test_a_post_of_another_account_is_left_alone(stage: Stage, channel: Channel) -> None:
    receipt = posted(channel)
    other = replace(receipt, id=receipt.id.replace("did:plc:", "did:plc:z"), extra={"account": "9"})
    outcome = channel.remove(other)
    assert isinstance(outcome, Refused) and "another account" in outcome.reason
    assert texts(stage) and not stage.requests(stage.delete)


@pytest.mark.parametrize("stage", ["x"], indirect=True)
def test_a_wrong_secret_deletes_nothing(stage: Stage, channel: Channel) -> None:
    receipt = posted(channel)
    vars(stage.server)["keys"] = Keys(SECRET, SECRET, SECRET, "another")
    assert isinstance(channel.remove(receipt), Refused) and texts(stage)
