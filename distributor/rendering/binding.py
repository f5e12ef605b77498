"""What stands or falls together, and what stands beside the statement.

A list belongs to the sentence that introduces it, a heading to its text, a farewell
to the names below it. Notes to editors, contacts and footnotes are no part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from .lexicon import is_aside, is_farewell, is_preface, is_run_in_aside, is_signature
from .quotations import OPENING, is_spoken
from .units import SHORT, Role, Sentence, Unit

_CONTACT = re.compile(r"(?<![\w.+@-])[\w.+-]+@[\w-]+\.\w|\+\d[\d ()/-]{7,}")


def bind_rows(units: Iterable[Unit]) -> list[Unit]:
    """Join the rows of a table, or names one below the other."""
    bound: list[Unit] = []
    for is_row, group in groupby(units, key=_is_row):
        rows = list(group)
        if is_row and len(rows) > 1:
            *upper, last = (row.sentences[0] for row in rows)
            tied = (replace(row, introduces=True) for row in upper)
            rows = [Unit(Role.SIGNATURES, (*tied, last))]
        bound += rows
    return bound


def _is_row(unit: Unit) -> bool:
    """Whether a unit is a few words that are no sentence and say nothing of ours."""
    first = unit.sentences[0] if unit.sentences else None
    if first is None or first.kind != "paragraph" or unit.role is not Role.BACKGROUND:
        return False
    words = first.text
    short = len(unit.sentences) == 1 and len(words) <= SHORT and not first.greets
    beside = is_aside(words) or is_signature(words) or _CONTACT.search(words)
    return short and not beside and (words[-1].isalnum() or words[-1] in ",)），、")


def bind_lists(units: list[Unit]) -> list[Unit]:
    """Join lists to what introduces them, and quotations to what names their speaker."""
    bound: list[Unit] = []
    for unit in units:
        if bound and unit.sentences and _belongs(bound[-1], unit):
            unit = _joined(bound.pop(), unit)
        if unit.sentences:
            bound.append(unit)
    return bound


def _belongs(before: Unit, unit: Unit) -> bool:
    """Whether a unit cannot be told without the one before it, or the other way round."""
    last, first = before.sentences[-1], unit.sentences[0]
    if first.kind == "item":
        return last.kind in {"paragraph", "heading"}
    if first.kind == "heading" or last.kind not in {"paragraph", "quote"}:
        return False
    if first.text[0] in "—–―":  # — and the speaker's name
        return last.kind == "quote" or is_spoken(last.text)
    goes_on = last.speaking and first.text[0] in OPENING
    unfinished = _is_farewell(first) and (last.text[-1].isalnum() or last.text[-1] in ",，،")
    return goes_on or unfinished or last.text.endswith((":", "："))


def _is_farewell(sentence: Sentence) -> bool:
    """Whether the names of those who signed follow: "Signed:", "Yours sincerely,"."""
    is_line = sentence.kind != "item" and _is_line(sentence.text)
    return is_farewell(sentence.text) or (is_line and is_signature(sentence.text))


def _is_line(text: str) -> bool:
    """Whether this is no sentence but a line: "Signed:", "Media contact"."""
    return len(text) <= SHORT and text[-1] not in ".。!！?？"


def _joined(before: Unit, unit: Unit) -> Unit:
    *earlier, last = before.sentences
    role = max(before.role, unit.role)
    if unit.sentences[0].kind == "item" and is_signature(last.text):
        role = Role.SIGNATURES
    return Unit(role, (*earlier, replace(last, introduces=True), *unit.sentences))


def bind_headings(units: list[Unit]) -> list[Unit]:
    """Join each heading, and a letter's greeting, to what follows it: alone it says nothing."""
    bound: list[Unit] = []
    heading: tuple[Sentence, ...] = ()
    for unit in units:
        if not unit.body:
            heading += tuple(replace(sentence, introduces=True) for sentence in unit.sentences)
        else:
            bound.append(replace(unit, sentences=heading + unit.sentences))
            heading = ()
    return bound


def mark_asides(units: list[Unit]) -> list[Unit]:
    """Find notes, contacts, footnotes and names of signatories."""
    marked: list[Unit] = []
    beside: Role | None = None
    for _, group in groupby(units, key=lambda unit: unit.block):
        paragraph = [*group]
        views = any(unit.role > Role.BACKGROUND for unit in paragraph)
        if is_run_in_aside(paragraph[0].sentences[0].text) and not views:
            marked += (replace(unit, role=Role.ASIDE) for unit in paragraph)
            continue
        for unit in paragraph:
            beside = _beside(unit, beside)
            marked.append(replace(unit, role=unit.role if beside is None else beside))
            if beside is Role.ASIDE and _is_single_aside(unit):
                beside = None
    return marked


def bind_signatures(units: list[Unit]) -> list[Unit]:
    """Join "Yours sincerely," to the names below it: neither is told without the other."""
    bound: list[Unit] = []
    for signs, group in groupby(units, key=lambda unit: unit.role is Role.SIGNATURES):
        if signs:
            signed = (s for unit in group for s in unit.sentences)
            tied = (replace(s, introduces=s.introduces or _is_farewell(s)) for s in signed)
            bound.append(Unit(Role.SIGNATURES, tuple(tied)))
        else:
            bound += group
    return bound


def _beside(unit: Unit, current: Role | None) -> Role | None:
    """Whether this unit begins, ends or continues what stands beside the statement."""
    first = unit.sentences[0]
    if is_aside(first.text) and (first.kind == "heading" or _is_line(first.text)):
        return Role.ASIDE
    if any(map(_is_farewell, unit.sentences)):
        return Role.SIGNATURES
    if first.kind == "heading":
        return None
    return Role.ASIDE if current is None and _is_single_aside(unit) else current


def _is_single_aside(unit: Unit) -> bool:
    """A preface, a footnote, or background with somebody's address or telephone number in it."""
    first = unit.sentences[0]
    if is_preface(first.text) and len(unit.sentences) == 1:
        return True
    if unit.role > Role.BACKGROUND:
        return False
    text = " ".join(sentence.text for sentence in unit.sentences)
    footnote = re.match(r"\[\d+\]|[¹²³⁴-⁹]", text)
    return first.kind == "paragraph" and bool(footnote or _CONTACT.search(text))
