"""Findings: what a person is told before approving."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from distributor.rendering.edition import Edition, Finding
from distributor.rendering.proofs import render_proof
from distributor.statements.values import ItemList
from tests.rendering.editions import TEMPLATES, channel, edition, wording

NEWS = "Today the Forum learned with dismay that its chair was arrested in the capital."


def _findings(asked: Edition) -> list[Finding]:
    return list(render_proof(asked, TEMPLATES).findings)


def _kinds(*texts: str, language: str = "en", **changes: object) -> set[tuple[str, str]]:
    statement = wording(*texts, language=language)
    return {(f.severity, f.kind) for f in _findings(edition(statement, **changes))}


def test_a_clean_statement_has_no_findings() -> None:
    assert _kinds(NEWS) == set()


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        pytest.param(
            "They broke the law.In court they lied.", ("block", "accidental link"), id="link"
        ),
        pytest.param(
            "As hrw.org reports, it is so.", ("block", "accidental link"), id="bare domain"
        ),
        pytest.param("The chair, XXX, was arrested.", ("block", "placeholder"), id="XXX"),
        pytest.param("TEST This is not real.", ("block", "placeholder"), id="TEST"),
        pytest.param("The number is TK at present.", ("block", "placeholder"), id="TK"),
        pytest.param("Lorem ipsum dolor sit amet.", ("block", "placeholder"), id="lorem ipsum"),
        pytest.param("Said [NAME] on Monday.", ("block", "placeholder"), id="name in brackets"),
        pytest.param("Said [First name] on Monday.", ("block", "placeholder"), id="field"),
        pytest.param("Dear {{ name }}, we write.", ("block", "placeholder"), id="merge field"),
        pytest.param("Test test", ("block", "placeholder"), id="a trial"),
        pytest.param("TEST TEST", ("block", "placeholder"), id="a loud trial"),
        pytest.param("Next Article", ("warn", "page leftover"), id="navigation"),
        pytest.param("One &amp; two.", ("warn", "page leftover"), id="entity"),
        pytest.param("It said â€œnoâ€\u009d.", ("warn", "page leftover"), id="broken encoding"),
        pytest.param("It&rsquo;s so.", ("warn", "page leftover"), id="named entity"),
        pytest.param("It\\u2019s so.", ("warn", "page leftover"), id="escape"),
        pytest.param("[caption id=3] A view", ("warn", "page leftover"), id="shortcode"),
        pytest.param("Tagged \U000e0041 text.", ("warn", "invisible characters"), id="tag"),
        pytest.param("A \u3164 filler.", ("warn", "invisible characters"), id="filler"),
        pytest.param("To the \u200fleft.", ("warn", "invisible characters"), id="direction"),
        pytest.param("Hidden\u200b space.", ("warn", "invisible characters"), id="zero width"),
        pytest.param("Turned \u202eround.", ("warn", "invisible characters"), id="bidi"),
        pytest.param("The Κremlin said no.", ("warn", "mixed scripts"), id="Greek letter"),
        pytest.param("Ask @somebody about it.", ("warn", "unknown mention"), id="mention"),
        pytest.param("這是@somebody說的。", ("warn", "unknown mention"), id="mention in Chinese"),
        pytest.param(".@somebody knows.", ("warn", "unknown mention"), id="mention after a dot"),
        pytest.param("This is #unknown to us.", ("warn", "unknown hashtag"), id="hashtag"),
        pytest.param("See https://a.org/x and more.", ("warn", "several links"), id="second link"),
    ],
)
def test_doubtful_words_are_found(text: str, finding: tuple[str, str]) -> None:
    assert finding in _kinds(NEWS, text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        pytest.param("en", "We visit example.org every day.", id="our own domain"),
        pytest.param(
            "es", "La historia del siglo XX lo demuestra, como todos sabemos.", id="Roman"
        ),
        pytest.param("en", "Title XX of the Act was read in the XX century.", id="Roman title"),
        pytest.param("en", "He wrote: “We [...] will not be silent.”", id="an omission"),
        pytest.param(
            "en",
            "In Scotland 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f it rained.",
            id="flag",
        ),
        pytest.param("en", "The change Δt was small, and so were Ωs.", id="symbols"),
        pytest.param("uk", "Форум користується Facebookом щодня, як і всі.", id="inflected name"),
        pytest.param("ar", "كتب المنتدى عبر \u200fTelegram أن رئيسه اعتقل.", id="direction"),
        pytest.param("en", "The tested reactor was tested again.", id="tested"),
        pytest.param("en", "Write to ana@example.org, and see the e.g. note.", id="address"),
        pytest.param("fa", "این نوشته می\u200cخواهد که آزمایش شود و خوانده شود.", id="joiner"),
        pytest.param("uk", "Ми бачили компанію Google у Києві вчора ввечері.", id="two scripts"),
    ],
)
def test_ordinary_words_are_left_alone(language: str, text: str) -> None:
    assert {kind for _, kind in _kinds(text, language=language)} <= {"left out"}


def test_the_wrong_language_is_found() -> None:
    assert ("warn", "language") in _kinds(NEWS, language="zh-Hant")


def test_addresses_are_in_no_language() -> None:
    contact = "Контакт: press.office.of.the.forum@example.org, https://example.org/statements"
    statement = wording("Сьогодні стало відомо про арешт.", contact, language="uk", title="Заява")
    assert not any(finding.kind == "language" for finding in _findings(edition(statement)))


def test_a_text_without_spaces_is_looked_at_in_time() -> None:
    began = time.process_time()
    _kinds("y" * 50_000)
    assert time.process_time() - began < 4


def test_a_finding_names_its_place() -> None:
    found = _findings(edition(wording(NEWS, "Say TK here.", ItemList(("one", "two TK")))))
    assert [f.where for f in found] == ["en, paragraph 2", "en, list 1, item 2"]


def test_dates_and_embargoes_are_compared_with_today() -> None:
    moment = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
    found = _kinds(NEWS, today=dt.date(2026, 7, 1), not_before=moment)
    assert found == {("warn", "date"), ("warn", "embargo in the past")}


def test_a_statement_without_an_address_is_told() -> None:
    assert _kinds(NEWS, url=None) == {("warn", "missing link")}


def test_a_link_longer_than_a_post_blocks() -> None:
    link = "https://example.org/" + "x" * 400
    assert ("block", "over limit") in _kinds(NEWS, f"See {link} now.")


@pytest.mark.parametrize(
    ("demands", "kinds"),
    [
        pytest.param(15, {"long thread", "left out"}, id="longer than usual"),
        pytest.param(40, {"demands left out", "left out"}, id="too long for any thread"),
    ],
)
def test_long_lists_of_demands_are_told(demands: int, kinds: set[str]) -> None:
    items = ItemList(
        tuple(f"Release prisoner {n}, {'and his family ' * 14}" for n in range(demands))
    )
    statement = wording(NEWS, "It is late.", "We call on states to:", items, "Freedom will come.")
    found = _findings(edition(statement, channels=(channel("x"),)))
    assert {finding.kind for finding in found} == kinds


def test_our_own_hashtags_and_accounts_are_known() -> None:
    target = channel("x", hashtags=("Free",), mentions=("@forum",))
    assert _kinds("#Free the chair, says @forum.", channels=(target,)) == set()


def test_translations_are_compared() -> None:
    original = wording("On 14 May 240 people met.", "They left.")
    german = wording("Am 14. Mai trafen sich Menschen.", language="de", title="Zum Treffen")
    found = [f.message for f in _findings(edition(original, german)) if f.where == "de"]
    assert found == [
        "This translation has 1 paragraph, the original 2.",
        "The original has 240, this translation does not.",
    ]


def test_a_character_that_x_refuses_blocks() -> None:
    assert ("block", "invalid character") in _kinds("One\ufeff two.")
