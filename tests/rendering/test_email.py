"""The e-mail of a statement: what subscribers read, in text and in HTML."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from distributor.config import packaged
from distributor.rendering.edition import Edition, Finding, ListTarget
from distributor.rendering.email import render_mail
from distributor.statements.values import Heading, ItemList, Paragraph, Quote, Wording

TEMPLATES = packaged("templates")
WAY_OUT = "https://example.org/u/UNSUBSCRIBE-TOKEN"
PRESS = ListTarget(
    "press", "Press list", None, "press.example.org", "news@example.org", None, WAY_OUT
)
DEMANDS = ItemList(("Release Ana <at once> & fully.", "Let Ben & Cleo travel."))
STATEMENT = Wording(
    "On the arrest of a writer",
    dt.date(2026, 3, 1),
    "en",
    (
        Paragraph("Today the Alliance learned with dismay that a writer was arrested at home."),
        Heading("What we ask"),
        Paragraph("We call on governments to (see https://example.org/a?b=1&c=2):"),
        DEMANDS,
        ItemList(("First.", "Second."), ordered=True, start=9),
        Quote("“We will not stop,” said the Chair."),
    ),
)


def edition(wording: Wording, url: str | None = "https://example.org/statements/1") -> Edition:
    return Edition(
        statement="s1",
        url=url,
        not_before=None,
        wordings={wording.language: wording},
        revisions={},
        original=wording.language,
        organisation="The Alliance",
        site=None,
        channels=(),
        lists=(PRESS,),
        hashtags=(),
        today=dt.date(2026, 3, 2),
    )


def mail(wording: Wording = STATEMENT, templates: Path = TEMPLATES) -> dict[str, Any]:
    made, _ = render_mail(wording, edition(wording), PRESS, templates)
    return made


def findings(wording: Wording, templates: Path = TEMPLATES) -> tuple[Finding, ...]:
    _, found = render_mail(wording, edition(wording), PRESS, templates)
    return found


def changed(folder: Path, file: str, before: str, after: str) -> Path:
    """A copy of the templates in which one text is replaced."""
    shutil.copytree(TEMPLATES / "newsletter", folder / "newsletter")
    path = folder / "newsletter" / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    return folder


class Page(HTMLParser):
    """The elements and the visible text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def test_the_mail_has_the_parts_a_proof_freezes() -> None:
    assert set(mail()) == {
        "list", "language", "direction", "list_id", "title", "sender", "reply_to",
        "unsubscribe", "subject", "text", "html", "notice",
    }  # fmt: skip


def test_the_subject_is_the_title() -> None:
    assert mail()["subject"] == "On the arrest of a writer"


def test_the_text_part_reads_well() -> None:
    assert (
        mail()["text"]
        == f"""\
On the arrest of a writer
=========================

1 March 2026

Today the Alliance learned with dismay that a writer was arrested at
home.

What we ask
-----------

We call on governments to (see https://example.org/a?b=1&c=2):

• Release Ana <at once> & fully.
• Let Ben & Cleo travel.

9. First.
10. Second.

    “We will not stop,” said the Chair.

Read this statement on our website
https://example.org/statements/1

------------------------------------------------------------------------
You receive this message because you are subscribed to “Press list” from
The Alliance.

Unsubscribe
{WAY_OUT}
"""
    )


def test_the_html_part_says_what_the_statement_says() -> None:
    words = " ".join(Page(mail()["html"]).words.split())
    for text in ("arrested at home.", "What we ask", *DEMANDS.items, "Second.", "“We will not"):
        assert text in words


def test_lists_and_quotations_are_real_ones() -> None:
    page = Page(mail()["html"])
    assert len(page.attributes("ul")) == 1
    assert [attributes["start"] for attributes in page.attributes("ol")] == ["9"]
    assert len(page.attributes("li")) == 4
    assert len(page.attributes("blockquote")) == 1


def test_links_lead_to_the_web_page_the_source_and_the_way_out() -> None:
    links = [attributes["href"] for attributes in Page(mail()["html"]).attributes("a")]
    assert links == [
        "https://example.org/a?b=1&c=2",
        "https://example.org/statements/1",
        WAY_OUT,
    ]


