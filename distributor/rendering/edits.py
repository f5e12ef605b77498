"""Posts in a person's own words, in the place of what was rendered.

An edit belongs to what a post says of the statement, not to its number: when
other parts are rendered anew it stays with its post, and when what it replaced
is no longer said, it is not used and a finding says so.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from .edition import ChannelTarget, Edit, Finding
from .posts import Written
from .trace import Segment

_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
_COUNTER = re.compile(r"\d+/\d+")


def says(post: Written) -> str:
    """What identifies a post: the words it takes from the statement, as a SHA-256.

    An edited post keeps the identity of the one it replaced.
    """
    if post.instead_of is not None:
        return post.instead_of
    told = "\0".join(
        post.text[segment.start : segment.end]
        for segment in post.trace
        if segment.origin == "statement"
    )
    return hashlib.sha256(told.encode()).hexdigest()


def apply(
    posts: Sequence[Written], edits: Sequence[Edit], target: ChannelTarget
) -> tuple[tuple[Written, ...], list[Finding]]:
    """The posts of a channel with its edits in place, and findings on those without a place."""
    waiting = {edit.says: edit for edit in edits if edit.channel == target.name}
    edited = []
    for post in posts:
        edit = waiting.pop(says(post), None)
        edited.append(_rewritten(post, edit) if edit else post)
    return tuple(edited), [_without_place(edit, target.label) for edit in waiting.values()]


def _rewritten(post: Written, edit: Edit) -> Written:
    text = _recounted(edit, post.text)
    return Written(text, tuple(_joined(_segments(post, text))), instead_of=edit.says)


def _recounted(edit: Edit, rendered: str) -> str:
    """The person's words with the counter the post has today, where they kept the old one."""
    before, now = _COUNTER.findall(edit.replaced), _COUNTER.findall(rendered)
    if not before or not now or before[-1] not in edit.text:
        return edit.text
    head, _, tail = edit.text.rpartition(before[-1])
    return f"{head}{now[-1]}{tail}"


def _segments(post: Written, text: str) -> Iterator[Segment]:
    """Where the new text comes from: what it kept keeps its origin, the rest is the person's."""
    old, new = _TOKEN.findall(post.text), _TOKEN.findall(text)
    at_old, at_new = _offsets(old), _offsets(new)
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        start, end = at_new[j1], at_new[j2]
        if tag == "equal":
            yield from _kept(post, at_old[i1], at_old[i2], start)
        elif start < end:
            yield Segment(start, end, "person", None)


def _offsets(tokens: Sequence[str]) -> list[int]:
    offsets = [0]
    for token in tokens:
        offsets.append(offsets[-1] + len(token))
    return offsets


def _kept(post: Written, start: int, end: int, at: int) -> Iterator[Segment]:
    """The segments of the old text from `start` to `end`, moved to `at`."""
    for segment in post.trace:
        left, right = max(segment.start, start), min(segment.end, end)
        if left < right:
            source = segment.source
            if source is not None:
                source = source.part(left - segment.start, right - segment.start)
            yield Segment(at + left - start, at + right - start, segment.origin, source)


def _joined(segments: Iterator[Segment]) -> Iterator[Segment]:
    """Neighbours of the person's as one."""
    last: Segment | None = None
    for segment in segments:
        if last and last.origin == segment.origin == "person":
            last = Segment(last.start, segment.end, "person", None)
            continue
        if last:
            yield last
        last = segment
    if last:
        yield last


def _without_place(edit: Edit, where: str) -> Finding:
    return Finding(
        "warn",
        where,
        "edit without a place",
        f"{edit.person}'s own wording is not used, because the post it replaced now says "
        f"something else: “{_short(edit.text)}”",
    )


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:60]}…"
