"""Starts the sandbox that a configuration describes."""

from __future__ import annotations

import errno
import ipaddress
import urllib.parse
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Self, TypeVar

from ..config import BlueskyChannel, ChannelTable, Configuration, Mail, MastodonChannel, XChannel
from ..errors import BadConfiguration
from .bluesky_server import BlueskyServer
from .mastodon_server import MastodonServer
from .network import Network
from .serving import SandboxServer
from .smtp_server import SmtpServer
from .viewer import Viewer
from .x_server import XServer

_Server = TypeVar("_Server", bound=SmtpServer | SandboxServer)


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The running servers: networks by channel name, mail (if on loopback), and the pages."""

    networks: dict[str, Network]
    mail: SmtpServer | None
    viewer: Viewer

    def stop(self) -> None:
        """Stop all servers; what they held is gone."""
        _stop(self.networks.values(), self.mail)
        self.viewer.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start(configuration: Configuration) -> Sandbox:
    """Start a server for every channel, and for mail, whose address is on loopback.

    The servers accept any credentials; mail is taken only without encryption
    (`security = "none"`). Raises BadConfiguration when a port is taken or an
    address cannot be served; then nothing is left running.
    """
    networks: dict[str, Network] = {}
    mail: SmtpServer | None = None
    try:
        for name, channel in configuration.channels.items():
            key, address = address_of(name, channel)
            place = place_of(key, address)
            if place is not None:
                networks[name] = _listen(partial(_network, channel, *place), key, place[1])
        mail = _start_mail(configuration.mail)
        at = (configuration.sandbox.host, configuration.sandbox.port)
        shown = partial(Viewer, tuple(networks.values()), mail, host=at[0], port=at[1])
        return Sandbox(networks, mail, _listen(shown, "sandbox.port", at[1]))
    except BaseException:
        _stop(networks.values(), mail)
        raise


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine, and reachable from it only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _stop(networks: Iterable[Network], mail: SmtpServer | None) -> None:
    for network in networks:
        network.stop()
    if mail is not None:
        mail.stop()


def _start_mail(mail: Mail) -> SmtpServer | None:
    if not is_loopback(mail.host) or mail.security != "none":
        return None
    return _listen(partial(SmtpServer, mail.host, mail.port), "mail.port", mail.port)


def address_of(name: str, channel: ChannelTable) -> tuple[str, str]:
    """The key of a channel's address, and the address."""
    match channel:
        case XChannel():
            return f"channels.{name}.api", channel.api
        case BlueskyChannel():
            return f"channels.{name}.service", channel.service
        case MastodonChannel():
            return f"channels.{name}.instance", channel.instance


def place_of(key: str, address: str) -> tuple[str, int] | None:
    """Host and port of an address on loopback; None for one elsewhere."""
    url = urllib.parse.urlsplit(address)
    if not is_loopback(url.hostname or ""):
        return None
    if url.scheme != "http":
        raise BadConfiguration(f"{key}: the sandbox speaks http, so write http:// for {address}.")
    return url.hostname or "", 80 if url.port is None else url.port


def _network(channel: ChannelTable, host: str, port: int) -> Network:
    match channel:
        case XChannel():
            account = (channel.account or "distributor_x").removeprefix("@")
            return XServer(account, host=host, port=port)
        case BlueskyChannel():
            return BlueskyServer(channel.handle, host=host, port=port)
        case MastodonChannel():
            return MastodonServer(host=host, port=port)


def _listen(make: Callable[[], _Server], key: str, port: int) -> _Server:
    """Make and start a server. Raises BadConfiguration naming the key."""
    try:
        server = make()
        server.start()
        return server
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise BadConfiguration(
                f"{key}: port {port} is in use by another program. "
                "Stop that program, or choose another port."
            ) from None
        raise BadConfiguration(
            f"{key}: nothing can be served on port {port} ({error.strerror}). Choose another one."
        ) from None
