"""Whole threads, as followers will read them: golden/<name>.toml becomes golden/<name>.txt.

GOLDEN=1 writes the files anew; their difference is then read as an editor would.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from distributor.rendering.proofs import proof_to_json, render_proof
from tests.rendering.editions import TEMPLATES, channel, edition, read_wording

FOLDER = Path(__file__).parent / "golden"
CHANNELS = (
    channel("x"),
    channel("x", "x in one post", most=1),
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
