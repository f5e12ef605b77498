"""The CSV file subscribers come in and go out by."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from distributor.errors import BadInput

from .addresses import clean_address, clean_language, clean_name

COLUMNS = (
    "email",
    "name",
    "language",
    "list",
    "state",
    "basis",
    "requested_at",
    "confirmed_at",
    "unsubscribed_at",
)
_READ = frozenset({"email", "name", "language", "list", "state"})

# A spreadsheet runs a cell that begins so. The apostrophes before it are counted in,
# so that what the guard adds can be taken off again without a doubt.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


@dataclass(frozen=True, slots=True)
class Row:
    """One person of a file, cleaned; `list` and `state` only from an exported file."""

    line: int
    address: str
    name: str
    language: str
    list: str
    state: str


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be used; the reason never repeats the address."""

    line: int
    reason: str


class SubscriberFile:
    """A file read to its end, so that a broken one is refused before anything is stored.

    Raises BadInput when it is no UTF-8 text, no CSV, or names no `email` column.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        try:
            self._lines = list(lines)
        except UnicodeDecodeError:
            raise BadInput("The file is not UTF-8 text. Save it as “CSV UTF-8”.") from None
        if not any(line.strip("\ufeff\r\n ") for line in self._lines):
            raise BadInput("The file is empty. Its first line must be: email,name,language")
        self._lines[0] = self._lines[0].removeprefix("\ufeff")
        header = self._lines[0]
        self._delimiter = ";" if ";" in header and "," not in header else ","
        names = next(csv.reader([header], delimiter=self._delimiter))
        self._columns, self._width = _columns(names), len(names)
        for _ in self._cells():
            pass

    def __iter__(self) -> Iterator[Row | BadRow]:
        """The rows in order, each cleaned; blank lines are passed over."""
        for line, cells in self._cells():
            yield self._read(line, cells)

    def _cells(self) -> Iterator[tuple[int, list[str]]]:
        """Each row that is not blank, with the number of its last line."""
        reader = csv.reader(self._lines, delimiter=self._delimiter, strict=True)
        try:
            next(reader)
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield reader.line_num, cells
        except csv.Error:
            raise BadInput(
                f"Line {reader.line_num} is not CSV: a quotation mark is out of place, or "
                "never closed. Correct it; nothing was imported."
            ) from None

    def _read(self, line: int, cells: list[str]) -> Row | BadRow:
        found = {name: cells[at] for name, at in self._columns.items() if at < len(cells)}
        try:
            if any(cell.strip() for cell in cells[self._width :]):
                raise BadInput("The row has more cells than the first line.")
            return Row(
                line,
                address=clean_address(unguarded(found.get("email", "").strip())),
                name=clean_name(unguarded(found.get("name", ""))),
                language=clean_language(found.get("language", "")),
                list=unguarded(found.get("list", "").strip()),
                state=found.get("state", "").strip().lower(),
            )
        except BadInput as refusal:
            return BadRow(line, str(refusal))


def _columns(header: list[str]) -> dict[str, int]:
    """Where each column that is read stands. Raises BadInput; never shows the line itself."""
    names = [cell.strip().lower() for cell in header]
    for name in _READ:
        if names.count(name) > 1:
            raise BadInput(f"The first line names the column “{name}” twice. Remove one.")
    if "email" not in names:
        raise BadInput(
            "The first line does not name a column “email”. It must be email,name,language."
        )
    return {name: at for at, name in enumerate(names) if name in _READ}


def to_csv_row(record: Mapping[str, str | None]) -> list[str]:
    """The cells of an exported record, in the order of COLUMNS, harmless in a spreadsheet."""
    return [guarded(record[column] or "") for column in COLUMNS]


def guarded(cell: str) -> str:
    """The cell with an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """The cell as it was before `guarded`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell, 1) else cell
