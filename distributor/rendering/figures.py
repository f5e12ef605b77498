"""The figures in a text as numbers, whatever script, separators and units write them.

"HKD 18 million", "1.800 Mio." and "1800萬港元" are the same kind of thing: a
number that a translation must not change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

_GROUPS = ".,'’٬ \u00a0\u2009\u202f"
_FIGURE = re.compile(
    rf"(?<!\d)(?:\d{{1,3}}(?:[{_GROUPS}]\d{{3}})+(?!\d)|\d+)(?:[.,٫]\d+)?", re.UNICODE
)
# Months are words in one language and numbers in the next: a date keeps its day and year.
_DOTTED_DATE = re.compile(r"(?<!\d)(\d{1,2})\.\s?\d{1,2}\.\s?(\d{4})(?!\d)")
_ISO_DATE = re.compile(r"(?<!\d)(\d{4})-\d{2}-(\d{2})(?!\d)")
_MONTH = re.compile(r"(?<!\d)\d{1,2}\s?[月월]")

_MULTIPLES = {
    10**3: r"thousand tausend tsd mille\b mil\b(?!\smillones) tisíc тис ألف آلاف مىڭ 千",
    10**4: "萬 万",
    10**6: "million mio millón millones milion мільйон млн مليون ملايين مىليون 百萬 百万",
    10**8: "億 亿",
    10**9: r"milliard mrd miliard bn\b мільярд млрд مليار مىليارد mil\smillones 十億 十亿",
    10**12: "billion billón billones bilion trillion 兆",
}
_ENGLISH = {"billion": 10**9}  # everywhere else it is a million millions
_MULTIPLE = {word: power for power, words in _MULTIPLES.items() for word in words.split()}
_AFTER = [
    (re.compile(rf"[\s\u00a0-]?{word}", re.IGNORECASE), word, _MULTIPLE[word])
    for word in sorted(_MULTIPLE, key=len, reverse=True)
]

_HAN = re.compile("[〇零一二兩两三四五六七八九十百千萬万億亿]{2,}")
_HAN_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")}
_HAN_DIGITS |= {"〇": 0, "兩": 2, "两": 2}
_HAN_UNITS = {"十": 10, "百": 100, "千": 1000, "萬": 10**4, "万": 10**4, "億": 10**8, "亿": 10**8}


def figures(text: str, language: str) -> set[Decimal]:
    """Every number that the text writes in digits, multiplied by the word or sign after it."""
    return set(written_figures(text, language))


def written_figures(text: str, language: str) -> dict[Decimal, str]:
    """The same numbers, each with how the text writes it."""
    return dict(_figures(text, language))


def _figures(text: str, language: str) -> Iterator[tuple[Decimal, str]]:
    text = _MONTH.sub(" ", _ISO_DATE.sub(r"\1 – \2", _DOTTED_DATE.sub(r"\1 – \2", text)))
    for match in _FIGURE.finditer(text):
        yield _value(match[0]) * _multiple(text, match.end(), language), match[0]


def _value(figure: str) -> Decimal:
    """The number: a separator before three digits groups them, any other is a decimal point."""
    whole = re.sub(rf"[{_GROUPS}](?=\d{{3}}(?!\d))", "", figure)
    return Decimal(re.sub("[,٫]", ".", whole))


def _multiple(text: str, end: int, language: str) -> int:
    for pattern, word, power in _AFTER:
        if pattern.match(text, end):
            return _ENGLISH.get(word, power) if language.split("-")[0] == "en" else power
    return 1


def han_numbers(text: str) -> set[Decimal]:
    """Numbers in Chinese characters: 二百四十 is 240, 二〇二六 is 2026."""
    return {Decimal(_han_value(match[0])) for match in _HAN.finditer(text)}


def _han_value(written: str) -> int:
    if not any(sign in _HAN_UNITS for sign in written):
        return int("".join(str(_HAN_DIGITS[sign]) for sign in written))
    total = section = digit = 0
    for sign in written:
        unit = _HAN_UNITS.get(sign)
        if unit is None:
            digit = _HAN_DIGITS[sign]
        elif unit < 10**4:
            section, digit = section + (digit or 1) * unit, 0
        else:
            part, section, digit = section + digit, 0, 0
            # 三萬二千億 multiplies what stands before it, 一億二千萬 adds to it.
            total = (total + part) * unit if total < unit else total + part * unit
    return total + section + digit
