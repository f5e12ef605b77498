"""The mail server as smtplib and a pipelining client meet it."""

from __future__ import annotations

import smtplib
import socket
import time

import pytest

from distributor.sandbox.smtp_server import SmtpServer
from tests.waiting import until

MESSAGE = b"Subject: Hello\r\n\r\nText\r\n"


def send(server: SmtpServer, *recipients: str, content: bytes = MESSAGE) -> None:
    with smtplib.SMTP("127.0.0.1", server.port, timeout=30) as client:
        client.sendmail("news@example.org", recipients or ("ana@example.org",), content)


def test_a_mail_is_kept_as_it_came(mail: SmtpServer) -> None:
    content = "Subject: Hé\r\n\r\n..dots\r\n.\r\nend\r\n".encode()
    send(mail, "ana@example.org", "ben@example.org", content=content)
    (kept,) = mail.mails
    assert kept.content == content
    assert kept.sender == "news@example.org"
    assert kept.recipients == ("ana@example.org", "ben@example.org")


def test_the_extensions_senders_rely_on_are_offered(mail: SmtpServer) -> None:
    with smtplib.SMTP("127.0.0.1", mail.port, timeout=30) as client:
        client.ehlo()
        offered = set(client.esmtp_features)
    assert {"pipelining", "8bitmime", "size", "smtputf8"} <= offered


def test_commands_may_come_all_at_once(mail: SmtpServer) -> None:
    envelope = b"MAIL FROM:<a@example.org>\r\nRCPT TO:<%s@example.org>\r\nDATA\r\n"
    with socket.create_connection(("127.0.0.1", mail.port), timeout=30) as connection:
        replies = connection.makefile("rb")
        replies.readline()
        connection.sendall(b"EHLO client\r\n")
        while not replies.readline().startswith(b"250 "):
            pass
        connection.sendall(envelope % b"ana")
        assert [replies.readline()[:3] for _ in range(3)] == [b"250", b"250", b"354"]
        connection.sendall(MESSAGE + b".\r\n" + envelope % b"ben")
        assert [replies.readline()[:3] for _ in range(4)] == [b"250", b"250", b"250", b"354"]
        connection.sendall(MESSAGE + b".\r\nQUIT\r\n")
        assert [replies.readline()[:3] for _ in range(2)] == [b"250", b"221"]
        replies.close()
    assert [kept.recipients for kept in mail.mails] == [("ana@example.org",), ("ben@example.org",)]


@pytest.mark.parametrize("code", [421, 451, 452, 550, 552])
@pytest.mark.parametrize(
    ("verb", "error"),
    [
        ("MAIL", smtplib.SMTPSenderRefused),
        ("RCPT", smtplib.SMTPRecipientsRefused),
        ("DATA", smtplib.SMTPDataError),
        ("DOT", smtplib.SMTPDataError),
    ],
)
def test_each_step_can_be_refused(
    mail: SmtpServer, verb: str, code: int, error: type[Exception]
) -> None:
    mail.faults.add({"match": verb, "do": "status", "code": code})
    with pytest.raises(error, match=str(code)):
        send(mail)
    assert mail.mails == []
    send(mail)
    assert len(mail.mails) == 1


def test_one_recipient_can_be_refused_and_the_other_taken(mail: SmtpServer) -> None:
    mail.faults.add({"match": "RCPT ben@", "do": "status", "code": 550, "times": None})
    send(mail, "ana@example.org", "ben@example.org")
    assert mail.mails[0].recipients == ("ana@example.org",)


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        pytest.param({"match": "DOT", "do": "drop_after"}, 1, id="after the dot, kept"),
        pytest.param({"match": "DOT", "do": "drop_before"}, 0, id="after the dot, lost"),
        pytest.param({"match": "RCPT", "do": "drop_before"}, 0, id="at the recipient"),
        pytest.param({"match": "EHLO", "do": "drop_before"}, 0, id="at the greeting"),
        pytest.param({"match": "DOT", "do": "never", "seconds": 0.1}, 0, id="silence"),
    ],
)
def test_a_connection_can_break_at_each_step(
    mail: SmtpServer, rule: dict[str, object], kept: int
) -> None:
    mail.faults.add(rule)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(mail)
    assert len(mail.mails) == kept


def test_a_mail_may_arrive_after_the_connection_broke(mail: SmtpServer) -> None:
    mail.faults.add({"match": "DOT", "do": "late", "seconds": 1})
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(mail)
    assert mail.mails == []
    until(lambda: len(mail.mails) == 1)


def test_after_a_reset_nothing_arrives_from_before(mail: SmtpServer) -> None:
    mail.faults.add({"match": "DOT", "do": "late", "seconds": 0.1})
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(mail)
    mail.reset()
    time.sleep(0.3)
    assert mail.mails == []


def test_a_mail_may_be_kept_and_still_be_refused(mail: SmtpServer) -> None:
    mail.faults.add({"match": "DOT", "do": "500_after", "code": 451})
    with pytest.raises(smtplib.SMTPDataError, match="451"):
        send(mail)
    assert len(mail.mails) == 1


def test_a_greylisted_recipient_is_taken_later(mail: SmtpServer) -> None:
    mail.greylist_seconds = 0.1
    with pytest.raises(smtplib.SMTPRecipientsRefused, match="451"):
        send(mail)
    time.sleep(0.15)
    send(mail)
    assert len(mail.mails) == 1


def test_stopping_closes_connections_and_the_port() -> None:
    with SmtpServer() as server, socket.create_connection(("127.0.0.1", server.port)) as idle:
        assert idle.recv(100).startswith(b"220")
        server.stop()
        assert idle.recv(100) == b""
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", server.port))


def test_a_port_in_use_is_an_error(mail: SmtpServer) -> None:
    other = SmtpServer(port=mail.port)
    with pytest.raises(OSError, match="in use"):
        other.start()
