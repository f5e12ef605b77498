"""The bytes that go to each recipient, read back as a mail program reads them."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import quopri
import re
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from distributor.config import packaged
from distributor.errors import BadInput, BadState
from distributor.newsletter import quoted_printable
from distributor.newsletter.compile import Addressee, CompiledMail
from distributor.newsletter.headers import UnusableAddress, wire_address
from distributor.rendering.edition import Edition, ListTarget
from distributor.rendering.email import render_mail
from distributor.statements.values import Paragraph, Wording

TOKEN = "Zm9v_-YmFyYmF6cXV4MTIz"
ANA = Addressee("ana@example.org", TOKEN, "c7.41")
NOON = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)
WAY_OUT = "https://example.org/u/UNSUBSCRIBE-TOKEN"
FROZEN = {
    "list": "press",
    "language": "en",
    "direction": "ltr",
    "list_id": "press.example.org",
    "title": "Press list",
    "sender": "The Alliance <news@example.org>",
    "reply_to": "team@example.org",
    "unsubscribe": WAY_OUT,
    "subject": "On the arrest of a writer",
    "text": f"“We will not stop.”\n.\nFrom Ana\n{'long ' * 40}\n\nUnsubscribe\n{WAY_OUT}\n",
    "html": f'<!DOCTYPE html>\n<p>é = é</p>\n<a href="{WAY_OUT}">Unsubscribe</a>\n',
}


def compiled(**changes: Any) -> CompiledMail:
    return CompiledMail(FROZEN | changes, date=NOON, message_id_domain="example.org")


def read(message: bytes) -> EmailMessage:
    parsed = email.message_from_bytes(message, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def filled(addressee: Addressee = ANA, **changes: Any) -> EmailMessage:
    return read(compiled(**changes).fill(addressee))


def content(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    raw = part.get_payload(decode=True)
    assert isinstance(raw, bytes)
    return raw.decode()


def test_the_headers_are_those_a_list_needs() -> None:
    assert [(name, str(value)) for name, value in filled().items()] == [
        ("To", "ana@example.org"),
        ("Message-ID", "<c7.41@example.org>"),
        ("List-Unsubscribe", f"<https://example.org/u/{TOKEN}>"),
        ("From", "The Alliance <news@example.org>"),
        ("Reply-To", "team@example.org"),
        ("Subject", "On the arrest of a writer"),
        ("Date", "Sun, 01 Mar 2026 12:00:00 +0000"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("List-Id", "Press list <press.example.org>"),
        ("Precedence", "bulk"),
        ("Content-Language", "en"),
        ("MIME-Version", "1.0"),
        ("Content-Type", filled()["Content-Type"]),
    ]


def test_the_parts_say_what_was_frozen_with_the_recipients_own_way_out() -> None:
    message = filled()
    assert [part.get_content_type() for part in message.iter_parts()] == [
        "text/plain",
        "text/html",
    ]
    for kind, part in (("plain", "text"), ("html", "html")):
        expected = FROZEN[part].replace("UNSUBSCRIBE-TOKEN", TOKEN).rstrip("\n")
        assert content(message, kind).replace("\r\n", "\n").rstrip("\n") == expected


def test_a_mail_rendered_from_the_templates_compiles() -> None:
    wording = Wording("声明", NOON.date(), "zh-Hans", (Paragraph("我们表示关切。" * 90),))
    target = ListTarget(
        "press", "新闻", None, "press.example.org", "news@example.org", None, WAY_OUT
    )
    edition = Edition(
        "s1", None, None, {}, {}, "zh-Hans", "联盟", None, (), (target,), (), NOON.date()
    )
    frozen, findings = render_mail(wording, edition, target, packaged("templates"))
    message = filled(**frozen)
    assert findings == ()
    assert str(message["Subject"]) == "声明"
    for kind in ("plain", "html"):
        assert f"https://example.org/u/{TOKEN}" in content(message, kind)
        assert "UNSUBSCRIBE-TOKEN" not in content(message, kind)


def test_the_way_out_stands_unfolded_in_its_header() -> None:
    way_out = f"https://example.org/{'path/' * 30}UNSUBSCRIBE-TOKEN"
    message = compiled(unsubscribe=way_out, text=way_out, html=way_out).fill(ANA)
    line = f"List-Unsubscribe: <{way_out.replace('UNSUBSCRIBE-TOKEN', TOKEN)}>"
    assert line.encode() in message.split(b"\r\n")


def test_a_second_way_out_by_mail_is_given_when_there_is_one() -> None:
    mail = CompiledMail(
        FROZEN, date=NOON, message_id_domain="example.org", mailto="out@example.org"
    )
    assert read(mail.fill(ANA))["List-Unsubscribe"].endswith(", <mailto:out@example.org>")


def test_the_same_recipient_gets_the_same_bytes_again() -> None:
    assert compiled().fill(ANA) == compiled().fill(ANA)


def test_a_slot_word_in_the_statement_is_left_alone() -> None:
    text = f"The word UNSUBSCRIBE-TOKEN.\n{WAY_OUT}\n"
    assert "The word UNSUBSCRIBE-TOKEN." in content(filled(text=text), "plain")


@settings(max_examples=150)
@given(
    text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=400),
    subject=st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=200),
)
def test_any_text_arrives_whole_and_within_the_limits_of_mail(text: str, subject: str) -> None:
    subject = " ".join(subject.split())
    raw = compiled(text=f"{text}\n{WAY_OUT}\n.x", subject=subject).fill(ANA)
    head, _, body = raw.partition(b"\r\n\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"") and b"\r" not in raw.replace(b"\r\n", b"")
    assert raw.isascii()
    assert all(len(line) <= 76 for line in body.split(b"\r\n"))
    assert all(len(line) <= 998 for line in head.split(b"\r\n"))
    assert all(len(word) <= 75 for word in re.findall(rb"=\?utf-8\?.*?\?=", head))
    assert not re.search(rb"^(\.|From )", body, re.MULTILINE)
    message = read(raw)
    expected = f"{text}\nhttps://example.org/u/{TOKEN}\n.x"
    assert content(message, "plain").replace("\r\n", "\n") == expected
    assert " ".join(str(message["Subject"]).split()) == subject


@given(st.text(alphabet="aé=. \tF", max_size=300))
def test_quoted_printable_reads_back(text: str) -> None:
    encoded = quoted_printable.encode(text)
    assert quopri.decodestring(encoded).decode() == text
    assert all(len(line) <= 76 for line in encoded.split(b"\r\n"))


@pytest.mark.parametrize(
    "name", ["Ana", "Ana Čapková", "安娜", 'A "B" \\ C', "Ana, MP", "=?utf-8?q?Ben?=", "A" * 190]
)
def test_names_in_any_script_reach_the_header(name: str) -> None:
    message = filled(Addressee("ana@example.org", TOKEN, "k", name))
    (address,) = message["To"].addresses
    assert (address.display_name, address.addr_spec) == (name, "ana@example.org")


@pytest.mark.parametrize(
    "name", ["Ana\r\nBcc: ben@example.org", "Ana\0", "Ana\u2028x", "Ana\x85x", "A" * 300]
)
def test_a_name_that_could_carry_a_header_is_left_out(name: str) -> None:
    message = filled(Addressee("ana@example.org", TOKEN, "k", name))
    assert str(message["To"]) == "ana@example.org"
    assert message["Bcc"] is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", "One\r\nBcc: ben@example.org"),
        ("subject", "One\0two"),
        ("sender", "news@example.org\nBcc: ben@example.org"),
        ("sender", "not an address"),
        ("reply_to", "team@example.org\r\nX: y"),
        ("title", "Press\u2029list"),
        ("list_id", "press example"),
        ("language", "en\r\nX: y"),
        ("unsubscribe", "https://example.org/u/"),
        ("unsubscribe", "https://example.org/> x UNSUBSCRIBE-TOKEN"),
        ("text", "No way out."),
        ("html", "<p>No way out.</p>"),
    ],
)
def test_what_no_header_may_carry_is_refused_when_compiling(field: str, value: str) -> None:
    with pytest.raises(BadInput):
        compiled(**{field: value})


def test_a_domain_in_another_script_is_written_in_ascii() -> None:
    assert wire_address("ana@bücher.example") == "ana@xn--bcher-kva.example"


@pytest.mark.parametrize(
    "address",
    [
        "žofie@example.org",
        "ana@example.org\r\nBcc: x@example.org",
        "ana@example.org\0",
        "ana @example.org",
        "ana",
        '"a b"@example.org',
        "<ana@example.org>",
        "a" * 65 + "@example.org",
        f"ana@{'a' * 250}.example.org",
    ],
)
def test_an_address_mail_cannot_be_sent_to_is_refused_without_naming_it(address: str) -> None:
    with pytest.raises(UnusableAddress) as refusal:
        compiled().fill(Addressee(address, TOKEN, "k"))
    assert address not in str(refusal.value)


@pytest.mark.parametrize("token", ["", "short", "x" * 22 + "\r\n", "a b" * 8])
def test_a_malformed_token_is_never_written(token: str) -> None:
    with pytest.raises(BadState):
        compiled().fill(Addressee("ana@example.org", token, "k"))


@pytest.mark.parametrize("key", ["", "a>b", "a@b", "a\r\nb", "k" * 101])
def test_a_malformed_message_key_is_never_written(key: str) -> None:
    with pytest.raises(BadState):
        compiled().fill(Addressee("ana@example.org", TOKEN, key))
