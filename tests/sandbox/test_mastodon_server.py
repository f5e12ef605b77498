"""Mastodon as Mastodon.py meets it."""

from __future__ import annotations

import io
import time

import httpx
import pytest
from mastodon import (
    Mastodon,
    MastodonAPIError,
    MastodonNotFoundError,
    MastodonRatelimitError,
    MastodonUnauthorizedError,
)

from distributor.sandbox.mastodon_entities import account_id
from distributor.sandbox.mastodon_server import MastodonServer
from distributor.sandbox.mastodon_texts import length, to_html


def test_the_instance_tells_its_limits() -> None:
    with MastodonServer(max_characters=1000, characters_per_link=25) as server:
        client = Mastodon(api_base_url=server.url)
        new, old = client.instance_v2(), client.instance_v1()
        client.session.close()
    assert new.configuration.statuses.max_characters == 1000
    assert old.configuration.statuses.characters_reserved_per_url == 25


def test_the_account_is_told(mastodon: Mastodon, mastodon_server: MastodonServer) -> None:
    me = mastodon.me()
    assert (me.acct, me.url) == ("distributor", f"{mastodon_server.url}/@distributor")


def test_a_status_comes_back_as_it_was_sent(mastodon: Mastodon) -> None:
    text = "One & two\nhttps://ipac.global/statement #HongKong\n\nThree"
    status = mastodon.status_post(text, language="en", visibility="unlisted", spoiler_text="Care")
    assert int(status.id) > 2**53
    assert (status.language, status.visibility, status.spoiler_text) == ("en", "unlisted", "Care")
    assert status.sensitive and status.tags[0].name == "hongkong"
    assert mastodon.status_source(status.id).text == text


def test_a_thread_keeps_its_parents(mastodon: Mastodon) -> None:
    first = mastodon.status_post("One")
    second = mastodon.status_post("Two", in_reply_to_id=first.id)
    third = mastodon.status_post("Three", in_reply_to_id=second.id)
    below = mastodon.status_context(first.id).descendants
    assert [status.id for status in below] == [second.id, third.id]
    above = mastodon.status_context(third.id).ancestors
    assert [status.id for status in above] == [first.id, second.id]


def test_an_answer_to_what_is_not_there_is_refused(mastodon: Mastodon) -> None:
    with pytest.raises(MastodonNotFoundError):
        mastodon.status_post("Orphan", in_reply_to_id=1)


def test_the_same_key_gives_the_same_status_whatever_the_text(mastodon: Mastodon) -> None:
    first = mastodon.status_post("One", idempotency_key="key")
    again = mastodon.status_post("Two", idempotency_key="key")
    other = mastodon.status_post("One", idempotency_key="other key")
    assert again.id == first.id != other.id
    assert again.content == "<p>One</p>"


def test_a_server_may_ignore_the_key(mastodon: Mastodon, mastodon_server: MastodonServer) -> None:
    switch = {"honours_idempotency_key": False}
    httpx.post(f"{mastodon_server.url}/sandbox/switches", json=switch).raise_for_status()
    first = mastodon.status_post("One", idempotency_key="key")
    assert mastodon.status_post("One", idempotency_key="key").id != first.id


@pytest.mark.parametrize("switches", [{"unknown": True}, {"honours_idempotency_key": 1}, [1], 7])
def test_an_unknown_switch_is_refused(mastodon_server: MastodonServer, switches: object) -> None:
    answer = httpx.post(f"{mastodon_server.url}/sandbox/switches", json=switches)
    assert answer.status_code == 400 and mastodon_server.switches["honours_idempotency_key"]


def test_the_key_of_a_deleted_status_finds_nothing(mastodon: Mastodon) -> None:
    mastodon.status_delete(mastodon.status_post("One", idempotency_key="key").id)
    with pytest.raises(MastodonNotFoundError):
        mastodon.status_post("One", idempotency_key="key")


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        pytest.param("x" * 500, 500, id="characters"),
        pytest.param("👨‍👩‍👧‍👦é", 2, id="graphemes"),
        pytest.param("See https://ipac.global/" + "a" * 300 + ".", 28, id="a link is 23"),
        pytest.param("ipac.global", 11, id="no link without a scheme"),
        pytest.param("@ana@example.social hi", 7, id="a remote name"),
    ],
)
def test_a_text_is_measured_as_mastodon_measures_it(text: str, counted: int) -> None:
    assert length(text, "", 23) == counted


def test_what_is_too_long_with_its_warning_is_refused(mastodon: Mastodon) -> None:
    mastodon.status_post("x" * 490, spoiler_text="y" * 10)
    with pytest.raises(MastodonAPIError, match="character limit of 500"):
        mastodon.status_post("x" * 491, spoiler_text="y" * 10)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"status": " "}, id="empty"),
        pytest.param({"status": "a", "visibility": "secret"}, id="visibility"),
        pytest.param({"status": "a", "scheduled_at": "2030-01-01T00:00:00Z"}, id="scheduled"),
        pytest.param({"status": "a", "media_ids[]": "7"}, id="unknown media"),
    ],
)
def test_what_breaks_a_rule_is_answered_422(
    mastodon_server: MastodonServer, fields: dict[str, str]
) -> None:
    headers = {"Authorization": "Bearer token"}
    url = f"{mastodon_server.url}/api/v1/statuses"
    assert httpx.post(url, data=fields, headers=headers).status_code == 422
    assert mastodon_server.seen() == []


