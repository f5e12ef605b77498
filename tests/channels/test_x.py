"""What is particular to X: duplicates, replies, credit, links in t.co, secrets in logs."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from distributor.channels.base import Absent, Channel, ChannelError, Refused, Sent, Unsure
from tests.channels.stages import (
    SECRET,
    Stage,
    below,
    illustrated,
    payload,
    picture,
    sent,
    single,
    thread,
)
from tests.channels.stages import stage as make_stage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with make_stage("x", tmp_path) as made:
        yield made


@pytest.fixture
def channel(stage: Stage) -> Iterator[Channel]:
    with stage.channel() as opened:
        yield opened


def test_a_duplicate_is_evidence_and_no_refusal(stage: Stage, channel: Channel) -> None:
    posts = single(channel)
    receipt = sent(channel.publish(posts))
    outcome = channel.publish(posts)
    assert isinstance(outcome, Unsure) and outcome.taken
    assert channel.look_up(posts, "", frozenset()) == Sent((receipt,))


def test_a_refused_reply_says_that_the_thread_stops(stage: Stage, channel: Channel) -> None:
    one, two = thread(channel, "One.", "Two.")
    receipt = sent(channel.publish([one]))
    stage.server.faults.add({"match": stage.write, "do": "status", "code": 403})
    outcome = channel.publish([below(two, receipt)])
    assert isinstance(outcome, Refused) and "the thread stops" in outcome.reason


@pytest.mark.parametrize(
    ("code", "body", "words"),
    [
        (401, None, "Make new ones in the developer portal"),
        (402, None, "out of credit"),
        (403, {"title": "SpendCapReached", "status": 403}, "spending cap"),
        (403, {"detail": "You are not permitted."}, "You are not permitted."),
    ],
)
def test_a_refusal_says_what_to_do(
    stage: Stage, channel: Channel, code: int, body: object, words: str
) -> None:
    channel.anchor()
    stage.server.faults.add({"match": stage.write, "do": "status", "code": code, "body": body})
    outcome = channel.publish(single(channel))
    assert isinstance(outcome, Refused) and words in outcome.reason


@pytest.mark.parametrize(
    "text",
    [
        "See https://example.org/ and https://example.org/b?c=d&e=f.",
        "Bare example.org, too",
        "A  double space,\n\na blank line & a trailing one \n",
        "Cafe\u0301 — décomposé",
        "&amp; is how HTML writes &",
    ],
)
def test_a_text_is_found_as_x_shows_it(stage: Stage, channel: Channel, text: str) -> None:
    posts = single(channel, text)
    receipt = sent(channel.publish(posts))
    assert channel.look_up(posts, "", frozenset()) == Sent((receipt,))


def test_a_long_post_is_found_by_its_whole_text(stage: Stage, channel: Channel) -> None:
    text = "A long statement. " * 40
    shown = {"id": "77", "text": text[:270], "note_tweet": {"text": text.strip()}}
    page = {"data": [shown], "meta": {"result_count": 1}}
    channel.who_am_i()
    channel.look_up(single(channel), "", frozenset())
    stage.server.faults.add(
        {"match": "GET /2/users/[0-9]*", "do": "status", "code": 200, "body": page}
    )
    assert sent(channel.look_up(single(channel, text), "", frozenset())).id == "77"


def test_the_same_words_by_somebody_else_are_not_ours(stage: Stage, channel: Channel) -> None:
    posts = single(channel)
    shown = {"id": "77", "text": posts[0].payload["text"], "author_id": "1"}
    page = {"data": [shown], "meta": {"result_count": 1}}
    channel.look_up(posts, "", frozenset())
    stage.server.faults.add(
        {"match": "GET /2/users/[0-9]*", "do": "status", "code": 200, "body": page}
    )
    assert channel.look_up(posts, "", frozenset()) == Absent()


def test_more_posts_than_can_be_read_are_not_taken_for_absence(
    stage: Stage, channel: Channel
) -> None:
    channel.look_up(single(channel), "", frozenset())
    page = {"data": [{"id": "7", "text": "x"}], "meta": {"result_count": 1, "next_token": "more"}}
    stage.server.faults.add(
        {"match": "GET /2/users/[0-9]*", "do": "status", "code": 200, "body": page, "times": None}
    )
    assert isinstance(channel.look_up(single(channel), "", frozenset()), Unsure)


def test_an_incomplete_page_is_not_taken_for_absence(stage: Stage, channel: Channel) -> None:
    channel.look_up(single(channel), "", frozenset())
    page = {"meta": {"result_count": 1}, "errors": [{"detail": "Something is missing."}]}
    stage.server.faults.add(
        {"match": "GET /2/users/[0-9]*", "do": "status", "code": 200, "body": page}
    )
    assert not isinstance(channel.look_up(single(channel), "", frozenset()), Absent)


def test_nothing_but_the_approved_text_goes_out(stage: Stage, channel: Channel) -> None:
    import json

    sent(channel.publish([*thread(channel, payload("One.", links=["https://example.org"]))]))
    [request] = stage.requests(stage.write)
    assert json.loads(request.body) == {"text": "One."}


def test_keys_do_not_reach_the_log(
    stage: Stage, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    with stage.channel() as channel:
        sent(channel.publish(single(channel)))
    assert SECRET not in caplog.text and "oauth_signature" not in caplog.text


def test_an_account_that_cannot_be_read_is_an_error_without_a_trace_of_the_keys(
    stage: Stage, channel: Channel
) -> None:
    stage.server.faults.add({"match": "GET /2/users/me", "do": "html", "code": 502})
    with pytest.raises(ChannelError) as raised:
        channel.who_am_i()
    assert raised.value.temporary and SECRET not in str(raised.getrepr())


@pytest.mark.parametrize(
    "mark",
    [{"media_key": "3_1"}, {"display_url": "pic.x.com/a"}, {"display_url": "pic.twitter.com/a"}],
    ids=["key", "x", "twitter"],
)
def test_the_link_x_adds_for_a_picture_is_not_part_of_the_text(
    stage: Stage, channel: Channel, mark: dict[str, str]
) -> None:
    own = {"url": "https://t.co/1", "expanded_url": "https://pic.example.org/photo/1"}
    added = {"url": "https://t.co/2", "expanded_url": "https://x.com/ana/status/7/photo/1"} | mark
    entities = {"urls": [own | {"display_url": "pic.example.org/photo/1"}, added]}
    shown = {"id": "7", "text": "See https://t.co/1 https://t.co/2", "entities": entities}
    stage.server.faults.add(
        {"match": f"{stage.timeline}*", "do": "status", "code": 200}
        | {"body": {"data": [shown], "meta": {"result_count": 1}}}
    )
    posts = illustrated(channel, picture(), text="See https://pic.example.org/photo/1")
    assert sent(channel.look_up(posts, "", frozenset())).id == "7"
