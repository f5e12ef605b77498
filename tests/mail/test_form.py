"""What goes over the wire keeps the rules of mail, and both parts say the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from typing import Any

import pytest

from distributor.rendering.wrapping import columns
from distributor.statements.values import ItemList
from tests.mail.samples import NAMES, TOKEN, mail, message, notice, parsed, statement

Make = Callable[[str], dict[str, Any]]
both_mails = pytest.mark.parametrize("make", [mail, notice])


def part(whole: EmailMessage, kind: str) -> str:
    found = whole.get_body((kind,))
    assert found is not None
    text: str = found.get_content()
    return text


def shown(name: str, field: str) -> str:
    """A field by RFC 2047; the newer parser leaves a space between the words of a long name."""
    return str(make_header(decode_header(message_from_bytes(message(name))[field])))


@both_mails
@pytest.mark.parametrize("name", NAMES)
def test_lines_are_as_short_as_mail_asks(name: str, make: Make) -> None:
    head, _, body = message(name, make).partition(b"\r\n\r\n")
    assert max(len(line) for line in head.split(b"\r\n")) <= 998
    assert max(len(line) for line in body.split(b"\r\n")) <= 76
    assert all(len(word) <= 75 for word in re.findall(rb"=\?\S+\?=", head))
    assert max(len(line.encode()) for line in make(name)["html"].split("\n")) <= 998


@pytest.mark.parametrize("name", NAMES)
def test_names_and_subject_come_back_in_any_script(name: str) -> None:
    whole, frozen = parsed(name), mail(name)
    assert whole["Subject"] == statement(name).title
    assert shown(name, "From") == frozen["sender"]
    assert whole["List-Id"] == f"{frozen['title']} <press.example.org>"


@both_mails
@pytest.mark.parametrize("name", NAMES)
def test_a_message_has_no_defects(name: str, make: Make) -> None:
    whole = parsed(name, make)
    assert [each.get_content_type() for each in whole.iter_parts()] == ["text/plain", "text/html"]
    assert [defect for each in whole.walk() for defect in each.defects] == []


@both_mails
@pytest.mark.parametrize("name", NAMES)
def test_the_text_part_fits_a_screen_of_text(name: str, make: Make) -> None:
    lines = part(parsed(name, make), "plain").splitlines()
    assert [line for line in lines if columns(line) > 78 and "https://" not in line] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_text_part_has_real_lists(name: str) -> None:
    text = " ".join(part(parsed(name), "plain").split())
    for block in statement(name).blocks:
        for number, item in enumerate(block.items if isinstance(block, ItemList) else ()):
            ordered = isinstance(block, ItemList) and block.ordered
            assert f"{f'{9 + number}.' if ordered else '•'} {item.split()[0][:9]}" in text


@both_mails
@pytest.mark.parametrize("name", NAMES)
def test_both_parts_have_the_same_links_and_all_are_secure(name: str, make: Make) -> None:
    whole = parsed(name, make)
    in_html = set(re.findall(r'href="([^"]*)"', part(whole, "html")))
    in_text = {link.rstrip(".") for link in re.findall(r"https?://\S+", part(whole, "plain"))}
    assert in_html == in_text
    assert all(link.startswith("https://") for link in in_html)


@both_mails
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_every_part_says_why_it_came_and_how_to_leave(name: str, kind: str, make: Make) -> None:
    text = part(parsed(name, make), kind)
    assert mail(name)["title"] in text  # the reason names the list
    assert f"https://example.org/u/{TOKEN}" in text and "UNSUBSCRIBE-TOKEN" not in text
