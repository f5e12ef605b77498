"""Threads of any statement: within limits, in order, whole, nothing invented."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
import regex
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from distributor.rendering.measure import measure_for
from distributor.rendering.proofs import RenderedProof, render_proof
from distributor.rendering.units import source_text
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
def test_a_thread_repeats_nothing_and_follows_the_statement_after_its_lead(
    statement: Wording, kind: str
) -> None:
    said = _said(render_proof(edition(statement), TEMPLATES), kind)
    assert len(set(said)) == len(said)
    turns = [
        (before, after)
        for before, after in pairwise(said)
        if not (before[:2] < after[:2] or before[3] <= after[2])
    ]
    assert len(turns) <= 1  # after a paragraph that the lead tells before its turn


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


def _texts(*blocks: Block | str, kind: str = "x", title: str = "On the arrest") -> list[str]:
    proof = render_proof(
        edition(wording(*blocks, title=title), channels=(channel(kind),)), TEMPLATES
    )
    return [post["text"] for _, post, _ in _posts(proof)]


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        pytest.param("“", "”", id="curly"),
        pytest.param('"', '"', id="straight"),
        pytest.param("« ", " »", id="French"),
    ],
)
def test_a_quotation_over_several_posts_has_its_marks_in_each(opening: str, closing: str) -> None:
    said = " ".join(f"Sentence number {number} of what she said aloud." for number in range(14))
    texts = _texts("news " * 40, "Ana Whitfield said:", Quote(opening + said + closing))
    spoken = [text.partition("said:\n\n")[2] or text for text in texts if "Sentence" in text]
    assert len(spoken) > 1
    for text in spoken:
        assert text.startswith(f"{opening}Sentence")
        assert text.rpartition("\n\n")[0].endswith(f"aloud.{closing}")


def test_a_quotation_in_a_paragraph_has_its_marks_in_each_post() -> None:
    said = " ".join(f"Sentence number {number} of what she said aloud." for number in range(14))
    texts = _texts("news " * 40, f"She said: “{said}” Then she left.")
    assert all(text.count("“") == text.count("”") == 1 for text in texts if "aloud" in text)


def test_a_list_that_fits_into_a_post_is_not_broken() -> None:
    demands = ItemList(tuple(f"release prisoner number {number} at once;" for number in range(5)))
    texts = _texts("news " * 40, "position " * 20, "We call on states to:", demands)
    assert sum("prisoner" in text for text in texts) == 1


def test_no_item_of_a_list_stands_alone_when_the_list_is_broken() -> None:
    demands = ItemList(tuple(f"release prisoner {n}, {'at once, ' * 5}please" for n in range(4)))
    texts = _texts("news " * 40, "We call on states to:", demands, "closing " * 10)
    assert [text.count("• ") for text in texts if "• " in text] == [2, 2]


def test_a_sentence_that_points_back_is_kept_in_the_post_of_the_one_before() -> None:
    sentences = (
        "The council met at the hall of the village, heard eleven farmers, and adjourned at noon.",
        "The reserve behind the dam at Oster is full, and has been full since April this year.",
        "It was not opened when the wells ran dry, nor when the council of the village wrote.",
    )
    texts = _texts("news " * 40, "Nobody knows why. " + " ".join(sentences))
    assert any(" ".join(sentences[1:]) in text for text in texts)


def test_a_thread_that_is_too_long_is_packed_before_anything_is_left_out() -> None:
    demands = ItemList(tuple(f"release prisoner number {number} at once;" for number in range(4)))
    blocks = ("news " * 40, "position " * 12, "We call on states to:", demands, "closing " * 14)
    roomy, packed = (
        render_proof(edition(wording(*blocks), channels=(channel("x", most=most),)), TEMPLATES)
        for most in (12, 3)
    )
    assert [len(_posts(proof)) for proof in (roomy, packed)] == [4, 3]
    assert sorted(_said(packed, "x")) == sorted(_said(roomy, "x"))


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
