"""How the lines of a body become paragraphs, headings, quotes and lists."""

from __future__ import annotations

from typing import Any

import pytest

from distributor.statements.intake import read_statement
from distributor.statements.values import ItemList, Reading


def read(body: str) -> Reading:
    return read_statement(f"A title\n\n3 June 2023\n\nThe text begins here.\n\n{body}\n")


def blocks(body: str) -> list[Any]:
    """The blocks in short: a list as its items, what is no paragraph with its type before it."""
    shown: list[Any] = []
    for block in read(body).wording.blocks[1:]:
        if isinstance(block, ItemList):
            shown.append([block.start, *block.items] if block.ordered else list(block.items))
        elif block.type == "paragraph":
            shown.append(block.text)
        else:
            shown.append((block.type, block.text))
    return shown


LISTS = {
    "bullets": ("• One\n• Two", [["One", "Two"]]),
    "bullets without a space": ("•One\n•Two", [["One", "Two"]]),
    "Word's symbols": ("\uf0b7\tOne\n\uf0b7\tTwo", [["One", "Two"]]),
    "hyphens below a colon": ("We ask:\n- One\n- Two", ["We ask:", ["One", "Two"]]),
    "dashes": ("– One;\n– Two.", [["One;", "Two."]]),
    "Japanese dots": ("・一つ目\n・二つ目", [["一つ目", "二つ目"]]),
    "numbers": ("1. One\n2. Two", [[1, "One", "Two"]]),
    "Spanish ordinals": ("1.º Uno;\n2.º Dos.", [[1, "Uno;", "Dos."]]),
    "numbers in brackets": ("(1) One\n(2) Two", [[1, "One", "Two"]]),
    "lazy numbers": ("1. One\n1. Two\n1. Three", [[1, "One", "Two", "Three"]]),
    "numbers that begin late": ("7. One\n8. Two", [[7, "One", "Two"]]),
    "letters": ("(a) One\n(b) Two", [[1, "One", "Two"]]),
    "roman numbers": ("i. One\nii. Two\niii. Three", [[1, "One", "Two", "Three"]]),
    "Ukrainian letters": ("а) одне;\nб) друге.", [[1, "одне;", "друге."]]),
    "Chinese numbers": ("一、第一；\n二、第二。", [[1, "第一；", "第二。"]]),
    "Japanese numbers": ("1　一つ目\n２　二つ目", [[1, "一つ目", "二つ目"]]),
    "circled numbers": ("① One\n② Two", [[1, "One", "Two"]]),
    "Arabic numbers": ("١. أولا\n٢. ثانيا", [[1, "أولا", "ثانيا"]]),
    "blank lines between items": ("- One\n\n- Two\n\n- Three", [["One", "Two", "Three"]]),
    "items over two lines": ("- One that\n  goes on\n- Two", [["One that goes on", "Two"]]),
    "marks on lines of their own": ("•\nOne\n•\n\nTwo", [["One", "Two"]]),
    "a paragraph below": ("• One\n• Two\n\nMore.", [["One", "Two"], "More."]),
    "a number resumed": (
        "1. One\n2. Two\n\nMore.\n\n3. Three",
        [[1, "One", "Two"], "More.", [3, "Three"]],
    ),
    "a list in a list": ("- One\n  - Half\n- Two", [["One", "Half", "Two"]]),
    "letters in numbers": (
        "1. One\n   a) Half\n   b) Other\n2. Two",
        [[1, "One a) Half b) Other", "Two"]],
    ),
    "roman numbers in letters": (
        "(a) One, which\n   (i) halves; and\n   (ii) ends;\n(b) Two.",
        [[1, "One, which (i) halves; and (ii) ends;", "Two."]],
    ),
    "an item of two paragraphs": (
        "1. One.\n\n   More of it.\n\n2. Two.",
        [[1, "One. More of it.", "Two."]],
    ),
}

NO_LISTS = {
    "a dash in a sentence": "The government\n– as it calls itself – resigned.",
    "a lone footnote": "* As of June.",
    "a lone number": "1. Only one.",
    "a date": "3. Juni 2023 war ein Tag.",
    "an initial": "J. Reyes spoke.",
    "a temperature": "-5 degrees were measured.",
    "footnotes": "[1] A note.\n\n[2] Another note.",
}


@pytest.mark.parametrize(("body", "expected"), LISTS.values(), ids=LISTS)
def test_a_list_is_read_without_its_marks(body: str, expected: list[Any]) -> None:
    assert blocks(body) == expected


@pytest.mark.parametrize("body", NO_LISTS.values(), ids=NO_LISTS)
def test_what_only_looks_like_an_item_keeps_its_mark(body: str) -> None:
    shown = blocks(body)
    assert all(isinstance(block, str) for block in shown)
    assert " ".join(shown).split() == body.split()


LOST = {
    "in the middle": "  • One.\n    Two.\n  • Three.",
    "at the end": "  • One.\n  • Two.\n    Three.",
    "at the beginning": "    One.\n  • Two.\n  • Three.",
    "without indentation": "• One.\nTwo.\n• Three.",
    "between blank lines": "  • One.\n\n    Two.\n\n  • Three.",
    "everywhere": "We ask:\n\n    One.\n    Two.\n    Three.",
}


@pytest.mark.parametrize("body", LOST.values(), ids=LOST)
def test_an_item_that_lost_its_mark_is_an_item_and_a_repair(body: str) -> None:
    reading = read(body)
    assert reading.wording.blocks[-1] == ItemList(("One.", "Two.", "Three."))
    lost = [repair for repair in reading.repairs if repair.kind == "lost bullet"]
    assert lost and all(repair.after == f"• {repair.before.strip()}" for repair in lost)
    lines = f"A title\n\n3 June 2023\n\nThe text begins here.\n\n{body}\n".split("\n")
    assert [lines[repair.line - 1] for repair in lost] == [repair.before for repair in lost]


