"""The same questions to every channel, through its real client library."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import pytest

from distributor.channels.base import (
    Absent,
    Channel,
    ChannelError,
    Later,
    Refused,
    Sent,
    Unsure,
)
from distributor.config import Seconds
from tests.channels.stages import (
    NOW,
    SECRET,
    Stage,
    below,
    illustrated,
    picture,
    send_in_order,
    sent,
    single,
    thread,
)
from tests.waiting import until

STRANGE_BODIES = {
    "nothing": "",
    "null": "null",
    "a list": "[]",
    "no data": "{}",
    "another shape": '{"data": 7, "id": null, "cid": 3, "results": null, "errors": null}',
    "half": '{"data": {"id": "1',
    "words": "Sent!",
    "deep": "[" * 100_000,
}


def fault(stage: Stage, do: str, match: str | None = None, **more: object) -> None:
    """Let the next request of a kind go wrong; posting, when not said otherwise."""
    stage.server.faults.add({"match": match or stage.write, "do": do, **more})


def texts(stage: Stage) -> list[str]:
    return [post.text for post in stage.server.seen()]


def test_a_post_arrives_as_it_was_approved(stage: Stage, channel: Channel) -> None:
    text = "“Free them” — 3 demands & <one> hope: https://example.org/a?b=1&c=2 🕊️"
    receipt = sent(channel.publish(single(channel, text)))
    [post] = stage.server.seen()
    assert (post.text, post.id, post.url) == (text, receipt.id, receipt.url)


def test_posts_of_a_thread_stand_under_each_other(stage: Stage, channel: Channel) -> None:
    receipts = send_in_order(channel, thread(channel, "One.", "Two.", "Three."))
    parents = [post.parent for post in stage.server.seen()]
    assert parents == [None, receipts[0].id, receipts[1].id]


@pytest.mark.parametrize("stage", ["bluesky", "mastodon"], indirect=True)
def test_the_language_of_a_post_is_told(stage: Stage, channel: Channel) -> None:
    sent(channel.publish(single(channel, "Libérez-les.", language="fr")))
    assert [post.language for post in stage.server.seen()] == ["fr"]


@pytest.mark.parametrize("do", ["drop_after", "reset_after", "truncate", "gzip_bomb"])
def test_a_lost_answer_is_unsure_and_the_post_is_found(
    stage: Stage, channel: Channel, do: str
) -> None:
    posts = single(channel, "Read https://example.org/x & pass it on.\n\nThank you.")
    anchor = channel.anchor()
    fault(stage, do)
    assert isinstance(channel.publish(posts), Unsure)
    found = channel.look_up(posts, anchor, frozenset())
    assert sent(found).id == stage.server.seen()[0].id


def test_a_request_that_was_lost_is_unsure_and_the_post_is_absent(
    stage: Stage, channel: Channel
) -> None:
    posts = single(channel)
    anchor = channel.anchor()
    fault(stage, "drop_before")
    assert isinstance(channel.publish(posts), Unsure)
    assert channel.look_up(posts, anchor, frozenset()) == Absent()


def test_an_answer_that_comes_too_late_is_unsure_and_the_post_is_found(stage: Stage) -> None:
    with stage.channel(timeout=Seconds(1)) as channel:
        posts = single(channel)
        anchor = channel.anchor()
        fault(stage, "delay", seconds=1.5)
        assert isinstance(channel.publish(posts), Unsure)
        until(stage.server.seen)
        assert isinstance(channel.look_up(posts, anchor, frozenset()), Sent)


def test_an_answer_is_not_waited_for_longer_than_configured(stage: Stage) -> None:
    with stage.channel(timeout=Seconds(1)) as channel:
        channel.anchor()
        fault(stage, "never", seconds=20)
        began = time.monotonic()
        assert isinstance(channel.publish(single(channel)), Unsure)
        assert time.monotonic() - began < 10


def test_too_many_requests_is_later_with_a_moment(stage: Stage, channel: Channel) -> None:
    fault(stage, "status", code=429, seconds=600)
    outcome = channel.publish(single(channel))
    assert isinstance(outcome, Later) and outcome.until
    wait = outcome.until - dt.datetime.now(dt.UTC)
    assert dt.timedelta(seconds=590) < wait < dt.timedelta(seconds=605)


def test_who_was_asked_to_slow_down_asks_nothing_of_the_kind(
    stage: Stage, channel: Channel
) -> None:
    fault(stage, "status", code=429, headers={"Retry-After": "600"})
    first = channel.publish(single(channel))
    again = channel.publish(single(channel, "Something else."))
    assert isinstance(first, Later) and isinstance(again, Later)
    assert first.until and again.until and abs(first.until - again.until) < dt.timedelta(seconds=5)
    assert len(stage.requests(stage.write)) == 1
    assert channel.look_up(single(channel), "", frozenset()) == Absent()  # reading is free


def test_when_the_wait_is_over_it_is_asked_again(stage: Stage, channel: Channel) -> None:
    fault(stage, "status", code=429, headers={"Retry-After": "1"})
    asked = channel.publish(single(channel))
    assert isinstance(asked, Later) and asked.until
    time.sleep(max(0, (asked.until - dt.datetime.now(dt.UTC)).total_seconds()) + 0.1)
    sent(channel.publish(single(channel)))


def test_a_wait_is_told_by_the_clock_of_whoever_opened_the_channel(stage: Stage) -> None:
    fault(stage, "status", code=429, headers={"Retry-After": "60"})
    with stage.channel({"now": lambda: NOW}) as channel:
        outcome = channel.publish(single(channel))
    assert isinstance(outcome, Later) and outcome.until
    assert dt.timedelta(seconds=58) < outcome.until - NOW <= dt.timedelta(seconds=60)


def test_a_halt_stops_the_request_that_follows_a_picture(stage: Stage) -> None:
    with stage.channel({"is_halted": lambda: bool(stage.requests(stage.upload))}) as channel:
        posts = illustrated(channel, picture())
        assert channel.publish(posts) == Later("halted")
        assert channel.look_up(posts, "", frozenset()) == Later("halted")
        assert stage.server.requests[-1].path.startswith(stage.upload.partition(" ")[2])
    with stage.channel() as resumed:
        sent(resumed.publish(posts))


@pytest.mark.parametrize("code", [500, 502, 503, 504])
def test_an_error_of_the_server_is_unsure(stage: Stage, channel: Channel, code: int) -> None:
    fault(stage, "html", code=code)
    posts = single(channel)
    assert isinstance(channel.publish(posts), Unsure)
    assert channel.look_up(posts, "", frozenset()) == Absent()


def test_an_error_of_the_server_after_the_effect_is_cleared_up(
    stage: Stage, channel: Channel
) -> None:
    posts = single(channel)
    fault(stage, "500_after")
    outcome = channel.publish(posts)
    found = channel.look_up(posts, "", frozenset()) if isinstance(outcome, Unsure) else outcome
    assert sent(found).id == stage.server.seen()[0].id


@pytest.mark.parametrize("code", [400, 402, 403, 404, 413, 422])
def test_a_refusal_is_told_in_a_sentence(stage: Stage, channel: Channel, code: int) -> None:
    fault(stage, "status", code=code, body={"error": "Bad", "message": "It is too odd."})
    outcome = channel.publish(single(channel))
    assert isinstance(outcome, Refused) and "too odd." in outcome.reason


@pytest.mark.parametrize("code", [200, 201, 403, 429, 500])
@pytest.mark.parametrize("body", STRANGE_BODIES.values(), ids=STRANGE_BODIES)
def test_a_strange_answer_never_passes_for_a_post(
    stage: Stage, channel: Channel, code: int, body: str
) -> None:
    headers = {"Content-Type": "application/json"}
    fault(stage, "status", code=code, body=body, headers=headers)
    expected = {403: Refused, 429: Later}.get(code, Unsure)
    assert isinstance(channel.publish(single(channel)), expected)


@pytest.mark.parametrize("body", STRANGE_BODIES.values(), ids=STRANGE_BODIES)
def test_a_strange_answer_never_passes_for_an_empty_timeline(
    stage: Stage, channel: Channel, body: str
) -> None:
    posts = single(channel)
    channel.look_up(posts, "", frozenset())
    fault(stage, "status", f"{stage.timeline}*", code=200, body=body, times=None)
    outcome = channel.look_up(posts, "", frozenset())
    empty = stage.server.kind == "mastodon" and body == "[]"  # which says just that
    assert isinstance(outcome, Absent if empty else Later | Unsure)


@pytest.mark.parametrize("stage", ["x", "mastodon"], indirect=True)
@pytest.mark.parametrize("odd", [{"id": "9"}, {"id": None}, {"text": "x"}, 7, None, []], ids=str)
def test_an_odd_post_on_the_timeline_never_raises(
    stage: Stage, channel: Channel, odd: object
) -> None:
    posts = single(channel)
    channel.look_up(posts, "", frozenset())
    page = (
        [odd] if stage.server.kind == "mastodon" else {"data": [odd], "meta": {"result_count": 1}}
    )
    fault(stage, "status", f"{stage.timeline}*", code=200, body=page, times=None)
    assert isinstance(channel.look_up(posts, "", frozenset()), Absent | Later)


def test_a_wrong_secret_is_refused_and_not_told(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("another-secret")
    with stage.channel() as channel:
        outcome = channel.publish(single(channel))
        with pytest.raises(ChannelError) as raised:
            channel.who_am_i()
    assert isinstance(outcome, Refused) and "configuration" in outcome.reason
    assert not raised.value.temporary
    assert "another-secret" not in f"{outcome} {raised.value} {raised.value.__cause__}"


def test_a_redirect_is_not_followed(stage: Stage, channel: Channel) -> None:
    channel.anchor()
    fault(stage, "redirect", location=f"{stage.server.url}/elsewhere")
    outcome = channel.publish(single(channel))
    assert isinstance(outcome, Refused) and "leads elsewhere" in outcome.reason
    assert not stage.requests("GET /elsewhere") and not stage.requests("POST /elsewhere")


def test_a_network_out_of_reach_is_later(stage: Stage, channel: Channel, free_port: int) -> None:
    channel.who_am_i()
    names = {"x": "api", "bluesky": "service", "mastodon": "instance"}
    address = {names[stage.server.kind]: f"http://127.0.0.1:{free_port}"}
    with stage.channel(**address) as lost:
        posts = single(lost)
        assert isinstance(lost.publish(posts), Later)
        assert isinstance(lost.look_up(posts, "", frozenset()), Later)


def test_a_network_that_goes_away_is_later(stage: Stage, channel: Channel) -> None:
    sent(channel.publish(single(channel)))
    stage.server.stop()
    assert isinstance(channel.publish(single(channel, "And now?")), Later)


def test_the_account_behind_the_secret_is_told(stage: Stage, channel: Channel) -> None:
    account = channel.who_am_i()
    assert account.handle == stage.server.account
    assert account.url.startswith(stage.server.url)


def test_credentials_of_another_account_are_refused_before_sending(stage: Stage) -> None:
    stage.server.account = "cleo.test"
    named = {} if stage.server.kind == "bluesky" else {"account": "ben"}
    with stage.channel(**named) as channel:
        posts = single(channel)
        if stage.server.kind == "bluesky":
            stage.server.account = "ana.test"
            channel.who_am_i()
            stage.server.account = "cleo.test"
        outcome = channel.publish(posts)
    assert isinstance(outcome, Refused) and "belong to @cleo.test, not to" in outcome.reason
    assert not stage.requests("POST /2/tweets") and not texts(stage)


@pytest.mark.parametrize("stage", ["mastodon"], indirect=True)
@pytest.mark.parametrize("account", ["ana", "@Ana", "ana@social.example", "@ana@social.example"])
def test_an_account_of_mastodon_may_be_named_with_its_instance(stage: Stage, account: str) -> None:
    with stage.channel(account=account) as channel:
        sent(channel.publish(single(channel)))


def test_the_account_is_checked_once(stage: Stage, channel: Channel) -> None:
    for post in thread(channel, "One.", "Two.", "Three."):
        sent(channel.publish([post]))
    asked = [
        "GET /2/users/me",
        "GET /xrpc/com.atproto.server.get",
        "GET /api/v1/accounts/verify_credentials",
    ]
    assert len([one for each in asked for one in stage.requests(each)]) == 1


def test_while_the_account_cannot_be_checked_nothing_is_sent(
    stage: Stage, channel: Channel
) -> None:
    fault(stage, "status", "GET /", code=503)
    assert isinstance(channel.publish(single(channel)), Later)
    assert not texts(stage)
    sent(channel.publish(single(channel)))


@pytest.mark.parametrize("stage", ["x", "mastodon"], indirect=True)
def test_a_post_of_another_delivery_is_not_taken_for_ours(stage: Stage, channel: Channel) -> None:
    first = sent(channel.publish(single(channel, "One.")))
    known = frozenset([first.id])
    assert channel.look_up(single(channel, "One."), "", known) == Absent()


@pytest.mark.parametrize("stage", ["x", "mastodon"], indirect=True)
def test_a_post_before_the_anchor_is_not_taken_for_ours(stage: Stage, channel: Channel) -> None:
    posts = single(channel, "One.")
    sent(channel.publish(posts))
    anchor = channel.anchor()
    assert channel.look_up(posts, anchor, frozenset()) == Absent()


def test_a_reply_is_looked_for_under_its_parent(stage: Stage, channel: Channel) -> None:
    first, other = send_in_order(channel, thread(channel, "One.", "Two.", seed="other"))
    [reply] = thread(channel, "Three.", seed="third")
    sent(channel.publish([below(reply, first)]))
    assert isinstance(channel.look_up([below(reply, first)], "", frozenset()), Sent)
    assert not isinstance(channel.look_up([below(reply, other)], "", frozenset()), Sent)


def test_a_post_among_many_others_is_found(stage: Stage, channel: Channel) -> None:
    anchor = sent(channel.publish(thread(channel, "The first.", seed="n"))).id
    posts = single(channel, "The one we look for.")
    receipt = sent(channel.publish(posts))
    for number in range(120):
        sent(channel.publish(thread(channel, f"Number {number}.", seed=f"n{number}")))
    assert sent(channel.look_up(posts, anchor, frozenset())).id == receipt.id


def test_a_post_of_which_a_picture_is_missing_is_refused(stage: Stage, channel: Channel) -> None:
    media = [{"sha256": "0" * 64, "mime": "image/png", "alt": "A map"}]
    assert isinstance(channel.publish(single(channel, media=media)), Refused)
    assert stage.server.requests == []


def test_opening_a_channel_makes_no_request(stage: Stage, channel: Channel) -> None:
    thread(channel, "One.", "Two.")
    assert stage.server.requests == []


def test_a_channel_does_not_show_its_secrets(channel: Channel) -> None:
    assert SECRET not in repr(channel) + str(vars(channel))
