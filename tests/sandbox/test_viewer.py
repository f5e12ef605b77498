"""The pages, with hostile posts and mails in them."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage

import httpx
import pytest
from mastodon import Mastodon

from distributor.sandbox.mastodon_server import MastodonServer
from distributor.sandbox.smtp_server import SmtpServer
from distributor.sandbox.viewer import Viewer

from .test_smtp_server import send

EVIL = "<script>alert('gotcha')</script>"


@pytest.fixture
def viewer(mastodon_server: MastodonServer, mail: SmtpServer) -> Iterator[Viewer]:
    with Viewer([mastodon_server], mail) as running:
        yield running


def newsletter() -> bytes:
    message = EmailMessage()
    message["Subject"] = "Joint statement – “Hong Kong”"
    message["From"] = "news@example.org"
    message["List-Unsubscribe"] = "<mailto:x@example.org>, <https://example.org/u/token>"
    message.set_content(f"The text {EVIL}")
    page = f"<html><head><title>T</title></head><body>{EVIL}</body></html>"
    message.add_alternative(page, subtype="html")
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


def test_the_overview_shows_posts_and_mails(
    viewer: Viewer, mail: SmtpServer, mastodon: Mastodon, browser: httpx.Client
) -> None:
    mastodon.status_post("A statement", language="en")
    send(mail, content=newsletter())
    page = browser.get(viewer.url).text
    assert "A statement" in page and 'lang="en"' in page
    assert "Joint statement – “Hong Kong”" in page and 'href="/mail/1"' in page


def test_the_overview_of_an_empty_sandbox_says_so(viewer: Viewer, browser: httpx.Client) -> None:
    page = browser.get(viewer.url).text
    assert "Nothing has been posted yet" in page and "No mail has come yet" in page


def test_a_post_cannot_bring_markup_into_a_page(
    viewer: Viewer, mastodon: Mastodon, browser: httpx.Client
) -> None:
    status = mastodon.status_post(f"{EVIL} https://a.test/'onclick=x")
    for address in (viewer.url, status.url):
        answer = browser.get(address)
        assert "<script>alert" not in answer.text and "gotcha" in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_the_address_of_a_post_shows_it_in_its_thread(
    mastodon: Mastodon, browser: httpx.Client
) -> None:
    first = mastodon.status_post("One")
    second = mastodon.status_post("Two", in_reply_to_id=first.id)
    page = browser.get(second.url).text
    assert "One" in page and "Two" in page and "2 of 2" in page


def test_the_address_of_a_deleted_post_is_a_page_that_says_so(
    mastodon: Mastodon, browser: httpx.Client
) -> None:
    status = mastodon.status_post("One")
    mastodon.status_delete(status.id)
    answer = browser.get(status.url)
    assert answer.status_code == 404 and "This is not here" in answer.text


def test_a_mail_is_shown_with_its_parts_and_its_way_out(
    viewer: Viewer, mail: SmtpServer, browser: httpx.Client
) -> None:
    send(mail, content=newsletter())
    page = browser.get(f"{viewer.url}/mail/1").text
    assert 'href="https://example.org/u/token"' in page
    assert "The text &lt;script&gt;" in page and "<script>alert" not in page


def test_the_html_of_a_mail_may_do_nothing(
    viewer: Viewer, mail: SmtpServer, browser: httpx.Client
) -> None:
    send(mail, content=newsletter())
    answer = browser.get(f"{viewer.url}/mail/1/html")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script" not in policy and "sandbox" in policy
    assert '<head><base target="_blank"><title>' in answer.text


@pytest.mark.parametrize("number", ["0", "2", "x", "-1", "²"])
def test_a_mail_that_is_not_there_is_a_page_that_says_so(
    viewer: Viewer, mail: SmtpServer, browser: httpx.Client, number: str
) -> None:
    send(mail)
    answer = browser.get(f"{viewer.url}/mail/{number}")
    assert answer.status_code == 404 and "This is not here" in answer.text


def test_a_message_that_is_hardly_a_mail_is_still_shown(
    viewer: Viewer, mail: SmtpServer, browser: httpx.Client
) -> None:
    send(mail, content=b"Content-Type: text/plain; charset=martian\r\n\r\n\xff\xfe\r\n")
    assert "(no subject)" in browser.get(f"{viewer.url}/mail/1").text


def test_mails_are_listed_as_json(viewer: Viewer, mail: SmtpServer, browser: httpx.Client) -> None:
    send(mail, content=newsletter())
    (listed,) = browser.get(f"{viewer.url}/sandbox/mails").json()
    assert listed["recipients"] == ["ana@example.org"]
    assert listed["unsubscribe"] == "https://example.org/u/token"


def test_the_state_changes_with_each_post_edit_and_mail(
    viewer: Viewer, mail: SmtpServer, mastodon: Mastodon, browser: httpx.Client
) -> None:
    def state() -> str:
        return browser.get(f"{viewer.url}/sandbox/state").text

    states = [state()]
    status = mastodon.status_post("One")
    states.append(state())
    mastodon.status_update(status.id, "Two")
    states.append(state())
    send(mail)
    states.append(state())
    assert len(set(states)) == 4 and state() == states[-1]


def test_faults_of_the_mail_server_are_set_over_http(
    viewer: Viewer, mail: SmtpServer, browser: httpx.Client
) -> None:
    rule = {"match": "DOT", "do": "drop_after"}
    assert browser.post(f"{viewer.url}/sandbox/mail/faults", json=rule).status_code == 201
    assert [pending["match"] for pending in mail.faults.pending()] == ["DOT"]
    browser.post(f"{viewer.url}/sandbox/mail/reset")
    assert mail.faults.pending() == []


def test_the_pages_bring_their_own_style_and_script(viewer: Viewer, browser: httpx.Client) -> None:
    for name, kind in (("style.css", "text/css"), ("live.js", "text/javascript")):
        answer = browser.get(f"{viewer.url}/assets/{name}")
        assert answer.status_code == 200 and answer.headers["content-type"].startswith(kind)
    assert browser.get(f"{viewer.url}/assets/..%2fbase.html.j2").status_code == 404
