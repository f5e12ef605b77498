"""Lengths as the networks count them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twitter_text import parse_tweet

from distributor.rendering.measure import (
    BlueskyMeasure,
    MastodonMeasure,
    XMeasure,
    measure_for,
    x_links,
)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        pytest.param("Hi http://test.co", 26, id="a link weighs 23"),
        pytest.param("http://test.co/" + "x" * 200, 23, id="a long link weighs 23"),
        pytest.param("• one", 6, id="a bullet weighs 2"),
        pytest.param("one…", 5, id="an ellipsis weighs 2"),
        pytest.param("“one” – two", 11, id="curly quotes and dashes weigh 1"),
        pytest.param("聲明", 4, id="Chinese weighs 2"),
        pytest.param("日本語。", 8, id="so does its punctuation"),
        pytest.param("بيان", 4, id="Arabic weighs 1"),
        pytest.param("👨‍👩‍👧‍👦", 2, id="a family weighs 2"),
        pytest.param("1️⃣", 2, id="a keycap weighs 2"),
        pytest.param("e\u0301", 1, id="a composed accent is one"),
        pytest.param("one\r\ntwo", 7, id="a line end is one"),
        pytest.param("the law.In Beijing", 35, id="an accidental link weighs 23"),
        pytest.param("http://127.0.0.1:8000/s/1", 25, id="a number is no domain to X"),
    ],
)
def test_x_weighs(text: str, length: int) -> None:
    assert XMeasure().length(text) == length


_WORDS = st.sampled_from(
    [
        "law.In",
        "https://a.org/x?y=1,",
        "見",
        "👍🏽",
        "(b.com)",
        "e.g.",
        "•",
        "ﬁ",
        "1️⃣",
        "x@y.org",
        "¡",
    ]
)


@given(st.lists(st.one_of(_WORDS, st.text(max_size=6)), max_size=12).map(" ".join))
def test_x_is_measured_as_the_official_rules_do(text: str) -> None:
    assert XMeasure().length(text) == parse_tweet(text).weightedLength


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a.a." * 2000, id="labels"),
        pytest.param(".a" * 4000, id="labels without a start"),
        pytest.param("中文" * 4000 + ".com", id="no spaces"),
        pytest.param("a.b " * 2000, id="many words"),
    ],
)
def test_a_trap_is_measured_in_time_and_never_too_short(text: str) -> None:
    started = time.process_time()
    assert XMeasure().length(text) >= len(text)
    assert time.process_time() - started < 0.5


def test_bluesky_counts_what_a_reader_sees_as_one() -> None:
    assert BlueskyMeasure().length("👨‍👩‍👧‍👦e\u0301한국") == 4


def test_bluesky_also_counts_bytes() -> None:
    family = "👨‍👩‍👧‍👦"  # 25 bytes
    assert BlueskyMeasure().excess(family * 120) == 0
    assert BlueskyMeasure().excess(family * 121) == 3


@pytest.mark.parametrize(
    ("text", "length"),
    [
        pytest.param("Hi https://example.org/" + "x" * 99, 26, id="a long link"),
        pytest.param("http://a.io", 23, id="a short link"),
        pytest.param("see example.org", 15, id="a bare domain is no link"),
        pytest.param("by @ana@example.social today", 13, id="a remote account"),
        pytest.param("聲明", 2, id="Chinese"),
        pytest.param("(https://a.org/x).", 26, id="punctuation after a link"),
    ],
)
def test_mastodon_counts(text: str, length: int) -> None:
    assert MastodonMeasure().length(text) == length


def test_an_instance_may_count_links_differently() -> None:
    assert measure_for("mastodon", 5000, 30).length("https://example.org") == 30


@pytest.mark.parametrize("text", ["law.In", "people.It", "say.So", "rights.My", "here.Is"])
def test_x_makes_links_of_a_missing_space(text: str) -> None:
    assert x_links(f"under {text} fact") == [(6, 6 + len(text))]


@pytest.mark.parametrize("text", ["Mr.Smith", "Kong.The", "3.5", "D.C.", "ana@example.org"])
def test_x_leaves_other_dots_alone(text: str) -> None:
    assert x_links(f"says {text} now") == []
