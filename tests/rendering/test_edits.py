"""A person's own words in the place of a rendered post."""

from __future__ import annotations

import json

import pytest

from distributor.rendering.edition import Edit
from distributor.rendering.proofs import RenderedProof, render_proof
from distributor.statements.values import Wording

from .editions import TEMPLATES, channel, edition, wording

STATEMENT = wording(
    "Today 47 protesters were reportedly detained in the capital of Norlandia. Their families "
    "have waited since the morning for a word on where they are held and by whom.",
    "We condemn these detentions, which are not compatible with international law. The right to "
    "assemble peacefully belongs to everybody, and the police have to protect it.",
)


def _proof(*edits: Edit, of: Wording = STATEMENT) -> RenderedProof:
    return render_proof(edition(of, channels=(channel("x"),), edits=edits), TEMPLATES)


def _posts(proof: RenderedProof) -> list[str]:
    return [post["text"] for post in json.loads(proof.content)["threads"][0]["posts"]]


def _edit(proof: RenderedProof, position: int, old: str, new: str) -> Edit:
    """What Ana typed over one post."""
    replaced = _posts(proof)[position - 1]
    assert old in replaced
    identity = proof.layout["channels"][0]["posts"][position - 1]["says"]
    return Edit("x", identity, replaced, replaced.replace(old, new, 1), "Ana")


def test_an_edit_takes_the_place_of_its_post_and_of_no_other() -> None:
    plain = _proof()
    edited = _proof(_edit(plain, 2, "We condemn", "We again condemn"))
    assert "We again condemn" in _posts(edited)[1]
    assert [_posts(edited)[0], *_posts(edited)[2:]] == [_posts(plain)[0], *_posts(plain)[2:]]


def test_only_what_was_typed_is_marked_as_a_persons() -> None:
    edited = _proof(_edit(_proof(), 2, "We condemn", "We again condemn"))
    text, trace = _posts(edited)[1], edited.layout["channels"][0]["posts"][1]["trace"]
    typed = "".join(text[s["start"] : s["end"]] for s in trace if s["origin"] == "person")
    assert typed.strip() == "again"
    assert "".join(text[s["start"] : s["end"]] for s in trace) == text


def test_what_an_edit_kept_is_still_traced_to_the_statement() -> None:
    edited = _proof(_edit(_proof(), 2, "We condemn", "We again condemn"))
    text, trace = _posts(edited)[1], edited.layout["channels"][0]["posts"][1]["trace"]
    blocks = [block["text"] for block in STATEMENT.to_json()["blocks"]]
    for s in trace:
        if s["origin"] == "statement":
            source = s["source"]
            said = blocks[source["block"]][source["start"] : source["end"]]
            assert text[s["start"] : s["end"]] == said


def test_an_edit_survives_a_change_elsewhere_with_the_counter_of_today() -> None:
    edit = _edit(_proof(), 2, "We condemn", "We again condemn")
    longer = wording(
        *[block["text"] for block in STATEMENT.to_json()["blocks"]],
        "We stand with the people of Norlandia and will raise their case in our parliaments, "
        "in our committees and with every government that says it values the rule of law. "
        "We will not forget those who are detained, and we will not stop asking after them.",
    )
    [post] = [text for text in _posts(_proof(edit, of=longer)) if "We again condemn" in text]
    total = len(_posts(_proof(edit, of=longer)))
    assert f"/{total}" in post
    assert edit.replaced.rpartition("/")[2] != str(total)


def test_an_edit_whose_post_says_something_else_is_reported_and_not_used() -> None:
    edit = _edit(_proof(), 2, "We condemn", "We again condemn")
    other = wording(
        STATEMENT.to_json()["blocks"][0]["text"],
        "We welcome their release, and thank those who asked for it in so many places. " * 3,
    )
    proof = _proof(edit, of=other)
    assert "edit without a place" in {finding.kind for finding in proof.findings}
    assert not any("We again condemn" in text for text in _posts(proof))


def test_a_figure_that_the_statement_does_not_have_blocks() -> None:
    proof = _proof(_edit(_proof(), 1, "47", "48"))
    [finding] = [one for one in proof.findings if one.kind == "not in the statement"]
    assert (finding.severity, "48" in finding.message) == ("block", True)


def test_a_name_that_the_statement_does_not_have_is_noted() -> None:
    proof = _proof(_edit(_proof(), 2, "We condemn", "We and Sudlandia condemn"))
    [finding] = [one for one in proof.findings if one.kind == "not in the statement"]
    assert (finding.severity, "Sudlandia" in finding.message) == ("warn", True)


PROTEST = wording(
    "Some 1,250 people protested against the arrest of Jana Novak, who was not told why. "
    "The ministry isn’t commenting, and nobody noted what it will do next in her case."
)


def _found(old: str, new: str) -> list[tuple[str, str, str]]:
    proof = _proof(_edit(_proof(of=PROTEST), 1, old, new), of=PROTEST)
    kinds = ("not in the statement", "lost hedge or negation")
    return [
        (f.severity, f.kind, f.message.split("”")[0].split("“")[1])
        for f in proof.findings
        if f.kind in kinds
    ]


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        pytest.param("1,250", "250", ("block", "not in the statement", "250"), id="a rest"),
        pytest.param("1,250", "1,350", ("block", "not in the statement", "1,350"), id="figure"),
        pytest.param("Novak", "Nováková", ("warn", "not in the statement", "Nováková"), id="name"),
        pytest.param(
            "next",
            "https://a.org/x",
            ("warn", "not in the statement", "https://a.org/x"),
            id="link",
        ),
        pytest.param("isn’t", "is", ("warn", "lost hedge or negation", "isn’t"), id="contraction"),
    ],
)
def test_an_edit_that_changes_what_is_said_is_found(
    old: str, new: str, finding: tuple[str, str, str]
) -> None:
    assert _found(old, new) == [finding]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("1,250", "1250", id="written otherwise"),
        pytest.param("arrest of Jana Novak", "arrest of Novak", id="less of a name"),
        pytest.param("Jana Novak", "Jana Novak’s sister", id="possessive"),
        pytest.param("noted", "saw", id="no negation"),
        pytest.param("next in her case", "next #Case2027", id="hashtag"),
    ],
)
def test_an_edit_that_says_the_same_is_left_alone(old: str, new: str) -> None:
    assert _found(old, new) == []


def test_a_dropped_hedge_is_noted() -> None:
    proof = _proof(_edit(_proof(), 1, "were reportedly detained", "were detained"))
    assert "lost hedge or negation" in {finding.kind for finding in proof.findings}


def test_a_dropped_negation_is_noted() -> None:
    proof = _proof(_edit(_proof(), 2, "are not compatible", "are compatible"))
    assert "lost hedge or negation" in {finding.kind for finding in proof.findings}


def test_an_edit_that_is_too_long_blocks() -> None:
    proof = _proof(_edit(_proof(), 2, "We condemn", "We condemn " + "and condemn " * 30))
    assert any(one.severity == "block" for one in proof.findings)


def test_an_edit_changes_the_digest() -> None:
    plain = _proof()
    assert _proof(_edit(plain, 2, "We condemn", "We do condemn")).digest != plain.digest
