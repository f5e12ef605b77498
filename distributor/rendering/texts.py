"""Rules for the words themselves: each looks at one text and says what it finds, or nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Literal

import regex

from .links import find_links

Rule = Callable[[str, str], str | None]


def _placeholder(text: str, language: str) -> str | None:
    plain = _without_links(text)
    found = _PLACEHOLDER.search(plain)
    others = plain.replace("TEST", "")
    if not found or (found[0] == "TEST" and others.isupper()):  # a headline in capitals
        return None
    return f"“{found[0]}” looks like a placeholder. Write what belongs there."


def _without_links(text: str) -> str:
    for start, end in reversed([*find_links(text)]):
        text = text[:start] + text[end:]
    return text


# "XX" is also a Roman number: siglo XX, XX век, Title XX, XX. Parteitag.
_NUMBERED = (
    "siglo|secolo|század|století|title|chapter|article|part|section|annex|protocol|volume|bowl"
    "|titel|kapitel|artikel|teil|band|titre|chapitre|partie|título|capítulo|artículo|čl[.]|art[.]"
)
_PLACEHOLDER = regex.compile(
    r"\bTEST\b|\bTKK?\b|\bTKTK\b|\bTODO\b|\bTB[CDA]\b|(?i:\A\W*test(?:\W+test)*\W*\Z)"
    rf"|(?<!\b(?i:{_NUMBERED})\s)(?:(?i:\bXXX+\b)"
    r"|\bXX\b(?!\.|e\b|th\b| век| столі| століття| century| Congress))"
    r"|(?i:\blorem ipsum\b)|_{3,}|\{\{?\s*[\w. -]+\s*\}?\}|%[A-Z_]{3,}%"
    r"|(?i:[\[<](?:(?:first|last|full|your) )?(?:name|surname|date|place|quote|insert[^\]]*|link"
    r"|title|number|organi[sz]ation|TBC|XX?)(?: to come| here)?[\]>])"
)


def _leftover(text: str, language: str) -> str | None:
    found = _LEFTOVER.search(text)
    return (
        f"“{found[0].strip()}” looks like a leftover of the page it was copied from."
        if found
        else None
    )


_LEFTOVER = re.compile(
    r"\A\W*(?:next article|previous article|read more|read next|share this|share on|click here"
    r"|back to top|skip to (?:main )?content|print this page|related (?:articles|posts)|cookie"
    r"|subscribe to our newsletter|advertisement|weiterlesen|nächster artikel|lire la suite"
    r"|article suivant|leer más|artículo siguiente|další článek|číst dále|читати далі"
    r"|下一篇|上一篇|分享到|閱讀更多|阅读更多|次の記事|続きを読む|اقرأ المزيد)\b.{0,30}\Z"
    r"|\A\W*(?:continue reading|accept (?:all )?cookies)\W*\Z"
    r"|&(?:nbsp|amp|quot|apos|lt|gt|[lr][sd]?a?quo|hellip|[mn]dash|bull|shy|[aeioun](?:acute|grave"
    r"|circ|uml|tilde)|ccedil|szlig|#x?[\da-f]+);|\\u[\da-f]{4}|[?&]utm_\w+=|[?&](?:fb|g)clid="
    r"|\[/?(?:caption|gallery|embed|video|audio)\b[^\]]*\]|</?(?:p|br|div|span|a|b|i|strong|em)\b[^>]*>"
    r"|â€[™œ\u009d“”]|Ã[©¨¤¶¼]|ï»¿|Â[\u00a0«»]|\ufffd",
    re.IGNORECASE,
)


def _invisible(text: str, language: str) -> str | None:
    rule = _INVISIBLE if script(language) in _RIGHT_TO_LEFT else _INVISIBLE_LTR
    found = rule.findall(_FLAG.sub("", text))
    names = sorted({_name(character) for character in found})
    if not names:
        return None
    return f"It holds invisible characters ({', '.join(names)}). Type the passage again."


# ZWNJ and ZWJ belong to Persian, Urdu, Indic scripts and emoji; they are left alone. So are
# the marks of direction where some words run the other way.
_HIDDEN = (
    "\u00ad\u034f\u115f\u1160\u180e\u200b\u2028-\u202e\u2060-\u2064\u2066-\u2069\u3164\ufeff\uffa0"
    "\x00-\x08\x0b-\x1f\x7f-\x9f\U000e0000-\U000e007f"
)
_INVISIBLE = re.compile(f"[{_HIDDEN}]")
_INVISIBLE_LTR = re.compile(f"[{_HIDDEN}\u061c\u200e\u200f]")
_RIGHT_TO_LEFT = frozenset({"Arabic", "Hebrew"})
_FLAG = re.compile(
    "\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"
)  # of Scotland, in invisible letters


def _name(character: str) -> str:
    return unicodedata.name(character, f"U+{ord(character):04X}").lower()


def _mixed(text: str, language: str) -> str | None:
    found = next((word for word in _MIXED.findall(text) if _looks_alike(word)), None)
    return f"“{found}” mixes letters of two alphabets that look alike." if found else None


_MIXED = regex.compile(
    r"\b(?:\p{Latin}+[\p{Cyrillic}\p{Greek}]|[\p{Cyrillic}\p{Greek}]+\p{Latin})[\p{L}]*"
)
_ALIKE_LATIN = frozenset("aceijopxyABCEHIKMNOPTXYZ")
_ALIKE_OTHERS = frozenset("асеіјорѕхуАВСЕНІЈКМОРТХУЅ" + "οναΑΒΕΖΗΙΚΜΝΟΡΤΥΧ")


def _looks_alike(word: str) -> bool:
    """Whether all its letters of one alphabet look like the other's: not in Δt, Facebookом."""
    latin = set(regex.findall(r"\p{Latin}", word))
    return latin <= _ALIKE_LATIN or set(word) - latin <= _ALIKE_OTHERS


def _language(text: str, language: str) -> str | None:
    expected = script(language)
    text = _EMAIL.sub("", _without_links(text))
    letters = regex.findall(r"\p{L}", text)
    if len(letters) < 20:
        return None
    own = len(regex.findall(_CLASSES.get(expected, rf"\p{{{expected}}}"), text))
    if own * 3 >= len(letters):
        return None
    return f"The text is marked as {language}, but is not written in {expected} script."


_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def script(language: str) -> str:
    """The script that a language (BCP 47) is usually written in."""
    return _SCRIPTS.get(language.split("-")[0], "Latin")


_SCRIPTS = {
    **dict.fromkeys(("ar", "fa", "ug", "ur", "ps", "ckb", "sd"), "Arabic"),
    **dict.fromkeys(("uk", "ru", "be", "bg", "mk", "sr", "kk", "mn"), "Cyrillic"),
    **dict.fromkeys(("zh", "yue"), "Chinese"),
    "ja": "Japanese",
    "ko": "Korean",
    "he": "Hebrew",
    "el": "Greek",
    "bo": "Tibetan",
    "hy": "Armenian",
    "ka": "Georgian",
    "th": "Thai",
    "hi": "Devanagari",
}
_CLASSES = {
    "Chinese": r"\p{Han}",
    "Japanese": r"[\p{Han}\p{Hiragana}\p{Katakana}]",
    "Korean": r"\p{Hangul}",
}

TEXT_RULES: tuple[tuple[Literal["block", "warn"], str, Rule], ...] = (
    ("block", "placeholder", _placeholder),
    ("warn", "page leftover", _leftover),
    ("warn", "invisible characters", _invisible),
    ("warn", "mixed scripts", _mixed),
    ("warn", "language", _language),
)
