"""Marks that tell the words of the statement from those of the template."""

from __future__ import annotations

import pytest

from distributor.rendering.trace import Marks, TextBent
from distributor.rendering.units import Span

HELLO = Span(0, None, 0, 5)


def test_every_character_has_one_origin() -> None:
    marks = Marks([])
    text, trace = marks.read(f"\n• {marks.mark('Hello')} 1/2\n", [("Hello", HELLO)])
    assert text == "• Hello 1/2"
    assert [(s.start, s.end, s.origin) for s in trace] == [
        (0, 2, "template"),
        (2, 7, "statement"),
        (7, 11, "template"),
    ]
    assert trace[1].source == HELLO


def test_a_statement_may_contain_the_characters_of_the_marks() -> None:
    odd = "a\U000f0000b\U000f0001c"
    marks = Marks([odd])
    text, trace = marks.read(marks.mark(odd), [(odd, Span(0, None, 0, 5))])
    assert (text, len(trace)) == (odd, 1)


@pytest.mark.parametrize(
    "bend",
    [
        pytest.param(lambda marked: marked.upper(), id="upper case"),
        pytest.param(lambda marked: marked[:4], id="cut off"),
        pytest.param(lambda marked: "", id="left out"),
        pytest.param(lambda marked: marked * 2, id="said twice"),
        pytest.param(lambda marked: marked[1:], id="without its opening mark"),
    ],
)
def test_bent_text_is_found(bend: object) -> None:
    marks = Marks([])
    assert callable(bend)
    with pytest.raises(TextBent):
        marks.read(bend(marks.mark("Hello")), [("Hello", HELLO)])
