"""Whole threads, as followers will read them: golden/<name>.toml becomes golden/<name>.txt.

GOLDEN=1 writes the files anew; their difference is then read as an editor would.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import pytest

from distributor.rendering.anatomy import is_finished, take_apart
from distributor.rendering.condense import MOST_POSTS, describe
from distributor.rendering.proofs import proof_to_json, render_proof
from distributor.rendering.units import Role, Span, source_text
from distributor.statements.values import Heading, ItemList, Wording
from tests.rendering.editions import TEMPLATES, channel, edition, read_wording

FOLDER = Path(__file__).parent / "golden"
CHANNELS = (
    channel("x"),
    channel("x", "x in one post", label="X in one post", most=1),
    channel("bluesky", hashtags=("PressFreedom",)),
    channel("mastodon"),
)


def _shown(path: Path) -> str:
    """Every post of every channel under its length, then the findings."""
    proof = render_proof(edition(read_wording(path), channels=CHANNELS), TEMPLATES)
    shown = proof_to_json(proof.content, proof.layout, proof.findings)
    lines: list[str] = []
    for thread in shown["channels"]:
        lines.append(f"######## {thread['channel']}\n")
        lines += [f"-------- {p['length']} of {p['limit']}\n{p['text']}\n" for p in thread["posts"]]
    lines += [f"{f['severity']}: {f['where']}: {f['message']}" for f in shown["findings"]]
    return "\n".join(lines).rstrip() + "\n"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_the_posts_are_those_an_editor_has_read(path: Path) -> None:
    golden, shown = path.with_suffix(".txt"), _shown(path)
    if os.environ.get("GOLDEN"):
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")


def _told(layout: Mapping[str, Any], wording: Wording) -> dict[tuple[Any, Any], str]:
    """Every text of a statement, with blanks for what no post of a thread tells."""
    texts: dict[tuple[Any, Any], str] = {("title", None): wording.title}
    for number, block in enumerate(wording.blocks):
        items = enumerate(block.items) if isinstance(block, ItemList) else [(None, block.text)]
        texts |= {(number, item): text for item, text in items}
    told = {place: " " * len(text) for place, text in texts.items()}
    for source in (s["source"] for post in layout["posts"] for s in post["trace"] if s["source"]):
        place, start, end = (source["block"], source["item"]), source["start"], source["end"]
        told[place] = told[place][:start] + texts[place][start:end] + told[place][end:]
    return told


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_a_thread_tells_every_demand_and_where_there_is_room_every_position(path: Path) -> None:
    wording = read_wording(path)
    views = [unit for unit in take_apart(wording) if unit.role in (Role.POSITION, Role.DEMAND)]
    proof = render_proof(edition(wording, channels=CHANNELS), TEMPLATES)
    for layout in proof.layout["channels"]:
        told, is_full = _told(layout, wording), len(layout["posts"]) >= MOST_POSTS
        wanted = [unit for unit in views if unit.role is Role.DEMAND or not is_full]
        for span in [sentence.span for unit in wanted for sentence in unit.sentences]:
            text = source_text(wording, span.block, span.item)[span.start : span.end]
            if layout["mode"] == "thread":
                assert told[span.block, span.item][span.start : span.end].split() == text.split()


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_whatever_no_post_tells_is_listed(path: Path) -> None:
    wording = read_wording(path)
    for layout in render_proof(edition(wording, channels=CHANNELS), TEMPLATES).layout["channels"]:
        missing: dict[int | Literal["title"], bool] = {}
        for (block, item), told in _told(layout, wording).items():
            heading = block != "title" and isinstance(wording.blocks[block], Heading)
            if told.split() != source_text(wording, block, item).split() and not heading:
                missing[block] = missing.get(block, True) and not told.strip()
            elif block in missing:
                missing[block] = False
        assert layout["left_out"] == describe(missing, wording)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_a_summary_is_one_post_with_the_news(path: Path) -> None:
    wording = read_wording(path)
    proof = render_proof(edition(wording, channels=(channel("x", most=1),)), TEMPLATES)
    (layout,) = proof.layout["channels"]
    assert len(layout["posts"]) == 1
    news = next(unit for unit in take_apart(wording) if unit.role is Role.NEWS).body
    told = news[0].span if is_finished(news[-1]) else Span("title", None, 0, len(wording.title))
    assert _told(layout, wording)[told.block, told.item][told.start : told.end].strip()
