"""The proof of an edition: every post and mail, frozen under one digest."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..statements.values import canonical_json
from . import lint
from .cards import QuoteCards
from .channels import ChannelProof, render_channel
from .edition import ChannelTarget, Edition, Finding, ListTarget
from .email import render_mail
from .parity import lint_parity
from .pictures import Picture


@dataclass(frozen=True, slots=True)
class RenderedProof:
    """What goes out (`content`, with its SHA-256), and what stands beside it unhashed."""

    content: bytes
    digest: str
    layout: dict[str, Any]
    findings: tuple[Finding, ...]
    media: Mapping[str, Picture] = field(default_factory=dict)  # by the SHA-256 in `content`


def render_proof(edition: Edition, templates: Path) -> RenderedProof:
    """Render every channel and list of an edition.

    `templates` holds the folders `posts` and `newsletter`. The same edition and
    templates give the same content; only findings may change with `edition.today`.
    """
    findings = [*edition.notes, *lint.lint_edition(edition), *lint_parity(edition)]
    threads: list[ChannelProof] = []
    mails: list[dict[str, Any]] = []
    cards = QuoteCards(edition)
    targets: list[ChannelTarget | ListTarget] = [*edition.channels, *edition.lists]
    for target in targets:
        wording = edition.wordings.get(target.language or edition.original)
        if wording is None:
            findings.append(_untranslated(target, edition))
        elif isinstance(target, ChannelTarget):
            thread = render_channel(wording, edition, target, templates / "posts")
            threads.append(cards.add_to(thread, wording, target.media))
            findings += threads[-1].findings
        else:
            mail, found = render_mail(wording, edition, target, templates)
            mails.append(mail)
            findings += found
    content = canonical_json(_content(edition, threads, mails))
    layout = {"channels": [thread.layout for thread in threads]}
    unique = tuple(dict.fromkeys(findings))
    digest = hashlib.sha256(content).hexdigest()
    return RenderedProof(content, digest, layout, unique, cards.pictures)


def _untranslated(target: ChannelTarget | ListTarget, edition: Edition) -> Finding:
    return Finding(
        "warn",
        target.name,
        "missing translation",
        f"{target.name} publishes in {target.language}, and there is no such translation, so "
        f"nothing goes out there. Submit one with --translation-of {edition.statement}.",
    )


def _content(
    edition: Edition, threads: Iterable[ChannelProof], mails: list[dict[str, Any]]
) -> dict[str, Any]:
    moment = edition.not_before
    return {
        "statement": edition.statement,
        "not_before": moment.astimezone(dt.UTC).isoformat() if moment else None,
        "revisions": dict(edition.revisions),
        "threads": [thread.content for thread in threads],
        "mails": mails,
    }


def proof_to_json(
    content: bytes, layout: Mapping[str, Any], findings: Iterable[Finding]
) -> dict[str, Any]:
    """A proof in the shape of `proof --json`: its content, with layout and findings."""
    frozen = json.loads(content)
    return {
        "statement": frozen["statement"],
        "digest": hashlib.sha256(content).hexdigest(),
        "not_before": frozen["not_before"],
        "channels": [
            _channel_to_json(thread, shown)
            for thread, shown in zip(frozen["threads"], layout["channels"], strict=True)
        ],
        "mail": frozen["mails"],
        "findings": [
            {
                "severity": finding.severity,
                "where": finding.where,
                "kind": finding.kind,
                "message": finding.message,
            }
            for finding in findings
        ],
    }


def _channel_to_json(thread: Mapping[str, Any], shown: Mapping[str, Any]) -> dict[str, Any]:
    posts = [
        {**post, **beside} for post, beside in zip(thread["posts"], shown["posts"], strict=True)
    ]
    return {**thread, "posts": posts, "left_out": shown["left_out"]}