def test_styles_stand_in_the_elements_and_only_extras_apart() -> None:
    page = mail()["html"]
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert re.findall(r"^\S.*(?= \{)", style, re.MULTILINE) == [
        "@media (max-width: 480px)",
        "@media (prefers-color-scheme: dark)",
    ]
    assert all(attributes.get("style") for attributes in Page(page).attributes("p"))


def test_nothing_is_loaded_and_nothing_runs() -> None:
    page = Page(mail()["html"])
    assert not {tag for tag, _ in page.elements} & {"img", "script", "link", "iframe", "form"}
    assert not [key for _, attributes in page.elements for key in attributes if key[:2] == "on"]


def test_markup_in_a_statement_stays_text() -> None:
    wording = Wording("<script>alert(1)</script>", None, "en", (Paragraph("<img src=x>"),))
    page = Page(mail(wording)["html"])
    assert not page.attributes("script") + page.attributes("img")
    assert "<script>alert(1)</script>" in page.words


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="<>&\"'/ =ahttps:.安\n", max_size=120))
def test_whatever_a_statement_says_is_shown_and_never_becomes_markup(text: str) -> None:
    page = Page(mail(Wording("T", None, "en", (Paragraph(f"[{text}]"),)))["html"])
    plain = Page(mail(Wording("T", None, "en", (Paragraph("[]"),)))["html"])
    added = {tag for tag, _ in page.elements} - {tag for tag, _ in plain.elements}
    assert added <= {"a", "br", "wbr"}
    assert "".join(f"[{text}]".split()) in "".join(page.words.split())


def test_the_preview_line_is_the_opening_of_the_statement() -> None:
    body = mail()["html"].partition("<body")[2]
    preheader = re.search(r'<div class="preheader"[^>]*>([^<]*)', body)
    assert preheader is not None and preheader[1].startswith("Today the Alliance learned")


@pytest.mark.parametrize("language", ["ar", "ug", "he", "fa", "ur", "uz-Arab"])
def test_a_right_to_left_language_is_set_from_the_right(language: str) -> None:
    made = mail(Wording("عنوان", None, language, (ItemList(("بند",)),)))
    content = Page(made["html"]).attributes("div")[1]
    assert (made["direction"], content["dir"], content["lang"]) == ("rtl", "rtl", language)
    assert "margin-right: 28px" in made["html"] and "margin-left: 28px" not in made["html"]


@pytest.mark.parametrize(
    ("language", "date"),
    [
        ("en-GB", "1 March 2026"),
        ("fr", "1er mars 2026"),
        ("de-CH", "1. März 2026"),
        ("es", "1 de marzo de 2026"),
        ("cs", "1. března 2026"),
        ("ja", "2026年3月1日"),
        ("zh-TW", "2026年3月1日"),
        ("uk", "1 березня 2026 року"),
        ("ar", "1 مارس 2026"),
        ("ug", "2026-يىلى 1-مارت"),
    ],
)
def test_the_date_is_written_as_the_language_writes_it(language: str, date: str) -> None:
    made = mail(Wording("T", dt.date(2026, 3, 1), language, (Paragraph("P"),)))
    assert made["text"].split("\n")[3] == date


@pytest.mark.parametrize(
    ("language", "label"),
    [("zh", "取消订阅"), ("zh-CN", "取消订阅"), ("zh-HK", "取消訂閱"), ("zh-Hant-TW", "取消訂閱")],
)
def test_chinese_gets_the_script_its_readers_use(language: str, label: str) -> None:
    assert label in mail(Wording("聲明", None, language, (Paragraph("文"),)))["text"]


def test_a_language_without_fixed_words_is_a_warning() -> None:
    found = findings(Wording("Dichiarazione", None, "it", (Paragraph("Testo"),)))
    assert [(finding.severity, finding.kind) for finding in found] == [("warn", "fixed words")]


def test_a_good_mail_has_no_findings() -> None:
    assert findings(STATEMENT) == ()


def test_a_subject_that_will_be_cut_off_is_a_warning() -> None:
    found = findings(Wording("Statement " * 12, None, "en", (Paragraph("P"),)))
    assert [(finding.severity, finding.kind) for finding in found] == [("warn", "long subject")]


