"""Quote cards: which sentence, which words, where they stand in the proof."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from distributor.rendering.cards import key_sentences
from distributor.rendering.proofs import RenderedProof, render_proof
from distributor.rendering.units import source_text
from distributor.statements.values import ItemList, Wording
from tests.rendering.editions import TEMPLATES, channel, edition, read_wording, wording
from tests.rendering.fonts import style, write_font

GOLDEN = Path(__file__).parent / "golden"
NEWS = "Police arrested the editor of the last free newspaper on Monday."
POSITION = "We condemn the arrest and the closure of her newspaper."
STATEMENT = wording(NEWS, POSITION, "We call on the government to release her.")


@pytest.fixture
def font(tmp_path: Path) -> str:
    return write_font(tmp_path)


def proof_of(text: Wording, *fonts: str, **changes: Any) -> RenderedProof:
    return render_proof(edition(text, card=style(*fonts), **changes), TEMPLATES)


def leads(proof: RenderedProof) -> list[dict[str, Any]]:
    """The first post of each thread."""
    return [thread["posts"][0] for thread in json.loads(proof.content)["threads"]]


def test_without_a_style_there_is_no_card() -> None:
    proof = render_proof(edition(STATEMENT), TEMPLATES)
    assert proof.media == {} and all(post["media"] == [] for post in leads(proof))


def test_the_position_is_on_the_card_in_the_words_of_the_statement(font: str) -> None:
    for post in leads(proof_of(STATEMENT, font)):
        assert [medium["alt"] for medium in post["media"]] == [f"{POSITION}\nThe Forum"]


def test_the_card_stands_under_the_first_post_only(font: str) -> None:
    long = wording(NEWS, POSITION, ItemList(tuple(f"Release person {n} now." for n in range(40))))
    for thread in json.loads(proof_of(long, font).content)["threads"]:
        first, *rest = (len(post["media"]) for post in thread["posts"])
        assert first == 1 and rest and not any(rest)


def test_the_proof_names_the_bytes_of_the_picture(font: str) -> None:
    proof = proof_of(STATEMENT, font)
    (name,) = {medium["sha256"] for post in leads(proof) for medium in post["media"]}
    picture = proof.media[name]
    assert hashlib.sha256(picture.content).hexdigest() == name
    shown = {"sha256": name, "mime": "image/png", "width": 1200, "height": 675}
    assert leads(proof)[0]["media"][0].items() >= shown.items()


def test_the_same_edition_makes_the_same_proof(font: str) -> None:
    first, again = proof_of(STATEMENT, font), proof_of(STATEMENT, font)
    assert (first.digest, first.media) == (again.digest, again.media)


def test_other_colours_are_another_proof(font: str) -> None:
    red = edition(STATEMENT, card=style(font, accent="#aa0000"))
    assert render_proof(red, TEMPLATES).digest != proof_of(STATEMENT, font).digest


def test_on_bluesky_the_card_takes_the_place_of_the_link_preview(font: str) -> None:
    (post,) = leads(proof_of(STATEMENT, font, channels=(channel("bluesky"),)))
    assert post["card"] is None and len(post["media"]) == 1


def test_letters_that_cannot_be_drawn_are_said_once_and_the_thread_goes_without(font: str) -> None:
    proof = proof_of(wording("我們強烈譴責這次逮捕。", language="zh-Hant"), font)
    (finding,) = [found for found in proof.findings if found.kind == "quote card"]
    assert (finding.severity, finding.where) == ("warn", "zh-Hant")
    assert "without a quote card" in finding.message and "font_files" in finding.message
    assert proof.media == {}


def test_a_statement_of_long_sentences_puts_its_title_on_the_card(font: str) -> None:
    endless = "We condemn " + " and ".join(["the arrest of the editor"] * 60) + "."
    (post, *_) = leads(proof_of(wording(endless), font))
    assert post["media"][0]["alt"] == "On the arrest\nThe Forum"


def test_when_nothing_fits_that_is_said(font: str) -> None:
    endless = "We condemn " + " and ".join(["the arrest of the editor"] * 60)
    proof = proof_of(wording(endless + ".", title=endless), font)
    assert "no key sentence is short enough" in str(proof.findings) and proof.media == {}


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        pytest.param(wording(NEWS, POSITION), POSITION, id="the position before the news"),
        pytest.param(wording(NEWS, "Nothing more is known."), NEWS, id="else the news"),
        pytest.param(
            wording(NEWS, "This we condemn.", POSITION), POSITION, id="not one that points back"
        ),
        pytest.param(wording(NEWS, f"“{POSITION}”"), NEWS, id="not what somebody else says"),
        pytest.param(
            wording("We condemn the following:", ItemList(("The arrest.",))),
            "On the arrest",
            id="not the opening of a list",
        ),
        pytest.param(wording(), "On the arrest", id="the title of an empty statement"),
    ],
)
def test_the_key_sentence_can_stand_alone(text: Wording, chosen: str) -> None:
    assert next(key_sentences(text)).text == chosen


@pytest.mark.parametrize(
    "position",
    [
        pytest.param("We condemn this closure.", id="points to another sentence"),
        pytest.param("We also condemn the closure.", id="is a step from another"),
        pytest.param("We condemn the words of Mr. Okoro.", id="names whom it does not introduce"),
        pytest.param("The minister said: “We condemn the closure.”", id="is said by others"),
    ],
)
def test_a_sentence_that_needs_another_is_on_no_card(position: str) -> None:
    told = "The order was signed by Judge Ignatius Okoro."
    texts = [sentence.text for sentence in key_sentences(wording(NEWS, told, position))]
    assert texts == [NEWS, "On the arrest"]


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.toml")), ids=lambda path: path.stem)
def test_the_words_of_a_card_are_a_sentence_of_the_statement(path: Path) -> None:
    text = read_wording(path)
    found = list(key_sentences(text))
    assert found
    for sentence in found:
        source = source_text(text, sentence.span.block, sentence.span.item)
        assert sentence.text == source[sentence.span.start : sentence.span.end]
