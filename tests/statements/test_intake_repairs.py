"""What is taken out or changed, and what is left in place though it looks alike."""

from __future__ import annotations

import datetime as dt

import pytest

from distributor.statements.intake import read_statement
from distributor.statements.values import Paragraph, Reading, Repair


def read(text: str) -> Reading:
    return read_statement(text)


@pytest.mark.parametrize(
    "line",
    [
        "Next Article", "Previous Article", "« Previous", "Next →", "Read more", "Share this",
        "Share on Facebook", "Back to top", "Print", "Skip to content", "Home > News > Statements",
        "Next: Another Statement on Norland", "© 2023 The Alliance. All rights reserved.",
        "3 min read",
        "Tags: Norland, press", "Nächster Artikel", "Article suivant", "Siguiente artículo",
        "Další článek", "Następny artykuł", "Наступна стаття", "下一篇", "次の記事", "다음 글",
        "المقال التالي", "Weiterlesen", "Partager sur Facebook", "Zum Inhalt springen",
    ],
)  # fmt: skip
def test_navigation_is_taken_off_both_ends(line: str) -> None:
    reading = read(f"{line}\n\nA title\n\n3 June 2023\n\n{line}\n\nThe text.\n\n{line}\n")
    assert reading.wording.title == "A title"
    assert reading.wording.blocks == (Paragraph("The text."),)
    taken = [(r.line, r.before, r.after) for r in reading.repairs if r.kind == "page leftover"]
    assert taken == [(1, line, ""), (7, line, ""), (11, line, "")]


def test_navigation_inside_the_text_stays_with_a_warning() -> None:
    reading = read("A title\n\n3 June 2023\n\nThe text.\n\nRead more\n\nThe end.\n")
    assert [getattr(b, "text", "") for b in reading.wording.blocks][1] == "Read more"
    assert reading.warnings == ("Line 7, “Read more”, looks like navigation but stays.",)


def test_a_sentence_that_mentions_navigation_stays() -> None:
    reading = read(
        "A title\n\n3 June 2023\n\nThe text.\n\nShare this with your member of parliament."
    )
    assert len(reading.wording.blocks) == 2
    assert [repair.kind for repair in reading.repairs] == ["date"]


def test_titles_of_other_pages_are_taken_off_the_end() -> None:
    reading = read("A title\n\n3 June 2023\n\nThe text.\n\nRelated articles\nOne Title\nAnother\n")
    assert reading.wording.blocks == (Paragraph("The text."),)
    assert [repair.line for repair in reading.repairs] == [3, 7, 8, 9]


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("EMBARGOED UNTIL 09:00 BST, 4 June 2024", "2024-06-04T09:00:00+01:00"),
        ("STRICTLY EMBARGOED UNTIL 0001 GMT ON TUESDAY 4 JUNE 2024", "2024-06-04T00:01:00+00:00"),
        ("Embargo: 4 June 2024, 9 a.m. EDT", "2024-06-04T09:00:00-04:00"),
        ("Embargoed until June 4, 2024 at 12:30 p.m. (UTC+2)", "2024-06-04T12:30:00+02:00"),
        ("EMBARGO: 2024-06-04T09:00:00Z", "2024-06-04T09:00:00+00:00"),
        ("Not for publication before noon CET, 4 June 2024", "2024-06-04T12:00:00+01:00"),
        ("Sperrfrist: 4. Juni 2024, 10.00 Uhr MESZ", "2024-06-04T10:00:00+02:00"),
        ("Sous embargo jusqu’au 4 juin 2024 à 10h00 CEST", "2024-06-04T10:00:00+02:00"),
        ("解禁日時：2024年6月4日 9時 JST", "2024-06-04T09:00:00+09:00"),
    ],
)
def test_an_embargo_line_says_when(line: str, moment: str) -> None:
    for text in (f"{line}\n\nA title\n\nThe text.", f"A title\n\n{line}\n\nThe text."):
        reading = read(text)
        assert reading.not_before == dt.datetime.fromisoformat(moment)
        assert reading.wording.blocks == (Paragraph("The text."),)
        assert [(r.kind, r.before, r.after) for r in reading.repairs] == [("embargo", line, moment)]


def test_a_title_about_an_embargo_is_a_title() -> None:
    title = "Embargo on arms to Norland must hold until 2030"
    reading = read(f"{title}\n\n3 June 2023\n\nThe text.")
    assert (reading.wording.title, reading.not_before) == (title, None)


def test_the_furniture_of_a_release_is_taken_out() -> None:
    reading = read(
        "FOR IMMEDIATE RELEASE\nContact: press office\n3 June 2023\n\nA title\n\nThe text.\n\n###\n"
    )
    assert (reading.wording.title, reading.wording.blocks) == ("A title", (Paragraph("The text."),))
    kinds = ["release header", "release header", "date", "end mark"]
    assert [repair.kind for repair in reading.repairs] == kinds


@pytest.mark.parametrize(
    "line", ["Press release", "PRESS RELEASE No. 12", "Pressemitteilung Nr. 47/2026"]
)
def test_a_release_is_not_named_after_its_number(line: str) -> None:
    assert read(f"{line}\n\nA title\n\n3 June 2023\n\nThe text.").wording.title == "A title"


def test_a_release_may_end_twice() -> None:
    reading = read("A title\n\n3 June 2023\n\nThe text.\n\nENDS\n\nAbout the Alliance\n\n###")
    assert [repair.before for repair in reading.repairs[1:]] == ["ENDS", "###"]


