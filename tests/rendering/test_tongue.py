"""A language tag that contradicts the text."""

from __future__ import annotations

import pytest

from distributor.rendering.tongue import lint_tag

from .editions import wording

TEXTS = {
    "en": "The members of the alliance have learned with dismay that the courts of the country "
    "are to hear the case, which has been brought by the state. ",
    "de": "Die Mitglieder der Allianz haben mit Bestürzung erfahren, dass die Gerichte des Landes "
    "den Fall verhandeln und das Urteil nicht veröffentlicht wird. ",
    "fr": "Les membres de l’alliance apprennent que les tribunaux du pays sont saisis par le "
    "procureur, et que la défense est exclue pour des raisons qui sont inconnues. ",
    "es": "Los miembros de la alianza lamentan que los tribunales del país y las autoridades "
    "no publiquen el fallo, y piden por carta una respuesta para las familias. ",
    "cs": "Členové aliance se dozvěděli, že soudy v zemi projednávají případ, který je podle "
    "jejich názoru v rozporu se závazky, a že rozsudky pro obžalované jsou tajné. ",
    "uk": "Члени альянсу дізналися, що суди країни розглядають справу, і вимагають її "
    "негайного закриття та звільнення всіх затриманих під час мирних зібрань. ",
    "ja": "同盟のメンバーは、裁判所がこの事件を審理することを知り、"
    "被告の権利が守られることを求めた。",
    "zh-Hant": "聯盟對這個國家的法院將審理此案表示關注，"
    "並要求當局說明為何將他們關押，還給他們權利。",
    "zh-Hans": "联盟对这个国家的法院将审理此案表示关注，"
    "并要求当局说明为何将他们关押，还给他们权利。",
}


@pytest.mark.parametrize("language", TEXTS)
def test_the_right_tag_passes(language: str) -> None:
    assert lint_tag(language, wording(TEXTS[language] * 2, title="", language=language)) == []


@pytest.mark.parametrize("claimed", ["en", "de", "fr", "es", "cs"])
@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "cs"])
def test_a_wrong_tag_is_found(language: str, claimed: str) -> None:
    if language != claimed:
        [finding] = lint_tag(claimed, wording(TEXTS[language] * 3, title="", language=claimed))
        assert f"reads like {language}" in finding.message


@pytest.mark.parametrize(
    ("claimed", "language"), [("zh-Hans", "zh-Hant"), ("zh-TW", "zh-Hans"), ("en", "ja")]
)
def test_a_wrong_script_is_found(claimed: str, language: str) -> None:
    [finding] = lint_tag(claimed, wording(TEXTS[language] * 3, title="", language=claimed))
    assert f"reads like {language}" in finding.message


@pytest.mark.parametrize("language", ["sw", "tlh"])
def test_an_unknown_language_gets_the_benefit_of_the_doubt(language: str) -> None:
    assert lint_tag(language, wording(TEXTS["en"] * 2, language=language)) == []


def test_a_short_text_gets_it_too() -> None:
    assert lint_tag("de", wording("The end of the road.", language="de")) == []
