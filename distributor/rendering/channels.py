"""The thread of one channel: its posts as the network will get them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..statements.values import Wording
from . import edits, lint
from .condense import Choice, choose, describe
from .edition import ChannelTarget, Edition, Finding
from .facets import card, facets
from .links import find_links
from .measure import Measure, measure_for
from .posts import Place, Writer, Written
from .templates import TemplateFault
from .threads import Ruler, parts_of
from .trace import Marks
from .units import Span, source_text


@dataclass(frozen=True, slots=True)
class ChannelProof:
    """One element of a proof's "threads", its layout beside it, and findings."""

    content: dict[str, Any]
    layout: dict[str, Any]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Telling:
    """What is told of a wording, and how.

    `template` names the family of templates, `values` are what they may use besides
    the usual.
    """

    template: str
    choose: Callable[[Ruler], Choice]
    values: Mapping[str, Any] = field(default_factory=dict)


def render_channel(
    wording: Wording, edition: Edition, target: ChannelTarget, templates: Path
) -> ChannelProof:
    """The thread of a wording on a channel; without posts when its template fails."""

    def choice(ruler: Ruler) -> Choice:
        return choose(wording, ruler, single=target.most == 1, most=target.most)

    return render_telling(wording, edition, target, templates, Telling(target.kind, choice))


def render_telling(
    wording: Wording,
    edition: Edition,
    target: ChannelTarget,
    templates: Path,
    telling: Telling,
) -> ChannelProof:
    """The posts in which a wording is told so; without posts when its template fails."""
    measure = measure_for(target.kind, target.limit, target.per_url)
    try:
        written, choice = _write(wording, edition, target, measure, templates, telling)
    except TemplateFault as fault:
        return without_posts(wording, edition, target, template_finding(target, fault))
    left_out = describe(choice.left_out, wording)
    rendered = written
    written, unplaced = edits.apply(rendered, edition.edits, target)
    findings = [*unplaced, *lint.lint_omissions(target, choice, left_out)]
    findings += lint.lint_edits(wording, target, rendered, written)
    findings += lint.lint_posts(edition, target, measure, [post.text for post in written])
    return _proof(wording, edition, target, measure, written, left_out, findings)


def _write(
    wording: Wording,
    edition: Edition,
    target: ChannelTarget,
    measure: Measure,
    templates: Path,
    telling: Telling,
) -> tuple[tuple[Written, ...], Choice]:
    """The posts; again with less room while the exact measure finds one too long.

    Lengths are added up part by part, which is exact but for rare characters that
    combine over a border, and for Bluesky's bytes.
    """
    values = {**_values(wording, edition, target), **telling.values}
    texts = [source_text(wording, b, i) for b, i in _places(wording)]
    marks = Marks([*texts, *map(str, values.values())])
    writer = Writer(templates, telling.template, values, marks)
    attempts: list[tuple[tuple[Written, ...], Choice]] = []
    room = target.limit
    while room > target.limit * 3 // 4:
        tighter = measure_for(target.kind, room, target.per_url)
        choice = telling.choose(Ruler(writer, tighter))
        written = _write_all(writer, choice, wording)
        attempts.append((written, choice))
        excess = max((measure.excess(post.text) for post in written), default=0)
        if not excess:
            return written, choice
        room -= excess
    return attempts[0]  # a link longer than a post: less room does not help


def _places(wording: Wording) -> list[tuple[int | str, int | None]]:
    """Every text of a wording: its title, blocks and items."""
    places: list[tuple[int | str, int | None]] = [("title", None)]
    for number, block in enumerate(wording.blocks):
        items = range(len(block.items)) if block.type == "list" else (None,)
        places += [(number, item) for item in items]
    return places


def _values(wording: Wording, edition: Edition, target: ChannelTarget) -> dict[str, Any]:
    """What every post of a template may use."""
    tags = dict.fromkeys((*target.hashtags, *edition.hashtags))
    return {
        "language": wording.language,
        "link": edition.url,
        "hashtags": ["#" + tag.lstrip("#") for tag in tags],
        "mentions": ["@" + mention.lstrip("@") for mention in target.mentions],
        "organisation": edition.organisation,
    }


def _write_all(writer: Writer, choice: Choice, wording: Wording) -> tuple[Written, ...]:
    def text_of(span: Span) -> str:
        return source_text(wording, span.block, span.item)[span.start : span.end]

    total = len(choice.posts)
    return tuple(
        writer.write(parts_of(pieces, text_of), Place(position, total))
        for position, pieces in enumerate(choice.posts, 1)
    )


def without_posts(
    wording: Wording, edition: Edition, target: ChannelTarget, why: Finding
) -> ChannelProof:
    """A channel on which nothing is posted, for this reason."""
    measure = measure_for(target.kind, target.limit, target.per_url)
    return _proof(wording, edition, target, measure, (), [], [why])


def template_finding(target: ChannelTarget, fault: TemplateFault) -> Finding:
    """What a channel without posts says of the template that failed."""
    line = f", line {fault.line}" if fault.line else ""
    return Finding(
        "block",
        target.label,
        "template",
        f"templates/posts/{fault.file}{line}: {fault.reason}. "
        "Correct the template; the proof is then made anew.",
    )


def _proof(
    wording: Wording,
    edition: Edition,
    target: ChannelTarget,
    measure: Measure,
    written: Sequence[Written],
    left_out: list[str],
    findings: list[Finding],
) -> ChannelProof:
    content = {
        "channel": target.name,
        "kind": target.kind,
        "language": wording.language,
        "target": dict(target.target),
        "posts": [
            _payload(post.text, position, wording, edition, target)
            for position, post in enumerate(written, 1)
        ],
    }
    posts = [
        {
            "length": measure.length(post.text),
            "limit": target.limit,
            "trace": [segment.to_json() for segment in post.trace],
            "says": edits.says(post),
            "edited": post.instead_of is not None,
        }
        for post in written
    ]
    mode = "single" if target.most == 1 else "thread"
    layout = {"channel": target.name, "mode": mode, "posts": posts, "left_out": left_out}
    return ChannelProof(content, layout, tuple(findings))


def _payload(
    text: str, position: int, wording: Wording, edition: Edition, target: ChannelTarget
) -> dict[str, Any]:
    """One post as the channel gets it."""
    post: dict[str, Any] = {
        "text": text,
        "language": wording.language,
        "links": [text[start:end] for start, end in find_links(text)],
        "media": [],
    }
    if target.kind == "bluesky":
        has_card = position == 1 and edition.url
        post["facets"] = facets(text, target.mentions)
        post["card"] = card(wording, edition.url) if has_card and edition.url else None
    if target.kind == "mastodon":
        post["visibility"] = target.visibility or "public"
    return post
