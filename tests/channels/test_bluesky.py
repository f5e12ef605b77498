"""What is particular to Bluesky: keys and content ids of our own, sessions, mentions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.channels.base import Channel, Receipt, Refused, Removed, Sent, Unsure
from distributor.channels.bluesky_records import make_keys, make_records
from tests.channels.stages import NOW, Stage, below, payload, sent, single, thread
from tests.channels.stages import stage as make_stage

APPLY = "POST /xrpc/com.atproto.repo.applyWrites"
LOGIN = "POST /xrpc/com.atproto.server.createSession"
REFRESH = "POST /xrpc/com.atproto.server.refreshSession"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with make_stage("bluesky", tmp_path) as made:
        yield made


@pytest.fixture
def channel(stage: Stage) -> Iterator[Channel]:
    with stage.channel() as opened:
        yield opened


def expire(stage: Stage) -> None:
    httpx.post(f"{stage.server.url}/sandbox/expire").raise_for_status()


@given(
    st.integers(1, 25),
    st.text(),
    st.integers(0, 2**53 - 10**6),
)
def test_keys_are_valid_and_grow_with_the_position(count: int, seed: str, at: int) -> None:
    now = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=at)
    made = make_keys(count, seed, now)
    keys = [each["rkey"] for each in made]
    assert sorted(set(keys)) == keys
    assert all(len(key) == 13 and key[0] in "234567abcdefghij" for key in keys)
    assert len({each["created_at"] for each in made}) == count


def test_deliveries_of_the_same_moment_have_other_keys() -> None:
    keys = {make_keys(1, f"delivery {number}", NOW)[0]["rkey"] for number in range(200)}
    assert len(keys) == 200


def test_moments_are_told_to_the_millisecond(channel: Channel) -> None:
    made = channel.prepare([payload("One."), payload("Two.")], "seed", NOW)
    moments = [each["created_at"] for each in made]
    assert moments == ["2026-11-22T09:30:00.123Z", "2026-11-22T09:30:00.124Z"]


def test_the_same_posts_make_the_same_records(channel: Channel) -> None:
    posts = thread(channel, "One.", "Two.")
    first, again = (make_records(posts, "did:plc:a", lambda handle: handle) for _ in range(2))
    assert first == again


def test_a_thread_goes_out_in_one_write(stage: Stage, channel: Channel) -> None:
    outcome = channel.publish(thread(channel, "One.", "Two.", "Three."))
    assert isinstance(outcome, Sent) and len(stage.requests(APPLY)) == 1
    ids = [receipt.id for receipt in outcome.receipts]
    seen = stage.server.seen()
    assert [post.id for post in seen] == ids
    assert [post.parent for post in seen] == [None, *ids[:2]]


def test_a_thread_of_which_a_part_is_wrong_does_not_go_out(stage: Stage, channel: Channel) -> None:
    outcome = channel.publish(thread(channel, "One.", "x" * 301))
    assert isinstance(outcome, Refused) and "grapheme" in outcome.reason
    assert stage.server.seen() == []


def test_a_thread_sent_again_changes_nothing(stage: Stage, channel: Channel) -> None:
    posts = thread(channel, "One.", "Two.")
    first = channel.publish(posts)
    assert channel.publish(posts) == first and len(stage.server.seen()) == 2


@pytest.mark.parametrize("do", ["drop_after", "truncate"])
def test_a_thread_with_a_lost_answer_is_found_whole(
    stage: Stage, channel: Channel, do: str
) -> None:
    posts = thread(channel, "One.", "Two.")
    stage.server.faults.add({"match": APPLY, "do": do})
    assert isinstance(channel.publish(posts), Unsure)
    found = channel.look_up(posts, "", frozenset())
    assert isinstance(found, Sent) and len(found.receipts) == 2


def test_of_a_thread_that_is_there_in_part_only_the_rest_is_sent(
    stage: Stage, channel: Channel
) -> None:
    posts = thread(channel, "One.", "Two.", "Three.")
    sent(channel.publish(posts[:1]))
    outcome = channel.publish(posts)
    assert isinstance(outcome, Sent)
    assert [post.text for post in stage.server.seen()] == ["One.", "Two.", "Three."]


def test_of_a_thread_that_is_there_in_part_somebody_deleted_the_rest(
    stage: Stage, channel: Channel
) -> None:
    posts = thread(channel, "One.", "Two.", "Three.")
    published = channel.publish(posts)
    assert isinstance(published, Sent)
    assert channel.remove(published.receipts[1]) == Removed()
    found = channel.look_up(posts, "", frozenset())
    assert isinstance(found, Unsure) and "all but 2" in found.reason


def test_a_thread_is_resumed_below_a_receipt(stage: Stage, channel: Channel) -> None:
    one, two, three = thread(channel, "One.", "Two.", "Three.")
    first = sent(channel.publish([one]))
    outcome = channel.publish([below(two, first), three])
    assert isinstance(outcome, Sent)
    assert [post.parent for post in stage.server.seen()] == [
        None, first.id, outcome.receipts[0].id,
    ]  # fmt: skip


def test_a_parent_that_a_person_entered_by_its_address_is_completed(
    stage: Stage, channel: Channel
) -> None:
    one, two = thread(channel, "One.", "Two.")
    first = sent(channel.publish([one]))
    sent(channel.publish([below(two, Receipt(first.url, first.url))]))
    assert stage.server.seen()[1].parent == first.id


def test_a_changed_post_is_not_written_over(stage: Stage, channel: Channel) -> None:
    [post] = single(channel)
    sent(channel.publish([post]))
    outcome = channel.publish([replace(post, payload=payload("Other words."))])
    assert isinstance(outcome, Unsure) and outcome.taken
    assert [seen.text for seen in stage.server.seen()] == [post.payload["text"]]


def test_links_tags_mentions_and_the_card_arrive(stage: Stage, channel: Channel) -> None:
    text = "Né à Ürümqi 🕊️ #Uyghurs @ben.test example.org"
    facets: list[dict[str, Any]] = []
    for kind, words, value in (
        ("tag", "#Uyghurs", "Uyghurs"),
        ("mention", "@ben.test", "ben.test"),
        ("link", "example.org", "https://example.org/a"),
    ):
        start = len(text[: text.index(words)].encode())
        end = start + len(words.encode())
        facets.append({"start": start, "end": end, "kind": kind, "value": value})
    card = {"url": "https://example.org/a", "title": "A title", "description": "Some words"}
    sent(channel.publish(single(channel, text, facets=facets, card=card)))
    [seen] = stage.server.seen()
    assert [(span.kind, span.text) for span in seen.spans if span.kind != "text"] == [
        ("tag", "#Uyghurs"), ("mention", "@ben.test"), ("link", "example.org"),
    ]  # fmt: skip
    assert seen.card and (seen.card.url, seen.card.title) == (card["url"], "A title")


def test_a_mention_of_nobody_is_refused(stage: Stage, channel: Channel) -> None:
    facets = [{"start": 0, "end": 12, "kind": "mention", "value": "ben.invalid"}]
    outcome = channel.publish(single(channel, "@ben.invalid", facets=facets))
    assert isinstance(outcome, Refused) and "@ben.invalid" in outcome.reason
    assert stage.server.seen() == []


def test_a_session_outlives_the_program(stage: Stage) -> None:
    for text in ("One.", "Two."):
        with stage.channel() as channel:
            sent(channel.publish(thread(channel, text, seed=text)))
    assert len(stage.requests(LOGIN)) == 1 and len(stage.session.saved) == 1


def test_a_session_that_has_run_out_is_renewed_and_saved(stage: Stage, channel: Channel) -> None:
    posts = thread(channel, "One.", "Two.")
    sent(channel.publish(posts[:1]))
    expire(stage)
    sent(channel.publish(posts[1:]))
    assert len(stage.requests(LOGIN)) == 1 and len(stage.requests(REFRESH)) == 1
    assert len(stage.session.saved) == 2 and stage.session.text == stage.session.saved[-1]


def test_a_session_that_cannot_be_renewed_is_opened_anew(stage: Stage, channel: Channel) -> None:
    channel.who_am_i()
    expire(stage)
    body = {"error": "ExpiredToken", "message": "Token has been revoked"}
    stage.server.faults.add({"match": REFRESH, "do": "status", "code": 400, "body": body})
    sent(channel.publish(single(channel)))
    assert len(stage.requests(LOGIN)) == 2


@pytest.mark.parametrize(
    "kept", ["", "nonsense", "a:::b:::c:::d:::e", "ben.test:::did:::x:::y:::z"]
)
def test_a_session_that_is_none_is_opened_anew(stage: Stage, kept: str) -> None:
    stage.session.text = kept
    with stage.channel() as channel:
        sent(channel.publish(single(channel)))
    assert len(stage.requests(LOGIN)) == 1


def test_a_session_of_another_account_is_not_used(stage: Stage, channel: Channel) -> None:
    channel.who_am_i()
    with stage.channel(handle="ben.test") as other:
        assert isinstance(other.publish(single(other)), Refused)
    assert len(stage.requests(LOGIN)) == 2 and stage.server.seen() == []
