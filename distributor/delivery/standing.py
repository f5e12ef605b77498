"""What readers have of a statement: read from the ledger, in the words that were approved.

A correction is made against this, channel by channel and list by list.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..newsletter.models import Purpose
from ..newsletter.subscriptions import MAY_HAVE_IT
from ..rendering.edition import Published, StandingPost, StandingThread
from ..statements.models import Statement
from ..statements.values import Wording
from .models import Act, Delivery, Post, State


def published(statement: Statement) -> Published | None:
    """What earlier rounds brought to readers; None while the first one is not over."""
    if statement.round == 1:
        return None
    return Published(_threads(statement), _mails(statement))


def _threads(statement: Statement) -> dict[str, StandingThread]:
    """What stands on each channel, from the first delivery through every correction of it."""
    standing: dict[str, StandingThread] = {}
    deliveries = statement.deliveries.filter(proof__round__lt=statement.round)
    for delivery in deliveries.select_related("proof").order_by("pk"):
        before = standing.get(delivery.channel)
        after = _corrected(before, delivery) if before else _first(delivery)
        if after:
            standing[delivery.channel] = after
        else:
            standing.pop(delivery.channel, None)
    return standing


def _first(delivery: Delivery) -> StandingThread | None:
    """The posts that arrived; a thread that was refused half-way stands with its beginning."""
    content = _content(delivery)
    thread = _thread(content, delivery)
    posts = tuple(
        _standing(post, thread["posts"])
        for post in delivery.posts.all()
        if post.state == State.SENT
    )
    wording = _wording(delivery.statement, content, thread["language"])
    return StandingThread(wording, thread["target"], posts) if posts else None


def _corrected(before: StandingThread, delivery: Delivery) -> StandingThread | None:
    """What stands after a correction, also one that came only half-way.

    Then it still counts as telling the old wording, so that the next one tells all.
    Nothing stands when a person said that the posts are gone.
    """
    content = _content(delivery)
    thread, rows = _thread(content, delivery), list(delivery.posts.all())
    posts = before.posts
    if all(row.state == State.WITHDRAWN for row in rows):
        return None
    if "removes" in thread:
        posts = tuple(_after_edits(before.posts, rows, thread["posts"]))
    if not all(row.is_done for row in rows):
        return replace(before, posts=posts)
    wording = _wording(delivery.statement, content, thread["language"])
    return replace(before, posts=posts, wording=wording)


def _after_edits(
    old: Sequence[StandingPost], rows: Sequence[Post], new: Sequence[Mapping[str, Any]]
) -> list[StandingPost]:
    posts = []
    for index, row in enumerate(rows):
        if row.state == State.SENT and row.act != Act.REMOVE:
            posts.append(_standing(row, new))
        elif row.state != State.WITHDRAWN and index < len(old):
            posts.append(old[index])
    return posts


def _standing(post: Post, payloads: Sequence[Mapping[str, Any]]) -> StandingPost:
    return StandingPost(post.remote_id or "", post.url or "", payloads[post.position - 1])


def _mails(statement: Statement) -> dict[str, Wording]:
    """The wording of the newest mail that readers of each list may have."""
    newest: dict[str, Wording] = {}
    campaigns = statement.campaigns.filter(
        purpose__in=(Purpose.STATEMENT, Purpose.CORRECTION), proof__round__lt=statement.round
    )
    for campaign in campaigns.select_related("proof").order_by("pk"):
        if campaign.recipients.filter(state__in=MAY_HAVE_IT).exists():
            content: dict[str, Any] = json.loads(bytes(campaign.proof.content))
            mail = next(mail for mail in content["mails"] if mail["list"] == campaign.list)
            newest[campaign.list] = _wording(statement, content, mail["language"])
    return newest


def _content(delivery: Delivery) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(bytes(delivery.proof.content))
    return content


def _thread(content: Mapping[str, Any], delivery: Delivery) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(
        thread for thread in content["threads"] if thread["channel"] == delivery.channel
    )
    return found


def _wording(statement: Statement, content: Mapping[str, Any], language: str) -> Wording:
    """The wording that a proof was made from."""
    digest = content["revisions"][language]
    return statement.revisions.filter(language=language, digest=digest)[0].value
