"""The same story of subscribers on PostgreSQL as on SQLite."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.servers.postgres import Postgres

_STORY = """
from distributor.newsletter.importing import import_csv
from distributor.newsletter.subscribers import erase, export, show, suppress
from distributor.newsletter.subscriptions import confirmed_count, recipients_of
from distributor.newsletter.subscriptions import token_of, unsubscribe

def bring(*rows):
    report = import_csv(context, ["email,name,state", *rows], list_name="readers", basis="asked",
                        confirmed=True, by="Cleo", progress=lambda read: None)
    print(report.read, report.added, report.already, report.suppressed, report.unsubscribed)

bring("ana@example.org,Ana,", "ben@example.org,,", "cleo@example.org,,unsubscribed")
bring("ANA@example.org,,", "dora@example.org,,", "cleo@example.org,,")
suppress(context, "ben@example.org", reason="complaint", by="Cleo")
print(confirmed_count("readers"))
first = recipients_of("readers").order_by("pk").first()
print(unsubscribe(context, token_of(context, first), "page", context.now()))
print([(record["email"], record["name"], record["state"]) for record in export(context, None)])
erase(context, "ana@example.org", by="Cleo")
bring("ana@example.org,,")
print(show(context, "ana@example.org")["suppression"]["reason"])
"""

_TOLD = """\
3 2 0 0 1
3 1 1 0 1
2
readers
[('ana@example.org', 'Ana', 'unsubscribed'), ('ben@example.org', '', 'confirmed'), \
('cleo@example.org', '', 'unsubscribed'), ('dora@example.org', '', 'confirmed')]
1 0 0 1 0
erased
"""


def test_the_story_is_the_same_on_postgresql(
    tell: Callable[[str, str], str], postgres: Postgres
) -> None:
    assert tell(postgres.create_database(), _STORY) == _TOLD


def test_the_story_is_the_same_on_sqlite(tell: Callable[[str, str], str], tmp_path: Path) -> None:
    assert tell(f"sqlite:///{tmp_path}/distributor.sqlite3", _STORY) == _TOLD
