"""Where text may be cut, and where never."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.rendering.segment import clause_cuts, grapheme_cuts, sentences, word_cuts


def _split(text: str, language: str) -> list[str]:
    return [text[start:end].strip() for start, end in sentences(text, language)]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        pytest.param("en", ["We met Mr. Smith.", "He left."], id="title"),
        pytest.param("en", ["See para. 3 of Art. 5.", "It binds all."], id="numbered"),
        pytest.param("en", ["They met in Washington D.C. on 3 May.", "We did not."], id="capital"),
        pytest.param("en", ["J. F. Doe spoke."], id="initials"),
        pytest.param("en", ["It fell by 3.5 per cent."], id="decimal"),
        pytest.param("en", ["“We go.”", "She said so."], id="quote closes after the stop"),
        pytest.param("en", ["“Why?” asked Ana."], id="question within a sentence"),
        pytest.param("en", ["It is so.[2]", "Nobody denies it."], id="footnote mark"),
        pytest.param("en", ["We reject it… but not now."], id="ellipsis within a sentence"),
        pytest.param("en", ["Acme Inc. was sold."], id="company"),
        pytest.param(
            "de", ["Am 3. Juni wurde z. B. Dr. Weber verhaftet.", "Das war falsch."], id="de"
        ),
        pytest.param("de", ["Das geschah im Jahr 2023.", "Niemand sprach davon."], id="de year"),
        pytest.param("fr", ["M. Durand a dit : « Non. »", "Cela suffit, cf. l’art. 3."], id="fr"),
        pytest.param("es", ["La Sra. Ruiz habló.", "¿Qué dijo?", "Nada."], id="es"),
        pytest.param("cs", ["Viz čl. 5 odst. 2.", "Vyzýváme vládu."], id="cs"),
        pytest.param("uk", ["Див. ст. 5 договору.", "Ми протестуємо."], id="uk"),
        pytest.param("ar", ["هل هذا عدل؟", "لا."], id="ar"),
        pytest.param("cs", ["Pokuta byla 50 tis. Kč za článek."], id="cs thousand"),
        pytest.param("en", ["It took 5 hrs. Monday came.", "We left."], id="a unit of a number"),
        pytest.param("en", ["Case A17 ends.", "Judge Li left."], id="a number within a name"),
        pytest.param("en", ["It took 5 days.", "The court met."], id="a word after a number"),
        pytest.param("cs", ["To stačí.", "Čl. 19 odst. 2 platí."], id="cs article begins"),
        pytest.param("uk", ["Це кінець.", "Ст. 9 діє."], id="uk article begins"),
        pytest.param("uk", ["Звільніть О. В. Гнатюк."], id="initials that are words elsewhere"),
        pytest.param("cs", ["Soud to řekl (sp. zn. Pl. ÚS 31/04).", "Platí to."], id="file number"),
        pytest.param("en", ["It ended (He left. She stayed.) at noon."], id="inside brackets"),
        pytest.param("en", [". . . Nobody knows.", "We do."], id="no letters"),
        pytest.param("es", ["Lima, 15 de mayo de 2026. — El Foro protesta."], id="dateline"),
        pytest.param("de", ["Berlin, 19. Mai 2026. Das Bündnis protestiert."], id="de dateline"),
        pytest.param("en", ["It began in Lima in 2019.", "The Forum saw it."], id="no dateline"),
        pytest.param("cs", ["Kontakt: Petr Dvořák, tel. +420 222 333 444."], id="telephone"),
        pytest.param(
            "zh-Hant", ["主席陳大文（J. Chan）說：「那不是法治。」"], id="initial in brackets"
        ),
    ],
)
def test_sentences_end_where_a_reader_ends_them(language: str, expected: list[str]) -> None:
    assert _split(" ".join(expected), language) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        pytest.param(
            "zh-Hant", ["他說：「我們不會停止。」", "香港人很勇敢！"], id="speaker before"
        ),
        pytest.param("zh-Hant", ["「我們不會停止。」他說。", "我們支持他。"], id="speaker after"),
        pytest.param("ja", ["「非難する。」と述べた。", "これは問題だ。"], id="Japanese quotation"),
    ],
)
def test_sentences_without_spaces(language: str, expected: list[str]) -> None:
    assert _split("".join(expected), language) == expected


_TEXT = st.text(alphabet=st.sampled_from("ab A.1!?。，,;: \n「」“”()é見の👍🏽-–'’/@"), max_size=60)


@given(_TEXT | st.text(max_size=40), st.sampled_from(["en", "de", "zh-Hant", "ja", "ar", "xx"]))
def test_sentences_join_back_to_the_text(text: str, language: str) -> None:
    assert "".join(text[start:end] for start, end in sentences(text, language)) == text


@given(st.lists(_TEXT | st.sampled_from(["https://a.org/b,c;d", "@ana.example.org"]), max_size=6))
def test_no_cut_falls_outside_the_text_or_inside_a_link(words: list[str]) -> None:
    text = " ".join(words)
    for cut in (*clause_cuts(text), *word_cuts(text), *grapheme_cuts(text)):
        before, after = text[: cut.at], text[cut.at :]
        assert before and after
        assert not (before.endswith("https://a.org/b,") and after.startswith("c;d"))


def test_a_clause_ends_after_its_comma_or_before_its_dash() -> None:
    text = "We welcome the vote of the parliament, and we thank it – it was late"
    assert [text[: cut.at] for cut in clause_cuts(text)] == [
        "We welcome the vote of the parliament, ",
        "We welcome the vote of the parliament, and we thank it ",
    ]


def _harm(text: str, before: str) -> int:
    return next(cut.harm for cut in word_cuts(text) if text[: cut.at].split()[-1] == before)


def test_a_clause_ends_after_a_dash_without_spaces() -> None:
    text = "They struck a plant in Harbourton—a strike that nobody has owned up to."
    assert [text[: cut.at] for cut in clause_cuts(text)] == ["They struck a plant in Harbourton—"]


def test_names_and_numbers_are_cut_last() -> None:
    text = "they paid some 18 million dollars to the Hong Kong police yesterday"
    assert _harm(text, "18") > _harm(text, "dollars")
    assert _harm(text, "Hong") > _harm(text, "police")


def test_a_grapheme_is_never_cut() -> None:
    assert [cut.at for cut in grapheme_cuts("e\u0301👍🏽a")] == [2, 4]


def test_a_condition_is_cut_off_last() -> None:
    text = "We ask the court to release all 212 of them, unless they are charged, and to say so."
    harms = {text[cut.at :].split()[0]: cut.harm for cut in clause_cuts(text)}
    assert harms["unless"] > harms["and"]
