"""Bluesky as atproto meets it; what a real server does is in the comments of the rules."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from atproto import Client
from atproto_client.exceptions import (
    BadRequestError,
    NetworkError,
    RateLimitExceededError,
    RequestException,
    UnauthorizedError,
)

from distributor.sandbox.atproto_records import next_tid, record_cid
from distributor.sandbox.bluesky_server import BlueskyServer, did_of

POST = "app.bsky.feed.post"


def record(text: str = "Text", **more: Any) -> dict[str, Any]:
    made = {"$type": POST, "text": text, "createdAt": "2026-11-22T09:00:00.000Z", "langs": ["en"]}
    return made | more


def answer(raised: pytest.ExceptionInfo[Any]) -> tuple[int, str]:
    """Status and error name of what the client library raised."""
    response = raised.value.response
    return response.status_code, response.content.error


def access(server: BlueskyServer) -> dict[str, str]:
    """The header of a new session."""
    return {"Authorization": f"Bearer {server.sessions.open()['accessJwt']}"}


class Repo:
    """The repository calls, for the account that is logged in."""

    def __init__(self, client: Client, server: BlueskyServer) -> None:
        self.server = server
        self.calls = client.com.atproto.repo
        self.where = {"repo": server.did, "collection": POST}

    def put(self, key: str, value: dict[str, Any], **more: Any) -> Any:
        return self.calls.put_record({**self.where, "rkey": key, "record": value, **more})

    def create(self, key: str, value: dict[str, Any]) -> Any:
        return self.calls.create_record({**self.where, "rkey": key, "record": value})

    def get(self, key: str) -> Any:
        return self.calls.get_record({**self.where, "rkey": key})

    def apply(self, *writes: tuple[str, str, dict[str, Any] | None]) -> Any:
        return self.calls.apply_writes(
            {
                "repo": self.where["repo"],
                "writes": [
                    {
                        "$type": f"com.atproto.repo.applyWrites#{kind}",
                        "collection": POST,
                        "rkey": key,
                        **({"value": value} if value else {}),
                    }
                    for kind, key, value in writes
                ],
            }
        )

    def raw(self, method: str, body: dict[str, Any]) -> httpx.Response:
        """A call the library cannot make."""
        url = f"{self.server.url}/xrpc/com.atproto.repo.{method}"
        return httpx.post(url, json=self.where | body, headers=access(self.server))


@pytest.fixture
def repo(bluesky: Client, bluesky_server: BlueskyServer) -> Repo:
    return Repo(bluesky, bluesky_server)


@pytest.fixture
def keys() -> list[str]:
    made = [next_tid()]
    for _ in range(4):
        made.append(next_tid(made[-1]))
    return made


def test_the_wrong_password_is_refused(bluesky_server: BlueskyServer) -> None:
    client = Client(base_url=f"{bluesky_server.url}/xrpc")
    with pytest.raises(UnauthorizedError) as raised:
        client.login("ana.test", "wrong", fetch_bsky_profile=False)
    assert answer(raised) == (401, "AuthenticationRequired")
    client.request.close()


def test_a_login_leaves_no_password_in_the_log(
    bluesky: Client, bluesky_server: BlueskyServer
) -> None:
    (login,) = bluesky_server.requests
    assert login.path.endswith("createSession") and "secret" not in str(login)


def test_there_are_no_profiles_without_a_view_of_the_network(bluesky: Client) -> None:
    with pytest.raises(BadRequestError) as raised:
        bluesky.app.bsky.actor.get_profile({"actor": "ana.test"})
    assert answer(raised) == (400, "InvalidRequest")


def test_an_unknown_method_is_not_implemented(bluesky: Client) -> None:
    with pytest.raises(RequestException) as raised:
        bluesky.com.atproto.server.list_app_passwords()
    assert answer(raised) == (501, "MethodNotImplemented")


def test_a_handle_has_one_did_and_some_have_none(bluesky: Client) -> None:
    assert bluesky.resolve_handle("ana.test").did == did_of("ana.test")
    assert bluesky.resolve_handle("ben.test").did == did_of("ben.test") != did_of("ana.test")
    with pytest.raises(BadRequestError, match="Unable to resolve"):
        bluesky.resolve_handle("cleo.invalid")


def test_an_expired_token_is_answered_400(bluesky: Client, bluesky_server: BlueskyServer) -> None:
    httpx.post(f"{bluesky_server.url}/sandbox/expire").raise_for_status()
    with pytest.raises(BadRequestError) as raised:
        bluesky.com.atproto.server.get_session()
    assert answer(raised) == (400, "ExpiredToken")


def test_a_session_that_expired_goes_on_when_refreshed(bluesky_server: BlueskyServer) -> None:
    tokens = bluesky_server.sessions.open()
    bluesky_server.sessions.expire()
    url = f"{bluesky_server.url}/xrpc/com.atproto.server."
    refresh = {"Authorization": f"Bearer {tokens['refreshJwt']}"}
    new = httpx.post(f"{url}refreshSession", headers=refresh).json()["accessJwt"]
    answers = [
        httpx.get(f"{url}getSession", headers={"Authorization": f"Bearer {token}"}).status_code
        for token in (tokens["accessJwt"], new)
    ]
    assert answers == [400, 200]


def test_a_refresh_token_is_good_once(bluesky_server: BlueskyServer) -> None:
    headers = {"Authorization": f"Bearer {bluesky_server.sessions.open()['refreshJwt']}"}
    url = f"{bluesky_server.url}/xrpc/com.atproto.server.refreshSession"
    answers = [httpx.post(url, headers=headers) for _ in range(2)]
    assert [a.status_code for a in answers] == [200, 400]


def test_a_session_outlives_the_server(bluesky: Client, bluesky_server: BlueskyServer) -> None:
    text = bluesky.export_session_string().replace(bluesky_server.url, "{url}")
    with BlueskyServer("ana.test", password="secret") as restarted:
        client = Client(base_url=f"{restarted.url}/xrpc")
        client.login(session_string=text.format(url=restarted.url), fetch_bsky_profile=False)
        assert client.com.atproto.server.get_session().did == restarted.did
        client.request.close()


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({}, (401, "AuthMissing"), id="none"),
        pytest.param({"Authorization": "Bearer junk"}, (400, "InvalidToken"), id="junk"),
        pytest.param({"Authorization": "Bearer a.b.c"}, (400, "InvalidToken"), id="forged"),
    ],
)
def test_a_token_that_is_none_is_refused(
    bluesky_server: BlueskyServer, headers: dict[str, str], expected: tuple[int, str]
) -> None:
    url = f"{bluesky_server.url}/xrpc/com.atproto.repo.createRecord"
    refused = httpx.post(url, json={}, headers=headers)
    assert (refused.status_code, refused.json()["error"]) == expected


def test_the_cid_of_a_record_is_the_one_clients_compute(repo: Repo, keys: list[str]) -> None:
    assert repo.put(keys[0], record("é")).cid == record_cid(record("é"))


def test_a_known_record_has_its_known_cid() -> None:
    """An empty map in DAG-CBOR is the byte a0; its CID is the same everywhere."""
    assert record_cid({}) == "bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua"


def test_the_same_record_put_again_is_no_commit(repo: Repo, keys: list[str]) -> None:
    first, second = repo.put(keys[0], record()), repo.put(keys[0], record())
    assert first.cid == second.cid
    assert first.commit is not None and second.commit is None


def test_another_record_put_under_the_key_replaces_it(repo: Repo, keys: list[str]) -> None:
    repo.put(keys[0], record("One"))
    repo.put(keys[0], record("Two"))
    assert repo.get(keys[0]).value.text == "Two"


def test_a_null_swap_creates_once_and_never_replaces(repo: Repo, keys: list[str]) -> None:
    bodies = [
        {"rkey": keys[0], "record": record(text), "swapRecord": None}
        for text in ("One", "One", "Two")
    ]
    answers = [repo.raw("putRecord", body) for body in bodies]
    assert [a.status_code for a in answers] == [200, 200, 400]
    assert answers[2].json()["error"] == "InvalidSwap"
    assert repo.get(keys[0]).value.text == "One"


def test_a_key_that_exists_is_an_internal_error(repo: Repo, keys: list[str]) -> None:
    repo.create(keys[0], record())
    with pytest.raises(RequestException) as raised:
        repo.create(keys[0], record())
    assert answer(raised) == (500, "InternalServerError")


def test_a_missing_record_is_answered_400(repo: Repo, keys: list[str]) -> None:
    with pytest.raises(BadRequestError) as raised:
        repo.get(keys[0])
    assert answer(raised) == (400, "RecordNotFound")


def test_a_deleted_key_may_be_used_again(repo: Repo, keys: list[str]) -> None:
    repo.create(keys[0], record())
    where = {**repo.where, "rkey": keys[0]}
    assert repo.calls.delete_record(where).commit is not None
    assert repo.calls.delete_record(where).commit is None
    assert repo.create(keys[0], record("Again")).uri.endswith(keys[0])


def test_a_thread_is_written_in_one_commit(repo: Repo, keys: list[str]) -> None:
    root = {"uri": f"at://{repo.where['repo']}/{POST}/{keys[0]}", "cid": record_cid(record())}
    reply = record("Two", reply={"root": root, "parent": root})
    results = repo.apply(("create", keys[0], record()), ("create", keys[1], reply)).results
    assert len(repo.server.requests) == 2  # the login and the thread
    # The library adds a $type to each reference, so the second CID is of what it sent.
    sent = json.loads(repo.server.requests[-1].body)["writes"][1]["value"]
    assert [result.cid for result in results] == [root["cid"], record_cid(sent)]
    assert repo.get(keys[1]).value.reply.parent.uri == root["uri"]


def test_writes_are_all_done_or_none(repo: Repo, keys: list[str]) -> None:
    repo.create(keys[1], record("There"))
    with pytest.raises(RequestException) as raised:
        repo.apply(("create", keys[0], record()), ("create", keys[1], record()))
    assert answer(raised)[0] == 500
    with pytest.raises(BadRequestError):
        repo.get(keys[0])


def test_writes_may_change_and_delete(repo: Repo, keys: list[str]) -> None:
    repo.apply(("create", keys[0], record("One")), ("create", keys[1], record("Two")))
    repo.apply(("update", keys[0], record("Three")), ("delete", keys[1], None))
    found = repo.calls.list_records(repo.where).records
    assert [item.value.text for item in found] == ["Three"]


def test_records_are_listed_newest_first_in_pages(repo: Repo, keys: list[str]) -> None:
    repo.apply(*(("create", key, record(key)) for key in keys))
    first = repo.calls.list_records({**repo.where, "limit": 3})
    rest = repo.calls.list_records({**repo.where, "limit": 3, "cursor": first.cursor})
    assert [item.value.text for item in [*first.records, *rest.records]] == keys[::-1]
    upward = repo.calls.list_records({**repo.where, "reverse": True, "limit": 1})
    assert upward.records[0].value.text == keys[0]


@pytest.mark.parametrize(
    ("value", "taken"),
    [
        pytest.param(record("x" * 300), True, id="300 graphemes"),
        pytest.param(record("x" * 301), False, id="301 graphemes"),
        pytest.param(record("👨‍👩‍👧‍👦" * 120), True, id="3000 bytes"),
        pytest.param(record("👨‍👩‍👧‍👦" * 121), False, id="3025 bytes"),
        pytest.param(record(""), True, id="empty text is not checked"),
        pytest.param(record(langs=["en", "zh-Hant", "ar"]), True, id="3 languages"),
        pytest.param(record(langs=["en", "zh", "ar", "fr"]), False, id="4 languages"),
        pytest.param(record(langs=["english please"]), False, id="no language"),
        pytest.param(record(createdAt="yesterday"), False, id="no moment"),
        pytest.param(record(tags=list("abcdefghi")), False, id="9 tags"),
        pytest.param({"$type": "app.bsky.feed.like"}, False, id="another type"),
    ],
)
def test_a_post_is_checked_as_the_real_server_checks_it(
    repo: Repo, keys: list[str], value: dict[str, Any], taken: bool
) -> None:
    given = repo.raw("putRecord", {"rkey": keys[0], "record": value})
    assert given.status_code == (200 if taken else 400)
    assert taken or given.json()["error"] == "InvalidRequest"


@pytest.mark.parametrize("key", ["my-statement-01", "zzzzzzzzzzzzz", "3jzfcijpj2z2", "", ".."])
def test_a_key_of_a_post_must_be_a_tid(repo: Repo, key: str) -> None:
    refused = repo.raw("putRecord", {"rkey": key, "record": record()})
    assert (refused.status_code, refused.json()["error"]) == (400, "InvalidRequest")


def test_new_keys_grow() -> None:
    made = [next_tid()]
    for _ in range(200):
        made.append(next_tid(made[-1]))
    assert made == sorted(set(made)) and {len(key) for key in made} == {13}


def test_an_image_must_be_uploaded_before_it_is_used(
    repo: Repo, keys: list[str], bluesky_server: BlueskyServer
) -> None:
    url = f"{bluesky_server.url}/xrpc/com.atproto.repo.uploadBlob"
    headers = access(bluesky_server) | {"Content-Type": "image/png"}
    blob = httpx.post(url, content=b"image", headers=headers).json()["blob"]
    images = {"$type": "app.bsky.embed.images", "images": [{"image": blob, "alt": "A crowd"}]}
    repo.put(keys[0], record(embed=images))
    (seen,) = bluesky_server.seen()
    assert seen.media[0].alt == "A crowd" and httpx.get(seen.media[0].url).content == b"image"

    unknown = blob | {"ref": {"$link": record_cid({})}}
    images = {"$type": "app.bsky.embed.images", "images": [{"image": unknown, "alt": ""}]}
    refused = repo.raw("putRecord", {"rkey": keys[1], "record": record(embed=images)})
    assert refused.json()["error"] == "BlobNotFound"


def test_a_file_over_5_mib_is_too_large(repo: Repo, bluesky_server: BlueskyServer) -> None:
    url = f"{bluesky_server.url}/xrpc/com.atproto.repo.uploadBlob"
    headers = access(bluesky_server)
    assert httpx.post(url, content=b" " * (5 * 2**20 + 1), headers=headers).status_code == 413


def test_somebody_elses_repository_is_out_of_reach(repo: Repo, keys: list[str]) -> None:
    refused = repo.raw("createRecord", {"repo": did_of("ben.test"), "record": record()})
    assert (refused.status_code, refused.json()["error"]) == (400, "InvalidRequest")


def test_a_limit_is_told_with_the_time_it_ends(
    repo: Repo, keys: list[str], bluesky_server: BlueskyServer
) -> None:
    rule = {"match": "POST *putRecord", "do": "status", "code": 429, "seconds": 60}
    bluesky_server.faults.add(rule)
    with pytest.raises(RateLimitExceededError) as raised:
        repo.put(keys[0], record())
    assert raised.value.retry_after == 60


def test_a_gateway_may_stand_in_front(
    repo: Repo, keys: list[str], bluesky_server: BlueskyServer
) -> None:
    bluesky_server.faults.add({"match": "POST *putRecord", "do": "html", "code": 502})
    with pytest.raises(NetworkError):
        repo.put(keys[0], record())


def test_followers_see_links_only_where_facets_are(
    repo: Repo, keys: list[str], bluesky_server: BlueskyServer
) -> None:
    link = {"$type": "app.bsky.richtext.facet#link", "uri": "https://ipac.global/a"}
    facets = [{"index": {"byteStart": 7, "byteEnd": 11}, "features": [link]}]
    repo.put(keys[0], record("Lé 👍 here https://not.linked", facets=facets))
    (seen,) = httpx.get(f"{bluesky_server.url}/sandbox/posts").json()
    assert seen["links"] == ["https://ipac.global/a"] and seen["language"] == "en"
    assert "not.linked" in seen["text"]


def test_a_link_card_is_seen(repo: Repo, keys: list[str], bluesky_server: BlueskyServer) -> None:
    card = {"uri": "https://ipac.global/a", "title": "Title", "description": "More"}
    repo.put(keys[0], record(embed={"$type": "app.bsky.embed.external", "external": card}))
    (seen,) = bluesky_server.seen()
    assert seen.card is not None and seen.card.title == "Title"
    del card["title"]
    embed = {"$type": "app.bsky.embed.external", "external": card}
    refused = repo.raw("putRecord", {"rkey": keys[1], "record": record(embed=embed)})
    assert refused.status_code == 400
