"""The limits of a Mastodon instance, asked without a client library."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from distributor.channels.base import ChannelError
from distributor.channels.instances import read_limits
from distributor.rendering.edition import MediaLimits
from distributor.sandbox.mastodon_server import MastodonServer
from distributor.targets import Limits
from tests.channels.raw_server import raw_server


@pytest.fixture
def server() -> Iterator[MastodonServer]:
    """An instance that allows more than usual."""
    with MastodonServer("ana", max_characters=5000, characters_per_link=25) as started:
        yield started


def answer(server: MastodonServer, version: int, code: int, body: object = None) -> None:
    match = f"GET /api/v{version}/instance"
    server.faults.add({"match": match, "do": "status", "code": code, "body": body})


def test_limits_are_read_from_the_instance(server: MastodonServer) -> None:
    assert read_limits(server.url, 5) == Limits(5000, 25)


def test_without_the_newer_question_the_older_one_is_asked(server: MastodonServer) -> None:
    answer(server, 2, 404)
    answer(server, 1, 200, {"uri": "example.org", "max_toot_chars": 700})
    assert read_limits(server.url, 5) == Limits(max_characters=700)


@pytest.mark.parametrize("number", [0, -1, "500", None, 3.5, 10**9])
def test_a_limit_that_makes_no_sense_is_not_believed(
    server: MastodonServer, number: object
) -> None:
    answer(server, 2, 200, {"configuration": {"statuses": {"max_characters": number}}})
    assert read_limits(server.url, 5) == Limits()


def test_what_it_takes_of_pictures_is_read_too(server: MastodonServer) -> None:
    files = {"image_size_limit": 99_000_000, "image_matrix_limit": 5_000, "description_limit": 420}
    statuses = {"max_media_attachments": 2}
    told = {"configuration": {"statuses": statuses, "media_attachments": files}}
    answer(server, 2, 200, told)
    wanted = MediaLimits(most=2, bytes=99_000_000, pixels=5_000, alt=420)
    assert read_limits(server.url, 5).media == wanted


@pytest.mark.parametrize("body", ["", "null", "[]", "<html>"])
def test_an_answer_that_is_none_is_an_error_that_passes(server: MastodonServer, body: str) -> None:
    answer(server, 2, 200, body)
    with pytest.raises(ChannelError) as raised:
        read_limits(server.url, 5)
    assert raised.value.temporary


ENDLESS: dict[str, dict[str, Any]] = {
    "a bomb": {"do": "gzip_bomb"},
    "no end": {"do": "status", "code": 200, "body": "[" * 100_000},
    "elsewhere": {"do": "redirect", "location": "/api/v1/instance"},
}


@pytest.mark.parametrize("case", ENDLESS)
def test_an_answer_without_measure_is_an_error_that_passes(
    server: MastodonServer, case: str
) -> None:
    server.faults.add({"match": "GET /api/v2/instance", **ENDLESS[case]})
    with pytest.raises(ChannelError) as raised:
        read_limits(server.url, 5)
    assert raised.value.temporary


def test_an_answer_that_drips_is_not_waited_for() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    began = time.monotonic()
    with (
        raw_server([head, *[b" "] * 100], pause=0.1) as url,
        pytest.raises(ChannelError),
    ):
        read_limits(url, 0.5)
    assert time.monotonic() - began < 8


def test_an_instance_out_of_reach_is_an_error_that_passes(free_port: int) -> None:
    with pytest.raises(ChannelError) as raised:
        read_limits(f"http://127.0.0.1:{free_port}", 5)
    assert raised.value.temporary
