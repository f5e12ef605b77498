"""Dates in the styles and languages of the team, on a line of their own."""

from __future__ import annotations

import datetime as dt

import pytest

from distributor.statements.intake import read_statement
from distributor.statements.values import Paragraph

JUNE = dt.date(2023, 6, 3)

WRITTEN = [
    "June 3, 2023", "JUNE 3RD, 2023", "June 3 2023", "3 June 2023", "3rd June 2023",
    "3rd of June, 2023", "Saturday, 3 June 2023", "Saturday 3 June 2023",
    "Sat, Jun 3, 2023", "3 Jun. 2023", "2023-06-03", "2023/06/03", "2023.06.03",
    "3.6.2023", "03.06.2023", "3. 6. 2023", "3.6.23", "London, 3 June 2023",
    "Washington, D.C., June 3, 2023", "Brussels/Paris, 3 June 2023",
    "GENEVA (3 June 2023)", "Published: June 3, 2023", "Published on 3 June 2023 by Ana",
    "Date: 3 June 2023", "June 3, 2023 8:00AM EDT", "3 June 2023, 14:30 CEST",
    "June 3, 2023 | Press Release", "**3 June 2023**", "(3 June 2023)",
    "2023-06-03T10:00:00Z", "3. Juni 2023", "Samstag, den 3. Juni 2023",
    "Berlin, den 3. Juni 2023", "Berlin, 3. Juni 2023", "3 juin 2023",
    "Paris, le 3 juin 2023", "le samedi 3 juin 2023", "3 de junio de 2023",
    "Madrid, 3 de junio de 2023", "sábado, 3 de junio de 2023", "3 giugno 2023",
    "3 de junho de 2023", "3. června 2023", "V Praze dne 3. června 2023", "3. júna 2023",
    "3 czerwca 2023 r.", "3 juni 2023", "3 червня 2023 року", "Київ, 3 червня 2023 р.",
    "3 июня 2023 г.", "2023 m. birželio 3 d.", "2023. június 3.", "2023年6月3日",
    "2023 年 6 月 3 日", "2023年6月3日（土）", "2023年6月3日 星期六",
    "二〇二三年六月三日", "民國112年6月3日",
    "中華民國112年6月3日", "令和5年6月3日", "2023년 6월 3일", "٣ يونيو ٢٠٢٣",
    "3 حزيران 2023",
    "3 يونيو 2023", "3 ביוני 2023", "3 Ιουνίου 2023",
]  # fmt: skip


@pytest.mark.parametrize("line", WRITTEN)
def test_a_date_line_is_read_and_taken_out_of_the_body(line: str) -> None:
    reading = read_statement(f"A title of some words\n\n{line}\n\nThe text.\n")
    assert reading.wording.date == JUNE
    assert reading.wording.blocks == (Paragraph("The text."),)
    repair = reading.repairs[-1]
    assert (repair.line, repair.kind, repair.after) == (3, "date", "2023-06-03")


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("23/06/2023", dt.date(2023, 6, 23)),
        ("06/23/2023", dt.date(2023, 6, 23)),
        ("1er juin 2023", dt.date(2023, 6, 1)),
        ("3 كانون الثاني 2024", dt.date(2024, 1, 3)),
        ("二〇二四年十二月三十一日", dt.date(2024, 12, 31)),
        ("Feb. 29, 2024", dt.date(2024, 2, 29)),
    ],
)
def test_other_dates_are_read_without_a_doubt(line: str, date: dt.date) -> None:
    reading = read_statement(f"A title\n\n{line}\n\nThe text.\n")
    assert (reading.wording.date, reading.warnings) == (date, ())


MONTHS = """
January February March April May June July August September October November December
Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec
Januar Februar März April Mai Juni Juli August September Oktober November Dezember
janvier février mars avril mai juin juillet août septembre octobre novembre décembre
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
ledna února března dubna května června července srpna září října listopadu prosince
січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
ιανουαρίου φεβρουαρίου μαρτίου απριλίου Μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου
""".strip()  # noqa: E501


@pytest.mark.parametrize("names", MONTHS.splitlines())
def test_every_month_is_read_by_its_name(names: str) -> None:
    for month, name in enumerate(names.split(), start=1):
        date = read_statement(f"A title\n\n12 {name} 2026\n\nThe text.\n").wording.date
        assert date == dt.date(2026, month, 12), name


def test_an_ambiguous_date_is_read_day_first_with_a_warning() -> None:
    reading = read_statement("A title\n\n03/06/2023\n\nThe text.\n")
    assert reading.wording.date == JUNE
    assert reading.warnings == ("Line 3 was read as day/month/year, 2023-06-03: check it.",)


@pytest.mark.parametrize(
    "line",
    [
        "On 3 June 2023, police arrested five people.",
        "3 June 2023 was a dark day.",
        "The session of 3-5 June 2023",
        "Resolution 12, 2023",
        "In June 2023",
    ],
)
def test_a_line_that_says_more_than_a_date_stays_in_the_text(line: str) -> None:
    reading = read_statement(f"A title\n\n{line}\n\nThe text.\n")
    assert reading.wording.date is None
    assert line in [getattr(block, "text", None) for block in reading.wording.blocks]
    assert reading.warnings == (
        "No date was found: write it on a line of its own below the title.",
    )


@pytest.mark.parametrize(
    "text",
    [
        "3 June 2023\n\nA title\n\nThe text.\n",
        "A title\nA subtitle without an end\n3 June 2023\n\nThe text.\n",
        "A title\n\nThe text.\n\nBrussels, 3 June 2023\n\nAna Reyes, chair\n",
    ],
    ids=["above the title", "below a subtitle", "at the end"],
)
def test_the_date_may_stand_elsewhere_than_below_the_title(text: str) -> None:
    reading = read_statement(text)
    assert (reading.wording.title, reading.wording.date) == ("A title", JUNE)


@pytest.mark.parametrize(
    "text",
    [
        "GENEVA (3 June 2023) – Experts expressed alarm today.",
        "Lima, 3 de junio de 2023. — El Foro expresa su alarma.",
        "Київ, 3 червня 2023 р. — Форум висловлює тривогу.",
    ],
)
def test_a_dateline_gives_the_date_and_stays_in_its_paragraph(text: str) -> None:
    reading = read_statement(f"A title\n\n{text}\n")
    assert (reading.wording.date, reading.wording.blocks) == (JUNE, (Paragraph(text),))
    assert reading.warnings == ("The date was read from line 3, where it stays.",)


def test_of_two_dates_the_first_counts() -> None:
    reading = read_statement("A title\n\n3 June 2023\nLast updated: 5 June 2023\n\nThe text.\n")
    assert reading.wording.date == JUNE
    assert [(r.line, r.kind, r.after) for r in reading.repairs] == [
        (3, "date", "2023-06-03"),
        (4, "date", ""),
    ]
