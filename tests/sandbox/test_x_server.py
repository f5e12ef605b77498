"""X as tweepy meets it."""

from __future__ import annotations

import base64
import dataclasses
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import tweepy

from distributor.sandbox.x_server import XServer

from .conftest import KEYS, tweepy_client

FIELDS = ["created_at", "entities", "referenced_tweets", "conversation_id"]


def post(client: tweepy.Client, text: str, parent: str | None = None) -> str:
    answer = client.create_tweet(text=text, in_reply_to_tweet_id=parent)
    return str(answer.data["id"])


def test_the_account_is_told(x: tweepy.Client, x_server: XServer) -> None:
    me = x.get_me().data
    assert (me.username, str(me.id)) == ("distributor_x", x_server.user_id)


def test_a_post_is_answered_201_with_an_id_beyond_what_floats_hold(
    x: tweepy.Client, x_server: XServer
) -> None:
    first, second = post(x, "One"), post(x, "Two")
    assert 2**53 < int(first) < int(second)
    assert [entry.status for entry in x_server.requests] == [201, 201]


def test_a_thread_is_read_back_newest_first(x: tweepy.Client, x_server: XServer) -> None:
    first = post(x, "One")
    second = post(x, "Two", first)
    found = x.get_users_tweets(x_server.user_id, tweet_fields=FIELDS, user_auth=True).data
    assert [str(tweet.id) for tweet in found] == [second, first]
    assert [(r.type, str(r.id)) for r in found[0].referenced_tweets] == [("replied_to", first)]
    assert {str(tweet.conversation_id) for tweet in found} == {first}


def test_links_come_back_wrapped_and_signs_escaped(x: tweepy.Client) -> None:
    id_ = post(x, "Us & them: https://ipac.global/statement?a=1&b=2 #HongKong <3")
    tweet = x.get_tweet(id_, tweet_fields=FIELDS, user_auth=True).data
    (url,) = tweet.entities["urls"]
    assert tweet.text == f"Us &amp; them: {url['url']} #HongKong &lt;3"
    assert tweet.text[url["start"] : url["end"]] == url["url"]
    assert url["expanded_url"] == "https://ipac.global/statement?a=1&b=2"
    assert [tag["tag"] for tag in tweet.entities["hashtags"]] == ["HongKong"]


def test_a_domain_made_by_a_missing_space_becomes_a_link(x: tweepy.Client) -> None:
    tweet = x.get_tweet(post(x, "This is the law.In time"), tweet_fields=FIELDS, user_auth=True)
    assert tweet.data.entities["urls"][0]["expanded_url"] == "http://law.In"


def test_only_newer_posts_are_listed_since_an_anchor(x: tweepy.Client, x_server: XServer) -> None:
    ids = [post(x, text) for text in "abc"]
    found = x.get_users_tweets(x_server.user_id, since_id=ids[1], user_auth=True)
    assert [str(tweet.id) for tweet in found.data] == [ids[2]]
    nothing = x.get_users_tweets(x_server.user_id, since_id=ids[2], user_auth=True)
    assert nothing.data is None and nothing.meta["result_count"] == 0


def test_a_long_timeline_comes_in_pages(x: tweepy.Client, x_server: XServer) -> None:
    ids = [post(x, f"Post {number}") for number in range(7)]
    first = x.get_users_tweets(x_server.user_id, max_results=5, user_auth=True)
    token = first.meta["next_token"]
    rest = x.get_users_tweets(
        x_server.user_id, max_results=5, pagination_token=token, user_auth=True
    )
    assert [str(tweet.id) for tweet in [*first.data, *rest.data]] == ids[::-1]
    with pytest.raises(tweepy.BadRequest):
        x.get_users_tweets(x_server.user_id, max_results=4, user_auth=True)


def test_an_anchor_that_is_no_number_is_a_bad_request(x: tweepy.Client, x_server: XServer) -> None:
    with pytest.raises(tweepy.BadRequest, match="since_id"):
        x.get_users_tweets(x_server.user_id, since_id="newest", user_auth=True)


