"""Threads out of posts, and spans out of texts."""

from __future__ import annotations

import datetime as dt

import pytest

from distributor.sandbox.timelines import SeenPost, Span, cut, threads

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


def post(id_: str, parent: str | None = None) -> SeenPost:
    return SeenPost(id_, id_, (), f"http://here/{id_}", NOW, parent)


def test_answers_join_the_thread_of_their_parent_and_the_newest_thread_is_first() -> None:
    found = threads([post("a"), post("b"), post("a2", "a"), post("a3", "a2"), post("b2", "b")])
    assert [[p.id for p in thread.posts] for thread in found] == [["b", "b2"], ["a", "a2", "a3"]]


def test_an_answer_to_what_is_gone_stands_alone() -> None:
    assert [len(thread.posts) for thread in threads([post("b", "gone"), post("c", "b")])] == [2]


def test_a_text_is_cut_without_loss() -> None:
    link = Span("here", "link", "https://a.test")
    assert cut("Go here now", [(3, 7, link)]) == (Span("Go "), link, Span(" now"))


def test_a_piece_that_overlaps_another_is_left_out() -> None:
    first, second = Span("ab", "tag"), Span("bc", "tag")
    assert cut("abc", [(1, 3, second), (0, 2, first)]) == (first, Span("c"))


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//a.test", ""])
def test_only_web_addresses_become_links(address: str) -> None:
    assert Span("text", "link", address).href is None
