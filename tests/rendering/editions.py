"""Editions for the tests of rendering: short ways to say what is published where."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from distributor.config import packaged
from distributor.rendering.edition import ChannelTarget, Edition
from distributor.statements.values import Block, Heading, ItemList, Paragraph, Quote, Wording

TEMPLATES = packaged("templates")
LINK = "https://example.org/statements/2026-05-14"
LABELS = {"x": "X", "bluesky": "Bluesky", "mastodon": "Mastodon"}
LIMITS = {"x": 280, "bluesky": 300, "mastodon": 500}


def channel(kind: str, name: str | None = None, **changes: Any) -> ChannelTarget:
    """A channel of this kind, with the network's usual limits."""
    values: dict[str, Any] = {
        "name": name or kind,
        "label": LABELS[kind] if name is None else f"{LABELS[kind]} ({name})",
        "kind": kind,
        "language": None,
        "limit": LIMITS[kind],
        "per_url": 23,
        "hashtags": (),
        "mentions": (),
        "most": 12,
        "visibility": None,
        "target": {"account": "forum"},
    }
    return ChannelTarget(**(values | changes))


def edition(*wordings: Wording, **changes: Any) -> Edition:
    """An edition of these wordings, the first of them the original, for three channels."""
    values: dict[str, Any] = {
        "statement": "s-1",
        "url": LINK,
        "not_before": None,
        "wordings": {wording.language: wording for wording in wordings},
        "revisions": {wording.language: wording.digest for wording in wordings},
        "original": wordings[0].language,
        "organisation": "The Forum",
        "site": "https://example.org",
        "channels": tuple(channel(kind) for kind in LIMITS),
        "lists": (),
        "hashtags": (),
        "today": wordings[0].date or dt.date(2026, 5, 14),
    }
    return Edition(**(values | changes))


def wording(*blocks: Block | str, title: str = "On the arrest", language: str = "en") -> Wording:
    """A wording of blocks; plain strings are paragraphs."""
    made = (Paragraph(block) if isinstance(block, str) else block for block in blocks)
    return Wording(title, dt.date(2026, 5, 14), language, tuple(made))


def read_wording(path: Path) -> Wording:
    """A wording from a TOML file of the golden folder."""
    values = tomllib.loads(path.read_text(encoding="utf-8"))
    blocks = tuple(_block(value) for value in values["blocks"])
    return Wording(values["title"], values["date"], values["language"], blocks)


def _block(value: str | list[str] | Mapping[str, Any]) -> Block:
    if isinstance(value, str):
        return Paragraph(value)
    if isinstance(value, list):
        return ItemList(tuple(value))
    if "ordered" in value:
        return ItemList(tuple(value["ordered"]), ordered=True)
    return Heading(value["heading"]) if "heading" in value else Quote(value["quote"])
