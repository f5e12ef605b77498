"""Where a text quotes, and which marks a broken quotation needs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.rendering.quotations import find_quotations, is_open, open_at, unquoted


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        pytest.param("She said “no” twice.", ["“no”"], id="English"),
        pytest.param("Er sagte „nein“ und „ja“.", ["„nein“", "„ja“"], id="German"),
        pytest.param("»Nein«, sagte er.", ["»Nein«"], id="guillemets that point inwards"),
        pytest.param("Il dit « non ».", ["« non »"], id="French"),
        pytest.param("他說「我說『不』。」", ["『不』", "「我說『不』。」"], id="one in another"),
        pytest.param('He said "no".', ['"no"'], id="straight"),
    ],
)
def test_quotations_are_found_by_their_marks(text: str, quoted: list[str]) -> None:
    assert [text[q.start : q.end] for q in find_quotations(text)] == quoted


def test_french_marks_keep_their_space() -> None:
    (found,) = find_quotations("Il dit : «\u202fnon\u202f».")
    assert (found.opening, found.closing) == ("«\u202f", "\u202f»")


def test_what_is_never_closed_is_open_and_needs_no_mark() -> None:
    text = "She said: “We go on."
    assert is_open(text)
    assert not is_open(text + "”")
    assert [q.opening for q in open_at(find_quotations(text), 15)] == [""]


def test_what_others_say_is_left_out() -> None:
    assert unquoted("He said “we condemn it” and left.") == "He said  and left."


@given(st.text(alphabet='“”„«»「」()"a ', max_size=30))
def test_quotations_lie_within_the_text_and_their_marks_are_its_own(text: str) -> None:
    for found in find_quotations(text):
        assert 0 <= found.start < (found.end or len(text) + 1) <= len(text) + 1
        if found.opening:
            assert text[found.start : found.end].startswith(found.opening)
