"""The marks that begin the items of a list."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .draft import cells, indentation

# Round and square bullets, and those that Word's symbol fonts leave behind in a paste.
_BULLETS = "•‣▪◦●○■□▸►▶⁃∙⦁➢➤❖✓✔\uf0b7\uf0a7\uf0d8\uf076\uf0fc"
_STRONG = re.compile(rf"([{_BULLETS}])\s*")
_WEAK = re.compile(r"([-–—*+·])(?:\s+|$)")
_NUMBER = re.compile(r"[(（]?(\d{1,3})[.)）、．](?:\s+|(?<=[、．])|$)")
_LETTER = re.compile(r"\(?([a-z]|[ivx]{2,5})\)\s+|([a-z])\.\s+")
_ROMAN = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv".split()


@dataclass(frozen=True, slots=True)
class Marker:
    """The mark of an item: what it looks like, what follows it, and where both stand."""

    mark: str
    kind: str  # "bullet", "dash", "number" or "letter"
    values: frozenset[int]  # the numbers it can mean; "i" is a letter and a roman number
    text: str
    indent: int  # column of the mark
    text_indent: int  # column of the text after it

    @property
    def ordered(self) -> bool:
        """Whether the mark counts."""
        return bool(self.values)


def read_marker(line: str) -> Marker | None:
    """The marker at the start of the line, if there is one."""
    body = line.strip()
    for pattern, kind in ((_STRONG, "bullet"), (_WEAK, "dash"), (_NUMBER, "number")):
        if match := pattern.match(body):
            values = frozenset({int(match[1])}) if kind == "number" else frozenset[int]()
            return _marker(line, match, kind, values)
    if match := _LETTER.match(body):
        return _marker(line, match, "letter", _letter_values(match[1] or match[2]))
    return None


def _letter_values(letters: str) -> frozenset[int]:
    values = {ord(letters) - ord("a") + 1} if len(letters) == 1 else set()
    return frozenset(values | ({_ROMAN.index(letters) + 1} if letters in _ROMAN else set()))


def _marker(line: str, match: re.Match[str], kind: str, values: frozenset[int]) -> Marker:
    indent = indentation(line)
    return Marker(
        mark=match[0].strip(),
        kind=kind,
        values=values,
        text=match.string[match.end() :],
        indent=indent,
        text_indent=indent + cells(match[0]),
    )
