"""Quote cards: the key sentence of a statement as a picture, under the first post of a thread.

Its words are the statement's own, and its alt text is the same words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..statements.values import Wording
from .anatomy import leans, stands_alone, take_apart, title_sentence
from .edition import CardStyle, Edition
from .languages import direction
from .lexicon import lexicon
from .pictures import Picture, encode
from .quotations import unquoted
from .units import Role, Sentence


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

    def of(self, wording: Wording) -> QuoteCard | str | None:
        """The card; why it cannot be had; None where cards are not wanted."""
        style = self._edition.card
        if style is None:
            return None
        if wording.language not in self._made:
            self._made[wording.language] = _draw(wording, self._edition.organisation, style)
        return self._made[wording.language]


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
    another sentence to be understood: no "this law", no "she", no "Mr Okoro" of whom
    an earlier one told.
    """
    units = take_apart(wording)
    says = lexicon(wording.language).positions
    for role in (Role.POSITION, Role.NEWS):
        for unit in units:
            body = next((s for s in unit.body if s.kind == "paragraph"), None)
            needs = unit.names or leans(unit, wording.language)
            if unit.role is not role or (needs and unit is not units[0]):
                continue
            if not body or not stands_alone(body):
                continue
            if role is Role.NEWS or (says and says.search(unquoted(body.text))):
                yield body
    if title := title_sentence(wording):
        yield title
