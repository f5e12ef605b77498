"""The words in which pages show states, networks, languages and names."""

from __future__ import annotations

import pytest

from distributor.config import parse
from distributor.delivery.models import State
from distributor.newsletter.models import CampaignState
from distributor.statements.models import Editorial
from distributor.targets import label_of
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


@pytest.mark.parametrize(
    ("where", "shown"),
    [
        ("X, post 2", "X, post 2"),
        ("Bluesky (campaigns), post 1", "Bluesky (campaigns), post 1"),
        ("statement", "Statement"),
        ("ar", "Arabic"),
        ("en, paragraph 2", "English, paragraph 2"),
        ("mail to updates", "Mail to updates"),
    ],
)
def test_the_place_of_a_finding_is_in_words(where: str, shown: str) -> None:
    assert labels.place(where) == shown


def test_one_channel_of_a_network_is_called_by_the_network_and_several_by_their_names_too() -> None:
    one = {"x": {"kind": "x"}, "press": {"kind": "mastodon", "instance": "https://social.example"}}
    several = {**one, "local": {"kind": "mastodon", "instance": "https://social.example"}}
    named = [
        [label_of(name, str(table["kind"]), parse({"storage": {}, "channels": channels}))
         for name, table in channels.items()]
        for channels in (one, several)
    ]  # fmt: skip
    assert named == [["X", "Mastodon"], ["X", "Mastodon (press)", "Mastodon (local)"]]


@pytest.mark.parametrize(
    ("act", "state", "words"),
    [
        ("publish", "sent", "sent"),
        ("edit", "sent", "changed"),
        ("edit", "refused", "refused"),
        ("keep", "sent", "unchanged"),
        ("remove", "withdrawn", "removed"),
        ("publish", "withdrawn", "withdrawn"),
    ],
)
def test_a_post_is_told_by_what_was_done_to_it(act: str, state: str, words: str) -> None:
    assert labels.post(act, state) == words
