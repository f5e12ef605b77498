"""Quote cards: the key sentence of a statement as a picture, under the first post of a thread.

Its words are the statement's own, and its alt text is the same words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..statements.values import Wording
from .anatomy import Role, Sentence, stands_alone, take_apart, title_sentence
from .channels import ChannelProof
from .edition import CardStyle, Edition, Finding, MediaLimits
from .languages import direction
from .lexicon import lexicon
from .pictures import Picture, encode, lint_media


@dataclass(frozen=True, slots=True)
class QuoteCard:
    """A drawn card, and the words on it."""

    picture: Picture
    alt: str


class QuoteCards:
    """The cards of one edition: one per language, each drawn once."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._made: dict[str, QuoteCard | str] = {}

    @property
    def pictures(self) -> dict[str, Picture]:
        """What was drawn, by SHA-256."""
        cards = [card for card in self._made.values() if isinstance(card, QuoteCard)]
        return {card.picture.sha256: card.picture for card in cards}

    def add_to(self, thread: ChannelProof, wording: Wording, limits: MediaLimits) -> ChannelProof:
        """The thread with the card under its first post, where cards are wanted."""
        style = self._edition.card
        if style is None or not thread.content["posts"]:
            return thread
        if wording.language not in self._made:
            self._made[wording.language] = _draw(wording, self._edition.organisation, style)
        card = self._made[wording.language]
        if isinstance(card, str):
            note = Finding("warn", wording.language, "quote card", card)
            return replace(thread, findings=(*thread.findings, note))
        content = _with_card(thread, card)
        found = lint_media(content, self.pictures, limits)
        return replace(thread, content=content, findings=(*thread.findings, *found))


def _with_card(thread: ChannelProof, card: QuoteCard) -> dict[str, object]:
    first, *rest = thread.content["posts"]
    lead = {**first, "media": [card.picture.named(card.alt)]}
    if "card" in lead:  # Bluesky: one embed per post, a link card or pictures
        lead["card"] = None
    return {**thread.content, "posts": [lead, *rest]}


def _draw(wording: Wording, organisation: str, style: CardStyle) -> QuoteCard | str:
    """The card of a wording; why there is none, when it cannot be drawn."""
    from .lettering import CannotDraw, TooLong, draw_card  # Pillow is slow to import

    for sentence in key_sentences(wording):
        way = direction(wording.language)
        try:
            image = draw_card(sentence.text, organisation, wording.language, way, style)
        except TooLong:
            continue
        except CannotDraw as fault:
            return f"The thread goes out without a quote card: {fault}."
        return QuoteCard(encode(image), f"{sentence.text}\n{organisation}")
    return "The thread goes out without a quote card: no key sentence is short enough for one."


def key_sentences(wording: Wording) -> Iterator[Sentence]:
    """Whole sentences that could stand on a card, the best first.

    Positions come first, then the news, then the title. None of them needs
    another sentence to be understood.
    """
    units = take_apart(wording)
    says = lexicon(wording.language).positions
    for role in (Role.POSITION, Role.NEWS):
        for unit in units:
            body = next((s for s in unit.sentences if s.kind == "paragraph"), None)
            if unit.role is not role or unit.points_back or not body or not stands_alone(body):
                continue
            if role is Role.NEWS or (says and says.search(body.text)):
                yield body
    if title := title_sentence(wording):
        yield title
