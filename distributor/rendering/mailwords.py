"""The fixed words of the mails in each language, and dates written out in it."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from .languages import nearest
from .templates import TemplateFault


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table of one language in words.toml."""

    reason: str
    unsubscribe: str
    web: str
    date: str
    months: list[str]
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

    def reason(self, title: str, organisation: str) -> str:
        """Why the reader gets this mail."""
        filled = self.table.reason.replace("{list}", title)
        return filled.replace("{organisation}", organisation)

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
    tables = _tables(path)
    return _choose(path, tables, nearest(language, tables, "en"))


def _tables(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise TemplateFault(path.name, None, reason or "cannot be read") from None


def _choose(path: Path, tables: Mapping[str, Any], language: str) -> Words:
    try:
        table = msgspec.convert(tables[language], _Table)
    except KeyError:
        raise TemplateFault(path.name, None, f"there is no [{language}]") from None
    except msgspec.ValidationError as error:
        raise TemplateFault(path.name, None, f"[{language}]: {error}") from None
    if len(table.months) != 12:
        raise TemplateFault(path.name, None, f"[{language}]: months must be twelve")
    return Words(language, table)
