"""What is known after a request, over both HTTP libraries that the clients use."""

from __future__ import annotations

import contextlib
import gzip
import time
from collections.abc import Callable

import httpx
import pytest
import requests

from distributor.channels.base import Later, Refused, Unsure
from distributor.channels.exchanges import MOST_BYTES, Answer, Exchange, is_loopback
from distributor.channels.httpx_transport import BoundedTransport
from distributor.channels.requests_adapter import BoundedAdapter
from tests.channels.raw_server import raw_server


def with_requests(exchange: Exchange, url: str) -> bytes:
    with requests.Session() as session:
        session.mount("http://", BoundedAdapter(exchange))
        return session.post(f"{url}/post", json={"text": "One."}).content


def with_httpx(exchange: Exchange, url: str) -> bytes:
    with httpx.Client(transport=BoundedTransport(exchange, url), timeout=5) as client:
        return client.post(f"{url}/post", json={"text": "One."}).content


Send = Callable[[Exchange, str], bytes]
both = pytest.mark.parametrize("send", [with_requests, with_httpx])


def outcome(send: Send, url: str, timeout: float = 5) -> Later | Refused | Unsure:
    """What follows from a request that fails, or would have to have failed."""
    exchange = Exchange("The network", timeout)
    with contextlib.suppress(Exception):
        send(exchange, url)
    return exchange.outcome(lambda answer: answer.detail)


def answer(*headers: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "Connection: close", "", ""]).encode()


@both
def test_an_answer_is_kept_and_passed_on(send: Send) -> None:
    exchange = Exchange("The network", 5)
    with raw_server([answer("Content-Length: 2", "X-Odd: 1"), b"{}"]) as url:
        assert send(exchange, url) == b"{}"
    assert exchange.answer and exchange.answer.headers["x-odd"] == "1"


@both
def test_a_chunked_and_packed_answer_is_unpacked(send: Send) -> None:
    packed = gzip.compress(b'{"id": "1"}' * 100)
    chunks = [b"%x\r\n%s\r\n" % (len(part), part) for part in (packed[:9], packed[9:])]
    head = answer("Transfer-Encoding: chunked", "Content-Encoding: gzip")
    with raw_server([head, *chunks, b"0\r\n\r\n"]) as url:
        assert send(Exchange("The network", 5), url) == b'{"id": "1"}' * 100


@both
def test_an_answer_that_drips_is_given_up(send: Send) -> None:
    head = answer("Content-Length: 1000")
    with raw_server([head, *[b"x"] * 100], pause=0.1) as url:
        began = time.monotonic()
        assert isinstance(outcome(send, url, timeout=0.5), Unsure)
        assert time.monotonic() - began < 8


@both
def test_an_answer_without_end_is_given_up(send: Send) -> None:
    with raw_server([answer(), *[b"x" * 1_000_000] * (MOST_BYTES // 1_000_000 + 2)]) as url:
        assert isinstance(outcome(send, url), Unsure)


@both
@pytest.mark.parametrize(
    "pieces",
    [
        [b"not HTTP at all\r\n\r\n"],
        [b"HTTP/1.1 "],
        [answer("Content-Length: 10"), b"123"],
        [answer("Transfer-Encoding: chunked"), b"zz\r\n"],
        [answer("Content-Encoding: gzip", "Content-Length: 3"), b"abc"],
    ],
    ids=["words", "half a line", "cut", "a bad chunk", "badly packed"],
)
def test_a_broken_answer_is_unsure(send: Send, pieces: list[bytes]) -> None:
    with raw_server(pieces) as url:
        assert isinstance(outcome(send, url), Unsure)


@both
def test_a_refused_connection_is_later(send: Send, free_port: int) -> None:
    assert isinstance(outcome(send, f"http://127.0.0.1:{free_port}"), Later)


@both
def test_a_name_that_does_not_exist_is_later(send: Send) -> None:
    assert isinstance(outcome(send, "http://nowhere.invalid"), Later)


@both
def test_an_answer_packed_in_layers_is_not_unpacked(send: Send) -> None:
    packed = gzip.compress(gzip.compress(b"{}"))
    head = answer("Content-Encoding: gzip, gzip", f"Content-Length: {len(packed)}")
    with raw_server([head, packed]) as url:
        assert isinstance(outcome(send, url), Unsure)


@both
def test_a_redirect_is_refused_without_following(send: Send) -> None:
    head = answer("Location: http://127.0.0.1:9/", status="301 Moved Permanently")
    with raw_server([head]) as url:
        assert isinstance(outcome(send, url), Refused)


@both
@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Refused), (401, Refused), (408, Unsure), (409, Unsure), (429, Later), (503, Unsure)],
)
def test_a_status_decides(send: Send, status: int, kind: type) -> None:
    with raw_server([answer("Content-Length: 0", status=f"{status} Status")]) as url:
        assert isinstance(outcome(send, url), kind)


@pytest.mark.parametrize("send", [with_requests, with_httpx])
def test_a_proxy_is_not_asked_for_this_machine(
    send: Send, monkeypatch: pytest.MonkeyPatch, free_port: int
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port}")
    with raw_server([answer("Content-Length: 2"), b"{}"]) as url:
        assert send(Exchange("The network", 5), url) == b"{}"


def test_the_words_of_a_network_are_one_short_line() -> None:
    body = b'{"errors": [{"message": "Too  long\\nfor us"}], "title": "No"}'
    assert Answer(400, {}, body).detail == "Too long for us"
    assert len(Answer(400, {}, b'{"detail": "' + b"x" * 999 + b'"}').detail) == 200


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:8401", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:80/a", True),
        ("http://localhost:8401/a", True),
        ("https://localhost.example.org", False),
        ("https://bsky.social", False),
        ("https://127.0.0.1.example.org", False),
    ],
)
def test_loopback_is_told_from_elsewhere(url: str, here: bool) -> None:
    assert is_loopback(url) is here