def test_a_last_item_that_the_one_above_announces_lost_its_mark() -> None:
    reading = read("We ask:\n- One; and\nTwo.\n\nMore.")
    assert reading.wording.blocks[2] == ItemList(("One; and", "Two."))
    assert reading.repairs[-1].kind == "lost bullet"


def test_items_on_one_line_are_parted() -> None:
    reading = read("• One • Two • Three")
    assert reading.wording.blocks[-1] == ItemList(("One", "Two", "Three"))
    assert (reading.repairs[-1].kind, reading.repairs[-1].line) == ("run-on list", 7)


def test_a_line_between_two_items_is_doubted_and_kept() -> None:
    reading = read("• One.\n\nBetween.\n\n• Two.")
    assert blocks("• One.\n\nBetween.\n\n• Two.") == [["One."], "Between.", ["Two."]]
    assert "Line 9 stands between two items" in reading.warnings[0]


FULL = "The courts of Norland have not heard a single one of these cases since the spring."

HEADINGS = {
    "Markdown": ("## What we ask\n\nText.", ("heading", "What we ask")),
    "title case": (f"The Right to Leave\n\n{FULL}", ("heading", "The Right to Leave")),
    "a short line": (f"What happened\n\n{FULL}", ("heading", "What happened")),
    "capitals above a line": (f"BACKGROUND\n{FULL}", ("heading", "BACKGROUND")),
    "a number": (f"1. Background\n\n{FULL}", ("heading", "1. Background")),
    "underlined": ("Background\n----------\n\nText.", ("heading", "Background")),
    "Chinese": ("背景\n\n七名議員於三月八日被禁止離境。", ("heading", "背景")),
    "above a list": ("Recommendations\n\n• One\n• Two", ("heading", "Recommendations")),
    "an introduction": ("We call on our governments to\n\n• One", "We call on our governments to"),
    "an introduction with a colon": ("We call on:\n\n• One", "We call on:"),
    "a salutation": (f"Dear colleagues,\n\n{FULL}", "Dear colleagues,"),
    "a name at the end": ("Ana Reyes", "Ana Reyes"),
    "a short sentence": (f"They are free.\n\n{FULL}", "They are free."),
}


@pytest.mark.parametrize(("body", "first"), HEADINGS.values(), ids=HEADINGS)
def test_a_heading_is_told_from_a_short_paragraph(body: str, first: Any) -> None:
    assert blocks(body)[0] == first


QUOTES = {
    "marked": ("> One\n> two.\n>\n> Three.", [("quote", "One two."), ("quote", "Three.")]),
    "set apart": ("“One.”", [("quote", "“One.”")]),
    "with its speaker": ("“One.”\n— Ana, chair", [("quote", "“One.” — Ana, chair")]),
    "with its speaker below": ("„Eins.“\n\n– Ana", [("quote", "„Eins.“ – Ana")]),
    "French": ("« Un. »", [("quote", "« Un. »")]),
    "run in": ("“One,” said Ana. “Two.”", ["“One,” said Ana. “Two.”"]),
    "a quoted word": ("“One” is a word.", ["“One” is a word."]),
    "over two paragraphs": ("“One.\n\n“Two.”", ["“One.", "“Two.”"]),
}


@pytest.mark.parametrize(("body", "expected"), QUOTES.values(), ids=QUOTES)
def test_a_quotation_set_apart_is_told_from_one_run_in(body: str, expected: list[Any]) -> None:
    assert blocks(body) == expected


def test_the_names_below_signatories_are_a_list() -> None:
    body = "Signatories:\n\nAna Reyes MP\nBen Okoro MP\n\nCleo Marsh MP"
    assert blocks(body) == [
        ("heading", "Signatories:"),
        ["Ana Reyes MP", "Ben Okoro MP", "Cleo Marsh MP"],
    ]


def test_countries_between_signatories_are_headings() -> None:
    body = "Signed by:\n\nNorland\n\nAna Reyes\nBen Okoro\n\nWestmark\n\nCleo Marsh\nIvo Lind"
    assert blocks(body) == [
        ("heading", "Signed by:"),
        ("heading", "Norland"),
        ["Ana Reyes", "Ben Okoro"],
        ("heading", "Westmark"),
        ["Cleo Marsh", "Ivo Lind"],
    ]


def test_text_below_the_signatories_is_text_again() -> None:
    body = f"Signatories\n\nAna Reyes\nBen Okoro\n\nBackground\n\n{FULL}"
    assert blocks(body)[2:] == [("heading", "Background"), FULL]


def test_hard_wrapped_lines_join_and_an_address_does_not() -> None:
    wrapped = (
        "The courts of Norland have not heard a single one of these cases\n"
        "since the spring of last year, when the judges were replaced by the\n"
        "government.\n\nAna Reyes\nChair of the Alliance"
    )
    paragraph, *address = blocks(wrapped)
    assert paragraph.endswith("replaced by the government.")
    assert address == ["Ana Reyes", "Chair of the Alliance"]


def test_lines_of_chinese_join_without_a_space() -> None:
    line = "跨國會開放社會聯盟今日對七名民選議員被禁止離境一事表示嚴重關切並呼"
    assert blocks(f"{line}\n籲各國政府。") == [f"{line}籲各國政府。"]


def test_a_no_break_space_stays() -> None:
    assert blocks("« Un »  mot,\tdeux.") == ["« Un » mot, deux."]
