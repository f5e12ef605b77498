"""Bluesky's facets and card."""

from __future__ import annotations

import pytest

from distributor.rendering.facets import card, facets
from tests.rendering.editions import wording


def test_offsets_count_bytes() -> None:
    found = facets("聲明 https://example.org/a.", ())
    assert found == [
        {"start": 7, "end": 28, "kind": "link", "value": "https://example.org/a"},
    ]


def test_hashtags_and_our_own_accounts_become_facets() -> None:
    text = "Thanks @ana.example.org and @ben.example.org #PressFreedom"
    found = facets(text, ["ana.example.org"])
    assert [(facet["kind"], facet["value"]) for facet in found] == [
        ("mention", "ana.example.org"),
        ("tag", "PressFreedom"),
    ]


@pytest.mark.parametrize(
    ("text", "link"),
    [
        pytest.param("see https://a.org/x, and", "https://a.org/x", id="comma"),
        pytest.param("(https://a.org/x)", "https://a.org/x", id="brackets around"),
        pytest.param("https://a.org/x_(y)", "https://a.org/x_(y)", id="brackets inside"),
        pytest.param("見https://a.org/x了。", "https://a.org/x", id="between Chinese words"),
        pytest.param("「https://a.org/x」", "https://a.org/x", id="corner brackets"),
        pytest.param("https://a.org/#Tag", "https://a.org/#Tag", id="a fragment is no hashtag"),
    ],
)
def test_links_end_where_a_reader_ends_them(text: str, link: str | None) -> None:
    assert [facet["value"] for facet in facets(text, ())] == ([link] if link else [])


def test_a_long_hashtag_is_left_as_text() -> None:
    assert facets("#" + "x" * 65, ()) == []


def test_the_card_is_described_in_whole_sentences() -> None:
    statement = wording("One sentence. " + "Another " * 50 + "ends.", title="A title")
    assert card(statement, "https://example.org/1") == {
        "url": "https://example.org/1",
        "title": "A title",
        "description": "One sentence.",
    }


@pytest.mark.parametrize("tag", ["PressFreedom", "می\u200cخواهم", "メ〜テレ", "महात्मा", "云々"])
def test_a_tag_is_told_whole_in_every_script(tag: str) -> None:
    assert [facet["value"] for facet in facets(f"✌️#{tag} now", ())] == [tag]
