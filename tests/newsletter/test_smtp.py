"""The sender against real mail servers on loopback, well-behaved and not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from distributor.channels.base import ChannelError, Later, Refused, Sent, Unsure
from distributor.config import Mail
from distributor.errors import BadConfiguration
from distributor.newsletter.smtp import Envelope, Mailer, MailServer, NotTried, TooLate
from distributor.sandbox.faults import Rule
from distributor.sandbox.smtp_server import SmtpServer
from tests.newsletter.smtp_server import PASSWORD, USER, Talk, scripted_server, secure_server

# aiosmtpd thinks of STARTTLS only, and doubts a server that is encrypted from the start.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

BODY = b"Subject: Hello\r\n\r\nHello.\r\n"


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


@contextmanager
def mailing(port: int, **options: Any) -> Iterator[Mailer]:
    given: dict[str, Any] = {"host": "127.0.0.1", "security": "none", "timeout": 5.0} | options
    mailer = Mailer(MailServer(port=port, **given))
    try:
        yield mailer
    finally:
        mailer.close()


def envelope(name: str, message: bytes = BODY) -> Envelope:
    return Envelope(name, "news@example.org", f"{name}@example.org", lambda: message)


def envelopes(count: int) -> list[Envelope]:
    return [envelope(f"r{number}") for number in range(count)]


def never() -> bool:
    return False


def received(server: SmtpServer) -> list[str]:
    return sorted(mail.recipients[0].partition("@")[0] for mail in server.mails)


def test_every_message_arrives_once_at_its_own_recipient(server: SmtpServer) -> None:
    batch = [envelope(f"r{n}", b"to %d\r\n" % n) for n in range(50)]
    with mailing(server.port) as mailer:
        outcomes = mailer.send(batch, never)
    assert all(isinstance(outcome, Sent) for outcome in outcomes.values())
    assert {(mail.recipients[0], mail.content) for mail in server.mails} == {
        (f"r{n}@example.org", b"to %d\r\n" % n) for n in range(50)
    }
    assert len(server.mails) == 50


def test_no_message_is_begun_when_its_turn_comes_too_late(server: SmtpServer) -> None:
    is_fresh = iter([True, True, False])  # to connect; the first message; the second
    with mailing(server.port, connections=1) as mailer:
        outcomes = mailer.send(envelopes(3), never, lambda: next(is_fresh, False))
    assert [type(one) for one in outcomes.values()] == [Sent, TooLate, TooLate]
    assert received(server) == ["r0"]


def test_the_receipt_is_the_servers_answer(server: SmtpServer) -> None:
    with mailing(server.port) as mailer:
        outcome = mailer.send([envelope("ana")], never)["ana"]
    assert isinstance(outcome, Sent) and outcome.receipts[0].id == "250 2.0.0 Kept"


def test_dots_and_bare_line_ends_arrive_as_meant(server: SmtpServer) -> None:
    with mailing(server.port) as mailer:
        mailer.send([envelope("ana", b".\n..x\r\n.\r\nRCPT TO:<b@example.org>\rend")], never)
    (mail,) = server.mails
    assert mail.content == b".\r\n..x\r\n.\r\nRCPT TO:<b@example.org>\r\nend\r\n"


@pytest.mark.parametrize("verb", ["RCPT", "DATA", "DOT"])
@pytest.mark.parametrize(
    ("code", "kind"), [(550, Refused), (552, Refused), (451, Later), (452, Later)]
)
def test_what_the_server_refuses_concerns_only_that_recipient(
    server: SmtpServer, verb: str, code: int, kind: type
) -> None:
    target = "" if verb == "DATA" else "r1@"
    server.faults.add(
        Rule(match=f"{verb} {target}", do="status", code=code, after=int(verb == "DATA"))
    )
    with mailing(server.port, connections=1) as mailer:
        outcomes = mailer.send(envelopes(4), never)
    assert type(outcomes["r1"]) is kind
    assert received(server) == ["r0", "r2", "r3"]


def test_a_server_that_takes_no_mail_from_us_refuses_nobody(server: SmtpServer) -> None:
    server.faults.add(Rule(match="MAIL *", do="status", code=550, times=None))
    with mailing(server.port) as mailer:
        outcomes = mailer.send(envelopes(3), never)
    assert {type(outcome) for outcome in outcomes.values()} == {NotTried}


def test_a_greylisted_recipient_is_taken_later(server: SmtpServer) -> None:
    server.greylist_seconds = 0.2
    with mailing(server.port) as mailer:
        first = mailer.send([envelope("ana")], never)["ana"]
        time.sleep(0.25)
        second = mailer.send([envelope("ana")], never)["ana"]
    assert isinstance(first, Later) and isinstance(second, Sent)
    assert received(server) == ["ana"]


@pytest.mark.parametrize("action", ["drop_before", "drop_after", "late", "never"])
def test_a_connection_lost_after_the_final_dot_leaves_only_that_message_in_doubt(
    server: SmtpServer, action: Any
) -> None:
    server.faults.add(Rule(match="DOT r1@", do=action, seconds=2))
    with mailing(server.port, connections=1, timeout=1) as mailer:
        outcomes = mailer.send(envelopes(4), never)
    assert isinstance(outcomes["r1"], Unsure)
    assert [name for name, outcome in outcomes.items() if isinstance(outcome, Sent)] == [
        "r0",
        "r2",
        "r3",
    ]
    assert received(server).count("r1") == (1 if action == "drop_after" else 0)


@pytest.mark.parametrize("verb", ["MAIL", "RCPT r0@", "DATA"])
@pytest.mark.parametrize("action", ["drop_before", "never"])
def test_a_connection_lost_before_the_content_means_later(
    server: SmtpServer, verb: str, action: Any
) -> None:
    match = verb if " " in verb else f"{verb} *"
    server.faults.add(Rule(match=match, do=action, seconds=1.5))
    with mailing(server.port, connections=1, timeout=1) as mailer:
        outcomes = mailer.send(envelopes(3), never)
    assert isinstance(outcomes["r0"], Later)
    assert received(server) == ["r1", "r2"]


def test_a_slow_server_is_waited_for(server: SmtpServer) -> None:
    server.faults.add(Rule(match="DOT *", do="delay", seconds=1.5))
    with mailing(server.port, timeout=1) as mailer:
        outcome = mailer.send([envelope("ana")], never)["ana"]
    assert isinstance(outcome, Sent)


def test_a_server_that_closes_between_messages_is_called_again(server: SmtpServer) -> None:
    server.faults.add(Rule(match="MAIL *", do="status", code=421, after=2))
    with mailing(server.port, connections=1) as mailer:
        outcomes = mailer.send(envelopes(5), never)
    assert {type(outcome) for outcome in outcomes.values()} == {Sent}
    assert received(server) == ["r0", "r1", "r2", "r3", "r4"]


def test_an_idle_connection_that_was_closed_is_replaced(server: SmtpServer) -> None:
    with mailing(server.port, connections=1) as mailer:
        mailer.send([envelope("ana")], never)
        server.faults.add(Rule(match="MAIL *", do="drop_before"))
        outcome = mailer.send([envelope("ben")], never)["ben"]
    assert isinstance(outcome, Sent)


def test_connections_stay_open_between_batches() -> None:
    def script(talk: Talk) -> None:
        talk.greet()
        seen.extend([talk.take_message(), talk.take_message()])
        talk.part()

    seen: list[str] = []
    with scripted_server(script) as port, mailing(port, connections=1) as mailer:
        mailer.send([envelope("ana")], never)
        mailer.send([envelope("ben")], never)
    assert seen == ["RCPT TO:<ana@example.org>", "RCPT TO:<ben@example.org>"]


def test_without_pipelining_each_command_waits_for_its_answer() -> None:
    """The script answers one command at a time and hears nothing before it answered."""

    def script(talk: Talk) -> None:
        talk.greet()
        talk.hear()
        talk.say("250 ok")
        talk.hear()
        talk.say("550 5.1.1 <ana@example.org> unknown")
        heard.append(talk.hear())
        talk.say("250 ok")
        talk.take_message()
        talk.part()

    heard: list[str] = []
    with scripted_server(script) as port, mailing(port, connections=1) as mailer:
        outcomes = mailer.send([envelope("ana"), envelope("ben")], never)
    assert outcomes["ana"] == Refused("550 5.1.1 (address) unknown")
    assert isinstance(outcomes["ben"], Sent)
    assert heard == ["RSET"]


def test_a_server_that_wants_content_for_nobody_gets_none() -> None:
    """RFC 2920: it may answer 354 although it refused the only recipient."""

    def script(talk: Talk) -> None:
        talk.greet("PIPELINING")
        heard.extend([talk.hear(), talk.hear(), talk.hear()])
        talk.say("250 ok", "550 no such user", "354 go on")
        heard.append(talk.hear())
        talk.say("554 no recipients")
        heard.append(talk.hear())
        talk.say("250 ok")
        talk.part()

    heard: list[str] = []
    with scripted_server(script) as port, mailing(port) as mailer:
        assert isinstance(mailer.send([envelope("ana")], never)["ana"], Refused)
    assert heard[3:] == [".", "RSET"]


@pytest.mark.parametrize(
    ("answers", "reaction"),
    [
        (("250 ok", "250 ok", "250 kept"), "RSET"),
        (("250 ok", "250 ok", "354 go on", "250 kept"), ""),
    ],
    ids=["no go-ahead", "too early"],
)
def test_an_answer_out_of_turn_is_never_taken_for_a_receipt(
    answers: tuple[str, ...], reaction: str
) -> None:
    def script(talk: Talk) -> None:
        talk.greet("PIPELINING")
        for _ in range(3):
            talk.hear()
        talk.say(*answers)
        heard.append(talk.hear())
        talk.part()

    heard: list[str] = []
    with scripted_server(script) as port, mailing(port, timeout=2) as mailer:
        assert isinstance(mailer.send([envelope("ana")], never)["ana"], Later)
    assert heard == [reaction]


def test_a_message_that_cannot_be_written_is_an_error_and_sends_nothing(
    server: SmtpServer,
) -> None:
    def broken() -> bytes:
        raise KeyError("a fault of the program")

    batch = [envelope("ana"), Envelope("ben", "news@example.org", "ben@example.org", broken)]
    with mailing(server.port, connections=1) as mailer, pytest.raises(KeyError):
        mailer.send(batch, never)
    assert server.mails == []


def test_a_halt_stops_before_the_next_content(server: SmtpServer) -> None:
    server.faults.add(Rule(match="DOT *", do="delay", seconds=0.1, times=None))
    with mailing(server.port, connections=2) as mailer:
        outcomes = mailer.send(envelopes(100), lambda: len(server.mails) >= 4)
    sent = [name for name, outcome in outcomes.items() if isinstance(outcome, Sent)]
    assert len(outcomes) == 100 and 4 <= len(sent) < 50
    assert {type(outcome) for outcome in outcomes.values()} == {Sent, NotTried}
    assert received(server) == sorted(sent)


def test_nothing_is_said_to_the_server_when_halted_from_the_start() -> None:
    with mailing(1) as mailer:  # nobody listens there
        assert mailer.send([envelope("ana")], lambda: True) == {"ana": NotTried("halted")}


def test_no_more_messages_begin_in_a_second_than_allowed(server: SmtpServer) -> None:
    with mailing(server.port, per_second=20) as mailer:
        mailer.send(envelopes(9), never)
    moments = [mail.monotonic for mail in server.mails]
    assert max(moments) - min(moments) >= 8 / 20 - 0.05


def test_a_recipient_that_cannot_be_addressed_is_refused_alone(server: SmtpServer) -> None:
    bad = Envelope("bad", "news@example.org", "žofie@example.org", lambda: BODY)
    evil = Envelope("evil", "news@example.org", "a@example.org>\r\nRCPT TO:<b", lambda: BODY)
    with mailing(server.port, connections=1) as mailer:
        outcomes = mailer.send([bad, evil, envelope("ana")], never)
    assert isinstance(outcomes["bad"], Refused) and isinstance(outcomes["evil"], Refused)
    assert received(server) == ["ana"]


@pytest.mark.parametrize(
    "script",
    [
        lambda talk: talk.say("554 go away"),
        lambda talk: talk.say("HTTP/1.1 400 Bad Request"),
        lambda talk: talk.say("220-" + "x" * 70_000),
        lambda talk: None,
    ],
    ids=["refuses", "web server", "endless", "closes"],
)
def test_without_a_mail_server_nobody_was_tried(script: Any) -> None:
    with scripted_server(script) as port, mailing(port, connections=1) as mailer:
        outcome = mailer.send([envelope("ana")], never)["ana"]
    assert isinstance(outcome, NotTried) and f"127.0.0.1:{port}" in outcome.reason


def test_a_port_nobody_listens_on_is_named() -> None:
    with mailing(1) as mailer, pytest.raises(ChannelError, match=r"127\.0\.0\.1:1 cannot be used"):
        mailer.check()


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_encrypted_and_signed_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    with secure_server(tmp_path, implicit=security == "tls") as mailbox:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        options = {"security": security, "username": USER, "password": PASSWORD}
        with mailing(mailbox.port, host="localhost", **options) as mailer:
            found = mailer.check()
            outcomes = mailer.send(envelopes(3), never)
    assert "valid certificate, the user name and password are accepted" in found
    assert {type(outcome) for outcome in outcomes.values()} == {Sent}
    assert sorted(recipient for recipient, _ in mailbox.mails) == [
        f"r{n}@example.org" for n in range(3)
    ]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_nobody_vouches_for_is_not_trusted(tmp_path: Path, security: str) -> None:
    with secure_server(tmp_path, implicit=security == "tls") as mailbox:
        options = {"security": security, "username": USER, "password": PASSWORD}
        with mailing(mailbox.port, host="localhost", **options) as mailer:
            with pytest.raises(ChannelError, match=r"certificate .* is not valid.*SSL_CERT_FILE"):
                mailer.check()
    assert mailbox.mails == []


def test_a_wrong_password_is_told_without_repeating_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with secure_server(tmp_path) as mailbox:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        options = {"security": "starttls", "username": USER, "password": "battery staple"}
        with mailing(mailbox.port, host="localhost", **options) as mailer:
            with pytest.raises(ChannelError, match="does not accept the user name") as refusal:
                mailer.check()
    assert "battery" not in str(refusal.value) and not refusal.value.temporary


def test_a_server_without_starttls_gets_no_mail(server: SmtpServer) -> None:
    with mailing(server.port, security="starttls") as mailer:
        outcome = mailer.send([envelope("ana")], never)["ana"]
    assert isinstance(outcome, NotTried) and "does not offer STARTTLS" in outcome.reason
    assert server.mails == []


def test_words_sent_before_the_encryption_are_not_believed() -> None:
    def script(talk: Talk) -> None:
        talk.greet("STARTTLS")
        talk.hear()
        talk.say("220 go on", "250 injected")
        talk.part()

    with scripted_server(script) as port, mailing(port, security="starttls") as mailer:
        with pytest.raises(ChannelError, match="before the connection was encrypted"):
            mailer.check()


def test_login_is_used_where_plain_is_not_offered() -> None:
    def script(talk: Talk) -> None:
        talk.greet("AUTH LOGIN")
        heard.append(talk.hear())
        for answer in ("334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "235 ok"):
            talk.say(answer)
            heard.append(talk.hear())

    heard: list[str] = []
    with scripted_server(script) as port:
        with mailing(port, username="ana", password="secret") as mailer:
            assert "accepted" in mailer.check()
    assert heard == ["AUTH LOGIN", "YW5h", "c2VjcmV0", "QUIT"]


def test_the_server_is_configured_without_showing_its_secrets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MAIL_USER", "ana")
    monkeypatch.setenv("MAIL_PASSWORD", "secret-word")
    table = Mail(host="mail.example.org", username_env="MAIL_USER", password_env="MAIL_PASSWORD")
    server = MailServer.from_configuration(table)
    assert (server.username, server.password) == ("ana", "secret-word")
    assert "secret-word" not in repr(server) and "ana" not in repr(server)


def test_a_password_does_not_travel_unencrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORD", "secret-word")
    table = Mail(host="mail.example.org", security="none", username_env="WORD", password_env="WORD")
    with pytest.raises(BadConfiguration, match=r"mail\.security is none"):
        MailServer.from_configuration(table)
