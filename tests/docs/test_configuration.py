"""The example for production names every key there is, and is a configuration that loads."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from distributor import config

EXAMPLE = config.packaged("config") / "production.example.toml"
TEXT = EXAMPLE.read_text(encoding="utf-8")
OPTIONAL = re.compile(r"^# (?=\w+ = )", re.MULTILINE)

TABLES: dict[str, type[msgspec.Struct]] = {
    "": config.Configuration,
    "organisation": config.Organisation,
    "organisation.card": config.QuoteCards,
    "storage": config.Storage,
    "web": config.Web,
    "approval": config.ApprovalRules,
    "sources.inbox": config.FolderSource,
    "channels.x": config.XChannel,
    "channels.bluesky": config.BlueskyChannel,
    "channels.mastodon": config.MastodonChannel,
    "mail": config.Mail,
    "lists.statements": config.MailingList,
    "delivery": config.DeliveryRules,
    "delivery.caps": config.Caps,
    "sandbox": config.Sandbox,
}


def tables(values: dict[str, Any], where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every table of a file with its dotted name."""
    yield where, values
    for name, value in values.items():
        if isinstance(value, dict):
            yield from tables(value, f"{where}.{name}".lstrip("."))


WHOLE = dict(tables(tomllib.loads(OPTIONAL.sub("", TEXT))))  # with all that is optional


@pytest.mark.parametrize("where", TABLES)
def test_the_example_has_every_key_of_a_table_and_no_other(where: str) -> None:
    assert set(WHOLE[where]) - {"kind"} == set(TABLES[where].__struct_encode_fields__)


def test_the_example_loads_without_a_secret_at_hand() -> None:
    assert set(config.load(EXAMPLE).channels) == {"x", "bluesky", "mastodon"}


@pytest.mark.parametrize("place", [match.start() for match in OPTIONAL.finditer(TEXT)])
def test_each_optional_setting_may_be_used(
    place: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = tmp_path / "database"
    address.write_text("postgresql://ana@localhost/distributor")
    monkeypatch.setenv("DISTRIBUTOR_DATABASE", address.read_text())
    used = TEXT[:place] + TEXT[place + 2 :]
    config.parse(tomllib.loads(used.replace("/etc/distributor/secrets/database", str(address))))


@pytest.mark.parametrize("table", ["delivery", "sandbox"])
def test_what_the_example_shows_of_delivery_is_the_default(table: str) -> None:
    shown = config.parse({"storage": {}, table: WHOLE[table]})
    assert shown == config.parse({"storage": {}})
