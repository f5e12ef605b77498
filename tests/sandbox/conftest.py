"""A network server and the real client library that talks to it, for each network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import tweepy
from atproto import Client
from mastodon import Mastodon
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from distributor.sandbox.bluesky_server import BlueskyServer
from distributor.sandbox.mastodon_server import MastodonServer
from distributor.sandbox.oauth1 import Keys
from distributor.sandbox.smtp_server import SmtpServer
from distributor.sandbox.x_server import XServer

KEYS = Keys("consumer", "consumer secret", "token", "token secret")


class Redirected(HTTPAdapter):
    """Takes requests for X to the sandbox instead; they are signed before."""

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__()

    def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:
        assert request.url is not None
        request.url = request.url.replace("https://api.twitter.com", self.url)
        return super().send(request, *args, **options)


def tweepy_client(server: XServer, keys: Keys = KEYS) -> tweepy.Client:
    """tweepy, aimed at the sandbox."""
    client = tweepy.Client(
        consumer_key=keys.consumer_key,
        consumer_secret=keys.consumer_secret,
        access_token=keys.access_token,
        access_token_secret=keys.access_token_secret,
    )
    client.session.mount("https://api.twitter.com", Redirected(server.url))
    return client


@pytest.fixture
def x_server() -> Iterator[XServer]:
    """X that lets only KEYS in."""
    with XServer(keys=KEYS) as server:
        yield server


@pytest.fixture
def x(x_server: XServer) -> Iterator[tweepy.Client]:
    """tweepy with the right keys."""
    client = tweepy_client(x_server)
    yield client
    client.session.close()


@pytest.fixture
def mastodon_server() -> Iterator[MastodonServer]:
    """An instance that lets only the token "token" in."""
    with MastodonServer(access_token="token") as server:
        yield server


@pytest.fixture
def mastodon(mastodon_server: MastodonServer) -> Iterator[Mastodon]:
    """Mastodon.py with the right token."""
    client = Mastodon(
        api_base_url=mastodon_server.url,
        access_token="token",
        ratelimit_method="throw",
        request_timeout=5,
    )
    yield client
    client.session.close()


@pytest.fixture
def bluesky_server() -> Iterator[BlueskyServer]:
    """A PDS for ana.test."""
    with BlueskyServer("ana.test", password="secret") as server:
        yield server


@pytest.fixture
def bluesky(bluesky_server: BlueskyServer) -> Iterator[Client]:
    """atproto, logged in."""
    client = Client(base_url=f"{bluesky_server.url}/xrpc")
    client.login("ana.test", "secret", fetch_bsky_profile=False)
    yield client
    client.request.close()


@pytest.fixture
def mail() -> Iterator[SmtpServer]:
    """A mail server."""
    with SmtpServer() as server:
        yield server


@pytest.fixture
def browser() -> Iterator[httpx.Client]:
    """A plain HTTP client."""
    with httpx.Client(timeout=5) as client:
        yield client
