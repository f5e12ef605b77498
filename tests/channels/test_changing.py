"""Changing a post that is out, and replying to one that is gone, on every channel."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pytest

from distributor.channels.base import Channel, Later, MediaFile, Outgoing, Refused, Unsure
from distributor.channels.receipts import receipt_of
from distributor.config import MastodonChannel
from distributor.sandbox.timelines import SeenPost
from distributor.targets import EDITABLE
from tests.channels.stages import (
    Stage,
    below,
    illustrated,
    picture,
    send_in_order,
    sent,
    single,
    thread,
)

PUT = "PUT /api/v1/statuses"
MASTODON = pytest.mark.parametrize("stage", ["mastodon"], indirect=True)
OTHERS = pytest.mark.parametrize("stage", ["x", "bluesky"], indirect=True)


def wanted(
    channel: Channel, text: str, *files: MediaFile, had: Sequence[MediaFile] = ()
) -> Outgoing:
    """A post as it should be now; `had` are the pictures it has so far."""
    [post] = illustrated(channel, *files, text=text)
    hashes = ["0" * 64 if file in files else "1" * 64 for file in had]
    return replace(post, payload={**post.payload, "replaces": {"media": hashes}})


def seen(stage: Stage) -> SeenPost:
    [post] = stage.server.seen()
    return post


@MASTODON
def test_a_changed_post_keeps_its_place_its_language_and_who_sees_it(
    stage: Stage, channel: Channel
) -> None:
    first, second = send_in_order(
        channel, [*single(channel, "Un.", language="fr", visibility="unlisted"), *_second(channel)]
    )
    changed = sent(channel.edit(first, wanted(channel, "Deux.")))
    assert changed == first
    one, two = stage.server.seen()
    assert (one.text, one.language, one.note, one.edited) == ("Deux.", "fr", "unlisted", True)
    assert (two.id, two.parent) == (second.id, first.id)


def _second(channel: Channel) -> list[Outgoing]:
    return [replace(post, position=2) for post in single(channel, "Suite.", seed="2")]


@MASTODON
def test_the_same_change_again_is_harmless_and_changes_nothing(
    stage: Stage, channel: Channel
) -> None:
    receipt = sent(channel.publish(single(channel)))
    for _ in range(3):
        assert sent(channel.edit(receipt, wanted(channel, "We insist."))) == receipt
    assert len(stage.requests(PUT)) == 1


@MASTODON
def test_white_space_alone_is_a_change_too(stage: Stage, channel: Channel) -> None:
    receipt = sent(channel.publish(single(channel, "One. Two.")))
    sent(channel.edit(receipt, wanted(channel, "One.\n\nTwo.")))
    assert seen(stage).text == "One.\n\nTwo."


@MASTODON
def test_a_picture_that_stays_is_not_brought_again(stage: Stage, channel: Channel) -> None:
    card = picture()
    receipt = sent(channel.publish(illustrated(channel, card)))
    sent(channel.edit(receipt, wanted(channel, "We insist.", card, had=[card])))
    assert [medium.alt for medium in seen(stage).media] == [card.alt]
    assert len(stage.requests(stage.upload)) == 1


@MASTODON
def test_another_picture_takes_the_place_of_the_old_one(stage: Stage, channel: Channel) -> None:
    old, new = picture(), picture(b"another", "A square")
    receipt = sent(channel.publish(illustrated(channel, old)))
    for _ in range(2):
        sent(channel.edit(receipt, wanted(channel, "We insist.", new, had=[old])))
    assert [medium.alt for medium in seen(stage).media] == ["A square"]


@MASTODON
def test_a_picture_that_goes_is_gone(stage: Stage, channel: Channel) -> None:
    receipt = sent(channel.publish(illustrated(channel, picture())))
    sent(channel.edit(receipt, wanted(channel, "We insist.", had=[picture()])))
    assert seen(stage).media == ()


@MASTODON
def test_a_warning_that_somebody_set_by_hand_stays(stage: Stage, channel: Channel) -> None:
    receipt = sent(channel.publish(single(channel)))
    statuses = vars(stage.server)["_statuses"]
    statuses[receipt.id] = replace(statuses[receipt.id], spoiler="Violence", sensitive=True)
    sent(channel.edit(receipt, wanted(channel, "We insist.")))
    assert seen(stage).note == "Violence"


@MASTODON
@pytest.mark.parametrize("do", ["drop_after", "reset_after", "500_after"])
def test_a_lost_answer_is_unsure_and_asking_again_clears_it_up(
    stage: Stage, channel: Channel, do: str
) -> None:
    receipt = sent(channel.publish(single(channel)))
    stage.server.faults.add({"match": PUT, "do": do})
    assert isinstance(channel.edit(receipt, wanted(channel, "We insist.")), Unsure)
    assert sent(channel.edit(receipt, wanted(channel, "We insist."))) == receipt
    assert seen(stage).text == "We insist." and len(stage.requests(PUT)) == 1


@MASTODON
@pytest.mark.parametrize("do", ["drop_before", "status", "html"])
def test_a_change_that_did_not_happen_is_made_by_asking_again(
    stage: Stage, channel: Channel, do: str
) -> None:
    receipt = sent(channel.publish(single(channel, "We call.")))
    stage.server.faults.add({"match": PUT, "do": do, "code": 503})
    assert isinstance(channel.edit(receipt, wanted(channel, "We insist.")), Unsure)
    assert seen(stage).text == "We call."
    sent(channel.edit(receipt, wanted(channel, "We insist.")))
    assert seen(stage).text == "We insist."


@MASTODON
@pytest.mark.parametrize("body", ["", "null", "[]", "{}", "7", '{"id": 1}', '{"id": null}'])
@pytest.mark.parametrize("request_", [PUT, "GET /api/v1/statuses"])
def test_a_strange_answer_never_passes_for_a_change(
    stage: Stage, channel: Channel, body: str, request_: str
) -> None:
    receipt = sent(channel.publish(single(channel)))
    stage.server.faults.add(
        {"match": request_, "do": "status", "code": 200, "body": body,
         "headers": {"Content-Type": "application/json"}}
    )  # fmt: skip
    assert isinstance(channel.edit(receipt, wanted(channel, "We insist.")), Unsure | Later)


@MASTODON
def test_too_many_changes_are_later_with_a_moment(stage: Stage, channel: Channel) -> None:
    receipt = sent(channel.publish(single(channel)))
    stage.server.faults.add({"match": PUT, "do": "status", "code": 429, "seconds": 600})
    outcome = channel.edit(receipt, wanted(channel, "We insist."))
    assert isinstance(outcome, Later) and outcome.until
    assert outcome.until - dt.datetime.now(dt.UTC) > dt.timedelta(seconds=590)


@MASTODON
def test_a_post_that_somebody_deleted_is_not_changed_and_not_made_anew(
    stage: Stage, channel: Channel
) -> None:
    receipt = sent(channel.publish(single(channel)))
    channel.remove(receipt)
    outcome = channel.edit(receipt, wanted(channel, "We insist."))
    assert isinstance(outcome, Refused)
    assert f"{receipt.url} is no longer on Mastodon" in outcome.reason
    assert not stage.requests(PUT) and not stage.server.seen()


@MASTODON
def test_a_post_deleted_between_reading_and_changing_is_told_the_same_way(
    stage: Stage, channel: Channel
) -> None:
    receipt = sent(channel.publish(single(channel)))
    stage.server.faults.add({"match": PUT, "do": "status", "code": 404})
    outcome = channel.edit(receipt, wanted(channel, "We insist."))
    assert isinstance(outcome, Refused) and "is no longer on Mastodon" in outcome.reason


@MASTODON
def test_a_post_of_another_account_is_not_changed(stage: Stage) -> None:
    with stage.channel() as ours:
        receipt = sent(ours.publish(single(ours)))
    with stage.channel() as channel:
        channel.who_am_i()
        stage.server.faults.add(
            {"match": "GET /api/v1/accounts/verify", "do": "status", "code": 200,
             "body": '{"id": "9", "username": "cleo", "acct": "cleo", "url": "https://m.example"}',
             "headers": {"Content-Type": "application/json"}}
        )  # fmt: skip
        outcome = channel.edit(receipt, wanted(channel, "We insist."))
    assert isinstance(outcome, Refused) and "another account" in outcome.reason
    assert not stage.requests(PUT)


@MASTODON
def test_a_post_of_which_a_person_brought_the_address_is_changed(
    stage: Stage, channel: Channel
) -> None:
    assert isinstance(stage.table, MastodonChannel)
    brought = receipt_of(sent(channel.publish(single(channel))).url, stage.table)
    sent(channel.edit(brought, wanted(channel, "We insist.")))
    assert seen(stage).text == "We insist."


@MASTODON
def test_a_change_with_a_picture_missing_is_refused(stage: Stage, channel: Channel) -> None:
    receipt = sent(channel.publish(illustrated(channel, picture())))
    post = replace(wanted(channel, "We insist.", picture(), had=[picture()]), media=())
    assert isinstance(channel.edit(receipt, post), Refused) and not stage.requests(PUT)


@MASTODON
def test_a_network_out_of_reach_is_later(stage: Stage, channel: Channel) -> None:
    receipt = sent(channel.publish(single(channel)))
    stage.server.stop()
    assert isinstance(channel.edit(receipt, wanted(channel, "We insist.")), Later)


def test_corrections_are_planned_for_what_a_channel_can_do(channel: Channel) -> None:
    assert channel.editable is (channel.kind in EDITABLE)


@OTHERS
def test_a_channel_that_cannot_change_posts_says_so(stage: Stage, channel: Channel) -> None:
    assert channel.editable is False
    receipt = sent(channel.publish(single(channel, "We call.")))
    outcome = channel.edit(receipt, wanted(channel, "We insist."))
    assert isinstance(outcome, Refused) and "cannot be changed" in outcome.reason
    assert seen(stage).text == "We call."


def test_a_reply_to_an_old_thread_stands_under_its_first_post(
    stage: Stage, channel: Channel
) -> None:
    first, _ = send_in_order(channel, thread(channel, "One.", "Two."))
    [reply] = thread(channel, "Correction", seed="delivery 2")
    sent(channel.publish([below(reply, first)]))
    parents = {post.text: post.parent for post in stage.server.seen()}
    assert parents == {"One.": None, "Two.": first.id, "Correction": first.id}


def test_a_reply_to_a_post_that_somebody_deleted_is_refused(stage: Stage, channel: Channel) -> None:
    receipt = sent(channel.publish(single(channel)))
    channel.remove(receipt)
    [reply] = thread(channel, "Correction", seed="delivery 2")
    outcome = channel.publish([below(reply, receipt)])
    assert isinstance(outcome, Refused)
    assert "no longer on" in outcome.reason or "does not find the post" in outcome.reason
    assert not stage.server.seen()
