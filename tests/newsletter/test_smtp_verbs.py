"""Every verb of SMTP answered with every error, and the line cut at it: nobody gets two."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import BinaryIO, Literal

import pytest

from distributor.channels.base import Later, Outcome, Refused, Sent, Unsure
from distributor.newsletter.smtp import Envelope, Mailer, MailServer, NotTried

READERS = ("dana", "eli", "fay")
NOBODY = "nobody"  # refused everywhere, so that there is something to RSET
CUT_BEFORE, CUT_AFTER = "cut before", "cut after"
VERBS = ("GREETING", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "DOT", "RSET", "QUIT")
FAULTS = ("421", "451", "452", "550", "552", CUT_BEFORE, CUT_AFTER)


@dataclass
class StrictServer:
    """A mail server that does as asked, but for the first time that it meets one verb."""

    verb: str
    fault: str  # a code, or where the line is cut
    met: set[str] = field(default_factory=set)
    kept: list[str] = field(default_factory=list)

    def serve(self, connection: socket.socket) -> None:
        """One connection, until either side hangs up."""
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection, connection.makefile("rb") as lines, suppress(OSError, EOFError):
            self._answer(connection, "GREETING", "220 hello")
            recipient, sender = "", ""
            while line := lines.readline().decode().strip():
                verb, _, rest = line.partition(" ")
                match verb:
                    case "EHLO":
                        words = "250-hello\r\n250-PIPELINING\r\n250-STARTTLS\r\n250 AUTH PLAIN"
                        self._answer(connection, verb, words)
                    case "AUTH":
                        self._answer(connection, verb, "235 welcome")
                    case "MAIL":
                        sender = rest if self._answer(connection, verb, "250 go on") else ""
                    case "RCPT" if not sender or NOBODY in rest:
                        connection.sendall(b"550 no\r\n")
                    case "RCPT":
                        recipient = rest if self._answer(connection, verb, "250 go on") else ""
                    case "DATA" if not recipient:
                        connection.sendall(b"503 for whom?\r\n")
                    case "DATA" if self._answer(connection, verb, "354 go on"):
                        self._take(connection, lines, recipient)
                        recipient = sender = ""
                    case "DATA":
                        pass
                    case _:
                        recipient = sender = ""
                        self._answer(connection, verb, "250 done")

    def _take(self, connection: socket.socket, lines: BinaryIO, recipient: str) -> None:
        while (line := lines.readline()) != b".\r\n":
            if not line:
                raise EOFError
        name = recipient.partition("<")[2].partition("@")[0]
        if self.verb == "DOT" and self.fault == CUT_AFTER and "DOT" not in self.met:
            self.kept.append(name)
        if self._answer(connection, "DOT", "250 kept"):
            self.kept.append(name)

    def _answer(self, connection: socket.socket, verb: str, good: str) -> bool:
        """Answer, or do what is wrong with this verb; whether all went well."""
        is_first = verb not in self.met
        self.met.add(verb)
        if verb != self.verb or not is_first:
            connection.sendall(f"{good}\r\n".encode())
            return True
        if self.fault not in (CUT_BEFORE, CUT_AFTER):
            connection.sendall(f"{self.fault} as planned\r\n".encode())
        if self.fault in ("421", CUT_BEFORE, CUT_AFTER):
            raise EOFError
        return False


@contextmanager
def listening(server: StrictServer) -> Iterator[int]:
    """The port of a server, until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    threading.Thread(target=server.serve, args=(connection,), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


@pytest.mark.parametrize("fault", FAULTS)
def test_without_encryption_nothing_is_said_in_the_clear(fault: str) -> None:
    server = StrictServer("STARTTLS", fault)
    with listening(server) as port, closing(mailer("starttls", port)) as mailing:
        (outcome,) = mailing.send([envelope("dana")], lambda: False).values()
    assert isinstance(outcome, NotTried)
    assert server.met == {"GREETING", "EHLO", "STARTTLS"}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("verb", VERBS)
def test_whatever_a_server_answers_nobody_gets_two_and_nobody_is_forgotten(
    verb: str, fault: str
) -> None:
    server = StrictServer(verb, fault)
    with listening(server) as port:
        settled = hand_over(port)
    assert verb in server.met
    kept = Counter(server.kept)
    for name in READERS:
        match settled[name]:
            case Sent():
                assert kept[name] == 1
            case Refused():
                assert kept[name] == 0 and fault in ("550", "552")
            case Unsure():
                assert kept[name] <= 1 and verb == "DOT" and fault in (CUT_BEFORE, CUT_AFTER)
            case outcome:
                raise AssertionError(outcome)


def hand_over(port: int) -> dict[str, Outcome]:
    """Send to everybody, and once more to whom it is asked to try again."""
    everybody = [envelope(name) for name in (READERS[0], NOBODY, *READERS[1:])]
    with closing(mailer("none", port)) as mailing:
        outcomes = mailing.send(everybody, lambda: False)
        again = [one for one in everybody if isinstance(outcomes[one.key], Later)]
        return outcomes | (mailing.send(again, lambda: False) if again else {})


def mailer(security: Literal["starttls", "none"], port: int) -> Mailer:
    """One that uses a single connection."""
    return Mailer(MailServer("127.0.0.1", port, security, "ana", "secret", connections=1))


def envelope(name: str) -> Envelope:
    """A short message to somebody."""
    address = f"{name}@reader.example"
    return Envelope(name, "news@water.example", address, lambda: b"Subject: Water\r\n\r\nHi\r\n")
