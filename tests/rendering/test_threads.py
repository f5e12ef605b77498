"""Threads of any statement: within limits, in order, whole, nothing invented."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
import regex
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from distributor.rendering.anatomy import source_text
from distributor.rendering.measure import measure_for
from distributor.rendering.proofs import RenderedProof, render_proof
from distributor.statements.values import Block, Heading, ItemList, Paragraph, Quote, Wording
from tests.rendering.editions import LIMITS, TEMPLATES, channel, edition, wording

_LINKS = ("https://example.org/a_(b)?c=d,e", "https://example.org/" + "x" * 60)
_WORDS = st.sampled_from(
    "We the government allegedly not 240 HKD million Article 3 “so-called” law, rights; calls on: "
    "deplores (first) release. Dr. J. Doe 聲明。 我們呼籲， للحكومة، 👩‍👩‍👧 été – …".split()
    + list(_LINKS)
)
_TEXT = st.lists(_WORDS, min_size=1, max_size=90).map(" ".join)
_BLOCK = st.one_of(
    _TEXT.map(Paragraph),
    _TEXT.map(Paragraph),
    _TEXT.map(Quote),
    st.lists(_WORDS, min_size=1, max_size=5).map(" ".join).map(Heading),
    st.builds(
        ItemList, st.lists(_TEXT, min_size=1, max_size=8).map(tuple), st.booleans(), st.just(9)
    ),
)
_STATEMENTS = st.builds(
    lambda blocks, title, language: wording(*blocks, title=title, language=language),
    st.lists(_BLOCK, max_size=9),
    st.lists(_WORDS, min_size=1, max_size=12).map(" ".join),
    st.sampled_from(["en", "de", "zh-Hant", "ar"]),
)
_quick = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def _posts(proof: RenderedProof) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Every post with the kind of its channel and its layout."""
    threads = json.loads(proof.content)["threads"]
    return [
        (thread["kind"], post, shown)
        for thread, layout in zip(threads, proof.layout["channels"], strict=True)
        for post, shown in zip(thread["posts"], layout["posts"], strict=True)
    ]


@_quick
@given(_STATEMENTS)
def test_every_post_is_within_its_limit(statement: Wording) -> None:
    for kind, post, shown in _posts(render_proof(edition(statement), TEMPLATES)):
        measure = measure_for(kind, LIMITS[kind], 23)
        assert measure.excess(post["text"]) == 0
        assert shown["length"] == measure.length(post["text"])


@_quick
@given(_STATEMENTS)
def test_the_trace_covers_every_post_and_repeats_the_statement(statement: Wording) -> None:
    for _, post, shown in _posts(render_proof(edition(statement), TEMPLATES)):
        position = 0
        for segment in shown["trace"]:
            assert segment["start"] == position < segment["end"]
            position = segment["end"]
            if segment["origin"] == "statement":
                source = segment["source"]
                text = source_text(statement, source["block"], source["item"])
                said = post["text"][segment["start"] : segment["end"]]
                assert said == text[source["start"] : source["end"]]
        assert position == len(post["text"])


def _said(proof: RenderedProof, kind: str) -> list[tuple[int, int, int, int]]:
    """What a thread says, as places in the statement; the title comes first."""
    return [
        (-1 if source["block"] == "title" else source["block"], source["item"] or 0,
         source["start"], source["end"])
        for found, _, shown in _posts(proof)
        if found == kind
        for source in (segment["source"] for segment in shown["trace"])
        if source
    ]  # fmt: skip


@_quick
@given(_STATEMENTS, st.sampled_from(sorted(LIMITS)))
def test_a_thread_follows_the_statement_and_repeats_nothing(statement: Wording, kind: str) -> None:
    said = _said(render_proof(edition(statement), TEMPLATES), kind)
    for before, after in pairwise(said):
        assert before[:2] < after[:2] or before[3] <= after[2]


@_quick
@given(_STATEMENTS)
def test_links_and_graphemes_are_never_cut(statement: Wording) -> None:
    for _, post, shown in _posts(render_proof(edition(statement), TEMPLATES)):
        borders = {match.end() for match in regex.finditer(r"\X", post["text"])}
        assert all(segment["end"] in borders for segment in shown["trace"])
        for link in post["links"]:
            assert link in (*_LINKS, "https://example.org/statements/2026-05-14")


@_quick
@given(_STATEMENTS)
def test_a_thread_has_an_end_and_one_link_of_ours(statement: Wording) -> None:
    proof = render_proof(edition(statement), TEMPLATES)
    for thread in json.loads(proof.content)["threads"]:
        assert 1 <= len(thread["posts"]) <= 24
        texts = [post["text"] for post in thread["posts"]]
        assert len(set(texts)) == len(texts)
        assert sum("statements/2026-05-14" in text for text in texts) == 1


def test_a_long_sentence_is_cut_at_a_clause_and_goes_on_in_the_next_post() -> None:
    first = "We condemn the use of a vague law against reporters " + "who did their work " * 8
    second = "and we reject the claim that the arrest has nothing at all to do with the press"
    statement = wording(f"{first.strip()}, {second}, as the spokesman said in public on Monday.")
    proof = render_proof(edition(statement, channels=(channel("x"),)), TEMPLATES)
    texts = [post["text"] for _, post, _ in _posts(proof)]
    assert any("work, …\n" in text for text in texts)
    assert any(text.startswith(f"… {second}") for text in texts)


def test_a_quotation_is_not_broken_to_save_a_post() -> None:
    speech = "Ana said: “We met. We spoke at length. We were not heard. We will come back.”"
    statement = wording("news " * 30, "We were in the capital on Monday. " * 6 + speech)
    proof = render_proof(edition(statement, channels=(channel("x"),)), TEMPLATES)
    assert any(speech in post["text"] for _, post, _ in _posts(proof))


def test_an_introduction_is_not_parted_from_its_list() -> None:
    items = ItemList(("first " * 40, "second " * 20))
    statement = wording("news " * 30, "position " * 20, "We call on states to:", items)
    proof = render_proof(edition(statement, channels=(channel("x"),)), TEMPLATES)
    (post,) = [post["text"] for _, post, _ in _posts(proof) if "We call" in post["text"]]
    assert "We call on states to:\n• first" in post


@pytest.mark.parametrize("kind", sorted(LIMITS))
def test_one_post_has_no_counter(kind: str) -> None:
    block: Block = Paragraph("We welcome the vote.")
    proof = render_proof(edition(wording(block), channels=(channel(kind),)), TEMPLATES)
    assert [post["text"].endswith("2026-05-14") for _, post, _ in _posts(proof)] == [True]


@pytest.mark.parametrize(
    ("language", "quotation", "shown"),
    [
        pytest.param("en", "We go on.", "“We go on.”", id="bare"),
        pytest.param("en", "“We go on.”", "“We go on.”", id="with its own marks"),
        pytest.param("de", "Wir gehen.", "„Wir gehen.“", id="German"),
        pytest.param("de-CH", "Wir gehen.", "„Wir gehen.“", id="a variant"),
        pytest.param("zh-Hant", "我們不會停止。", "「我們不會停止。」", id="Chinese"),
        pytest.param("pl", "Idziemy.", "“Idziemy.”", id="any other language"),
    ],
)
def test_a_quotation_set_apart_is_not_taken_for_our_words(
    language: str, quotation: str, shown: str
) -> None:
    statement = wording("She said so.", Quote(quotation), language=language)
    (post,) = _posts(render_proof(edition(statement, channels=(channel("x"),)), TEMPLATES))
    assert f"\n\n{shown}\n\n" in post[1]["text"]
