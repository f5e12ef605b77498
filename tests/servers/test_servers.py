"""The servers are real, and each test finds its own corner of them."""

from __future__ import annotations

from contextlib import closing

import psycopg
from atproto import Client
from playwright.sync_api import Page

from tests.servers.pds import Pds
from tests.servers.postgres import Postgres


def test_the_bluesky_server_keeps_a_record(pds: Pds) -> None:
    ana = pds.create_account("ana")
    client = Client(f"{pds.url}/xrpc")
    record = {"$type": "app.bsky.feed.post", "text": "Hello", "createdAt": "2026-11-22T10:00:00Z"}
    where = {"repo": ana.did, "collection": "app.bsky.feed.post", "rkey": "3m65abcdefg22"}
    with closing(client.request):
        client.login(ana.handle, ana.app_password, fetch_bsky_profile=False)
        client.com.atproto.repo.put_record({**where, "record": record})
        kept = client.com.atproto.repo.get_record(where)
    assert kept.value.text == "Hello"


def test_accounts_of_one_name_are_different(pds: Pds) -> None:
    assert pds.create_account("ben").did != pds.create_account("ben").did


def test_a_fresh_database_is_empty_and_takes_a_table(postgres: Postgres) -> None:
    for url in (postgres.create_database(), postgres.create_database()):
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE statement (title text)")
            connection.execute("INSERT INTO statement VALUES ('全球团结')")
            assert connection.execute("SELECT title FROM statement").fetchall() == [("全球团结",)]


def test_a_page_is_clicked(page: Page) -> None:
    page.set_content("<button onclick=\"document.title = 'approved'\">Approve</button>")
    page.get_by_role("button", name="Approve").click()
    assert page.title() == "approved"


def test_a_second_page_knows_nothing_of_the_first(page: Page) -> None:
    assert page.title() == ""


def test_axe_finds_an_image_without_words(page: Page, axe: str) -> None:
    page.set_content('<html lang="en"><title>Desk</title><main><img src="data:,"></main></html>')
    page.evaluate(axe)
    found = page.evaluate("async () => (await axe.run()).violations.map(each => each.id)")
    assert "image-alt" in found


def test_two_free_ports_can_be_listened_on(free_port: int) -> None:
    assert 1024 < free_port < 65536