def test_statuses_are_listed_newest_first_and_from_an_anchor(mastodon: Mastodon) -> None:
    ids = [mastodon.status_post(f"Status {n}").id for n in range(4)]
    me = mastodon.me().id
    assert [s.id for s in mastodon.account_statuses(me)] == ids[::-1]
    above = mastodon.account_statuses(me, min_id=ids[0], limit=2, exclude_reblogs=True)
    assert [s.id for s in above] == [ids[2], ids[1]]
    newest = mastodon.account_statuses(me, since_id=ids[0], limit=2)
    assert [s.id for s in newest] == [ids[3], ids[2]]


def test_an_anchor_that_is_no_number_is_refused(mastodon_server: MastodonServer) -> None:
    id_ = account_id(mastodon_server.account)
    url = f"{mastodon_server.url}/api/v1/accounts/{id_}/statuses?min_id=newest"
    assert httpx.get(url).status_code == 400


def test_an_edit_keeps_the_id_and_the_history(mastodon: Mastodon) -> None:
    status = mastodon.status_post("Teh text", language="en")
    edited = mastodon.status_update(status.id, "The text")
    assert (edited.id, edited.language, edited.content) == (status.id, "en", "<p>The text</p>")
    contents = [edit.content for edit in mastodon.status_history(status.id)]
    assert edited.edited_at and contents == ["<p>Teh text</p>", "<p>The text</p>"]


def test_a_deleted_status_gives_its_text_back_once(mastodon: Mastodon) -> None:
    status = mastodon.status_post("One & two")
    assert mastodon.status_delete(status.id).text == "One & two"
    with pytest.raises(MastodonNotFoundError):
        mastodon.status_delete(status.id)


def test_an_image_keeps_its_bytes_and_its_alt_text(mastodon: Mastodon) -> None:
    content = b"\x89PNG\r\n\x1a\n\r\n--\r\nbytes"
    media = mastodon.media_post(io.BytesIO(content), "image/png", description="A crowd")
    status = mastodon.status_post("Look", media_ids=[media.id])
    attached = status.media_attachments[0]
    assert attached.description == "A crowd"
    assert httpx.get(attached.url).content == content


def test_a_wrong_token_is_not_let_in(mastodon_server: MastodonServer) -> None:
    client = Mastodon(api_base_url=mastodon_server.url, access_token="wrong")
    with pytest.raises(MastodonUnauthorizedError):
        client.status_post("Text")
    client.session.close()


def test_a_limit_is_told_with_the_time_it_ends(
    mastodon: Mastodon, mastodon_server: MastodonServer
) -> None:
    rule = {"match": "POST /api/v1/statuses", "do": "status", "code": 429, "seconds": 60}
    mastodon_server.faults.add(rule)
    with pytest.raises(MastodonRatelimitError):
        mastodon.status_post("Text")
    assert 55 < mastodon.ratelimit_reset - time.time() < 65


def test_html_escapes_what_the_text_says_and_marks_links_up() -> None:
    html = to_html("<b>&\nhttps://a.test/?x=1&y=2.", "http://here")
    assert html.startswith("<p>&lt;b&gt;&amp;<br />")
    assert 'href="https://a.test/?x=1&amp;y=2"' in html and html.endswith("</a>.</p>")


def test_followers_see_language_alt_text_and_links(
    mastodon: Mastodon, mastodon_server: MastodonServer
) -> None:
    media = mastodon.media_post(io.BytesIO(b"image"), "image/png", description="A crowd")
    mastodon.status_post("See https://ipac.global/a", language="en", media_ids=[media.id])
    (post,) = httpx.get(f"{mastodon_server.url}/sandbox/posts").json()
    assert (post["language"], post["links"]) == ("en", ["https://ipac.global/a"])
    assert post["media"][0]["alt"] == "A crowd"


def test_a_picture_that_takes_time_may_be_attached_when_it_is_ready(
    mastodon: Mastodon, mastodon_server: MastodonServer
) -> None:
    mastodon_server.switches["media_take_time"] = True
    media = mastodon.media_post(io.BytesIO(b"image"), "image/png", description="A crowd")
    with pytest.raises(MastodonAPIError, match="have not finished processing"):
        mastodon.status_post("Look", media_ids=[media.id])
    assert media.url is None and mastodon.media(media.id).url is None
    assert mastodon.media(media.id).url
    mastodon.status_post("Look", media_ids=[media.id])
    asked = [entry for entry in mastodon_server.requests if "/media" in entry.path]
    assert [entry.status for entry in asked] == [202, 206, 200]
