"""What is particular to Mastodon: keys, HTML, languages, sources."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from distributor.channels.base import Absent, Later, Outgoing, Refused, Removed, Sent, Unsure
from distributor.channels.mastodon import Adapter
from distributor.channels.mastodon_html import comparable, text_of
from tests.channels.stages import (
    NOW,
    Stage,
    below,
    payload,
    send_in_order,
    sent,
    single,
    thread,
)
from tests.channels.stages import stage as make_stage

HTML = {
    "paragraphs and breaks": ("<p>One.<br />Two.</p><p>Three.</p>", "One.\nTwo.\n\nThree."),
    "a shortened link": (
        '<p>Read <a href="https://example.org/a/long/one"><span class="invisible">https://</span>'
        '<span class="ellipsis">example.org/a</span><span class="invisible">/long/one</span></a>.'
        "</p>",
        "Read https://example.org/a/long/one.",
    ),
    "a link with its tail cut off": (
        '<a href="https://example.org/a/long/one">example.org/a…</a> now',
        "https://example.org/a/long/one now",
    ),
    "a hashtag": (
        '<a href="https://m.example/tags/a" class="mention hashtag">#<span>Uyghurs</span></a>',
        "#Uyghurs",
    ),
    "a mention of somebody elsewhere": (
        '<span class="h-card"><a href="https://n.example/@ben" class="u-url mention">'
        "@<span>ben</span></a></span> agrees",
        "@ben@n.example agrees",
    ),
    "entities": ("<p>A &amp; B &lt;3 &#39;C&#39;</p>", "A & B <3 'C'"),
    "another form of the same letter": ("<p>Cafe\u0301</p>", "Café"),
}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with make_stage("mastodon", tmp_path) as made:
        yield made


@pytest.fixture
def channel(stage: Stage) -> Iterator[Adapter]:
    with stage.channel() as opened:
        yield cast(Adapter, opened)


@pytest.mark.parametrize(("html", "text"), HTML.values(), ids=HTML)
def test_html_compares_equal_to_the_text_it_was_made_from(html: str, text: str) -> None:
    assert comparable(text_of(html)) == comparable(text)


def test_other_words_compare_as_different() -> None:
    assert comparable(text_of("<p>They are free.</p>")) != comparable("They are not free.")


def test_the_same_post_has_the_same_key_and_any_other_another(channel: Adapter) -> None:
    posts = [payload("One."), payload("One."), payload("Two.")]
    first = [each["key"] for each in channel.prepare(posts, "a", NOW)]
    assert first == [each["key"] for each in channel.prepare(posts, "a", NOW + dt.timedelta(1))]
    others = [each["key"] for each in channel.prepare(posts, "b", NOW)]
    assert len({*first, *others}) == 6


def test_the_same_post_again_is_not_a_second_one(stage: Stage, channel: Adapter) -> None:
    posts = single(channel)
    assert sent(channel.publish(posts)) == sent(channel.publish(posts))
    assert len(stage.server.seen()) == 1


def test_an_error_on_a_repeated_key_is_cleared_up(stage: Stage, channel: Adapter) -> None:
    posts = single(channel)
    receipt = sent(channel.publish(posts))
    stage.server.faults.add({"match": stage.write, "do": "status", "code": 500})
    assert isinstance(channel.publish(posts), Unsure)
    assert channel.look_up(posts, "", frozenset()) == Sent((receipt,))


def test_a_success_with_an_unreadable_limit_does_not_pass_for_a_refusal(
    stage: Stage, channel: Adapter
) -> None:
    headers = {"X-RateLimit-Reset": "whenever"}
    stage.server.faults.add(
        {"match": stage.write, "do": "status", "code": 200, "body": {}, "headers": headers}
    )
    assert isinstance(channel.publish(single(channel)), Unsure)


def test_who_may_see_a_post_is_told_and_kept_in_the_receipt(stage: Stage, channel: Adapter) -> None:
    receipt = sent(channel.publish(single(channel, visibility="unlisted")))
    assert receipt.extra["visibility"] == "unlisted"


def test_a_regional_language_goes_out_as_a_language(stage: Stage, channel: Adapter) -> None:
    sent(channel.publish(single(channel, "我們呼籲", language="zh-Hant")))
    assert stage.server.seen()[0].language == "zh"


def test_a_text_the_server_formats_is_known_by_its_source(stage: Stage, channel: Adapter) -> None:
    posts = single(channel, "**Free them**")
    shown = {"id": "1", "content": "<p><b>Free them</b></p>", "in_reply_to_id": None}
    shown |= {"url": "https://m.example/1", "visibility": "public"}
    source = {"id": "1", "text": "**Free them**", "spoiler_text": ""}
    answers = {"GET /api/v1/accounts/[0-9]*": [shown], "GET /api/v1/statuses/1/source": source}
    for match, body in answers.items():
        stage.server.faults.add({"match": match, "do": "status", "code": 200, "body": body})
    assert sent(channel.look_up(posts, "", frozenset())).id == "1"


def test_a_failing_source_is_asked_again_later(stage: Stage, channel: Adapter) -> None:
    posts: list[Outgoing] = thread(channel, "One.")
    sent(channel.publish(thread(channel, "Something else.", seed="other")))
    stage.server.faults.add({"match": "GET /api/v1/statuses", "do": "status", "code": 503})
    assert isinstance(channel.look_up(posts, "", frozenset()), Later)


def test_a_post_that_somebody_deleted_is_not_made_anew_by_its_key(
    stage: Stage, channel: Adapter
) -> None:
    posts = single(channel)
    receipt = sent(channel.publish(posts))
    assert channel.remove(receipt) == Removed()
    outcome = channel.publish(posts)
    assert isinstance(outcome, Refused) and "somebody deleted it" in outcome.reason
    assert stage.server.seen() == []


def test_a_reply_is_found_though_somebody_deleted_what_it_replies_to(
    stage: Stage, channel: Adapter
) -> None:
    posts = thread(channel, "One.", "Two.")
    first, second = send_in_order(channel, posts)
    assert channel.remove(first) == Removed()
    assert channel.look_up([below(posts[1], first)], first.id, frozenset()) == Sent((second,))


def test_the_same_words_alone_are_no_reply_while_what_it_replies_to_is_there(
    stage: Stage, channel: Adapter
) -> None:
    posts = thread(channel, "One.", "Two.")
    first = sent(channel.publish(posts[:1]))
    sent(channel.publish(thread(channel, "Two.", seed="by hand")))
    assert channel.look_up([below(posts[1], first)], first.id, frozenset()) == Absent()
