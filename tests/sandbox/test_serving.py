"""What a client meets on the wire, for each fault; seen through a server that only counts."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from distributor.sandbox.messages import Request, Response
from distributor.sandbox.serving import Route, SandboxServer


class CountingServer(SandboxServer):
    """Counts what was really done."""

    done = 0

    def routes(self) -> list[Route]:
        return [*super().routes(), ("POST", "/count", self._count), ("GET", "/{a}/{b}", self._say)]

    def _count(self, request: Request) -> Response:
        self.done += 1
        return Response.json({"done": self.done, "filling": "." * 1000})

    def _say(self, request: Request, a: str, b: str) -> Response:
        return Response.json([a, b, request.argument("q")])


@pytest.fixture
def server() -> Iterator[CountingServer]:
    with CountingServer() as running:
        yield running


@pytest.fixture
def client(server: CountingServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=30) as made:
        yield made


def test_names_in_a_path_and_the_query_reach_the_handler(client: httpx.Client) -> None:
    assert client.get("/a%20b/c?q=%C3%A9").json() == ["a b", "c", "é"]


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/count", 405)])
def test_what_is_not_served_is_said_plainly(client: httpx.Client, path: str, status: int) -> None:
    assert client.get(path).status_code == status


@pytest.mark.parametrize(
    ("rule", "status", "done"),
    [
        pytest.param({"do": "status", "code": 429}, 429, 0, id="status"),
        pytest.param({"do": "html"}, 502, 0, id="html"),
        pytest.param({"do": "redirect", "location": "/elsewhere"}, 301, 0, id="redirect"),
        pytest.param({"do": "500_after"}, 500, 1, id="500_after"),
        pytest.param({"do": "500_after", "code": 504}, 504, 1, id="504 after"),
        pytest.param({"do": "delay", "seconds": 0.05}, 200, 1, id="delay"),
        pytest.param({"do": "gzip_bomb"}, 200, 1, id="gzip_bomb"),
    ],
)
def test_a_fault_answers_with_or_without_the_effect(
    server: CountingServer, client: httpx.Client, rule: dict[str, object], status: int, done: int
) -> None:
    server.faults.add({"match": "POST /count", **rule})
    with client.stream("POST", "/count") as answer:
        assert answer.status_code == status
    assert server.done == done


@pytest.mark.parametrize(
    ("rule", "error", "done"),
    [
        pytest.param({"do": "drop_before"}, httpx.RemoteProtocolError, 0, id="drop_before"),
        pytest.param({"do": "drop_after"}, httpx.RemoteProtocolError, 1, id="drop_after"),
        pytest.param({"do": "reset_after"}, httpx.ReadError, 1, id="reset_after"),
        pytest.param({"do": "truncate"}, httpx.RemoteProtocolError, 1, id="truncate"),
        pytest.param({"do": "never", "seconds": 5}, httpx.ReadTimeout, 0, id="never"),
    ],
)
def test_a_fault_breaks_the_connection_with_or_without_the_effect(
    server: CountingServer,
    client: httpx.Client,
    rule: dict[str, object],
    error: type[Exception],
    done: int,
) -> None:
    server.faults.add({"match": "POST /count", **rule})
    with pytest.raises(error):
        client.post("/count", timeout=1)
    assert server.done == done
    assert client.post("/count").json()["done"] == done + 1


def test_a_late_effect_happens_after_the_connection_was_closed(
    server: CountingServer, client: httpx.Client
) -> None:
    server.faults.add({"match": "POST /count", "do": "late", "seconds": 0.1})
    with pytest.raises(httpx.RemoteProtocolError):
        client.post("/count")
    assert server.done == 0
    server.wait_for_late()
    assert server.done == 1


def test_a_late_effect_does_not_outlive_a_reset(
    server: CountingServer, client: httpx.Client
) -> None:
    server.faults.add({"match": "POST /count", "do": "late", "code": 503, "seconds": 0.05})
    client.post("/count")
    server.reset()
    server.wait_for_late()
    assert server.done == 0


def test_a_late_effect_may_follow_an_answer(server: CountingServer, client: httpx.Client) -> None:
    server.faults.add({"match": "POST /count", "do": "late", "code": 503, "seconds": 0.05})
    assert client.post("/count").status_code == 503
    server.wait_for_late()
    assert server.done == 1


def test_a_fault_may_bring_its_own_words(server: CountingServer, client: httpx.Client) -> None:
    rule = {"match": "POST /count", "do": "status", "code": 402, "body": {"title": "No credit"}}
    server.faults.add(rule | {"headers": {"Retry-After": "7"}})
    answer = client.post("/count")
    assert (answer.json(), answer.headers["retry-after"]) == ({"title": "No credit"}, "7")


def test_a_bomb_is_small_on_the_wire_and_large_unpacked(
    server: CountingServer, client: httpx.Client
) -> None:
    server.faults.add({"match": "POST /count", "do": "gzip_bomb"})
    answer = client.post("/count")
    assert int(answer.headers["content-length"]) < 64 * 1024
    assert len(answer.content) == 16 * 1024 * 1024


def test_faults_are_set_and_shown_over_http(server: CountingServer, client: httpx.Client) -> None:
    rule = {"match": "POST /count", "do": "status", "code": 418}
    assert client.post("/sandbox/faults", json=[rule]).status_code == 201
    assert client.get("/sandbox/faults").json()[0]["code"] == 418
    assert client.post("/count").status_code == 418


@pytest.mark.parametrize("body", [b"{", b'{"match": "* /", "do": "explode"}', b"7"])
def test_a_malformed_fault_over_http_is_refused(client: httpx.Client, body: bytes) -> None:
    answer = client.post("/sandbox/faults", content=body)
    assert answer.status_code == 400 and answer.json()["error"]


def test_the_log_tells_what_was_asked_and_what_came_of_it(
    server: CountingServer, client: httpx.Client
) -> None:
    server.faults.add({"match": "POST /count", "do": "drop_after"})
    with pytest.raises(httpx.RemoteProtocolError):
        client.post("/count", content=b"body", headers={"Authorization": "Bearer secret"})
    client.get("/a/b?q=1")
    first, second = client.get("/sandbox/requests").json()
    assert (first["method"], first["path"], first["body"]) == ("POST", "/count", "body")
    assert (first["fault"], first["status"]) == ("drop_after", None)
    assert (second["path"], second["status"]) == ("/a/b?q=1", 200)
    assert first["monotonic"] < second["monotonic"] and "secret" not in str(first)


def test_a_reset_forgets_faults_and_requests(server: CountingServer, client: httpx.Client) -> None:
    server.faults.add({"match": "POST /count", "do": "status"})
    client.get("/a/b")
    assert client.post("/sandbox/reset").status_code == 204
    assert client.get("/sandbox/requests").json() == []
    assert client.post("/count").status_code == 200


def test_stopping_closes_connections_that_are_kept_open(server: CountingServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as idle:
        idle.sendall(b"GET /a/b HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle.recv(4096).startswith(b"HTTP/1.1 200 OK")
        server.stop()
        assert idle.recv(4096) == b""


def test_stopping_does_not_wait_for_a_request_that_never_ends(client: httpx.Client) -> None:
    with CountingServer() as other:
        other.faults.add({"match": "POST /count", "do": "late", "seconds": 60})
        with pytest.raises(httpx.RemoteProtocolError):
            client.post(f"{other.url}/count")
        begin = time.monotonic()
    assert time.monotonic() - begin < 30
    assert other.done == 0


def test_a_body_without_a_length_is_refused(client: httpx.Client) -> None:
    assert client.post("/count", content=iter([b"a", b"b"])).status_code == 411
