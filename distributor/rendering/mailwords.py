"""The fixed words of the mails in each language, and dates written out in it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import msgspec

from .templates import TemplateFault
from .wordtables import read_table


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table of one language in words.toml."""

    reason: str
    unsubscribe: str
    web: str
    withdrawn: str
    withdrawal: str
    date: str
    months: list[str]
    correction: str  # the subject of a mail that corrects an earlier one
    corrects: str  # what such a mail begins with
    changed: str  # before the passages that are new in it
    removed: str
    first_day: str | None = None  # French writes the first of a month "1er"


@dataclass(frozen=True, slots=True)
class Words:
    """The fixed words in one language."""

    language: str
    table: _Table

    @property
    def unsubscribe(self) -> str:
        """The label of the way out."""
        return self.table.unsubscribe

    @property
    def web(self) -> str:
        """The label of the link to the statement on the web."""
        return self.table.web

    @property
    def withdrawal(self) -> str:
        """What a reader is told when the statement was withdrawn."""
        return self.table.withdrawal

    def withdrawn(self, title: str) -> str:
        """The heading of that notice."""
        return self.table.withdrawn.replace("{title}", title)

    def reason(self, title: str, organisation: str) -> str:
        """Why the reader gets this mail."""
        filled = self.table.reason.replace("{list}", title)
        return filled.replace("{organisation}", organisation)

    def corrects(self, title: str) -> str:
        """That a mail corrects the statement of this title."""
        return self.table.corrects.replace("{title}", title)

    def date(self, day: dt.date) -> str:
        """The date as the language writes it out."""
        first = self.table.first_day if day.day == 1 else None
        filled = self.table.date.replace("{year}", str(day.year))
        filled = filled.replace("{month}", self.table.months[day.month - 1])
        return filled.replace("{day}", first or str(day.day))


def read_words(path: Path, language: str) -> Words:
    """The words in this language, or the nearest there is, or English.

    Raises TemplateFault when the file is not as it should be.
    """
    known, table = read_table(path, language, _Table)
    if len(table.months) != 12:
        raise TemplateFault(path.name, None, f"[{known}]: months must be twelve")
    return Words(known, table)
