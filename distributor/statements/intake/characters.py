"""Characters nobody sees: removed where they have no business, kept where a script needs them."""

from __future__ import annotations

import html
import re
import unicodedata

from .draft import Draft, Line

_SUSPECT = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffc\U000e0000-\U000e0fff]"
)
_RTL = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_OVERRIDES = "\u202d\u202e"
_OPENING, _CLOSING = "\u202a\u202b\u2066\u2067\u2068", "\u202c\u2069"
_MARKS = "\u061c\u200e\u200f"
_JOINERS = "\u200c\u200d"
_ZERO_WIDTH_SPACE = "\u200b"
_SOFT_HYPHEN = "\u00ad"
# Scripts in which a (non-)joiner between letters changes how a word is written.
_JOINING_SCRIPTS = re.compile(
    "[\u0600-\u08ff\u0900-\u109f\u1780-\u18af\u0d00-\u0dff\ufb50-\ufdff\ufe70-\ufefc]"
)
_NO_SPACES_SCRIPTS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_EMOJI = re.compile("[\u200d\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]")
_BLACK_FLAG = "\N{WAVING BLACK FLAG}"
_ENTITY = re.compile(
    r"&(?:amp|lt|gt|quot|apos|nbsp|[lr][sd]quo|[nm]dash|hellip|bull|#\d{2,5}|#x[0-9a-f]{2,5});",
    re.IGNORECASE,
)
_MISREAD = re.compile("â€[™œ\x9d“”¦˜]|Ã[©¨¤¶¼]|\N{REPLACEMENT CHARACTER}")
_COMPATIBILITY = re.compile("[\uf900-\ufaff\U0002f800-\U0002fa1f]")


def clean_characters(draft: Draft) -> None:
    """Clean every line; a change that may matter is a repair, a doubt is a warning."""
    draft.lines = [_clean(draft, line) for line in draft.lines]


def _clean(draft: Draft, line: Line) -> Line:
    if line.text.isascii() and "&" not in line.text and not _SUSPECT.search(line.text):
        return line
    line = _changed(draft, line, "invisible character", _visible(line.text))
    line = _changed(draft, line, "character reference", _ENTITY.sub(_character, line.text))
    if _MISREAD.search(line.text):
        draft.warn(f"Line {line.number} has characters that were misread once: check its text.")
    return _composed(draft, line)


def _changed(draft: Draft, line: Line, kind: str, text: str) -> Line:
    if text == line.text:
        return line
    draft.repair(line, kind, text)
    return Line(line.number, text)


def _composed(draft: Draft, line: Line) -> Line:
    """The line in NFC, which looks the same but for compatibility ideographs."""
    text = unicodedata.normalize("NFC", line.text)
    if _COMPATIBILITY.search(line.text):
        return _changed(draft, line, "compatibility character", text)
    return Line(line.number, text)


def _character(match: re.Match[str]) -> str:
    character = html.unescape(match[0])
    return character if character.isprintable() or character == "\xa0" else match[0]


def _visible(text: str) -> str:
    """The text without what cannot be seen and need not be there."""
    if not _SUSPECT.search(text):
        return text
    needed = _directions(text)

    def kept(match: re.Match[str]) -> str:
        if match[0] in needed or _joins(text, match.start()):
            return match[0]
        ends_line = match[0] == _SOFT_HYPHEN and not text[match.end() : match.end() + 1].strip()
        return "-" if ends_line else ""  # at the end of a line a soft hyphen is a hyphen

    return _SUSPECT.sub(kept, text)


def _directions(text: str) -> str:
    """The direction marks that a line with right-to-left letters may keep."""
    if not _RTL.search(text):
        return ""
    return _MARKS + (_OPENING + _CLOSING if _is_balanced(text) else "")


def _joins(text: str, position: int) -> bool:
    """Whether the characters beside a joiner, zero-width space or tag give it a meaning."""
    character = text[position]
    before, after = text[max(0, position - 1) : position], text[position + 1 : position + 2]
    if character in _JOINERS:
        within = _JOINING_SCRIPTS.match(before) and _JOINING_SCRIPTS.match(after)
        return bool(within or (_EMOJI.match(before) and _EMOJI.match(after)))
    if character == _ZERO_WIDTH_SPACE:
        return bool(_NO_SPACES_SCRIPTS.match(before) and _NO_SPACES_SCRIPTS.match(after))
    return character >= "\U000e0000" and _in_flag(text, position)


def _in_flag(text: str, position: int) -> bool:
    """Tag characters spell the flags of regions after a black flag, and nothing else."""
    start = text.rfind(_BLACK_FLAG, max(0, position - 8), position)
    between = text[start + 1 : position + 1]
    return start >= 0 and all("\U000e0020" <= c <= "\U000e007f" for c in between)


def _is_balanced(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character in _OPENING) - (character in _CLOSING)
        if depth < 0 or character in _OVERRIDES:
            return False
    return depth == 0
