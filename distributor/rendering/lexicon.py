"""What the program knows of the words of each language (lexicon.toml), ready for use.

A language that is missing there loses comfort, never text: without verbs,
paragraphs are ranked by their place alone.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from .languages import nearest

_WITHOUT_SPACES = ("ja", "zh")
_WITH_PREFIXES = {"ar": "[وف]?"}  # "and" and "so" are written onto the word
_ABOUT_A_NAME = re.compile(
    r"\W*(?:About (?:the )?[A-Z]|Über (?:die )?[A-Z]{2})|\W*(?:Ends|ENDS)\W*\Z"
    r"|\W*Über (?:das (?:Bündnis|Netzwerk|Forum)|die (?:Organisation|Stiftung|Allianz)"
    r"|den (?:Verein|Verband))\W*\Z|\W*Sobre (?:la (?:organización|alianza|red)|el foro)\W*\Z"
)
_FEW_WORDS = re.compile(r"\W*[^\s,;.]+(?:\s[^\s,;.]+){0,4}\s?")
_TITLES_ANYWHERE = frozenset({"Dr", "Prof", "St", "vs", "cf"})
_NUMBERED_ANYWHERE = frozenset({"tel", "Tel", "tél", "Tél", "тел", "fax", "Fax", "ext"})


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one language; the classes are explained in lexicon.toml."""

    titles: frozenset[str]
    numbered: frozenset[str]
    ordinals: bool
    openers: frozenset[str]
    backward: re.Pattern[str] | None
    demands: re.Pattern[str] | None
    positions: re.Pattern[str] | None
    guarded: re.Pattern[str] | None
    leaning: re.Pattern[str] | None
    denials: re.Pattern[str] | None
    speech: re.Pattern[str] | None

    def is_numbered(self, word: str) -> bool:
        """Whether a number follows this abbreviation, which may begin a sentence ("Čl. 19")."""
        return word in self.numbered or word[:1].lower() + word[1:] in self.numbered


@cache
def lexicon(language: str) -> Lexicon:
    """The words of a language (BCP 47), of its nearest relative, or none."""
    known = nearest(language, _tables().keys(), "")
    table: Mapping[str, Any] = _tables().get(known, {})
    before = "" if known.startswith(_WITHOUT_SPACES) else r"(?<!\w)" + _WITH_PREFIXES.get(known, "")
    after = "" if known.startswith(_WITHOUT_SPACES) else r"(?!\w)"
    return Lexicon(
        titles=frozenset(table.get("titles", ())) | _TITLES_ANYWHERE,
        numbered=frozenset(table.get("numbered", ())) | _NUMBERED_ANYWHERE,
        ordinals=table.get("ordinals", False),
        openers=frozenset(table.get("openers", ())),
        backward=_pattern(table, "backward", r"\A\W*" + before, after),
        demands=_pattern(table, "demands", before),
        positions=_pattern(table, "positions", before),
        guarded=_guarded(table, before, after),
        leaning=_pattern(table, "leaning", before, after + _unless(table, "times")),
        denials=_pattern(table, "denials", before, after),
        speech=_pattern(table, "speech", before, after + _unless(table, "unspoken")),
    )


def is_aside(heading: str) -> bool:
    """Whether what stands under this heading is not the statement itself: contacts, notes."""
    return bool(_phrases("asides").match(heading) or _ABOUT_A_NAME.match(heading))


def is_run_in_aside(text: str) -> bool:
    """Whether a paragraph begins with such a heading: "About the Forum: Founded in 2016, …"."""
    heading, _, rest = re.sub("[:：]", ":", text, count=1).partition(":")
    return bool(rest.strip()) and bool(_FEW_WORDS.fullmatch(heading)) and is_aside(f"{heading}:")


def is_preface(text: str) -> bool:
    """Whether this says that a statement follows: "The following statement was issued by …"."""
    return bool(_phrases("prefaces").match(text))


def is_greeting(text: str) -> bool:
    """Whether this is how a letter begins: "To: the President", "Dear Madam President,"."""
    return bool(_phrases("greetings").match(text)) and text[-1] not in ".。?？"


def is_farewell(text: str) -> bool:
    """Whether this is a formula that ends a letter: "Veuillez agréer …"."""
    return bool(_phrases("farewells").match(text))


def is_signature(text: str) -> bool:
    """Whether this line introduces the names of those who signed: "Signed:", "Yours sincerely,"."""
    return bool(_phrases("signatures").match(text))


@cache
def _tables() -> Mapping[str, Any]:
    source = resources.files(__package__).joinpath("lexicon.toml").read_text(encoding="utf-8")
    return tomllib.loads(source)


@cache
def _phrases(name: str) -> re.Pattern[str]:
    """All phrases of one class, in every language, as whole words at the beginning."""
    phrases = _tables()["everywhere"][name]
    return re.compile(rf"\W*(?:{_alternatives(phrases)})", re.IGNORECASE)


def _pattern(
    table: Mapping[str, Any], name: str, before: str, after: str = ""
) -> re.Pattern[str] | None:
    words = table.get(name)
    if not words:
        return None
    return re.compile(rf"{before}(?:{_alternatives(words)}){after}", re.IGNORECASE)


def _guarded(table: Mapping[str, Any], before: str, after: str) -> re.Pattern[str] | None:
    """Stems of hedges, and whole words of negation: "not", but not "noted"."""
    if "guarded" not in table:
        return None
    stems, words = (_alternatives(table.get(name, [])) for name in ("guarded", "negations"))
    whole = rf"|{before}(?:{words}){after}" if words else ""
    return re.compile(rf"{before}(?:{stems}){whole}|\w+n['’]t(?!\w)", re.IGNORECASE)


def _unless(table: Mapping[str, Any], name: str) -> str:
    words = table.get(name)
    return rf"(?!\s+(?:{_alternatives(words)})(?!\w))" if words else ""


def _alternatives(words: list[str]) -> str:
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in words)
