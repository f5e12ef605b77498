"""The words in which pages show states, networks, languages and names."""

from __future__ import annotations

import pytest

from distributor.delivery.models import State
from distributor.newsletter.models import CampaignState
from distributor.statements.models import Editorial
from distributor.web import labels


@pytest.mark.parametrize("state", [*Editorial.values, *State.values, *CampaignState.values])
def test_every_state_has_words_for_people(state: str) -> None:
    assert "_" not in labels.state(state)


def test_what_waits_for_a_person_stands_out() -> None:
    assert {labels.tone(state) for state in ("unsure", "refused", "gave_up", "held")} == {"bad"}


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ana", "A"),
        ("Water for All", "WA"),
        ("medic", "M"),
        ("人权联盟", "人"),
        ("", "?"),
    ],
)
def test_initials_leave_small_words_out(name: str, letters: str) -> None:
    assert labels.initials(name) == letters


def test_a_language_has_its_english_name_or_its_tag() -> None:
    assert (labels.language("zh-Hant"), labels.language("ug")) == ("Traditional Chinese", "Uyghur")
    assert labels.language("qaa") == "qaa"


def test_numbers_agree_with_their_nouns() -> None:
    assert labels.plural(1, "post") == "1 post"
    assert labels.plural(2000, "reply", "replies") == "2,000 replies"