def test_posts_made_at_the_same_time_are_all_kept_under_ids_of_their_own() -> None:
    with XServer() as server, ThreadPoolExecutor(8) as threads:
        url, headers = f"{server.url}/2/tweets", {"Authorization": "Bearer any"}
        made = threads.map(
            lambda number: httpx.post(url, json={"text": f"Post {number}"}, headers=headers),
            range(40),
        )
        ids = {answer.json()["data"]["id"] for answer in made}
        assert len(ids) == len(server.seen()) == 40


def test_the_same_text_again_is_a_duplicate(x: tweepy.Client) -> None:
    post(x, "Once")
    with pytest.raises(tweepy.Forbidden, match="duplicate content"):
        post(x, "Once")


def test_a_deleted_post_is_gone_and_may_be_posted_again(x: tweepy.Client) -> None:
    id_ = post(x, "Once")
    assert x.delete_tweet(id_).data == {"deleted": True}
    assert x.delete_tweet(id_).data == {"deleted": False}
    assert x.get_tweet(id_, user_auth=True).errors[0]["resource_id"] == id_
    post(x, "Once")


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        pytest.param("x" * 280, True, id="280"),
        pytest.param("x" * 281, False, id="281"),
        pytest.param("自" * 140, True, id="140 wide"),
        pytest.param("自" * 141, False, id="141 wide"),
        pytest.param("x" * 256 + " https://ipac.global/" + "p" * 400, True, id="a long link is 23"),
        pytest.param("a." * 5000, False, id="dots without end"),
        pytest.param("\ufeff", False, id="forbidden"),
    ],
)
def test_a_text_is_weighed_as_x_weighs_it(x: tweepy.Client, text: str, fits: bool) -> None:
    if fits:
        post(x, text)
    else:
        with pytest.raises(tweepy.Forbidden):
            post(x, text)


def test_a_reply_to_a_post_that_is_not_there_is_refused(x: tweepy.Client) -> None:
    with pytest.raises(tweepy.Forbidden, match="deleted or not visible"):
        post(x, "Orphan", "1")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"in_reply_to_tweet_id": "not a number"}, id="parent"),
        pytest.param({"media_ids": ["1", "2", "3", "4", "5"]}, id="five media"),
        pytest.param({"media_ids": ["1"]}, id="unknown media"),
        pytest.param({"reply_settings": "nobody"}, id="reply settings"),
    ],
)
def test_a_parameter_out_of_bounds_is_a_bad_request(
    x: tweepy.Client, x_server: XServer, changes: dict[str, object]
) -> None:
    with pytest.raises(tweepy.BadRequest):
        x.create_tweet(text="Text", **changes)
    assert x_server.seen() == []


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"text": "a", "status": "b"}', b'{"text": 7}'])
def test_a_body_the_description_forbids_is_a_bad_request(body: bytes) -> None:
    headers = {"Authorization": "Bearer any"}
    with XServer() as server:
        answer = httpx.post(f"{server.url}/2/tweets", content=body, headers=headers)
    assert answer.status_code == 400 and answer.json()["title"] == "Invalid Request"


@pytest.mark.parametrize("part", ["consumer_key", "consumer_secret", "access_token_secret"])
def test_a_wrong_key_is_not_let_in(x_server: XServer, part: str) -> None:
    client = tweepy_client(x_server, dataclasses.replace(KEYS, **{part: "wrong"}))
    with pytest.raises(tweepy.Unauthorized):
        client.create_tweet(text="Text")
    client.session.close()


@pytest.mark.parametrize(("token", "status"), [("right", 201), ("wrong", 401)])
def test_a_users_oauth_2_token_is_let_in_too(token: str, status: int) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    with XServer(bearer="right") as server:
        answer = httpx.post(f"{server.url}/2/tweets", json={"text": "Text"}, headers=headers)
    assert answer.status_code == status


