"""The proof of an edition: every post and mail, frozen under one digest."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..statements.values import canonical_json
from . import lint
from .channels import ChannelProof, render_channel
from .corrections import correct_channel, lint_reach
from .edition import ChannelTarget, Edition, Finding, ListTarget
from .email import render_mail
from .illustrating import Illustrations
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
    pictures = Illustrations(edition)
    made = (_first if edition.published is None else _correction)(edition, templates, pictures)
    for part in made:
        match part:
            case ChannelProof():
                threads.append(part)
                findings += part.findings
            case Finding():
                findings.append(part)
            case mail, found:
                mails.append(mail)
                findings += found
    content = canonical_json(_content(edition, threads, mails))
    layout = {"channels": [thread.layout for thread in threads]}
    unique = tuple(dict.fromkeys(findings))
    digest = hashlib.sha256(content).hexdigest()
    return RenderedProof(content, digest, layout, unique, pictures.used)


_Part = ChannelProof | tuple[dict[str, Any], tuple[Finding, ...]] | Finding
"""A thread, a mail with its findings, or a finding on what there is instead."""


def _first(edition: Edition, templates: Path, pictures: Illustrations) -> Iterator[_Part]:
    """Everything of a statement that was never published."""
    targets: list[ChannelTarget | ListTarget] = [*edition.channels, *edition.lists]
    for target in targets:
        wording = edition.wordings.get(target.language or edition.original)
        if wording is None:
            yield _untranslated(target, edition)
        elif isinstance(target, ChannelTarget):
            thread = render_channel(wording, edition, target, templates / "posts")
            yield pictures.add_to(thread, wording, target)
        else:
            yield render_mail(wording, edition, target, templates)


def _correction(edition: Edition, templates: Path, pictures: Illustrations) -> Iterator[_Part]:
    """Everything that puts right what was published, where it was and in its languages."""
    published = edition.published
    assert published is not None
    yield from lint_reach(edition, published)
    for target in edition.channels:
        thread = correct_channel(edition, published, target, templates / "posts", pictures)
        if thread is not None:
            yield thread
    for each in edition.lists:
        old = published.mails.get(each.name)
        new = old and edition.wordings[old.language]
        if new and new != old:
            yield render_mail(new, edition, each, templates, corrects=old)


def _untranslated(target: ChannelTarget | ListTarget, edition: Edition) -> Finding:
    name = target.label if isinstance(target, ChannelTarget) else target.title
    return Finding(
        "warn",
        name,
        "missing translation",
        f"{name} publishes in {target.language}, and statement {edition.statement} has no such "
        "translation, so nothing goes out there. Hand the translation in.",
    )


def _content(
    edition: Edition, threads: Iterable[ChannelProof], mails: list[dict[str, Any]]
) -> dict[str, Any]:
    moment = edition.not_before
    purpose = {"purpose": "correction"} if edition.published else {}
    return purpose | {
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
        "purpose": frozen.get("purpose", "statement"),
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
    removes = [
        {**post, "text": text}
        for post, text in zip(thread.get("removes", ()), shown.get("removed", ()), strict=True)
    ]
    return {**thread, "posts": posts, "removes": removes, "left_out": shown["left_out"]}
