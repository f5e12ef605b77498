"""What holds for every address: who may look, what may change, which policy stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from distributor.approvals.models import StoredMedia
from distributor.people.models import Person
from distributor.statements.models import Statement
from distributor.web.security import PAGE_POLICY
from tests.web.conftest import SignIn, current_digest

PUBLIC = {"unsubscribe", "healthz", "robots", "account_login", "account_logout"}
CHANGING = {
    "halt", "resume", "render", "reword", "length", "approve", "changes", "withdraw_approval",
    "give_picture", "remove_picture", "settle", "settle_mail",
}  # fmt: skip
TOKEN = "A" * 22


def _names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns)
        else:
            assert pattern.name
            yield pattern.name


NAMES = sorted(_names(get_resolver().url_patterns))


def _address(name: str, statement: Statement) -> str:
    """An address of that name that leads somewhere."""
    if name == "unsubscribe":
        return reverse(name, args=[TOKEN])
    if name in {"mail", "notice"}:
        return reverse(name, args=[statement.pk, current_digest(statement), 0])
    if name == "picture":
        stored, _ = StoredMedia.objects.get_or_create(pk="a" * 64, mime="image/png")
        return reverse(name, args=[stored.pk])
    if name in {"queue", "new", "halt", "resume", "healthz", "robots"} | PUBLIC:
        return reverse(name)
    if name.startswith("account_"):
        return reverse(name)
    return reverse(name, args=[statement.pk])


@pytest.mark.parametrize("name", sorted(set(NAMES) - PUBLIC))
def test_nobody_sees_or_does_anything_without_signing_in(
    name: str, statement: Statement, client: Client
) -> None:
    for method in (client.get, client.post):
        answer = method(_address(name, statement), headers={"host": "127.0.0.1"})
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/?next=/")


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"unsubscribe"}))
def test_a_form_from_elsewhere_changes_nothing(
    name: str, statement: Statement, ben: Person
) -> None:
    client = Client(enforce_csrf_checks=True, headers={"host": "127.0.0.1"})
    client.force_login(ben)
    answer = client.post(_address(name, statement))
    assert answer.status_code == 403
    assert "This form is no longer valid" in answer.text


@pytest.mark.parametrize("name", sorted(set(NAMES) - CHANGING))
def test_looking_writes_nothing(
    name: str, statement: Statement, ben: Person, sign_in: SignIn
) -> None:
    client, address = sign_in(ben), _address(name, statement)
    for method in (client.get, client.head):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert method(address).status_code in {200, 302}
        assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []


@pytest.mark.parametrize("name", sorted(CHANGING))
def test_what_changes_something_cannot_be_looked_at(
    name: str, statement: Statement, ben: Person, sign_in: SignIn
) -> None:
    assert sign_in(ben).get(_address(name, statement)).status_code == 405


@pytest.mark.parametrize("name", sorted(set(NAMES) - CHANGING - {"mail", "notice", "picture"}))
def test_every_page_carries_the_policy(
    name: str, statement: Statement, ben: Person, sign_in: SignIn
) -> None:
    headers = sign_in(ben).get(_address(name, statement)).headers
    assert headers["Content-Security-Policy"] == PAGE_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Cache-Control"]


def test_the_policy_allows_no_script_or_style_inside_a_page() -> None:
    assert PAGE_POLICY.startswith("default-src 'none'")
    assert "unsafe" not in PAGE_POLICY
    assert not re.search(r"https?:|\*", PAGE_POLICY)


def test_pages_hold_no_inline_script_or_style(
    statement: Statement, ben: Person, sign_in: SignIn
) -> None:
    page = sign_in(ben).get(f"/statements/{statement.pk}").text
    assert " style=" not in page
    assert "<style" not in page
    assert re.findall(r"<script(?! src=)", page) == []
