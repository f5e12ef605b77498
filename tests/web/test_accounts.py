"""Signing in and out."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from distributor.context import Context
from distributor.people.models import Person

PASSWORD = "quiet rivers run deep"


@pytest.fixture
def visitor(context: Context) -> Client:
    """A browser in which nobody is signed in, before any limit."""
    cache.clear()
    return Client(headers={"host": "127.0.0.1"})


@pytest.fixture
def dora(context: Context) -> Person:
    """Somebody with a password."""
    return Person.objects.create_user("Dora", PASSWORD, role="author")


def _sign_in(visitor: Client, name: str, password: str, **more: str) -> str:
    answer = visitor.post("/accounts/login/", {"login": name, "password": password, **more})
    return answer.headers.get("Location") or answer.text


def test_the_name_counts_without_regard_to_case(visitor: Client, dora: Person) -> None:
    assert _sign_in(visitor, "dORA", PASSWORD) == "/"
    assert "Signed in as <strong>Dora</strong>" in visitor.get("/").text


def test_the_session_gets_a_new_id_at_sign_in(visitor: Client, dora: Person) -> None:
    visitor.session["before"] = True
    before = visitor.session
    before.save()
    visitor.cookies["session"] = before.session_key or ""
    _sign_in(visitor, "Dora", PASSWORD)
    assert visitor.cookies["session"].value != before.session_key


def test_signing_out_ends_the_session(visitor: Client, dora: Person) -> None:
    _sign_in(visitor, "Dora", PASSWORD)
    stolen = visitor.cookies["session"].value
    visitor.post("/accounts/logout/")
    visitor.cookies["session"] = stolen
    assert visitor.get("/").status_code == 302


@pytest.mark.parametrize("name", ["Dora", "Nobody"])
def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(
    visitor: Client, dora: Person, name: str
) -> None:
    page = _sign_in(visitor, name, "wrong")
    assert "This name and this password do not belong together." in page


def test_guessing_ends_after_five_tries(visitor: Client, dora: Person) -> None:
    for _ in range(5):
        _sign_in(visitor, "Dora", "wrong")
    assert "Too many attempts" in _sign_in(visitor, "Dora", PASSWORD)


def test_a_closed_account_stays_out(visitor: Client, dora: Person) -> None:
    Person.objects.update(is_active=False)
    assert _sign_in(visitor, "Dora", PASSWORD) == "/accounts/login/"
    assert "This account is closed." in visitor.get("/accounts/login/").text


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:x"])
def test_signing_in_leads_nowhere_else(visitor: Client, dora: Person, elsewhere: str) -> None:
    assert _sign_in(visitor, "Dora", PASSWORD, next=elsewhere) == "/"


@pytest.mark.parametrize("path", ["signup/", "password/reset/", "email/", "inactive/", ""])
def test_the_doors_we_do_not_use_do_not_exist(visitor: Client, path: str) -> None:
    assert visitor.get(f"/accounts/{path}").status_code == 404


def test_a_password_can_be_changed(visitor: Client, dora: Person) -> None:
    _sign_in(visitor, "Dora", PASSWORD)
    new = "quiet springs run deeper"
    answer = visitor.post(
        "/accounts/password/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
        follow=True,
    )
    assert "Your password is changed." in answer.text
    dora.refresh_from_db()
    assert dora.check_password(new)


def test_a_password_that_is_too_short_is_refused_with_the_reason(
    visitor: Client, dora: Person
) -> None:
    _sign_in(visitor, "Dora", PASSWORD)
    form = {"oldpassword": PASSWORD, "password1": "short", "password2": "short"}
    assert "too short" in visitor.post("/accounts/password/", form).text
