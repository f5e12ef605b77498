"""What a paste from a web page drags along: navigation before and after the statement."""

from __future__ import annotations

import re

from .draft import Draft, Line
from .navigation import LINES, MORE_PAGES
from .wrapping import ends_sentence

_LONGEST = 60  # characters; navigation is short, a sentence that mentions it is not
_LONGEST_TITLE = 120
_MOST_TITLES = 12

_ORNAMENT = "←→«»‹›▲▼↑↓⟵⟶◀▶►◄|·<>\N{OBJECT REPLACEMENT CHARACTER} \t"
_NAVIGATION = re.compile("|".join(LINES), re.IGNORECASE)
_MORE_PAGES = re.compile("|".join(MORE_PAGES), re.IGNORECASE)
# "Next: Title of another page" carries that title with it.
_TOWARDS = re.compile(
    r"(?:next|previous|prev|(?:nächster|vorheriger) artikel|article (?:suivant|précédent)"
    r"|(?:další|předchozí) článek|siguiente artículo|[上下]一[篇則则]|[次前]の記事)"
    r"(?: (?:article|post|story))?\s*[:：→←»«]\s*\S.*",
    re.IGNORECASE,
)
_CRUMB = r"[^>»›/|.!?:]{1,40}"
_BREADCRUMBS = re.compile(
    r"(?:home|start|startseite|accueil|inicio|domů|úvod|首頁|首页|ホーム|головна|الرئيسية)"
    rf"(?:\s*[>»›/|]\s*{_CRUMB}){{1,6}}",
    re.IGNORECASE,
)


def is_leftover(text: str) -> bool:
    """Whether a line is navigation and not something a person wrote as part of a statement."""
    bare = text.strip(_ORNAMENT)
    if not bare:
        return bool(text)
    if len(bare) <= _LONGEST and _NAVIGATION.fullmatch(bare):
        return True
    if len(bare) > _LONGEST_TITLE + _LONGEST:
        return False
    return bool(_TOWARDS.fullmatch(bare) or _BREADCRUMBS.fullmatch(bare))


def remove_leftovers(draft: Draft) -> None:
    """Take navigation off both ends of the page, so that no sentence inside is ever lost."""
    draft.lines = _without(draft, draft.lines)
    for step in (_remove_from_end, _remove_titles_of_other_pages, _remove_from_end):
        step(draft)


def _remove_from_end(draft: Draft) -> None:
    draft.lines = _without(draft, draft.lines[::-1])[::-1]


def _without(draft: Draft, lines: list[Line]) -> list[Line]:
    for position, line in enumerate(lines):
        if line.blank:
            continue
        if not is_leftover(line.body):
            return lines[position:]
        draft.repair(line, "page leftover")
    return []


def _remove_titles_of_other_pages(draft: Draft) -> None:
    """Take off "Related articles" with the titles below it, if nothing else follows."""
    below = [position for position, line in enumerate(draft.lines) if not line.blank][1:]
    for count, position in enumerate(reversed(below)):
        text = draft.lines[position].body
        if len(text) <= _LONGEST and _MORE_PAGES.fullmatch(text.strip(_ORNAMENT + ":")):
            for taken in below[len(below) - count - 1 :]:
                draft.repair(draft.lines[taken], "page leftover")
            draft.lines = draft.lines[:position]
            return
        if count >= _MOST_TITLES or len(text) > _LONGEST_TITLE or ends_sentence(text):
            return
