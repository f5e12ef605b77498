"""What a thread says and what it leaves out."""

from __future__ import annotations

import pytest

from distributor.rendering.anatomy import Role, take_apart
from distributor.rendering.condense import choose, describe
from distributor.rendering.measure import measure_for
from distributor.rendering.posts import Writer
from distributor.rendering.threads import Ruler
from distributor.rendering.trace import Marks
from distributor.statements.values import Heading, ItemList, Quote, Wording
from tests.rendering.editions import LIMITS, LINK, TEMPLATES, wording

NEWS = "Today the Forum learned with dismay that its chair was arrested in the capital."
DEPLORES = "The Forum deplores the arrest, which is reportedly the ninth this year."
BACKGROUND = "The chair has led the Forum for eleven years."
CALLS = "The Forum calls on the government to release its chair."


def _roles(statement: Wording) -> list[Role]:
    return [unit.role for unit in take_apart(statement)]


def _said(statement: Wording, kind: str = "x", *, single: bool = False, most: int = 12) -> str:
    """Everything a thread says, in one text."""
    values = {
        "language": statement.language,
        "link": LINK,
        "hashtags": [],
        "mentions": [],
        "organisation": "The Forum",
    }
    writer = Writer(TEMPLATES / "posts", kind, values, Marks([]))
    ruler = Ruler(writer, measure_for(kind, LIMITS[kind], 23))
    choice = choose(statement, ruler, single=single, most=most)
    return "\n".join(" ".join(piece.text for piece in post) for post in choice.posts)


def test_the_anatomy_of_a_statement() -> None:
    statement = wording(NEWS, BACKGROUND, DEPLORES, CALLS, "Freedom will prevail.")
    assert _roles(statement) == [
        Role.NEWS,
        Role.BACKGROUND,
        Role.POSITION,
        Role.DEMAND,
        Role.CLOSING,
    ]


def test_a_list_belongs_to_the_sentence_before_it() -> None:
    statement = wording(NEWS, "Winter is near. We call on states to:", ItemList(("act;", "pay.")))
    *_, last = take_apart(statement)
    assert [sentence.text for sentence in last.sentences] == [
        "We call on states to:",
        "act;",
        "pay.",
    ]


@pytest.mark.parametrize(
    "aside",
    [
        pytest.param((Heading("Notes to editors"), "The vote was on Monday."), id="notes"),
        pytest.param((Heading("About the Forum"), "The Forum is a network."), id="about"),
        pytest.param(("Contact: press@example.org",), id="contact"),
        pytest.param(("[1] The Ordinance, Article 23.",), id="footnote"),
        pytest.param(("– ENDS –",), id="end mark"),
    ],
)
def test_what_stands_beside_the_statement_is_not_posted(aside: tuple[str | Heading, ...]) -> None:
    said = _said(wording(NEWS, DEPLORES, *aside), "mastodon")
    assert str(aside[-1]) not in said
    assert DEPLORES in said


def test_a_short_statement_is_said_whole_with_its_title() -> None:
    assert _said(wording(NEWS, title="On the arrest")) == f"On the arrest {NEWS}"


def test_background_goes_first_and_demands_never() -> None:
    demands = tuple(f"release prisoner number {number} without delay;" for number in range(9))
    statement = wording(
        NEWS, *[BACKGROUND] * 12, DEPLORES, "We call on states to:", ItemList(demands)
    )
    said = _said(statement, most=4)
    assert said.count(BACKGROUND) < 12
    assert all(demand in said for demand in demands)
    assert DEPLORES in said


def test_what_is_kept_keeps_its_order() -> None:
    statement = wording(NEWS, CALLS, DEPLORES, *[BACKGROUND] * 30, "Freedom will prevail.")
    said = _said(statement, most=3)
    assert said.index(NEWS) < said.index(CALLS) < said.index(DEPLORES)


def test_what_points_back_never_stands_alone() -> None:
    points_back = "These bounties, which we condemn, threaten everyone."
    statement = wording(NEWS, "It offered bounties.", points_back, *[BACKGROUND] * 40)
    said = _said(statement, most=3)
    assert said.index("It offered bounties.") < said.index(points_back)


def test_a_list_is_told_whole_in_a_longer_thread() -> None:
    demands = tuple(f"Release prisoner {number}, {'and his family ' * 12}" for number in range(15))
    said = _said(wording(NEWS, CALLS, "We call on states to:", ItemList(demands)))
    assert all(f"prisoner {number}," in said for number in range(15))
    assert 12 < said.count("\n") + 1 <= 24


def test_demands_that_do_not_fit_are_not_told_in_part() -> None:
    demands = ItemList(tuple(f"Release prisoner number {number} at once." for number in range(90)))
    said = _said(wording(NEWS, "We call on states to:", demands), most=3)
    assert "prisoner" not in said
    assert NEWS in said


def test_a_summary_prefers_positions_to_background() -> None:
    said = _said(wording(NEWS, BACKGROUND, *[DEPLORES] * 9, title="Arrest"), single=True)
    assert DEPLORES in said
    assert BACKGROUND not in said


def test_a_quotation_stays_with_its_speaker() -> None:
    speech = "“We go on,” said Ana Whitfield. “Nobody will stop us.”"
    units = take_apart(wording(NEWS, speech))
    assert [len(unit.sentences) for unit in units] == [1, 2]


def test_a_summary_leaves_no_quotation_open() -> None:
    speech = "The chair said: “We go on. " + "Nobody will ever stop us here. " * 9 + "Never.”"
    assert _said(wording(speech, title="On the arrest"), single=True) == "On the arrest"


def test_what_was_left_out_is_told_in_words() -> None:
    statement = wording(*["One. Two."] * 9, ItemList(("a", "b")))
    left = {"title": True, 1: True, 2: False, 4: True, 5: True, 6: True, 9: True}
    assert describe(left, statement) == [  # type: ignore[arg-type]
        "the title",
        "paragraphs 2 and 5 to 7",
        "part of paragraph 3",
        "list 1",
    ]


def test_what_others_say_is_never_taken_for_a_position() -> None:
    quotation = Quote("I ask for mercy. I condemn nobody.")
    statement = wording(NEWS, "She wrote from prison:", quotation, DEPLORES, CALLS)
    assert _roles(statement) == [Role.NEWS, Role.BACKGROUND, Role.POSITION, Role.DEMAND]


@pytest.mark.parametrize(
    "blocks",
    [
        pytest.param(("The chair said:", Quote("We go on.")), id="speaker before"),
        pytest.param((Quote("We go on."), "— Ana Whitfield, chair"), id="speaker after"),
        pytest.param(("“We go on,” Ana said. “It is late.", "“We stay.”"), id="over paragraphs"),
    ],
)
def test_a_quotation_is_kept_with_its_speaker_or_not_at_all(
    blocks: tuple[str | Quote, ...],
) -> None:
    unit = take_apart(wording(NEWS, *blocks, CALLS))[1]
    assert {sentence.span.block for sentence in unit.sentences} == {1, 2}
