"""What goes over the wire keeps the rules of mail, and both parts say the same."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest

from distributor.rendering.wrapping import columns
from distributor.statements.values import ItemList
from tests.mail.samples import NAMES, TOKEN, mail, message, parsed, statement


def part(whole: EmailMessage, kind: str) -> str:
    found = whole.get_body((kind,))
    assert found is not None
    text: str = found.get_content()
    return text


def shown(name: str, field: str) -> str:
    """A field by RFC 2047; the newer parser leaves a space between the words of a long name."""
    return str(make_header(decode_header(message_from_bytes(message(name))[field])))


@pytest.mark.parametrize("name", NAMES)
def test_lines_are_as_short_as_mail_asks(name: str) -> None:
    head, _, body = message(name).partition(b"\r\n\r\n")
    assert max(len(line) for line in head.split(b"\r\n")) <= 998
    assert max(len(line) for line in body.split(b"\r\n")) <= 76
    assert all(len(word) <= 75 for word in re.findall(rb"=\?\S+\?=", head))
    assert max(len(line.encode()) for line in mail(name)["html"].split("\n")) <= 998


@pytest.mark.parametrize("name", NAMES)
def test_names_and_subject_come_back_in_any_script(name: str) -> None:
    whole, frozen = parsed(name), mail(name)
    assert whole["Subject"] == statement(name).title
    assert shown(name, "From") == frozen["sender"]
    assert whole["List-Id"] == f"{frozen['title']} <press.example.org>"


@pytest.mark.parametrize("name", NAMES)
def test_a_message_has_no_defects(name: str) -> None:
    whole = parsed(name)
    assert [each.get_content_type() for each in whole.iter_parts()] == ["text/plain", "text/html"]
    assert [defect for each in whole.walk() for defect in each.defects] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_text_part_fits_a_screen_of_text(name: str) -> None:
    lines = part(parsed(name), "plain").splitlines()
    assert [line for line in lines if columns(line) > 78 and "https://" not in line] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_text_part_has_real_lists(name: str) -> None:
    text = " ".join(part(parsed(name), "plain").split())
    for block in statement(name).blocks:
        for number, item in enumerate(block.items if isinstance(block, ItemList) else ()):
            ordered = isinstance(block, ItemList) and block.ordered
            assert f"{f'{9 + number}.' if ordered else '•'} {item.split()[0][:9]}" in text


@pytest.mark.parametrize("name", NAMES)
def test_both_parts_have_the_same_links_and_all_are_secure(name: str) -> None:
    whole = parsed(name)
    in_html = set(re.findall(r'href="([^"]*)"', part(whole, "html")))
    in_text = {link.rstrip(".") for link in re.findall(r"https?://\S+", part(whole, "plain"))}
    assert in_html == in_text
    assert all(link.startswith("https://") for link in in_html)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_every_part_says_why_it_came_and_how_to_leave(name: str, kind: str) -> None:
    text = part(parsed(name), kind)
    assert mail(name)["title"] in text  # the reason names the list
    assert f"https://example.org/u/{TOKEN}" in text and "UNSUBSCRIBE-TOKEN" not in text
