"""Pictures on every network: they arrive with their words, and an upload is never a post."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from distributor.channels.base import Absent, Channel, Later, Refused, Sent, Unsure
from distributor.channels.bluesky_records import blob_of, content_id
from distributor.config import Seconds
from tests.channels.stages import Stage, illustrated, linking, picture, sent, thread
from tests.channels.stages import stage as make_stage

CROWD, MAP = picture(b"the crowd", "A crowd\nThe Forum"), picture(b"the map", "A map")


@pytest.fixture
def mastodon(tmp_path: Path) -> Iterator[Stage]:
    with make_stage("mastodon", tmp_path) as made:
        yield made


def fault(stage: Stage, do: str, match: str | None = None, **more: object) -> None:
    """Let the next upload go wrong, or another request."""
    stage.server.faults.add({"match": match or stage.upload, "do": do, **more})


def test_pictures_arrive_in_order_with_their_words(stage: Stage, channel: Channel) -> None:
    sent(channel.publish(illustrated(channel, CROWD, MAP)))
    (post,) = stage.server.seen()
    assert [medium.alt for medium in post.media] == [CROWD.alt, MAP.alt]
    assert [httpx.get(medium.url).content for medium in post.media] == [b"the crowd", b"the map"]


def test_the_text_of_an_illustrated_post_is_as_approved(stage: Stage, channel: Channel) -> None:
    text = "Read https://example.org/x & pass it on."
    sent(channel.publish(illustrated(channel, CROWD, text=text)))
    assert [post.text for post in stage.server.seen()] == [text]


@pytest.mark.parametrize("do", ["drop_after", "reset_after", "truncate"])
def test_an_illustrated_post_whose_answer_was_lost_is_found(
    stage: Stage, channel: Channel, do: str
) -> None:
    posts = illustrated(channel, CROWD, text="Read https://example.org/x & pass it on.")
    anchor = channel.anchor()
    fault(stage, do, stage.write)
    assert isinstance(channel.publish(posts), Unsure)
    found = channel.look_up(posts, anchor, frozenset())
    assert sent(found).id == stage.server.seen()[0].id


@pytest.mark.parametrize(
    "do", ["drop_before", "drop_after", "reset_after", "truncate", "500_after", "html"]
)
def test_a_failed_upload_is_tried_again_and_leaves_no_doubt(
    stage: Stage, channel: Channel, do: str
) -> None:
    posts = illustrated(channel, CROWD)
    fault(stage, do)
    assert isinstance(channel.publish(posts), Later)
    assert stage.server.seen() == [] and channel.look_up(posts, "", frozenset()) == Absent()
    sent(channel.publish(posts))
    assert [len(post.media) for post in stage.server.seen()] == [1]


def test_an_upload_is_not_waited_for_longer_than_configured(stage: Stage) -> None:
    with stage.channel(timeout=Seconds(1)) as channel:
        channel.anchor()
        fault(stage, "never", seconds=5.0)
        assert isinstance(channel.publish(illustrated(channel, CROWD)), Later)


def test_an_upload_that_comes_too_often_says_when(stage: Stage, channel: Channel) -> None:
    fault(stage, "status", code=429, seconds=600)
    outcome = channel.publish(illustrated(channel, CROWD))
    assert isinstance(outcome, Later) and outcome.until
    assert outcome.until - dt.datetime.now(dt.UTC) > dt.timedelta(seconds=590)


def test_an_upload_that_is_refused_is_no_post(stage: Stage, channel: Channel) -> None:
    fault(stage, "status", code=403)
    assert isinstance(channel.publish(illustrated(channel, CROWD)), Refused)
    assert stage.server.seen() == []


@pytest.mark.parametrize("body", ["", "null", "[]", "{}", '{"data": 7, "id": null, "blob": []}'])
def test_an_upload_with_a_strange_answer_is_no_post(
    stage: Stage, channel: Channel, body: str
) -> None:
    fault(stage, "status", code=200, body=body)
    assert isinstance(channel.publish(illustrated(channel, CROWD)), Later | Refused)
    assert stage.server.seen() == []


@pytest.mark.parametrize("stage", ["x"], indirect=True)
def test_a_picture_without_its_words_does_not_go_out(stage: Stage, channel: Channel) -> None:
    fault(stage, "500_after", "POST /2/media/metadata")
    assert isinstance(channel.publish(illustrated(channel, CROWD)), Later)
    assert stage.server.seen() == []


@pytest.mark.parametrize("stage", ["bluesky"], indirect=True)
def test_a_thread_with_a_picture_goes_out_in_one_write(stage: Stage, channel: Channel) -> None:
    posts = [*illustrated(channel, CROWD), *thread(channel, "One.", "Two.")[1:]]
    assert isinstance(channel.publish(posts), Sent)
    assert [len(post.media) for post in stage.server.seen()] == [1, 0]
    assert len(stage.requests("POST /xrpc/com.atproto.repo.applyWrites")) == 1


@pytest.mark.parametrize("stage", ["bluesky"], indirect=True)
def test_a_link_card_shows_its_picture(stage: Stage, channel: Channel) -> None:
    receipt = sent(channel.publish(linking(channel, CROWD)))
    (post,) = stage.server.seen()
    assert post.card and post.card.thumb and post.media == ()
    assert (post.id, httpx.get(post.card.thumb).content) == (receipt.id, CROWD.content)


@pytest.mark.parametrize("stage", ["bluesky"], indirect=True)
def test_a_picture_shown_twice_in_a_thread_is_brought_once(stage: Stage, channel: Channel) -> None:
    first, _ = [*illustrated(channel, CROWD), *linking(channel, CROWD)]
    (second,) = linking(channel, CROWD, seed="another place")
    assert isinstance(channel.publish([first, second]), Sent)
    assert [bool(post.card) for post in stage.server.seen()].count(True) == 1
    assert len(stage.requests(stage.upload)) == 1


@pytest.mark.parametrize("stage", ["bluesky"], indirect=True)
def test_a_link_card_whose_picture_is_missing_does_not_go_out(
    stage: Stage, channel: Channel
) -> None:
    posts = [replace(post, thumb=None) for post in linking(channel, CROWD)]
    assert isinstance(channel.publish(posts), Refused) and stage.server.seen() == []


@pytest.mark.parametrize("stage", ["bluesky"], indirect=True)
def test_an_upload_for_a_link_card_that_fails_leaves_no_doubt(
    stage: Stage, channel: Channel
) -> None:
    posts = linking(channel, CROWD)
    fault(stage, "500_after")
    assert isinstance(channel.publish(posts), Later) and stage.server.seen() == []
    sent(channel.publish(posts))


@pytest.mark.parametrize("stage", ["bluesky"], indirect=True)
def test_an_illustrated_post_sent_again_changes_nothing(stage: Stage, channel: Channel) -> None:
    posts = illustrated(channel, CROWD)
    assert channel.publish(posts) == channel.publish(posts)
    assert len(stage.server.seen()) == 1


@pytest.mark.parametrize("stage", ["bluesky"], indirect=True)
def test_a_server_that_changes_the_picture_gets_no_post(stage: Stage, channel: Channel) -> None:
    changed = {"blob": {**blob_of(CROWD), "size": 1}}
    fault(stage, "status", code=200, body=changed)
    outcome = channel.publish(illustrated(channel, CROWD))
    assert isinstance(outcome, Refused) and "changed a picture" in outcome.reason


def test_the_id_of_a_record_with_a_picture_is_that_of_dag_cbor() -> None:
    blob = blob_of(picture(b"hello"))
    assert blob["ref"]["$link"] == "bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq"
    assert content_id({"a": blob}) != content_id({"a": str(blob)})


def test_an_unfinished_picture_is_asked_for_again_and_not_brought_twice(mastodon: Stage) -> None:
    mastodon.server.switches["media_take_time"] = True
    with mastodon.channel() as channel:
        posts = illustrated(channel, CROWD)
        outcomes = [channel.publish(posts) for _ in range(3)]
    assert [type(outcome) for outcome in outcomes] == [Later, Later, Sent]
    assert len(mastodon.requests(mastodon.upload)) == 1


def test_an_unfinished_picture_that_got_lost_is_brought_again(mastodon: Stage) -> None:
    mastodon.server.switches["media_take_time"] = True
    with mastodon.channel() as channel:
        posts = illustrated(channel, CROWD)
        assert isinstance(channel.publish(posts), Later)
        fault(mastodon, "status", "GET /api/v1/media", code=404)
        mastodon.server.switches["media_take_time"] = False
        assert isinstance(channel.publish(posts), Later)
        sent(channel.publish(posts))
    assert len(mastodon.requests(mastodon.upload)) == 2
