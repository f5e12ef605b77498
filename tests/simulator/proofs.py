"""A plain renderer: each paragraph is a post, each list gets a short mail.

How texts become posts is tested elsewhere; here only what is done with them counts.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from distributor.rendering.edition import Edition
from distributor.rendering.proofs import RenderedProof
from distributor.statements.values import Wording, canonical_json


def posts_of(wording: Wording, kind: str) -> list[dict[str, Any]]:
    """The posts of a wording."""
    return [
        {
            "text": block.text,
            "language": wording.language,
            "links": [],
            "media": [],
            **({"visibility": "public"} if kind == "mastodon" else {}),
        }
        for block in wording.blocks
        if block.type == "paragraph"
    ]


def render_plainly(edition: Edition, templates: Path) -> RenderedProof:
    """In the place of `rendering.proofs.render_proof`."""
    wording = edition.wordings[edition.original]
    content = canonical_json(
        {
            "statement": edition.statement,
            "not_before": edition.not_before.isoformat() if edition.not_before else None,
            "revisions": dict(edition.revisions),
            "threads": [
                {
                    "channel": channel.name,
                    "kind": channel.kind,
                    "language": edition.original,
                    "target": dict(channel.target),
                    "posts": posts_of(wording, channel.kind),
                }
                for channel in edition.channels
            ],
            "mails": [
                {
                    "list": one.name,
                    "language": edition.original,
                    "direction": "ltr",
                    "list_id": one.list_id,
                    "title": one.title,
                    "sender": one.sender,
                    "reply_to": one.reply_to,
                    "unsubscribe": one.unsubscribe,
                    "subject": wording.title,
                    "text": f"{wording.title}\n\n{one.unsubscribe}\n",
                    "html": f"<p>{wording.title} <a href='{one.unsubscribe}'>Leave</a></p>",
                    "notice": {
                        "subject": f"Withdrawn: {wording.title}",
                        "text": f"Withdrawn: {wording.title}\n\n{one.unsubscribe}\n",
                        "html": f"<p>Withdrawn <a href='{one.unsubscribe}'>Leave</a></p>",
                    },
                }
                for one in edition.lists
            ],
        }
    )
    return RenderedProof(content, hashlib.sha256(content).hexdigest(), {}, ())
