"""What holds for every text that is handed in."""

from __future__ import annotations

import re
import time
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from distributor.errors import BadInput
from distributor.statements.intake import read_statement
from distributor.statements.values import ItemList, Reading, Wording

WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyzéüñč", min_size=1, max_size=9)
SENTENCES = st.lists(WORDS, min_size=3, max_size=30).map(
    lambda words: " ".join(words).capitalize() + "."
)
# Lines of the kinds that rules look at, in any order.
LINES = st.one_of(
    SENTENCES,
    st.sampled_from(
        """
  • One demand.
    Another one.
- dash
1. first
2) second
a) letter
## Heading
> quoted
“Set apart.”
— Ana, chair
We call on you to:
Signatories:
Ana Reyes
ENDS
***
=====
3 June 2023
Next Article
[1] Note.
•
一、背景
**bold** and [a](https://example.org)
---
title: x
\u202eback
\ttab
###
""".split("\n")
    ),
)


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text))


def written(reading: Reading) -> str:
    """All that the reading still shows: title, blocks, and what was taken out."""
    parts = [reading.wording.title, *(repair.before for repair in reading.repairs)]
    for block in reading.wording.blocks:
        parts += block.items if isinstance(block, ItemList) else [block.text]
    return "\n".join(parts)


@given(st.binary(max_size=400))
@settings(max_examples=300)
def test_no_bytes_raise_anything_but_bad_input(raw: bytes) -> None:
    try:
        read_statement(raw)
    except BadInput as error:
        assert str(error).endswith(".")


@given(st.text(max_size=400))
@settings(max_examples=300)
def test_no_text_raises_anything_but_bad_input(text: str) -> None:
    try:
        reading = read_statement(text)
    except BadInput as error:
        assert str(error).endswith(".")
    else:
        assert Wording.from_json(reading.wording.to_json()) == reading.wording


@given(st.binary(max_size=300))
@settings(max_examples=200)
def test_no_front_matter_raises_anything_but_bad_input(raw: bytes) -> None:
    try:
        read_statement(b"---\n" + raw + b"\n---\nTitle\n\nText.\n")
    except BadInput as error:
        assert str(error).endswith(".")


@given(st.lists(SENTENCES, min_size=1, max_size=12))
def test_plain_paragraphs_are_read_word_for_word(sentences: list[str]) -> None:
    reading = read_statement("\n\n".join(["A title", "3 June 2023", *sentences]))
    assert [getattr(block, "text", None) for block in reading.wording.blocks] == sentences


@given(st.lists(LINES, min_size=1, max_size=30))
@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
def test_no_word_is_lost_whatever_the_lines(lines: list[str]) -> None:
    text = "\n".join(["A title", "", "Some text opens it.", *lines])
    reading = read_statement(text)
    missing = words(re.sub(r"(?m)^\s*\(?(\d+|[a-z]|一)[.)、]", "", text)) - words(written(reading))
    assert not missing


@given(st.lists(LINES, min_size=1, max_size=30))
def test_a_repair_names_a_line_of_the_text(lines: list[str]) -> None:
    reading = read_statement("\n".join(["A title", "", "Some text opens it.", *lines]))
    assert all(1 <= repair.line <= len(lines) + 3 for repair in reading.repairs)
    assert list(reading.repairs) == sorted(reading.repairs, key=lambda repair: repair.line)


@pytest.mark.parametrize(
    "line",
    [
        "All people have the right to leave any country, including their own.\n\n",
        "• One demand of many.\n",
        "    An indented line\n",
        "1. The first of many\n",
        "word ",
        "**bold *emphasis [link](https://example.org/",
        "\u200f\u200b\u202e",
        "> ",
        "Australia\n\n",
        "“",
    ],
    ids=lambda line: repr(line[:16]),
)
def test_a_text_of_one_megabyte_is_read_in_two_seconds(line: str) -> None:
    text = "A title\n\nSignatories:\n\n" + line * (900_000 // len(line.encode()))
    begun = time.process_time()
    try:
        read_statement(text)
    except BadInput:
        pass
    assert time.process_time() - begun < 2
