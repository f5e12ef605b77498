"""Quotations set apart from the running text."""

from __future__ import annotations

import re

_CLOSING = {"“": "”", "„": "“”", "«": "»", "»": "«", "「": "」", "『": "』", '"': '"', "”": "”"}
_MARKED = re.compile(r"(?:>\s?)+")
_ATTRIBUTION = re.compile(r"[–—―]\s*\S.{1,150}|-{1,2}\s+\S.{1,150}")
_ENDING = re.compile(rf"\s*[.,]?\s*(?:{_ATTRIBUTION.pattern})?")


def unquoted(text: str) -> str | None:
    """The line without the marks (>) that Markdown and e-mail put before a quotation."""
    match = _MARKED.match(text)
    return text[match.end() :] if match else None


def is_set_apart(text: str) -> bool:
    """Whether the whole text is one quotation, perhaps with "— Name, office" after it.

    A quotation that is interrupted ("…," said Ana, "…") is running text.
    """
    closing = _CLOSING.get(text[:1])
    if not closing:
        return False
    end = next((i for i, c in enumerate(text) if i and c in closing), None)
    return end is not None and bool(_ENDING.fullmatch(text, end + 1))


def is_open_quotation(text: str) -> bool:
    """Whether a quotation begins with the text and goes on in the next paragraph."""
    closing = _CLOSING.get(text[:1])
    return closing is not None and not any(c in closing for c in text[1:])


def is_attribution(text: str) -> bool:
    """Whether a line names the speaker of the quotation above it: "— Ana, chair"."""
    return bool(_ATTRIBUTION.fullmatch(text))
