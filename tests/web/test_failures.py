"""Pages for what goes wrong, and the signs of life."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory
from pytest_django.fixtures import DjangoAssertNumQueries

from distributor.context import Context
from distributor.web import failures


def test_a_broken_page_tells_nothing_and_asks_no_database(
    django_assert_num_queries: DjangoAssertNumQueries, db: None
) -> None:
    with django_assert_num_queries(0):
        answer = failures.broken(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert b"Something went wrong on our side" in answer.content


def test_a_visitor_gets_not_found_without_learning_anything(
    client: Client, context: Context
) -> None:
    answer = client.get("/admin/", headers={"host": "127.0.0.1"})
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text


def test_another_host_name_is_refused_in_our_words(client: Client, context: Context) -> None:
    answer = client.get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "This request cannot be read" in answer.text


@pytest.mark.parametrize(
    ("method", "address", "fields"),
    [
        ("get", "/accounts/login/", {"next": "/\0"}),
        ("post", "/accounts/login/", {"login": "An\0a", "password": "carries water home"}),
    ],
)
def test_a_null_character_is_refused_before_it_reaches_a_database(
    client: Client, context: Context, method: str, address: str, fields: dict[str, str]
) -> None:
    answer = getattr(client, method)(address, fields, headers={"host": "127.0.0.1"})
    assert answer.status_code == 400
    assert "This request cannot be read" in answer.text


def test_the_watcher_of_the_machine_gets_ok(client: Client, context: Context) -> None:
    answer = client.get("/healthz", headers={"host": "127.0.0.1"})
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_search_engines_are_sent_away(client: Client, context: Context) -> None:
    answer = client.get("/robots.txt", headers={"host": "127.0.0.1"})
    assert "Disallow: /" in answer.text
