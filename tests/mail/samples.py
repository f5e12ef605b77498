"""Mails as readers get them: golden statements in several languages, and one that is awkward."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from distributor.newsletter.compile import Addressee, CompiledMail
from distributor.rendering.edition import ListTarget
from distributor.rendering.email import render_mail
from distributor.statements.values import Heading, ItemList, Quote, Wording
from tests.rendering.editions import TEMPLATES, edition, read_wording, wording

GOLDEN = Path(__file__).parents[1] / "rendering/golden"
WAY_OUT = "https://example.org/u/UNSUBSCRIBE-TOKEN"
TOKEN = "A1b2C3d4E5f6G7h8I9j0Kk"
ADDRESS = "https://example.org/reports/2026-05-14/the-case-of-the-editor-of-harbour-daily?page=12"

# Each language's statement, with the names a team would give its organisation and list.
_NAMES = {
    "arrest-en": ("The Parliamentary Forum", "Press releases"),
    "arrest-de": ("Parlamentarisches Forum für Pressefreiheit", "Pressemitteilungen"),
    "arrest-zh-hant": ("國會議員新聞自由論壇", "新聞稿"),
    "arrest-ar": ("المنتدى البرلماني لحرية الصحافة", "البيانات الصحفية"),
}
LANGUAGES = tuple(_NAMES)
NAMES = (*LANGUAGES, "awkward")


def statement(name: str) -> Wording:
    """The wording a sample is made from."""
    return _awkward() if name == "awkward" else read_wording(GOLDEN / f"{name}.toml")


def _awkward() -> Wording:
    """Every kind of block, with words and addresses that fit no narrow screen."""
    return wording(
        f"Der vollständige Bericht: {ADDRESS}.",
        Heading("Bundesinformationsfreiheitsgesetz"),
        Quote("„Wer eine Redakteurin verhaftet, verhaftet auch ihre Leserinnen.“"),
        ItemList(("Erstens: Freilassung.", f"Zweitens: {ADDRESS}"), ordered=True, start=9),
        ItemList(("Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz.",)),
        title="Zum Informationsfreiheitsanpassungsgesetz",
        language="de",
    )


def mail(name: str) -> dict[str, Any]:
    """The sample as it is frozen into a proof."""
    organisation, title = _NAMES.get(name, _NAMES["arrest-de"])
    sender = f"{organisation} <news@example.org>"
    target = ListTarget(
        "press", title, None, "press.example.org", sender, "press@example.org", WAY_OUT
    )
    words = statement(name)
    made, found = render_mail(words, edition(words, organisation=organisation), target, TEMPLATES)
    assert found == ()
    return made


def notice(name: str) -> dict[str, Any]:
    """What its readers would get if the sample were withdrawn."""
    made = mail(name)
    return {**made, **made["notice"]}


def message(name: str, make: Callable[[str], dict[str, Any]] = mail) -> bytes:
    """The sample as Ana gets it."""
    compiled = CompiledMail(
        make(name),
        date=dt.datetime.now(dt.UTC),
        message_id_domain="news.example.org",
        mailto="leave@example.org",
    )
    return compiled.fill(Addressee("ana@example.net", TOKEN, "campaign-1.reader-1", "Ana"))


def parsed(name: str, make: Callable[[str], dict[str, Any]] = mail) -> EmailMessage:
    """The sample as a mail program understands it."""
    return message_from_bytes(message(name, make), policy=policy.default)
