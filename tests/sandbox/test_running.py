"""The sandbox that a configuration describes."""

from __future__ import annotations

import smtplib
import socket
from typing import Any

import httpx
import pytest

from distributor import config, sandbox
from distributor.errors import BadConfiguration
from distributor.sandbox.running import is_loopback

LOOPBACK = "http://127.0.0.1:0"


def configuration(**changes: Any) -> config.Configuration:
    values: dict[str, Any] = {
        "storage": {},
        "channels": {
            "x": {"kind": "x", "api": LOOPBACK, "account": "@ana_x"},
            "bluesky": {"kind": "bluesky", "service": LOOPBACK, "handle": "ana.test"},
            "mastodon": {"kind": "mastodon", "instance": LOOPBACK},
            "far": {"kind": "mastodon", "instance": "https://mastodon.example"},
        },
        "mail": {"host": "127.0.0.1", "port": 0, "security": "none"},
        "sandbox": {"port": 0},
    }
    return config.parse(values | changes)


def test_what_stands_on_loopback_is_served() -> None:
    with sandbox.start(configuration()) as running:
        accounts = {name: network.account for name, network in running.networks.items()}
        addresses = [network.url for network in running.networks.values()]
        pages = [httpx.get(url).status_code for url in (running.viewer.url, *addresses)]
        assert running.mail is not None
        with smtplib.SMTP("127.0.0.1", running.mail.port, timeout=3) as client:
            assert client.noop()[0] == 250
    assert accounts == {"x": "ana_x", "bluesky": "ana.test", "mastodon": "distributor"}
    assert pages == [200, 200, 200, 200]


def test_after_a_stop_nothing_is_served() -> None:
    running = sandbox.start(configuration())
    ports = [network.port for network in running.networks.values()] + [running.viewer.port]
    running.stop()
    for port in ports:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=1)


@pytest.mark.parametrize(
    "mail",
    [
        pytest.param({"host": "mail.example.org", "security": "none"}, id="elsewhere"),
        pytest.param({"host": "localhost"}, id="encrypted"),
    ],
)
def test_a_mail_server_of_somebody_else_is_left_alone(mail: dict[str, Any]) -> None:
    with sandbox.start(configuration(mail=mail)) as running:
        assert running.mail is None
        assert "Mailbox" not in httpx.get(running.viewer.url).text


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        pytest.param(
            lambda port: {"channels": {"x": {"kind": "x", "api": f"http://127.0.0.1:{port}"}}},
            "channels.x.api",
            id="a network",
        ),
        pytest.param(
            lambda port: {"mail": {"host": "127.0.0.1", "port": port, "security": "none"}},
            "mail.port",
            id="mail",
        ),
        pytest.param(lambda port: {"sandbox": {"port": port}}, "sandbox.port", id="the pages"),
    ],
)
def test_a_port_in_use_is_named_with_its_key(changes: Any, key: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BadConfiguration, match=rf"{key}: port {port} is in use"):
            sandbox.start(configuration(**changes(port)))


def test_an_encrypted_address_on_loopback_is_refused() -> None:
    channels = {"x": {"kind": "x", "api": "https://127.0.0.1:8401"}}
    with pytest.raises(BadConfiguration, match=r"channels\.x\.api: .* write http://"):
        sandbox.start(configuration(channels=channels))


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("localhost", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("192.168.1.1", False),
        ("localhost.example.org", False),
    ],
)
def test_loopback_is_this_machine_only(host: str, is_here: bool) -> None:
    assert is_loopback(host) is is_here
