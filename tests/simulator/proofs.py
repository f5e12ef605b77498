"""A plain renderer: each paragraph is a post, each list gets a short mail.

What was published is corrected as the program's own renderer does it: in place on Mastodon,
elsewhere by replies that tell the new paragraphs.

How texts become posts is tested elsewhere; here only what is done with them counts.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from distributor.rendering.edition import ChannelTarget, Edition, StandingThread
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


def _thread(edition: Edition, channel: ChannelTarget) -> dict[str, Any] | None:
    """What goes out on a channel; None where there is nothing to correct."""
    wording = edition.wordings[edition.original]
    thread = {
        "channel": channel.name,
        "kind": channel.kind,
        "language": edition.original,
        "target": dict(channel.target),
    }
    posts = posts_of(wording, channel.kind)
    if edition.published is None:
        return {**thread, "posts": posts}
    standing = edition.published.threads.get(channel.name)
    if standing is None or standing.wording == wording:
        return None
    if channel.editable:
        return {**thread, **_edits(posts, standing)}
    told = {block.text for block in standing.wording.blocks if block.type == "paragraph"}
    head = standing.posts[0]
    return {
        **thread,
        "posts": [post for post in posts if post["text"] not in told],
        "replies_to": {"id": head.id, "url": head.url},
    }


def _edits(posts: list[dict[str, Any]], standing: StandingThread) -> dict[str, Any]:
    there = [{"id": one.id, "url": one.url} for one in standing.posts]
    changed = []
    for index, post in enumerate(posts):
        if index >= len(there):
            changed.append({**post, "act": "publish"})
        else:
            same = post["text"] == standing.posts[index].payload["text"]
            changed.append({**post, "act": "keep" if same else "edit", "replaces": there[index]})
    return {"posts": changed, "removes": there[len(posts) :]}


def render_plainly(edition: Edition, templates: Path) -> RenderedProof:
    """In the place of `rendering.proofs.render_proof`."""
    wording = edition.wordings[edition.original]
    content = canonical_json(
        {
            "statement": edition.statement,
            "not_before": edition.not_before.isoformat() if edition.not_before else None,
            "revisions": dict(edition.revisions),
            "threads": [
                thread
                for channel in edition.channels
                if (thread := _thread(edition, channel)) is not None
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
                if edition.published is None or edition.published.mails.get(one.name)
            ],
        }
    )
    return RenderedProof(content, hashlib.sha256(content).hexdigest(), {}, ())
