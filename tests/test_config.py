"""The configuration: one file, every mistake named by its key."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from distributor.config import (
    BlueskyChannel,
    Configuration,
    find,
    load,
    optional_secret,
    packaged,
    parse,
    require_secret,
)
from distributor.errors import BadConfiguration

STORAGE: dict[str, Any] = {"storage": {}}


def channel(**keys: Any) -> BlueskyChannel:
    """A channel with these keys besides its handle."""
    table = {"kind": "bluesky", "handle": "water.test", **keys}
    made = parse(STORAGE | {"channels": {"blue": table}}).channels["blue"]
    assert isinstance(made, BlueskyChannel)
    return made


def test_everything_but_the_storage_has_a_default() -> None:
    assert parse(STORAGE).web.port == 8000
    with pytest.raises(BadConfiguration, match="storage is missing"):
        parse({})


@pytest.mark.parametrize(
    ("text", "seconds"), [("500ms", 0.5), ("30s", 30), ("5m", 300), ("2h", 7200), ("1.5 d", 129600)]
)
def test_a_duration_has_a_unit(text: str, seconds: float) -> None:
    made = parse(STORAGE | {"delivery": {"lease": text}})
    assert made.delivery.lease.timedelta == dt.timedelta(seconds=seconds)


@pytest.mark.parametrize("value", ["30", "soon", "-5s", "5 weeks", 30, "", None])
def test_anything_else_is_no_duration(value: Any) -> None:
    with pytest.raises(BadConfiguration, match=r"delivery\.lease"):
        parse(STORAGE | {"delivery": {"lease": value}})


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"web": {"prot": 1}}, "web.prot is not a known key. Remove it, or check its spelling."),
        ({"channels": {"m": {"kind": "mastodon"}}}, "channels.m.instance is missing. Add it."),
        (
            {"channels": {"b": {"kind": "bluesky", "handle": "h", "app_password": "x"}}},
            "secrets never stand in the file: instead of channels.b.app_password "
            "write app_password_env or app_password_file.",
        ),
        ({"mail": {"password": "x"}}, "instead of mail.password write password_env"),
        ({"lists": {"press": {}}}, "lists.press.title is missing. Add it."),
        ({"lists": "press"}, "lists"),
        ({"organisation": {"timezone": "../etc/passwd"}}, "organisation.timezone"),
        ({"web": {"url": "ftp://water.example"}}, "web.url: ftp://water.example is not"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_mistake_is_named_by_its_key(values: dict[str, Any], words: str) -> None:
    with pytest.raises(BadConfiguration) as caught:
        parse(STORAGE | values)
    assert words in str(caught.value)


def test_a_secret_is_read_from_the_environment_or_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATER_PASSWORD", " from the environment\n")
    (tmp_path / "password").write_text("from a file\n")
    named = channel(app_password_env="WATER_PASSWORD")
    filed = channel(app_password_file=str(tmp_path / "password"))
    assert require_secret(named, "app_password", "channels.blue") == "from the environment"
    assert require_secret(filed, "app_password", "channels.blue") == "from a file"


def test_a_secret_that_is_not_configured_may_be_optional() -> None:
    assert optional_secret(channel(), "app_password", "channels.blue") is None
    with pytest.raises(BadConfiguration, match="the secret app_password is missing"):
        require_secret(channel(), "app_password", "channels.blue")


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"app_password_env": "NO_SUCH_WATER"}, "NO_SUCH_WATER, which is not set"),
        ({"app_password_file": "/nowhere/password"}, "/nowhere/password cannot be read"),
        ({"app_password_env": "A", "app_password_file": "b"}, "not both"),
    ],
    ids=["variable", "file", "both"],
)
def test_a_secret_that_cannot_be_had_is_named(keys: dict[str, str], words: str) -> None:
    with pytest.raises(BadConfiguration, match=words):
        require_secret(channel(**keys), "app_password", "channels.blue")


def test_an_empty_secret_is_none(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(" \n")
    with pytest.raises(BadConfiguration, match="is empty"):
        require_secret(channel(app_password_file=str(tmp_path / "password")), "app_password", "c")


def test_the_database_stands_in_the_data_directory_unless_said_otherwise() -> None:
    made = parse({"storage": {"directory": "data"}})
    assert made.storage.url == "sqlite:///data/distributor.sqlite3"


def test_the_address_of_the_database_may_be_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATER_DATABASE", "postgresql://user:pass@localhost/water")
    made = parse({"storage": {"database_env": "WATER_DATABASE"}})
    assert made.storage.url == "postgresql://user:pass@localhost/water"


def test_a_wrong_address_of_the_database_is_not_repeated_in_full() -> None:
    with pytest.raises(BadConfiguration) as caught:
        parse({"storage": {"database": "mysql://root:hunter2@localhost/water"}})
    assert "hunter2" not in str(caught.value)


def test_the_file_is_the_one_asked_for_then_the_environments() -> None:
    environment = {"DISTRIBUTOR_CONFIG": "theirs.toml"}
    assert find("mine.toml", environment) == Path("mine.toml")
    assert find(None, environment) == Path("theirs.toml")


@pytest.mark.parametrize("name", ["distributor.toml", "production.example.toml"])
def test_the_files_that_come_with_the_program_can_be_used(name: str) -> None:
    assert isinstance(load(packaged("config") / name), Configuration)
