"""A session with a mail server: greeting, TLS and signing in (RFC 5321, 3207, 4954).

It knows how to talk, not what to say: `distributor.newsletter.smtp` decides.
"""

from __future__ import annotations

import asyncio
import base64
import ipaddress
import ssl
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from ..channels.base import ChannelError
from ..config import Mail, optional_secret
from ..errors import BadConfiguration
from .smtp_wire import Gone, Reply, Wire, spoken

_GOODBYE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server that takes our mail, as the configuration names it; times in seconds."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    connections: int = 4
    per_second: int | None = None
    timeout: float = 30

    @classmethod
    def from_configuration(cls, table: Mail) -> MailServer:
        """The server of [mail]. Raises BadConfiguration when a secret is missing."""
        username = optional_secret(table, "username", "mail")
        password = optional_secret(table, "password", "mail")
        if (username is None) != (password is None):
            raise BadConfiguration(
                "mail: give username and password (as _env or _file), or neither."
            )
        if username and table.security == "none" and not _is_loopback(table.host):
            raise BadConfiguration(
                "mail.security is none: the password would travel unencrypted. "
                'Set it to "starttls" or "tls".'
            )
        return cls(
            host=table.host,
            port=table.port,
            security=table.security,
            username=username,
            password=password,
            connections=table.connections,
            per_second=table.per_second,
            timeout=float(table.timeout),
        )

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Session:
    """One connection, greeted, encrypted and signed in: see `open_session`."""

    def __init__(self, server: MailServer, wire: Wire) -> None:
        self._server = server
        self._wire = wire
        self.extensions: dict[str, str] = {}
        self.has_served = False  # whether it has carried out a transaction

    @property
    def can_pipeline(self) -> bool:
        """Whether commands may be sent without waiting for answers (RFC 2920)."""
        return "PIPELINING" in self.extensions

    @property
    def is_open(self) -> bool:
        """Whether nothing is known to be wrong with the connection."""
        return self._wire.lost is None and not self._wire.has_unread()

    def write(self, pieces: Iterable[bytes]) -> None:
        """Send without waiting. Raises Gone."""
        if self._wire.lost is not None or self._wire.transport is None:
            raise Gone(self._wire.lost or "the connection was lost")
        self._wire.transport.writelines(pieces)

    async def reply(self, times: int = 1) -> Reply:
        """The next answer, waited for `times` as long as the configuration says."""
        return await self._wire.reply(self._server.timeout * times)

    async def ask(self, command: bytes) -> Reply:
        """Send one command and wait for its answer."""
        self.write((command, b"\r\n"))
        return await self.reply()

    async def close(self) -> None:
        """Drop the connection at once."""
        await self._wire.close()

    async def quit(self) -> None:
        """Say goodbye, and close whatever the answer."""
        with suppress(Gone):
            self.write((b"QUIT\r\n",))
            await self._wire.reply(_GOODBYE_SECONDS)
        await self.close()

    async def greet(self, greeting: Reply) -> None:
        """Answer the server's greeting, and learn what it can do. Raises ChannelError or Gone."""
        self._require(greeting, "does not greet us")
        await self._hello()

    async def _hello(self) -> None:
        assert self._wire.transport is not None
        ours = ipaddress.ip_address(self._wire.transport.get_extra_info("sockname")[0])
        literal = f"IPv6:{ours}" if ours.version == 6 else str(ours)
        answer = await self.ask(f"EHLO [{literal}]".encode("ascii"))
        self._require(answer, "does not take EHLO")
        words = (line.partition(" ") for line in answer.text.split("\n")[1:])
        self.extensions = {keyword.upper(): rest for keyword, _, rest in words}

    async def start_tls(self, context: ssl.SSLContext) -> None:
        """STARTTLS and EHLO again. Raises ChannelError, Gone, OSError."""
        if "STARTTLS" not in self.extensions:
            raise ChannelError(
                f"The mail server {self._server} does not offer STARTTLS. "
                'Set mail.security to "tls" if it expects TLS from the start.',
                temporary=False,
            )
        self._require(await self.ask(b"STARTTLS"), "refuses STARTTLS")
        if self._wire.has_unread():  # words from before the encryption must not count after it
            raise Gone("it answered before the connection was encrypted")
        assert self._wire.transport is not None
        self._wire.transport = await asyncio.get_running_loop().start_tls(
            self._wire.transport,
            self._wire,
            context,
            server_hostname=self._server.host,
            ssl_handshake_timeout=self._server.timeout,
        )
        await self._hello()

    async def sign_in(self) -> None:
        """AUTH PLAIN or LOGIN, when there is a user name. Raises ChannelError or Gone."""
        server = self._server
        if server.username is None or server.password is None:
            return
        offered = self.extensions.get("AUTH", "").upper().split()
        user, password = server.username.encode(), server.password.encode()
        if "PLAIN" in offered:
            answer = await self.ask(
                b"AUTH PLAIN " + base64.b64encode(b"\0%b\0%b" % (user, password))
            )
        elif "LOGIN" in offered:
            answer = await self.ask(b"AUTH LOGIN")
            for secret in (user, password):
                if answer.code == 334:
                    answer = await self.ask(base64.b64encode(secret))
        else:
            raise ChannelError(
                f"The mail server {server} offers no way to sign in that this program knows "
                "(PLAIN, LOGIN).",
                temporary=False,
            )
        self._require(answer, "does not accept the user name and password", show=False)

    def _require(self, answer: Reply, problem: str, *, show: bool = True) -> None:
        if not answer.is_good:
            words = spoken(answer) if show else str(answer.code)
            raise ChannelError(
                f"The mail server {self._server} {problem} ({words}).",
                temporary=answer.code < 500,
            )


async def open_session(server: MailServer) -> Session:
    """Connect, encrypt and sign in as configured. Raises ChannelError, which says why not."""
    wire = Wire()
    try:
        async with asyncio.timeout(server.timeout * 2):
            return await _connect(server, wire)
    except BaseException as error:
        await wire.close()
        if isinstance(error, (Gone, OSError)):
            raise _unusable(server, error) from None
        raise


def _unusable(server: MailServer, error: Gone | OSError) -> ChannelError:
    """Why there is no session; TimeoutError and SSLError are OSErrors too."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return ChannelError(
            f"The certificate of the mail server {server} is not valid: {error.verify_message}. "
            "Trust its issuer with SSL_CERT_FILE, or correct mail.host.",
            temporary=False,
        )
    why = "no answer in time" if isinstance(error, TimeoutError) else str(error)
    return ChannelError(f"The mail server {server} cannot be used now: {why}.", temporary=True)


async def _connect(server: MailServer, wire: Wire) -> Session:
    session = Session(server, wire)
    context = None if server.security == "none" else ssl.create_default_context()
    implicit = context if server.security == "tls" else None
    await asyncio.get_running_loop().create_connection(
        lambda: wire, server.host, server.port, ssl=implicit
    )
    await session.greet(await session.reply())
    if context is not None and implicit is None:
        await session.start_tls(context)
    await session.sign_in()
    return session
