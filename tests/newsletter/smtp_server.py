"""Mail servers for the tests of the sender that the sandbox's one does not play.

`secure_server` encrypts and asks for a password, and offers no pipelining;
`scripted_server` says exactly what a test wants it to say.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

USER, PASSWORD = "ana", "correct horse"


@dataclass
class Mailbox:
    """What a server received: recipient and content, in order."""

    port: int = 0
    mails: list[tuple[str, bytes]] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Called by aiosmtpd after the final dot."""
        assert isinstance(envelope.content, bytes)
        self.mails.append((envelope.rcpt_tos[0], envelope.content))
        return "250 2.0.0 Kept"


@contextmanager
def secure_server(folder: Path, *, implicit: bool = False) -> Iterator[Mailbox]:
    """A server for "localhost" with TLS and AUTH; its certificate is in `folder`/cert.pem."""
    mailbox = Mailbox()
    context = _tls(folder)
    options: dict[str, Any] = {"authenticator": _authenticate, "auth_required": True}
    if implicit:
        options |= {"ssl_context": context, "auth_require_tls": False}
    else:
        options |= {"tls_context": context, "require_starttls": True}
    controller = Controller(mailbox, hostname="127.0.0.1", port=_free_port(), **options)
    controller.start()
    mailbox.port = controller.port
    try:
        yield mailbox
    finally:
        controller.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
) -> AuthResult:
    assert isinstance(data, LoginPassword)
    good = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=False)


def _tls(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    names: list[x509.GeneralName] = [
        x509.DNSName("localhost"),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    ]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(pem)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


class Talk:
    """One connection as a script sees it."""

    def __init__(self, connection: socket.socket, lines: BinaryIO) -> None:
        self._connection = connection
        self._lines = lines

    def say(self, *lines: str) -> None:
        """Send these reply lines."""
        self._connection.sendall("".join(f"{line}\r\n" for line in lines).encode())

    def hear(self) -> str:
        """The next line from the client; empty when it is gone."""
        return self._lines.readline().decode().rstrip("\r\n")

    def part(self) -> None:
        """Wait until the client leaves."""
        while (line := self.hear()) != "":
            if line == "QUIT":
                self.say("221 bye")

    def greet(self, *extensions: str) -> None:
        """Greeting and EHLO."""
        self.say("220 scripted")
        self.hear()
        self.say("250-scripted", *(f"250-{word}" for word in extensions), "250 SIZE 1000000")

    def take_message(self, last: str = "250 kept") -> str:
        """MAIL, RCPT, DATA and the content; the recipient's command."""
        self.hear()
        self.say("250 ok")
        recipient = self.hear()
        self.say("250 ok")
        self.hear()
        self.say("354 go on")
        while self.hear() != ".":
            pass
        self.say(last)
        return recipient


@contextmanager
def scripted_server(*scripts: Callable[[Talk], None]) -> Iterator[int]:
    """A port whose first connection follows the first script, and so on; then it is closed."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(5)

    def serve() -> None:
        for script in scripts:
            try:
                connection, _ = listener.accept()
            except OSError:  # the test is over
                return
            connection.settimeout(5)
            with suppress(OSError):  # the client may go away: that is tested too
                with connection, connection.makefile("rb") as lines:
                    script(Talk(connection, lines))
        listener.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()
        thread.join(6)
