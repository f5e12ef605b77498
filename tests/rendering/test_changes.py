"""Which sentences of a new wording are new, and what they cannot be told without."""

from __future__ import annotations

from dataclasses import replace

import pytest

from distributor.rendering.changes import compare
from distributor.statements.values import Block, Heading, ItemList, Quote, Wording
from tests.rendering.editions import wording

NEWS = "Police in Hong Kong arrested five activists on 3 May."
MORE = "The arrests were reported by three newspapers."


def _new(old: Wording, new: Wording) -> list[str]:
    return [sentence.text for unit in compare(old, new).units for sentence in unit.sentences]


def _told(before: list[Block | str], after: list[Block | str], language: str = "en") -> list[str]:
    return _new(wording(*before, language=language), wording(*after, language=language))


@pytest.mark.parametrize(
    ("language", "before", "after", "new"),
    [
        ("en", f"{NEWS} {MORE}", f"{NEWS} Four did.", ["Four did."]),
        ("de", "Die Polizei nahm fünf fest. Wir protestieren.",
         "Die Polizei nahm sechs fest. Wir protestieren.", ["Die Polizei nahm sechs fest."]),
        ("fr", "La police a arrêté cinq militants. Nous protestons.",
         "La police a arrêté six militants. Nous protestons.",
         ["La police a arrêté six militants."]),
        ("zh-Hant", "警方拘捕了五人。我們表示抗議。", "警方拘捕了六人。我們表示抗議。",
         ["警方拘捕了六人。"]),
        ("ja", "警察は五人を逮捕した。抗議する。", "警察は六人を逮捕した。抗議する。",
         ["警察は六人を逮捕した。"]),
        ("uk", "Поліція затримала п'ятьох. Ми протестуємо.",
         "Поліція затримала шістьох. Ми протестуємо.", ["Поліція затримала шістьох."]),
        ("ar", "اعتقلت الشرطة خمسة ناشطين. نحتج على ذلك.",
         "اعتقلت الشرطة ستة ناشطين. نحتج على ذلك.", ["اعتقلت الشرطة ستة ناشطين."]),
    ],
)  # fmt: skip
def test_a_sentence_that_reads_otherwise_is_new(
    language: str, before: str, after: str, new: list[str]
) -> None:
    assert _told([before], [after], language) == new


def test_what_only_moved_to_another_paragraph_is_not_new() -> None:
    changes = compare(wording(f"{NEWS} {MORE}"), wording(MORE, NEWS))
    assert changes.nothing


def test_a_sentence_that_points_back_comes_with_the_one_before() -> None:
    assert _told([f"{NEWS} They were released."], [f"{NEWS} They are still held."]) == [
        NEWS,
        "They are still held.",
    ]


def test_an_item_comes_with_what_introduces_its_list_and_without_the_others() -> None:
    before, after = ItemList(("free them", "pay them 100")), ItemList(("free them", "pay them 900"))
    intro = "We call on Hong Kong to:"
    assert _told([NEWS, intro, before], [NEWS, intro, after]) == [intro, "pay them 900"]


def test_a_new_introduction_comes_with_its_whole_list() -> None:
    items = ItemList(("free them", "pay them"))
    told = _told([NEWS, "We call on Hong Kong to:", items], [NEWS, "We urge China to:", items])
    assert told == ["We urge China to:", "free them", "pay them"]


def test_a_quotation_is_told_whole() -> None:
    before, after = (Quote(f"We saw {word} of them. It was dark.") for word in ("two", "ten"))
    assert _told([NEWS, before], [NEWS, after]) == ["We saw ten of them.", "It was dark."]


def test_a_new_heading_comes_with_the_sentence_below_it() -> None:
    told = _told([NEWS, Heading("In May"), MORE], [NEWS, Heading("In June"), MORE])
    assert told == ["In June", MORE]


def test_notes_and_contacts_are_not_told() -> None:
    notes = Heading("Notes to editors")
    assert _told([NEWS, notes, "Call one."], [NEWS, notes, "Call two."]) == []


def test_a_new_title_is_told() -> None:
    old = wording(NEWS)
    assert compare(old, replace(old, title="On the arrests")).title


@pytest.mark.parametrize(
    ("before", "after", "removed"),
    [
        ([NEWS, MORE], [NEWS], True),
        ([f"{NEWS} {MORE}"], [NEWS], True),
        ([NEWS, MORE], [NEWS, "Nobody reported them."], False),
        ([NEWS, MORE], [MORE, NEWS], False),
        ([NEWS], [NEWS, MORE], False),
        # One was reworded, the one after it is gone.
        ([NEWS, MORE, "A false claim about somebody."], [NEWS, "Four papers did."], True),
        # Two became one.
        (["We protest. We demand a law."], ["We protest and demand a law."], False),
    ],
    ids=["paragraph", "sentence", "replaced", "moved", "added", "reworded and gone", "joined"],
)
def test_removed_is_what_is_gone_without_another_in_its_place(
    before: list[Block | str], after: list[Block | str], removed: bool
) -> None:
    assert compare(wording(*before), wording(*after)).removed is removed
