"""Cutting a statement and its posts into pieces that can be lit up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from distributor.statements.values import ItemList, Paragraph, Wording
from distributor.web.desk.tracing import (
    Part,
    Piece,
    Span,
    cut,
    mark,
    show_blocks,
    show_post,
    show_title,
    spans_by_place,
)

WORDING = Wording("A title", None, "en", (Paragraph("Hello world"), ItemList(("One", "Two"))))


def _segment(start: int, end: int, source: dict[str, object] | None) -> dict[str, object]:
    origin = "statement" if source else "template"
    return {"start": start, "end": end, "origin": origin, "source": source}


TRACE = [
    _segment(0, 5, {"block": 0, "item": None, "start": 0, "end": 5}),
    _segment(5, 8, None),
    _segment(8, 11, {"block": 1, "item": 1, "start": 0, "end": 3}),
]


def test_a_text_is_cut_where_what_is_said_begins_and_ends() -> None:
    spans = [Span(0, 5, "a"), Span(3, 8, "b")]
    assert cut("abcdefghij", spans) == (
        Piece("abc", ("a",)),
        Piece("de", ("a", "b")),
        Piece("fgh", ("b",)),
        Piece("ij", ()),
    )


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50))))
def test_the_pieces_join_to_the_text_again(text: str, edges: list[tuple[int, int]]) -> None:
    spans = [Span(min(pair), max(pair), str(number)) for number, pair in enumerate(edges)]
    assert "".join(piece.text for piece in cut(text, spans)) == text


def test_pieces_of_the_statement_know_the_segments_that_say_them() -> None:
    spans = spans_by_place([("t0p1", TRACE)])
    paragraph, demands = show_blocks(WORDING, spans)
    assert paragraph.rows == ((Piece("Hello", ("t0p1s0",)), Piece(" world", ())),)
    assert demands.rows == ((Piece("One", ()),), (Piece("Two", ("t0p1s2",)),))
    assert show_title(WORDING, spans) == (Piece("A title", ()),)


def test_the_segments_of_a_post_join_to_its_text() -> None:
    text = "Hello\n• Two"
    segments = show_post("t0p1", text, TRACE, ())
    assert [segment.key for segment in segments] == ["t0p1s0", "t0p1s1", "t0p1s2"]
    assert "".join(part.text for segment in segments for part in segment.parts) == text


def test_only_links_of_the_proof_become_links() -> None:
    parts = mark("See https://a.example/1 or javascript:x #Water", ["https://a.example/1"])
    assert parts == (
        Part("text", "See "),
        Part("link", "https://a.example/1"),
        Part("text", " or javascript:x "),
        Part("tag", "#Water"),
    )


def test_an_address_of_a_mailbox_is_not_a_mention() -> None:
    assert mark("press@water.example", ()) == (Part("text", "press@water.example"),)
    assert mark("by @water.example.", ())[1] == Part("mention", "@water.example")
