"""The CSV file of subscribers: what is read of it, and that a spreadsheet may open it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.errors import BadInput
from distributor.newsletter.subscriber_file import (
    COLUMNS,
    BadRow,
    Row,
    SubscriberFile,
    guarded,
    to_csv_row,
    unguarded,
)

ANA = Row(2, "ana@example.org", "Ana", "en", "", "")

FILES = {
    "as documented": "email,name,language\nana@example.org,Ana,en\n",
    "another order": "language,email,name\nen,ana@example.org,Ana\n",
    "capitals and spaces": "EMail , NAME,Language\n ana@example.org , Ana , en \n",
    "byte order mark": "\ufeffemail,name,language\nana@example.org,Ana,en\n",
    "Windows line ends": "email,name,language\r\nana@example.org,Ana,en\r\n",
    "semicolons": "email;name;language\nana@example.org;Ana;en\n",
    "quoted": '"email","name","language"\n"ana@example.org","Ana","en"\n',
    "no line end at the end": "email,name,language\nana@example.org,Ana,en",
    "a column of somebody's own": "email,shoes,name,language\nana@example.org,38,Ana,en\n",
    "empty cells at the end": "email,name,language\nana@example.org,Ana,en,,\n",
    "blank lines after": "email,name,language\nana@example.org,Ana,en\n\n,,\n",
    "guarded cells": "email,name,language\n'+ana@example.org,'=Ana,en\n",
}

BROKEN = {
    "nothing": ("", "empty"),
    "blank": ("\ufeff\n\n", "empty"),
    "no header": ("ana@example.org,Ana\n", "email,name,language"),
    "a column twice": ("email,name,email\n", "twice"),
    "quotation mark never closed": ('email,name\nana@example.org,"Ana\n', "Line 2"),
    "quotation mark out of place": ('email,name\nana@example.org,"A" na\n', "Line 2"),
}

BAD_ROWS = {
    "no address": ("email,name\n,Ana\n", "empty"),
    "no cell for the address": ("name,email\nAna\n", "empty"),
    "bad address": ("email\nana at example.org\n", "name@domain"),
    "bad name": ("email,name\nana@example.org,A\0na\n", "name"),
    "bad language": ("email,language\nana@example.org,English\n", "language"),
    "too many cells": ("email,name\nana@example.org,Writes,Ana\n", "more cells"),
}


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_a_file_may_be_written_in_many_ways(text: str) -> None:
    (row,) = SubscriberFile(_lines(text))
    assert isinstance(row, Row)
    assert row.address.removeprefix("+") == ANA.address
    assert (row.line, row.name.removeprefix("="), row.language) == (2, "Ana", "en")


@pytest.mark.parametrize(("text", "why"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_refused_before_its_first_row(text: str, why: str) -> None:
    with pytest.raises(BadInput, match=why) as refusal:
        SubscriberFile(_lines(text))
    assert "ana@" not in str(refusal.value)


def test_a_file_in_another_encoding_is_refused_however_late_that_shows() -> None:
    data = b"email\n" + b"ana@example.org\n" * 10_000 + b"J\xfcrgen\n"
    with pytest.raises(BadInput, match="UTF-8"):
        SubscriberFile(io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))


@pytest.mark.parametrize(("text", "why"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_bad_row_says_its_line_and_why(text: str, why: str) -> None:
    (row,) = SubscriberFile(_lines(text))
    assert isinstance(row, BadRow)
    assert row.line == 2
    assert why in row.reason
    assert "example" not in row.reason


def test_a_row_over_two_lines_counts_the_last_one() -> None:
    first, second = SubscriberFile(_lines('email,name\nana@example.org,"A\nna"\nben\n'))
    assert (first.line, second.line) == (3, 4)


@pytest.mark.parametrize("cell", ["=1+1", "+44", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1"])
def test_a_spreadsheet_runs_no_cell(cell: str) -> None:
    assert guarded(cell)[0] == "'"


@given(st.text("'=+-@\t\ra 1", max_size=6))
def test_the_guard_comes_off_again(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell


def test_a_record_becomes_a_row_in_the_order_of_the_columns() -> None:
    record = dict.fromkeys(COLUMNS, "x") | {"name": "=x", "confirmed_at": None}
    assert to_csv_row(record) == ["x", "'=x", "x", "x", "x", "x", "x", "", "x"]


def test_what_was_written_can_be_read() -> None:
    record = dict.fromkeys(COLUMNS, "") | {"email": "+a@b.org", "name": "=A\"'n,a;", "list": "p"}
    out = io.StringIO(newline="")
    csv.writer(out).writerows([COLUMNS, to_csv_row(record)])
    read: Iterator[Row | BadRow] = iter(SubscriberFile(_lines(out.getvalue())))
    assert next(read) == Row(2, "+a@b.org", "=A\"'n,a;", "", "p", "")
