"""The Bluesky sandbox beside a real PDS: the same requests get the same kind of answers."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from distributor.sandbox.bluesky_server import BlueskyServer
from tests.servers.pds import Pds

POST = "app.bsky.feed.post"
KEYS = ("3mh2aaaaaaa22", "3mh2aaaaaab22", "3mh2aaaaaac22")
Call = tuple[str, dict[str, Any]]


def record(text: str = "Text é 👍", **more: Any) -> dict[str, Any]:
    return {"$type": POST, "text": text, "createdAt": "2026-11-22T09:00:00.000Z"} | more


def create(key: str | None, value: dict[str, Any]) -> Call:
    return "repo.createRecord", {"record": value} | ({"rkey": key} if key else {})


def put(key: str, value: dict[str, Any], **more: Any) -> Call:
    return "repo.putRecord", {"rkey": key, "record": value, **more}


def delete(key: str) -> Call:
    return "repo.deleteRecord", {"rkey": key}


def get(key: str) -> Call:
    return "repo.getRecord", {"rkey": key}


def apply(*keys: str, kind: str = "create") -> Call:
    writes = [
        {"$type": f"com.atproto.repo.applyWrites#{kind}", "collection": POST, "rkey": key}
        | ({} if kind == "delete" else {"value": record(key)})
        for key in keys
    ]
    return "repo.applyWrites", {"writes": writes}


LINK = {"$type": "app.bsky.richtext.facet#link", "uri": "https://ipac.global/"}
CARD = {"uri": "https://ipac.global/", "title": "Title", "description": ""}
SCENES: dict[str, list[Call]] = {
    "create, again, read": [create(KEYS[0], record()), create(KEYS[0], record()), get(KEYS[0])],
    "put, again, another": [
        put(KEYS[0], record()),
        put(KEYS[0], record()),
        put(KEYS[0], record("b")),
    ],
    "put with a null swap": [
        put(KEYS[0], record(), swapRecord=None),
        put(KEYS[0], record(), swapRecord=None),
        put(KEYS[0], record("b"), swapRecord=None),
    ],
    "delete, again, create": [
        create(KEYS[0], record()),
        delete(KEYS[0]),
        delete(KEYS[0]),
        get(KEYS[0]),
        create(KEYS[0], record("b")),
    ],
    "writes, one exists": [apply(*KEYS[:2]), apply(KEYS[2], KEYS[1]), get(KEYS[2]), get(KEYS[1])],
    "writes that change": [
        apply(KEYS[0]),
        apply(KEYS[0], kind="update"),
        apply(KEYS[0], kind="delete"),
    ],
    "300 and 301 graphemes": [put(KEYS[0], record("x" * 300)), put(KEYS[1], record("x" * 301))],
    "3000 and 3025 bytes": [
        put(KEYS[0], record("👨‍👩‍👧‍👦" * 120)),
        put(KEYS[1], record("👨‍👩‍👧‍👦" * 121)),
    ],
    "an empty text": [put(KEYS[0], record(""))],
    "a key that is no TID": [put("my-statement-01", record()), put("zzzzzzzzzzzzz", record())],
    "bad languages": [
        put(KEYS[0], record(langs=["en", "zh", "ar", "fr"])),
        put(KEYS[0], record(langs=["?"])),
    ],
    "a bad moment": [put(KEYS[0], record(createdAt="yesterday"))],
    "a facet beyond the text": [
        put(
            KEYS[0],
            record("a", facets=[{"index": {"byteStart": 5, "byteEnd": 9}, "features": [LINK]}]),
        )
    ],
    "a facet without a range": [
        put(KEYS[0], record("a", facets=[{"index": {}, "features": [LINK]}]))
    ],
    "a card, and one without a title": [
        put(KEYS[0], record(embed={"$type": "app.bsky.embed.external", "external": CARD})),
        put(
            KEYS[1],
            record(embed={"$type": "app.bsky.embed.external", "external": {"uri": "https://a.b"}}),
        ),
    ],
    "shapes that make no sense": [
        put(KEYS[0], record(reply="a")),
        put(KEYS[0], record(langs="en")),
        put(KEYS[0], record(facets={})),
        put(KEYS[0], record(embed="https://a.b")),
    ],
    "a reply without a parent": [put(KEYS[0], record(reply={}))],
    "another type": [put(KEYS[0], record() | {"$type": "app.bsky.feed.like"})],
    "no view of the network": [("app.bsky.actor.getProfile", {"actor": "ana.test"})],
}


class Account:
    """An account on either server."""

    def __init__(self, url: str, handle: str, password: str) -> None:
        self.url = f"{url}/xrpc"
        login = {"identifier": handle, "password": password}
        session = httpx.post(
            f"{self.url}/com.atproto.server.createSession", json=login, timeout=30
        ).json()
        self.did = session["did"]
        self.headers = {"Authorization": f"Bearer {session['accessJwt']}"}

    def ask(self, call: Call) -> tuple[int, Any]:
        """Status, and what of the answer does not depend on who and when."""
        name, arguments = call
        method = name if name.startswith("app.") else f"com.atproto.{name}"
        body = {"repo": self.did, "collection": POST, **arguments}
        if ".get" in method:
            answer = httpx.get(
                f"{self.url}/{method}", params=body, headers=self.headers, timeout=30
            )
        else:
            answer = httpx.post(f"{self.url}/{method}", json=body, headers=self.headers, timeout=30)
        return answer.status_code, self._essence(answer.json())

    def _essence(self, answer: dict[str, Any]) -> Any:
        if "error" in answer:
            return answer["error"]
        if "commit" in answer:
            assert set(answer["commit"]) == {"cid", "rev"}
            answer["commit"] = "a commit"
        return {
            name: value.replace(self.did, "did") if isinstance(value, str) else value
            for name, value in answer.items()
            if name != "results"
        } | {"results": [result.get("cid") for result in answer.get("results", [])]}


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES.keys())
def test_the_sandbox_answers_as_a_real_server(
    pds: Pds, bluesky_server: BlueskyServer, scene: list[Call]
) -> None:
    real = pds.create_account()
    ours = Account(bluesky_server.url, "ana.test", "secret")
    theirs = Account(pds.url, real.handle, real.app_password)
    for call in scene:
        assert ours.ask(call) == theirs.ask(call), call