def test_no_line_of_the_html_is_longer_than_mail_allows() -> None:
    blocks = (Paragraph("安全警察。" * 2000), Paragraph("安" * 3000), Paragraph("word " * 4000))
    made = mail(Wording("T", None, "zh-Hant", blocks))
    assert max(len(line.encode()) for line in made["html"].split("\n")) <= 998
    words = Page(made["html"]).words
    assert "安全警察。" * 2000 in words and "安" * 3000 in words


def test_the_same_statement_makes_the_same_mail() -> None:
    assert mail() == mail()


def test_lines_of_one_paragraph_stay_lines() -> None:
    made = mail(Wording("T", None, "en", (Paragraph("Ana\nBen"),)))
    assert "\nAna\nBen\n" in made["text"]
    assert re.search(r"Ana<br[^>]*>\nBen", made["html"])


@pytest.mark.parametrize(
    ("file", "before", "after", "line"),
    [
        ("body.html.j2", "words.web", "words.wob", "line 46"),
        ("body.txt.j2", "{% if url %}", "{% if url", "line 55"),
        ("subject.txt.j2", "{{ title }}", "{{ title | shout }}", "line 2"),
    ],
)
def test_a_template_error_blocks_and_says_where(
    tmp_path: Path, file: str, before: str, after: str, line: str
) -> None:
    (found,) = findings(STATEMENT, changed(tmp_path, file, before, after))
    assert (found.severity, found.where, found.kind) == ("block", "mail to press", "template")
    assert f"{file}, {line}: " in found.message


@pytest.mark.parametrize(
    ("before", "after"), [("[en]", "[en"), ("web = ", "wobble = "), ('"January", ', "")]
)
def test_wrong_fixed_words_block(tmp_path: Path, before: str, after: str) -> None:
    (found,) = findings(STATEMENT, changed(tmp_path, "words.toml", before, after))
    assert found.severity == "block" and "words.toml" in found.message


@pytest.mark.parametrize(
    ("file", "where"),
    [
        ("body.txt.j2", ["mail to press"]),
        ("notice.txt.j2", ["mail to press, notice of a withdrawal"]),
        ("frame.html.j2", ["mail to press", "mail to press, notice of a withdrawal"]),
    ],
)
def test_a_mail_without_a_way_out_is_blocked(tmp_path: Path, file: str, where: list[str]) -> None:
    found = findings(STATEMENT, changed(tmp_path, file, "{{ unsubscribe }}", ""))
    assert {(one.severity, one.kind) for one in found} == {("block", "no way out")}
    assert [one.where for one in found] == where


def test_the_notice_of_a_withdrawal_says_which_statement_and_what_to_do() -> None:
    notice = mail()["notice"]
    assert notice["subject"] == "Withdrawn: On the arrest of a writer"
    assert notice["text"].startswith(
        "We have withdrawn the following statement, which we sent you. Please do\n"
        "not quote it or pass it on.\n\n"
        "    On the arrest of a writer\n"
        "    1 March 2026\n\n"
    )
    page = Page(notice["html"])
    assert "We have withdrawn the following statement" in page.words
    assert "On the arrest of a writer" in page.words and "1 March 2026" in page.words


def test_the_notice_of_a_withdrawal_does_not_repeat_what_was_withdrawn() -> None:
    for part in mail()["notice"].values():
        assert "learned with dismay" not in part and "We call on" not in part


def test_the_notice_is_in_the_language_of_the_mail() -> None:
    made = mail(Wording("À propos d’une arrestation", None, "fr", STATEMENT.blocks))
    assert made["notice"]["subject"] == "Déclaration retirée : À propos d’une arrestation"
    assert "Nous avons retiré la déclaration suivante" in made["notice"]["text"]
    assert made["notice"]["html"].count('lang="fr"') > 1


def test_a_title_that_is_too_long_is_told_once() -> None:
    found = findings(Wording("A long title " * 12, None, "en", STATEMENT.blocks))
    assert [one.kind for one in found] == ["long subject"]


@pytest.mark.parametrize(
    "addition", ['<img src="https://example.org/open.gif">', "<script>1</script>"]
)
def test_a_template_cannot_add_what_tells_who_reads(tmp_path: Path, addition: str) -> None:
    (found,) = findings(STATEMENT, changed(tmp_path, "body.html.j2", "</h1>", f"</h1>{addition}"))
    assert (found.severity, found.kind) == ("block", "not inert")
