"""What is told of a translation that differs from its original, and what is left alone."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest

from distributor.rendering.figures import figures, han_numbers
from distributor.rendering.parity import compare
from distributor.statements.values import Heading, ItemList, Quote, Wording
from tests.rendering.editions import wording

ORIGINAL = wording(
    "On 13 May 2026 IPAC learned that 240 people, five of them editors, lost HKD 18 million.",
    "“We will not be silent,” said Ana.",
    "We call on 31 governments to:",
    ItemList(("Demand their release.", "Grant 1,200 visas.")),
)
GERMAN = wording(
    "Am 13. Mai 2026 erfuhr IPAC, dass 240 Menschen, davon 5 Redakteure, 18 Mio. HKD verloren.",
    Quote("„Wir schweigen nicht“, sagte Ana."),
    "Wir fordern 31 Regierungen auf:",
    ItemList(("Fordert ihre Freilassung.", "Erteilt 1.200 Visa.")),
    language="de",
    title="Zur Verhaftung",
)
CHINESE = wording(
    "IPAC於2026年5月13日獲悉，二百四十人（包括5名編輯）損失1,800萬港元（HKD）。",
    "安娜說：「我們不會沉默。」",
    "我們呼籲31國政府：",
    ItemList(("要求釋放他們。", "發出1200份簽證。")),
    language="zh-Hant",
    title="關於拘捕",
)
ARABIC = wording(
    "علمت IPAC في ١٣ مايو ٢٠٢٦ أن ٢٤٠ شخصًا خسروا ١٨ مليون HKD.",
    "قالت آنا: «لن نصمت».",
    "ندعو ٣١ حكومة إلى:",
    ItemList(("المطالبة بالإفراج عنهم.", "منح ١٬٢٠٠ تأشيرة.")),
    language="ar",
    title="بشأن الاعتقال",
)


def told(translation: Wording, original: Wording = ORIGINAL) -> list[str]:
    return [f"{found.where}: {found.message}" for found in compare(original, translation)]


def changed(translation: Wording, before: str, after: str) -> Wording:
    """The translation with one text replaced."""
    plain = translation.to_json()
    for block in plain["blocks"]:
        if "text" in block:
            block["text"] = block["text"].replace(before, after)
        else:
            block["items"] = [item.replace(before, after) for item in block["items"]]
    made = Wording.from_json(plain)
    assert made != translation
    return made


@pytest.mark.parametrize("translation", [GERMAN, CHINESE, ARABIC], ids=lambda w: w.language)
def test_a_faithful_translation_has_no_findings(translation: Wording) -> None:
    assert told(translation) == []
    assert told(ORIGINAL, translation) == []


@pytest.mark.parametrize(
    ("translation", "before", "after", "messages"),
    [
        (
            GERMAN, "240", "250",
            [
                "de, paragraph 1: The original has 240, this translation does not.",
                "de, paragraph 1: This translation has 250, the original does not.",
            ],
        ),
        (
            GERMAN, "18 Mio.", "18",
            [
                "de, paragraph 1: The original has 18,000,000, this translation does not.",
            ],
        ),
        (GERMAN, "31", "", ["de, paragraph 3: The original has 31, this translation does not."]),
        (
            CHINESE, "1,800萬", "180萬",
            [
                "zh-Hant, paragraph 1: The original has 18,000,000, this translation does not.",
                "zh-Hant, paragraph 1: This translation has 1,800,000, the original does not.",
            ],
        ),
        (
            ARABIC, "١٬٢٠٠", "١٬٣٠٠",
            [
                "ar, list 1, item 2: The original has 1200, this translation does not.",
                "ar, list 1, item 2: This translation has 1300, the original does not.",
            ],
        ),
        (GERMAN, "IPAC", "sie", ["de: The original names IPAC, this translation does not."]),
        (
            CHINESE, "IPAC", "IAPC",
            [
                "zh-Hant: The original names IPAC, this translation does not.",
                "zh-Hant: This translation names IAPC, the original does not.",
            ],
        ),
    ],
)  # fmt: skip
def test_what_was_changed_is_told_with_its_place(
    translation: Wording, before: str, after: str, messages: list[str]
) -> None:
    assert told(changed(translation, before, after)) == messages


def test_a_small_figure_may_become_a_word_but_not_another_figure() -> None:
    original = wording("On 3 May nine editors met.")
    assert told(wording("Am 3. Mai trafen sich 9 Redakteure.", language="de"), original) == []
    assert told(wording("Am 5. Mai trafen sich neun.", language="de"), original) == [
        "de, paragraph 1: The original has 3, this translation does not.",
        "de, paragraph 1: This translation has 5, the original does not.",
    ]


def test_a_missing_block_is_told_once_and_figures_are_compared_over_all() -> None:
    short = dataclasses.replace(GERMAN, blocks=(*GERMAN.blocks[:2], *GERMAN.blocks[3:]))
    assert told(short) == [
        "de: This translation has 2 paragraphs, the original 3.",
        "de: The original has 31, this translation does not.",
    ]


def test_headings_lists_and_items_are_counted() -> None:
    original = wording(Heading("Why"), "Text.", ItemList(("One.", "Two.")), ItemList(("Three.",)))
    shorter = wording("Text.", ItemList(("Eins.",)), ItemList(("Drei.",)), language="de")
    assert told(shorter, original) == [
        "de: This translation has no headings, the original 1.",
        "de, list 1: It has 1 item, the original's 2.",
    ]
    assert "de: This translation has 1 list, the original 2." in told(
        wording(Heading("Warum"), "Text.", ItemList(("Eins.", "Zwei.")), language="de"), original
    )


def test_another_date_is_told() -> None:
    later = dataclasses.replace(GERMAN, date=dt.date(2026, 5, 15))
    assert told(later) == [
        "de, title: This translation is dated 2026-05-15, the original 2026-05-14."
    ]


def test_names_in_latin_letters_stay_when_the_original_is_in_another_script() -> None:
    original = wording("陳慧（Maria Chan）由Harbour Daily報道。", language="zh-Hant")
    english = wording("Marie Chan was reported by Harbour Daily.")
    assert told(english, original) == ["en: The original names Maria, this translation does not."]


@pytest.mark.parametrize(
    ("text", "language", "numbers"),
    [
        ("1,234.50 and 1.234,50", "en", ["1234.50"]),
        ("18 000 personnes, 18 000 encore", "fr", ["18000"]),
        ("2,5 Milliarden", "de", ["2500000000"]),
        ("3 billion", "en", ["3000000000"]),
        ("3 Billionen", "de", ["3000000000000"]),
        ("5 mil millones, 18 mil personas, 9 militares", "es", ["5000000000", "18000", "9"]),
        ("2.5億、250万", "ja", ["250000000", "2500000"]),
        ("٢٫٥ مليون", "ar", ["2500000"]),
        ("14.5.2026, 2026-05-14", "de", ["14", "2026"]),
        ("2026年11月14日", "zh", ["14", "2026"]),
        ("Art. 5.2, 10:30", "en", ["5.2", "10", "30"]),
    ],
)
def test_figures_are_read_as_each_language_writes_them(
    text: str, language: str, numbers: list[str]
) -> None:
    assert figures(text, language) == set(map(Decimal, numbers))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("十二人", 12),
        ("二百四十", 240),
        ("三萬二千零五", 32_005),
        ("一億二千萬", 120_000_000),
        ("三萬二千億", 3_200_000_000_000),
        ("二〇二六年", 2026),
    ],
)
def test_numbers_in_chinese_characters_are_read(text: str, number: int) -> None:
    assert han_numbers(text) == {Decimal(number)}
