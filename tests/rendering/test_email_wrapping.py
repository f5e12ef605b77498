"""Wrapping of the text part: columns, words and what must not be cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.rendering.mailtext import flowing, shortened, underlined, wrapped
from distributor.rendering.wrapping import columns, wrap


@given(st.text(alphabet="ab 安。「」é👩‍👧‍👦٣", max_size=300), st.integers(8, 72))
def test_wrapping_changes_nothing_but_spaces(text: str, width: int) -> None:
    assert "".join(wrap(text, width=width).split()) == "".join(text.split())


@given(st.lists(st.text(alphabet="abc", min_size=1, max_size=12), max_size=60))
def test_words_shorter_than_a_line_never_leave_it(words: list[str]) -> None:
    assert all(len(line) <= 20 for line in wrap(" ".join(words), width=20).split("\n"))


def test_an_address_longer_than_a_line_stays_whole() -> None:
    address = "https://example.org/" + "a" * 100
    assert address in wrap(f"See {address} for more.").split("\n")


def test_wide_characters_take_two_columns() -> None:
    assert columns("安é") == 3
    assert wrap("安" * 10, width=8) == "安安安安\n安安安安\n安安"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("安全警察。發出", ["安全警", "察。發", "出"]),
        ("安全「警察」發", ["安全", "「警", "察」發"]),
    ],
)
def test_closing_marks_never_begin_a_line_and_opening_ones_never_end_it(
    text: str, lines: list[str]
) -> None:
    assert wrap(text, width=6).split("\n") == lines


def test_what_follows_a_marker_hangs_below_it() -> None:
    assert wrapped("demand " * 12, "10. ").split("\n")[1].startswith("    demand")


def test_the_line_below_a_title_is_as_long_as_the_title() -> None:
    assert underlined("聲明 A", "=") == "聲明 A\n======"


def test_a_preview_ends_between_words() -> None:
    assert shortened("one two three", 9) == "one two…"
    assert shortened("one two", 9) == "one two"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("See https://example.org/a.", "https://example.org/a"),
        ("(https://example.org/a_(b))", "https://example.org/a_(b)"),
        ("“https://example.org”, she said", "https://example.org"),
        ("見https://example.org/a。", "https://example.org/a"),
    ],
)
def test_a_link_ends_where_its_address_ends(text: str, address: str) -> None:
    assert f'<a href="{address}">{address}</a>' in flowing(text)