@pytest.mark.parametrize(
    "mark", ["ENDS", "-ENDS-", "- Ends -", "###", "# # #", "-30-", "– Ende –", "以上"]
)
def test_what_follows_the_end_mark_stays_with_a_warning(mark: str) -> None:
    reading = read(f"A title\n\n3 June 2023\n\nThe text.\n\n{mark}\n\nThe Alliance has 40 members.")
    assert len(reading.wording.blocks) == 2
    assert Repair(7, "end mark", mark, "") in reading.repairs
    assert "Text follows the end mark on line 7" in reading.warnings[0]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("zero\u200bwidth", "zerowidth"),
        ("soft\u00adhyphen", "softhyphen"),
        ("\u202eturned\u202c", "turned"),
        ("\ufeffmark\u2060", "mark"),
        ("bell\x07", "bell"),
        ("tag\U000e0041s", "tags"),
        ("\u200fmark", "mark"),
        ("a &amp; b&nbsp;c &#8217;", "a & b\u00a0c ’"),
    ],
)
def test_what_cannot_be_seen_is_taken_out_as_a_repair(text: str, shown: str) -> None:
    reading = read(f"A title\n\n3 June 2023\n\nSome {text} here.")
    assert reading.wording.blocks == (Paragraph(f"Some {shown} here."),)
    assert reading.repairs[0].line == 5 or reading.repairs[1].line == 5


@pytest.mark.parametrize(
    "text",
    [
        "می‌خواهم",
        "क्‍ष",
        "👩‍👩‍👧 and 🏳️‍🌈",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "שלום\u200f!",
        "قال \u2067HRW\u2069 اليوم",
        "ภาษา\u200bไทย",
        "mot « un » mot",
    ],
)
def test_what_a_script_needs_stays(text: str) -> None:
    reading = read(f"A title\n\n3 June 2023\n\n{text}")
    assert reading.wording.blocks == (Paragraph(text),)
    assert [repair.kind for repair in reading.repairs] == ["date"]


def test_decomposed_letters_are_composed_without_a_word() -> None:
    reading = read("A title\n\n3 June 2023\n\nCafe\u0301.")
    assert reading.wording.blocks == (Paragraph("Café."),)
    assert [repair.kind for repair in reading.repairs] == ["date"]


def test_characters_misread_once_are_doubted() -> None:
    reading = read("A title\n\n3 June 2023\n\nBeijingâ€™s war.")
    assert reading.warnings == ("Line 5 has characters that were misread once: check its text.",)


MARKS = {
    "bold": ("Some **bold** word", "Some bold word"),
    "emphasis": ("[a](https://example.org/) *very* good", "a (https://example.org/) very good"),
    "link": (
        "See [the list](https://example.org/a_(b))",
        "See the list (https://example.org/a_(b))",
    ),
    "its own text": ("[https://example.org](https://example.org)", "https://example.org"),
    "address": ("Write <mailto:ana@example.org>", "Write mailto:ana@example.org"),
    "over two lines": ("Some **bold\nwords** here", "Some bold words here"),
    "stars that mark nothing": ("Members* and 2 * 3 * 4", "Members* and 2 * 3 * 4"),
    "underscores in a name": ("The file_name_here", "The file_name_here"),
}


@pytest.mark.parametrize(("text", "shown"), MARKS.values(), ids=MARKS)
def test_marks_inside_the_text_become_plain(text: str, shown: str) -> None:
    reading = read(f"A title\n\n3 June 2023\n\n{text}")
    assert reading.wording.blocks == (Paragraph(shown),)


def test_each_kind_of_mark_is_one_repair() -> None:
    reading = read("A title\n\n3 June 2023\n\nOne **bold** word.\n\nAnother **bold** word.")
    assert [(r.line, r.kind) for r in reading.repairs] == [(3, "date"), (5, "bold")]


def test_front_matter_gives_what_the_text_does_not_say() -> None:
    reading = read(
        "---\ntitle: A title\ndate: 3 June 2023\nlanguage: de\nurl: https://example.org/a\n"
        "not_before: 2024-06-04T09:00:00+02:00\nhashtags: ['#One', Two]\n"
        "layout: post\n---\n\nText.\n"
    )
    assert (reading.wording.title, reading.wording.language) == ("A title", "de")
    assert (reading.wording.date, reading.url) == (dt.date(2023, 6, 3), "https://example.org/a")
    assert reading.not_before == dt.datetime.fromisoformat("2024-06-04T09:00:00+02:00")
    assert reading.hashtags == ("One", "Two")
    assert reading.warnings == ("The front matter's 'layout' is not known and was left out.",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028"])
def test_encodings_and_line_ends_change_nothing(encoding: str, end: str) -> None:
    text = end.join(["Été", "", "3 June 2023", "", "The text."])
    reading = read_statement(text.encode(encoding))
    assert (reading.wording.title, reading.wording.date) == ("Été", dt.date(2023, 6, 3))
    assert reading.warnings == ()


def test_western_bytes_are_read_with_a_warning() -> None:
    reading = read_statement("Été “libre”\n\n1er juin 2023\n\nUn mot.".encode("cp1252"))
    assert reading.wording.title == "Été “libre”"
    assert "read as Western European" in reading.warnings[0]


@pytest.mark.parametrize(
    "text", ["The vote is on [date TBC] next.", "See [insert link].", "XXX people"]
)
def test_what_was_to_be_filled_in_is_doubted(text: str) -> None:
    reading = read(f"A title\n\n3 June 2023\n\n{text}")
    assert "fill it in" in reading.warnings[0]
