"""Quotations set apart from the running text."""

from __future__ import annotations

import re

_CLOSING = {"“": "”", "„": "“”", "«": "»", "»": "«", "「": "」", "『": "』", '"': '"'}
_ATTRIBUTION = re.compile(r"\s*[.,]?\s*(?:[–—―-]\s*\S.{0,150})?")


def is_set_apart(text: str) -> bool:
    """Whether the whole text is one quotation, perhaps with "— Name, office" after it."""
    closing = _CLOSING.get(text[:1])
    if not closing:
        return False
    end = next((i for i, c in enumerate(text) if i and c in closing), None)
    return end is not None and bool(_ATTRIBUTION.fullmatch(text[end + 1 :]))