def test_without_keys_of_its_own_any_signature_is_let_in() -> None:
    with XServer() as server:
        client = tweepy_client(server)
        assert post(client, "Text")
        client.session.close()
        assert httpx.post(f"{server.url}/2/tweets", json={"text": "b"}).status_code == 401


def test_a_limit_is_told_with_the_time_it_ends(x: tweepy.Client, x_server: XServer) -> None:
    x_server.faults.add({"match": "POST /2/tweets", "do": "status", "code": 429, "seconds": 60})
    with pytest.raises(tweepy.TooManyRequests) as caught:
        post(x, "Text")
    assert 55 < caught.value.reset_time - time.time() < 65
    assert caught.value.response.headers["x-rate-limit-remaining"] == "0"


def test_an_account_without_credit_is_answered_402(x: tweepy.Client, x_server: XServer) -> None:
    x_server.faults.add({"match": "POST /2/tweets", "do": "status", "code": 402})
    with pytest.raises(tweepy.HTTPException, match="credits"):
        post(x, "Text")
    assert x_server.seen() == []


def test_followers_see_full_links_and_who_answers_whom(x: tweepy.Client, x_server: XServer) -> None:
    first = post(x, "Read https://ipac.global/statement & weep")
    second = post(x, "Two", first)
    posts = httpx.get(f"{x_server.url}/sandbox/posts").json()
    assert [(p["id"], p["parent"]) for p in posts] == [(first, None), (second, first)]
    assert posts[0]["text"] == "Read https://ipac.global/statement & weep"
    assert posts[0]["links"] == ["https://ipac.global/statement"]


UPLOAD = {"media": base64.b64encode(b"image").decode(), "media_category": "tweet_image"}


def ask(client: tweepy.Client, path: str, body: object) -> Any:
    return client.request("POST", path, json=body, user_auth=True).json()["data"]


def test_a_picture_is_shown_with_its_description(x: tweepy.Client, x_server: XServer) -> None:
    id_ = ask(x, "/2/media/upload", UPLOAD)["id"]
    ask(x, "/2/media/metadata", {"id": id_, "metadata": {"alt_text": {"text": "A crowd"}}})
    x.create_tweet(text="Look", media_ids=[id_])
    (seen,) = x_server.seen()
    assert seen.media[0].alt == "A crowd" and httpx.get(seen.media[0].url).content == b"image"


def test_an_illustrated_post_comes_back_with_one_more_link(x: tweepy.Client) -> None:
    id_ = x.create_tweet(text="Look", media_ids=[ask(x, "/2/media/upload", UPLOAD)["id"]]).data[
        "id"
    ]
    tweet = x.get_tweet(id_, tweet_fields=FIELDS, user_auth=True).data
    (url,) = tweet.entities["urls"]
    assert tweet.text == f"Look {url['url']}" and url["media_key"].startswith("3_")
    assert tweet.text[url["start"] : url["end"]] == url["url"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("upload", UPLOAD | {"media": "no base64!"}, id="no base64"),
        pytest.param("upload", UPLOAD | {"media": ""}, id="nothing"),
        pytest.param("upload", UPLOAD | {"media_category": "tweet_song"}, id="category"),
        pytest.param("upload", UPLOAD | {"alt_text": "A crowd"}, id="unknown property"),
        pytest.param("metadata", {"id": "1", "metadata": {}}, id="no text"),
        pytest.param(
            "metadata", {"id": "1", "metadata": {"alt_text": {"text": "a"}}}, id="unknown id"
        ),
        pytest.param(
            "metadata", {"id": "1", "metadata": {"alt_text": {"text": "a" * 1001}}}, id="long"
        ),
    ],
)
def test_an_upload_the_description_forbids_is_a_bad_request(
    x: tweepy.Client, path: str, body: object
) -> None:
    with pytest.raises(tweepy.BadRequest):
        ask(x, f"/2/media/{path}", body)
