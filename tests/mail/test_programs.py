"""Every style of the mail works in the programs that docs/mail.md names (caniemail's data)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import tinycss2

from tests.mail.samples import NAMES, mail
from tests.servers.process import NODE_MODULES, fail_for_lack_of

DOCS = Path(__file__).parents[2] / "docs/mail.md"
_PROGRAM = re.compile(r"\b[a-z][a-z-]+\.[a-z][a-z-]+\b")
# Of the first version of CSS and understood everywhere, so caniemail has no page on it.
_EVERYWHERE = {"color"}
_LONGHANDS = ("margin", "padding", "border", "font")
_UNITS = {"%": "percent"}


@cache
def features() -> dict[str, Any]:
    """What caniemail knows of each feature, by the name of its page."""
    source = NODE_MODULES / "caniemail/data/caniemail.json"
    if not source.is_file():
        fail_for_lack_of("The data of caniemail")
    return {each["slug"]: each["stats"] for each in json.loads(source.read_bytes())["data"]}


def answer(feature: str, program: str) -> str:
    """What the newest test of a program found: y(es), a(lmost), n(o) or u(nknown).

    The newest stands last: some versions are numbers and some are dates.
    """
    family, platform = program.split(".")
    tests = features()[feature].get(family, {}).get(platform, {})
    return str([*tests.values()][-1])[0] if tests else "u"


def rows(mark: str) -> list[str]:
    """The programs in the rows of docs/mail.md that hold this."""
    lines = DOCS.read_text(encoding="utf-8").splitlines()
    return [
        program
        for line in lines
        if line.startswith("|") and mark in line
        for program in _PROGRAM.findall(line.rsplit("|", 2)[1])
    ]


def everywhere() -> set[str]:
    """The programs that every style must work in."""
    return set(rows("")) - {"caniemail.com"}


def of_declaration(text: str) -> Iterator[str]:
    """The features that one or more declarations use."""
    for one in tinycss2.parse_blocks_contents(text, skip_whitespace=True, skip_comments=True):
        assert one.type == "declaration", one
        if one.name not in _EVERYWHERE:
            yield _page_of(one.name)
        if one.important:
            yield "css-important"
        for token in one.value:
            if token.type in {"dimension", "percentage"}:
                unit = token.unit if token.type == "dimension" else "%"
                yield f"css-unit-{_UNITS.get(unit, unit)}"
            elif token.type == "function":
                yield f"css-function-{token.name}"
        if (one.name, one.value[-1].serialize()) == ("display", "none"):
            yield "css-display-none"


def _page_of(name: str) -> str:
    if f"css-{name}" in features():
        return f"css-{name}"
    return next(f"css-{short}" for short in _LONGHANDS if name.startswith(f"{short}-"))


def inline(page: str) -> set[str]:
    """The features used in the elements themselves."""
    return {
        feature for text in re.findall(r'style="([^"]*)"', page) for feature in of_declaration(text)
    }


def queries(page: str) -> Iterator[tuple[str, set[str]]]:
    """Each media query of the page, with the features used under it."""
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    for rule in tinycss2.parse_stylesheet(style, skip_whitespace=True, skip_comments=True):
        if rule.type == "at-rule":
            assert rule.at_keyword == "media"
            query = tinycss2.serialize(rule.prelude).strip()
            inner = tinycss2.parse_rule_list(rule.content, skip_whitespace=True)
            yield (
                query.split(":")[0],
                {
                    feature
                    for each in inner
                    for feature in of_declaration(tinycss2.serialize(each.content))
                },
            )


def unsupported(used: Iterable[str], programs: Iterable[str]) -> list[str]:
    asked = [(feature, program) for feature in sorted(used) for program in sorted(programs)]
    return [
        f"{feature} in {program}" for feature, program in asked if answer(feature, program) == "n"
    ]


def test_the_documentation_names_programs_that_were_tested() -> None:
    tested = {
        f"{family}.{kind}"
        for each in features().values()
        for family in each
        for kind in each[family]
    }
    assert len(everywhere()) > 20 and everywhere() <= tested


@pytest.mark.parametrize("name", NAMES)
def test_styles_work_in_every_program(name: str) -> None:
    used = inline(mail(name)["html"])
    assert len(used) > 10
    assert unsupported(used, everywhere()) == []


@pytest.mark.parametrize(
    ("query", "feature"),
    [
        ("(prefers-color-scheme", "css-at-media-prefers-color-scheme"),
        ("(max-width", "css-at-media"),
    ],
)
def test_extras_work_where_the_documentation_says(query: str, feature: str) -> None:
    found = dict(queries(mail("awkward")["html"]))
    programs = rows(f"`@media {query})`")
    assert len(programs) > 4
    assert unsupported({feature} | found[query], programs) == []


def test_there_are_no_other_extras() -> None:
    assert [query for query, _ in queries(mail("awkward")["html"])] == [
        "(max-width",
        "(prefers-color-scheme",
    ]
