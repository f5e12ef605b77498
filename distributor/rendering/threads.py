"""Fitting the chosen sentences into posts.

Every way of breaking the text is weighed at once (dynamic programming), so a
thread is as even as its sentences allow: breaks fall between paragraphs before
sentences, sentences before clauses, and as few posts are used as is good.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from .anatomy import Kind, Sentence, Span
from .measure import Measure
from .posts import Part, Place, Writer
from .segment import Cut, clause_cuts, grapheme_cuts, word_cuts

# What a break costs after …
_POST = 6.0  # … any post: breaking a paragraph between sentences to save one is worth it
_SENTENCE = 4.0
_ITEM = 1.0
_QUOTATION = 5.0  # on top of _SENTENCE: a post more is better than a quotation in two
_INSIDE = 8.0  # a sentence; never worth it to save a post
_WORDS = 6.0  # on top of _INSIDE: between words instead of clauses
_INTRODUCTION = 40.0
_OVERFLOW = 1000.0


@dataclass(frozen=True)
class Piece:
    """What is not broken further: a sentence, or a part of one that is too long."""

    sentence: Sentence
    start: int  # code points within the sentence
    end: int
    harm: float = 0.0  # how ill a break after it reads, inside its sentence

    @cached_property
    def text(self) -> str:
        """Its words."""
        return self.sentence.text[self.start : self.end].strip()

    @property
    def begins(self) -> bool:
        """Whether its sentence begins here."""
        return self.start == 0

    @property
    def ends(self) -> bool:
        """Whether its sentence ends here."""
        return self.end == len(self.sentence.text)

    @cached_property
    def span(self) -> Span:
        """Where it stands in the statement."""
        whole, text = self.sentence.span, self.sentence.text[self.start : self.end]
        left = self.start + len(text) - len(text.lstrip())
        start = whole.start + left
        return replace(whole, start=start, end=start + len(self.text))


@dataclass(frozen=True, slots=True)
class Ruler:
    """Lengths in one channel's measure, with what its template adds around the parts.

    What the template adds is found by rendering short parts, once each.
    """

    writer: Writer
    measure: Measure
    _lengths: dict[str, int] = field(default_factory=dict)
    _known: dict[tuple[object, ...], int] = field(default_factory=dict)

    def text(self, text: str) -> int:
        """The length of words alone."""
        if text not in self._lengths:
            self._lengths[text] = self.measure.length(text)
        return self._lengths[text]

    def frame(self, place: Place) -> int:
        """What the template adds to a post in this place."""
        digits = len(str(place.total))
        shape = Place(place.position, place.total) if place.total == 1 else _widest(place, digits)
        key = ("frame", shape.first, shape.last, digits, shape.total == 1)
        return self._remember(key, lambda: self._length([_sample("paragraph")], shape) - 1)

    def opening(self, piece: Piece) -> int:
        """What stands before the first part of a post: a bullet, an ellipsis."""
        sample = _sample(piece.sentence.kind, piece.sentence.number, continued=not piece.begins)
        key = ("opening", sample)
        return self._remember(key, lambda: self._length([sample]) - self._plain())

    def joint(self, before: Piece, piece: Piece) -> int:
        """What stands between two parts of a post."""
        parts = [
            _sample(before.sentence.kind),
            _sample(piece.sentence.kind, piece.sentence.number),
        ]
        key = ("joint", *parts)
        return self._remember(key, lambda: self._length(parts) - self._length(parts[:1]) - 1)

    def closing(self, piece: Piece) -> int:
        """What stands after a part whose sentence goes on in the next post."""
        if piece.ends:
            return 0
        sample = _sample("paragraph", continues=True)
        return self._remember(("closing",), lambda: self._length([sample]) - self._plain())

    def _plain(self) -> int:
        return self._length([_sample("paragraph")])

    def _length(self, parts: Sequence[Part], place: Place = Place(2, 3)) -> int:  # noqa: B008
        return self.measure.length(self.writer.write(parts, place).text)

    def _remember(self, key: tuple[object, ...], find: Callable[[], int]) -> int:
        if key not in self._known:
            self._known[key] = find()
        return self._known[key]


def _sample(
    kind: Kind, number: int | None = None, *, continued: bool = False, continues: bool = False
) -> Part:
    """A part of one letter; numbers of as many digits are alike."""
    wide = None if number is None else int("8" * len(str(number)))
    return Part(kind, "x", Span(0, None, 0, 1), wide, continued, continues)


def _widest(place: Place, digits: int) -> Place:
    """The widest counter for a place: "88/99" for the inner posts of up to 99."""
    total = int("9" * digits)
    return Place(1 if place.first else total if place.last else total - 1, total)


def whole(sentences: Iterable[Sentence]) -> list[Piece]:
    """The sentences as pieces, none of them broken."""
    return [Piece(sentence, 0, len(sentence.text)) for sentence in sentences]


def cut_to_size(pieces: Iterable[Piece], room: int, ruler: Ruler) -> list[Piece]:
    """The same text in pieces that each fit into `room`, as far as links allow."""
    fitting: list[Piece] = []
    for piece in pieces:
        if ruler.text(piece.text) + ruler.opening(piece) <= room:
            fitting.append(piece)
        else:
            fitting += _cut(piece, room, ruler)
    return fitting


def _cut(piece: Piece, room: int, ruler: Ruler) -> list[Piece]:
    """A sentence that is too long, at its clauses; a clause too long, at its words."""
    inner = room - _ellipses(ruler) - ruler.opening(piece)
    cut: list[Piece] = []
    for clause in _split(piece, clause_cuts(piece.text), _INSIDE):
        if ruler.text(clause.text) <= inner:
            cut.append(clause)
        else:
            cut += _cut_words(clause, inner, ruler)
    return cut


def _ellipses(ruler: Ruler) -> int:
    broken = Piece(Sentence(Span(0, None, 0, 3), "paragraph", "xxx"), 1, 2)
    return ruler.opening(broken) + ruler.closing(broken)


def _split(piece: Piece, cuts: Sequence[Cut], cost: float) -> list[Piece]:
    """The piece in two at each of these offsets."""
    pieces, start = [], piece.start
    for place in cuts:
        at = piece.start + place.at
        pieces.append(replace(piece, start=start, end=at, harm=cost + place.harm))
        start = at
    return [*pieces, replace(piece, start=start)]


def _cut_words(clause: Piece, room: int, ruler: Ruler) -> list[Piece]:
    """A clause that is too long, into as few pieces as fit, at the best words for it."""
    rest, pieces = clause, list[Piece]()
    while ruler.text(rest.text) > room:
        text = rest.sentence.text[rest.start : rest.end]
        cuts = _within(word_cuts(text), text, room, ruler.measure)
        cuts = cuts or _within(grapheme_cuts(text), text, room, ruler.measure)
        if not cuts:
            break  # a link longer than a post: a finding says so
        half = [cut for cut in cuts if 2 * cut.at >= cuts[-1].at]
        best = min(half, key=lambda cut: (cut.harm, -cut.at))
        head, rest = _split(rest, [best], _INSIDE + _WORDS)
        pieces.append(head)
    return [*pieces, rest]


def _within(cuts: list[Cut], text: str, room: int, measure: Measure) -> list[Cut]:
    """The cuts before which the text fits."""
    return cuts[: bisect_right(cuts, room, key=lambda cut: measure.length(text[: cut.at]))]


def fit(pieces: Sequence[Piece], ruler: Ruler) -> list[list[Piece]]:
    """The pieces in posts, each within the limit unless a single piece is too long."""
    for digits in (1, 2, 3, 4):
        posts = _arrange(pieces, ruler, int("9" * digits))
        if len(posts) < 10**digits:
            return posts
    raise AssertionError("a thread has fewer than ten thousand posts")


def fits_alone(pieces: Sequence[Piece], ruler: Ruler, place: Place) -> bool:
    """Whether all these pieces go into one post."""
    return ruler.frame(place) + _body(pieces, ruler) <= ruler.measure.limit


def _body(pieces: Sequence[Piece], ruler: Ruler) -> int:
    """The length of these pieces in one post, without its frame."""
    length = 0
    for index, piece in enumerate(pieces):
        length += _added(pieces, index, ruler) if index else ruler.opening(piece)
        length += ruler.text(piece.text)
    return length + (ruler.closing(pieces[-1]) if pieces else 0)


def _added(pieces: Sequence[Piece], index: int, ruler: Ruler) -> int:
    """What stands between a piece and the one before it in the same post."""
    before, piece = pieces[index - 1], pieces[index]
    gap = _gap(before, piece)
    return ruler.joint(before, piece) if gap is None else ruler.text(gap) if gap else 0


def _gap(before: Piece, piece: Piece) -> str | None:
    """The white space between two pieces that follow each other in one block, else None."""
    one, two = before.span, piece.span
    if (one.block, one.item) != (two.block, two.item) or two.start - one.end > 3:
        return None
    return " " * (two.start - one.end)


def _arrange(pieces: Sequence[Piece], ruler: Ruler, total: int) -> list[list[Piece]]:
    """The cheapest arrangement of the pieces in posts."""
    count = len(pieces)
    cost = [0.0] + [float("inf")] * count
    begin = [0] * (count + 1)
    for start in range(count):
        for end, price in _candidates(pieces, start, ruler, total):
            if cost[start] + price < cost[end]:
                cost[end], begin[end] = cost[start] + price, start
    posts: list[list[Piece]] = []
    while count:
        posts.append(list(pieces[begin[count] : count]))
        count = begin[count]
    return posts[::-1]


def _candidates(
    pieces: Sequence[Piece], start: int, ruler: Ruler, total: int
) -> Iterable[tuple[int, float]]:
    """Every post that can begin with this piece: where it ends, and its cost."""
    limit, body = ruler.measure.limit, 0
    inner = ruler.frame(Place(1 if start == 0 else 2, total))
    for end in range(start + 1, len(pieces) + 1):
        body += ruler.text(pieces[end - 1].text)
        body += ruler.opening(pieces[start]) if end == start + 1 else _added(pieces, end - 1, ruler)
        last = end == len(pieces)
        frame = inner if not last else ruler.frame(Place(total, total) if start else Place(1, 1))
        length = body + frame + ruler.closing(pieces[end - 1])
        if body + inner > limit and end > start + 1:
            return
        overflow = _OVERFLOW * (length > limit)
        if not overflow or end == start + 1:
            yield end, overflow + _price(pieces, end, length / limit)


def _price(pieces: Sequence[Piece], end: int, filled: float) -> float:
    """The cost of a post that ends before `end` and is `filled` so far (1: to the limit)."""
    if end == len(pieces):
        return _POST + (1.5 if filled < 0.25 else 0)
    return _POST + 2 * (1 - min(filled, 1)) ** 2 + _break_cost(pieces[end - 1], pieces[end])


def _break_cost(piece: Piece, following: Piece) -> float:
    """What it costs to end a post here."""
    if not piece.ends:
        return piece.harm
    if piece.sentence.introduces:
        return _INTRODUCTION
    if piece.span.block != following.span.block:
        return 0
    if piece.span.item != following.span.item:
        return _ITEM
    return _SENTENCE + _QUOTATION * piece.sentence.speaking


def parts_of(pieces: Sequence[Piece], text_of: Callable[[Span], str]) -> list[Part]:
    """The pieces of one post as its template gets them, neighbours joined."""
    parts: list[Part] = []
    for index, piece in enumerate(pieces):
        joined = index > 0 and _gap(pieces[index - 1], piece) is not None
        span = replace(parts[-1].source, end=piece.span.end) if joined else piece.span
        part = Part(
            kind=piece.sentence.kind,
            text=text_of(span),
            source=span,
            number=piece.sentence.number,
            continued=parts[-1].continued if joined else not piece.begins,
            continues=index == len(pieces) - 1 and not piece.ends,
        )
        if joined:
            parts[-1] = part
        else:
            parts.append(part)
    return parts
