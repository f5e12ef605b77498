"""The keys of an installation, and what is done with them."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor import vault
from distributor.errors import BadConfiguration
from distributor.vault import Vault

KEYS = Vault(web=b"w" * 32, sealing=b"s" * 32, indexing=b"i" * 32)


def test_keys_are_made_once_and_are_the_owners_alone(tmp_path: Path) -> None:
    vault.create(tmp_path)
    first = vault.load(tmp_path)
    vault.create(tmp_path)
    assert vault.load(tmp_path) == first
    for path in (tmp_path / "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_every_key_is_another_one(tmp_path: Path) -> None:
    vault.create(tmp_path)
    made = vault.load(tmp_path)
    assert len({made.web, made.sealing, made.indexing}) == 3


@given(st.text())
def test_what_was_sealed_is_opened(text: str) -> None:
    assert KEYS.open(KEYS.seal(text)) == text


def test_the_same_text_sealed_twice_looks_different_and_unlike_itself() -> None:
    first, second = KEYS.seal("dana@reader.example"), KEYS.seal("dana@reader.example")
    assert first != second
    assert b"dana" not in first


@given(st.binary(max_size=60))
def test_what_was_not_sealed_here_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(BadConfiguration, match="Restore the keys folder"):
        KEYS.open(data)


def test_an_address_is_found_without_regard_to_case_and_space() -> None:
    assert KEYS.index(" Dana@Reader.example ") == KEYS.index("dana@reader.example")
    assert KEYS.index("dana@reader.example") != KEYS.index("eli@reader.example")


def test_a_token_is_22_characters_and_depends_on_purpose_and_subject() -> None:
    tokens = {KEYS.token("leave", "1"), KEYS.token("leave", "2"), KEYS.token("join", "1")}
    assert len(tokens) == 3
    assert {len(token) for token in tokens} == {22}


@pytest.mark.parametrize("content", ["", "ab\n", "no hex at all\n", "ab" * 31 + "\n", "ä" * 64])
def test_a_damaged_key_is_named(tmp_path: Path, content: str) -> None:
    vault.create(tmp_path)
    (tmp_path / "keys" / "sealing.key").write_text(content, encoding="utf-8")
    with pytest.raises(BadConfiguration, match=r"sealing\.key"):
        vault.load(tmp_path)


def test_missing_keys_lead_to_init(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="Run `distributor init`"):
        vault.load(tmp_path)
