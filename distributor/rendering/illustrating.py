"""Which picture goes where in a thread.

The first post shows the picture the statement was given, or else its quote card.
Bluesky's link card shows the same picture; without one, that of the organisation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..statements.values import Wording
from .cards import QuoteCards
from .channels import ChannelProof
from .edition import ChannelTarget, Edition, Finding, OwnPicture
from .lint_pictures import lint_media
from .pictures import MOST_BYTES, NotAPicture, Picture, prepare
from .texts import TEXT_RULES


class Illustrations:
    """The pictures of one edition."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._cards = QuoteCards(edition)
        self.used: dict[str, Picture] = {}
        """What was put into threads, by SHA-256."""

    def add_to(self, thread: ChannelProof, wording: Wording, target: ChannelTarget) -> ChannelProof:
        """The thread with its pictures, and findings on them."""
        if not thread.content["posts"]:
            return thread
        lead, notes = self._lead(wording)
        if lead:
            picture, alt = lead
            posts = _illustrated(thread.content["posts"], self._use(picture), alt)
        else:
            posts, missing = self._with_link_picture(thread.content["posts"], target)
            notes += missing
        content = {**thread.content, "posts": posts}
        found = lint_media(content, self.used, target.media, target.label)
        return replace(thread, content=content, findings=(*thread.findings, *notes, *found))

    def _use(self, picture: Picture) -> dict[str, Any]:
        self.used[picture.sha256] = picture
        return picture.named()

    def _lead(self, wording: Wording) -> tuple[tuple[Picture, str] | None, list[Finding]]:
        """The picture of the first post with its alt text, if there is one."""
        if own := self._edition.picture:
            alt = own.alts.get(wording.language, "")
            return (own.picture, alt), list(_lint_alt(own, wording.language))
        card = self._cards.of(wording)
        if isinstance(card, str):
            return None, [Finding("warn", wording.language, "quote card", card)]
        return (card.picture, card.alt) if card else None, []

    def _with_link_picture(
        self, posts: list[dict[str, Any]], target: ChannelTarget
    ) -> tuple[list[dict[str, Any]], list[Finding]]:
        """The posts with the organisation's picture on the link card, where there is one."""
        file, first = self._edition.link_picture, posts[0]
        if not file or not first.get("card"):
            return posts, []
        picture = _picture_of(file)
        if isinstance(picture, str):
            message = f"The link card goes out without a picture: {picture}."
            return posts, [Finding("warn", target.label, "link picture", message)]
        card = {**first["card"], "thumb": self._use(picture)}
        return [{**first, "card": card}, *posts[1:]], []


def _illustrated(
    posts: list[dict[str, Any]], named: dict[str, Any], alt: str
) -> list[dict[str, Any]]:
    """The posts with a picture under the first.

    A post of Bluesky shows pictures or a link card. The card gives way to the last
    post of the thread, with the same picture on it; a single post does without.
    """
    first, *rest = posts
    card = first.get("card")
    first = {**first, "media": [{**named, "alt": alt}]}
    if card:
        first["card"] = None
    if card and rest:
        rest[-1] = {**rest[-1], "card": {**card, "thumb": named}}
    return [first, *rest]


def _lint_alt(own: OwnPicture, language: str) -> Iterator[Finding]:
    """What is to be known of an alt text; that it is missing or too long is said elsewhere."""
    for severity, kind, rule in TEXT_RULES:
        if message := rule(own.alts.get(language, ""), language):
            yield Finding(severity, f"{language}, alt text", kind, message)


def _picture_of(file: str) -> Picture | str:
    """The organisation's picture; why it cannot be had."""
    try:
        with Path(file).open("rb") as opened:
            return _prepared(opened.read(MOST_BYTES + 1))
    except OSError:
        return f"{file} cannot be read; correct organisation.link_picture"
    except NotAPicture as fault:
        return f"{file} cannot be used: {fault}"


@lru_cache(maxsize=2)  # the same file for every proof
def _prepared(content: bytes) -> Picture:
    return prepare(content)
