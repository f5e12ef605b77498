"""What must be known of a language to set its text: direction, and the nearest known one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})
_RIGHT_TO_LEFT_SCRIPTS = frozenset({"arab", "hebr", "nkoo", "syrc", "thaa"})
_TRADITIONAL = frozenset({"zh-tw", "zh-hk", "zh-mo"})


def direction(language: str) -> Literal["ltr", "rtl"]:
    """Which way the language (BCP 47) is written."""
    primary, *subtags = language.lower().split("-")
    scripts = [subtag for subtag in subtags if len(subtag) == 4]
    if scripts:
        return "rtl" if scripts[0] in _RIGHT_TO_LEFT_SCRIPTS else "ltr"
    return "rtl" if primary in _RIGHT_TO_LEFT else "ltr"


def nearest(language: str, known: Collection[str], default: str) -> str:
    """The known language closest to this one: "de" for "de-CH", "zh-Hant" for "zh-TW"."""
    by_tag = {tag.lower(): tag for tag in known}
    wanted = language.lower()
    if any(wanted == tag or wanted.startswith(f"{tag}-") for tag in _TRADITIONAL):
        wanted = "zh-hant"
    while wanted and wanted not in by_tag:
        wanted = wanted.rpartition("-")[0]
    if not wanted and language.lower().split("-")[0] == "zh":
        wanted = "zh-hans" if "zh-hans" in by_tag else ""
    return by_tag.get(wanted, default)
