"""What goes out on a channel when a statement is corrected after it was published.

Where posts can be changed, the thread becomes that of the new wording, post for
post. Elsewhere a reply under the thread's first post tells the sentences that are new.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from ..statements.values import Wording
from .changes import compare
from .channels import (
    ChannelProof,
    Telling,
    render_channel,
    render_telling,
    template_finding,
    without_posts,
)
from .condense import Choice, choose_changes
from .edition import ChannelTarget, Edition, Finding, Published, StandingPost, StandingThread
from .illustrating import Illustrations
from .templates import TemplateFault
from .threads import Ruler
from .wordtables import read_table

MOST_REPLIES = 4
"""Posts of a correction; who wants to know more reads the corrected text."""


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table of one language in templates/posts/words.toml."""

    correction: str
    removed: str
    corrected: str


def correct_channel(
    edition: Edition,
    published: Published,
    target: ChannelTarget,
    templates: Path,
    pictures: Illustrations,
) -> ChannelProof | None:
    """The correction of one channel; None where there is nothing to correct or no way to.

    It is told in the language of what stands there, whatever the channel speaks today.
    """
    standing = published.threads.get(target.name)
    if standing is None or dict(standing.target) != dict(target.target):
        return None
    wording = edition.wordings[standing.wording.language]
    if wording == standing.wording:
        return None
    if not target.editable:
        return _reply(wording, edition, target, standing, templates)
    thread = render_channel(wording, edition, target, templates)
    return _edits(pictures.add_to(thread, wording, target), standing)


def lint_reach(edition: Edition, published: Published) -> list[Finding]:
    """What readers keep in the old wording because the program cannot reach it."""
    targets = {target.name: dict(target.target) for target in edition.channels}
    labels = {target.name: target.label for target in edition.channels}
    lists = {target.name for target in edition.lists}
    found = []
    for name, standing in published.threads.items():
        if targets.get(name) != dict(standing.target):
            label = labels.get(name, name)
            message = (
                f"The statement stands on {label} as another account than it speaks for now, or "
                "the channel is no longer configured. Correct it there by hand."
            )
            found.append(Finding("warn", label, "out of reach", message))
    for name in published.mails:
        if name not in lists:
            message = f"The list {name} is no longer configured: its readers get no correction."
            found.append(Finding("warn", f"mail to {name}", "out of reach", message))
    return found


def _reply(
    wording: Wording,
    edition: Edition,
    target: ChannelTarget,
    standing: StandingThread,
    templates: Path,
) -> ChannelProof:
    """A reply under the first post that says what is new."""
    changes = compare(standing.wording, wording)
    if changes.nothing:
        return without_posts(wording, edition, target, _no_change(target))
    try:
        known, words = read_table(templates / "words.toml", wording.language, _Words)
    except TemplateFault as fault:
        return without_posts(wording, edition, target, template_finding(target, fault))

    def choice(ruler: Ruler) -> Choice:
        return choose_changes(wording, changes, ruler, most=min(target.most, MOST_REPLIES))

    values = {"words": msgspec.structs.asdict(words), "removed": changes.removed}
    telling = Telling("correction", choice, values)
    thread = render_telling(wording, edition, target, templates, telling)
    head = standing.posts[0]
    content = {**thread.content, "replies_to": {"id": head.id, "url": head.url}}
    # Edits of the thread itself have no place in a reply to it.
    findings = tuple(each for each in thread.findings if each.kind != "edit without a place")
    return replace(thread, content=content, findings=findings + _lint_words(wording, target, known))


def _lint_words(wording: Wording, target: ChannelTarget, known: str) -> tuple[Finding, ...]:
    if known.split("-")[0] == wording.language.split("-")[0]:
        return ()
    message = (
        f"templates/posts/words.toml has no words in {wording.language}: the correction is "
        f"announced in {known}. Add a table [{wording.language}]."
    )
    return (Finding("warn", target.label, "fixed words", message),)


def _no_change(target: ChannelTarget) -> Finding:
    message = (
        f"Nothing is posted on {target.label}: no sentence that a post may tell is new, and "
        "none is gone."
    )
    return Finding("warn", target.label, "no change", message)


def _edits(thread: ChannelProof, standing: StandingThread) -> ChannelProof:
    """The new thread with what each of its posts does: change one, stay, or come after."""
    posts: Sequence[Mapping[str, Any]] = thread.content["posts"]
    if not posts:  # its template failed, and a finding says so
        return thread
    old = standing.posts
    shown = [
        {**layout, **({"was": old[index].payload["text"]} if index < len(old) else {})}
        for index, layout in enumerate(thread.layout["posts"])
    ]
    surplus = old[len(posts) :]
    content = {
        **thread.content,
        "posts": [
            {**post, **_act(post, old[index] if index < len(old) else None)}
            for index, post in enumerate(posts)
        ],
        "removes": [{"id": one.id, "url": one.url} for one in surplus],
    }
    layout = {**thread.layout, "posts": shown, "removed": [one.payload["text"] for one in surplus]}
    return replace(thread, content=content, layout=layout)


def _act(post: Mapping[str, Any], old: StandingPost | None) -> dict[str, Any]:
    if old is None:
        return {"act": "publish"}
    is_same = all(post[name] == old.payload[name] for name in ("text", "language", "media"))
    return {
        "act": "keep" if is_same else "edit",
        "replaces": {
            "id": old.id,
            "url": old.url,
            "media": [medium["sha256"] for medium in old.payload["media"]],
        },
    }
