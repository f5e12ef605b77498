"""Fitting the chosen sentences into posts.

Every way of breaking the text is weighed at once (dynamic programming), so a
thread is as even as its sentences allow: breaks fall between paragraphs before
sentences, sentences before clauses, and as few posts are used as is good.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby, pairwise

from .measure import Measure
from .posts import Part, Place, Writer
from .quotations import open_at
from .segment import Cut, clause_cuts, grapheme_cuts, word_cuts
from .units import Sentence, Span

# What a break costs after …
_POST = 6.0  # … any post: breaking a paragraph between sentences to save one is worth it
_THRIFT = 35.0  # … any post, when there are too many
_SENTENCE = 4.0
_POINTING = 3.0  # on top: what follows says "this" or "they"; a paragraph may, at a third
_ITEM = 1.0
_LIST = 6.0  # on top of _ITEM: a list that fits into a post is better whole
_ORPHAN = 2.0  # on top of these: an item of a list, alone in its post
_QUOTATION = 5.0  # on top of _SENTENCE: a post more is better than a quotation in two
_INSIDE = 8.0  # a sentence; never worth it to save a post
_WORDS = 6.0  # on top of _INSIDE: between words instead of clauses
_INTRODUCTION = 40.0
_OVERFLOW = 1000.0

_INNER = Place(2, 9)


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

    @cached_property
    def reopens(self) -> str:
        """The marks of the quotations in whose midst it begins."""
        return "".join(q.opening for q in open_at(self.sentence.quotations, self.span.start))

    @cached_property
    def shuts(self) -> str:
        """The marks of the quotations in whose midst it ends."""
        found = open_at(self.sentence.quotations, self.span.end)
        return "".join(q.closing for q in reversed(found))


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
        return self._remember(key, lambda: self._length([_PLAIN], shape) - 1)

    def opening(self, piece: Piece) -> int:
        """What stands before the first part of a post: a bullet, an ellipsis, a mark."""
        sample = _sample(piece.sentence, continued=not piece.begins)
        key = ("opening", sample)
        marks = self.text(piece.reopens)
        return marks + self._remember(key, lambda: self._length([sample]) - self._plain())

    def joint(self, before: Piece, piece: Piece) -> int:
        """What stands between two parts of a post."""
        parts = [_sample(before.sentence), _sample(piece.sentence)]
        key = ("joint", *parts)
        marks = self.text(before.shuts) + self.text(piece.reopens)
        between = self._remember(key, lambda: self._length(parts) - self._length(parts[:1]) - 1)
        return marks + between

    def closing(self, piece: Piece) -> int:
        """What stands after a part that goes on in the next post: an ellipsis, a mark."""
        marks = self.text(piece.shuts)
        if piece.ends:
            return marks
        return marks + self._remember(
            ("closing",), lambda: self._length([_CONTINUED]) - self._plain()
        )

    def _plain(self) -> int:
        return self._length([_PLAIN])

    def _length(self, parts: Sequence[Part], place: Place = Place(2, 3)) -> int:  # noqa: B008
        return self.measure.length(self.writer.write(parts, place).text)

    def _remember(self, key: tuple[object, ...], find: Callable[[], int]) -> int:
        if key not in self._known:
            self._known[key] = find()
        return self._known[key]


_PLAIN = Part("paragraph", "x", Span(0, None, 0, 1))
_CONTINUED = replace(_PLAIN, continues=True)


def _sample(sentence: Sentence, *, continued: bool = False) -> Part:
    """A part of one letter; numbers of as many digits are alike."""
    number = None if sentence.number is None else int("8" * len(str(sentence.number)))
    return replace(
        _PLAIN, kind=sentence.kind, number=number, continued=continued, bare=sentence.bare
    )


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
    inner = room - _ellipses(ruler) - ruler.opening(piece) - _marks(piece.sentence, ruler)
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


def _marks(sentence: Sentence, ruler: Ruler) -> int:
    """The room for marks where a quotation is broken."""
    return max((ruler.text(q.opening + q.closing) for q in sentence.quotations), default=0)


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
    while text := _overflowing(rest, room, ruler.measure):
        cuts = _within(word_cuts(text), text, room, ruler.measure)
        cuts = cuts or _within(grapheme_cuts(text), text, room, ruler.measure)
        if not cuts:
            break  # a link longer than a post: a finding says so
        half = [cut for cut in cuts if 2 * cut.at >= cuts[-1].at]
        best = min(half, key=lambda cut: (cut.harm, -cut.at))
        head, rest = _split(rest, [best], _INSIDE + _WORDS)
        pieces.append(head)
    return [*pieces, rest]


def _overflowing(piece: Piece, room: int, measure: Measure) -> str:
    """A beginning of the piece that is too long, or nothing when all of it fits.

    No more of it than is needed, so that a long sentence takes time by its length only.
    """
    end = piece.start
    while end < piece.end:
        end = min(piece.end, 2 * end - piece.start + 2 * room)
        text = piece.sentence.text[piece.start : end]
        if measure.length(text.strip()) > room:
            return text
    return ""


def _within(cuts: list[Cut], text: str, room: int, measure: Measure) -> list[Cut]:
    """The cuts before which the text fits."""
    return cuts[: bisect_right(cuts, room, key=lambda cut: measure.length(text[: cut.at]))]


def fit(pieces: Sequence[Piece], ruler: Ruler, most: int) -> list[list[Piece]]:
    """The pieces in posts, each within the limit unless a single piece is too long.

    Where these are more than `most`, it breaks less well into fewer.
    """
    least = sum(ruler.text(piece.text) for piece in pieces) // ruler.measure.limit
    posts = _numbered(pieces, ruler, _POST, least)
    return posts if len(posts) <= most or least > most else _numbered(pieces, ruler, _THRIFT, least)


def _numbered(pieces: Sequence[Piece], ruler: Ruler, post: float, least: int) -> list[list[Piece]]:
    """The posts, at least so many, with room for their counters; each costs `post`."""
    for digits in range(len(str(least)), 5):
        posts = _arrange(pieces, ruler, int("9" * digits), post)
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


def _arrange(pieces: Sequence[Piece], ruler: Ruler, total: int, post: float) -> list[list[Piece]]:
    """The cheapest arrangement of the pieces in posts."""
    count = len(pieces)
    breaks = _breaks(pieces, ruler)
    cost = [0.0] + [float("inf")] * count
    begin = [0] * (count + 1)
    for start in range(count):
        for end, filled in _candidates(pieces, start, ruler, total):
            price = cost[start] + post + breaks[end] + _emptiness(filled, last=end == count)
            if price < cost[end]:
                cost[end], begin[end] = price, start
    posts: list[list[Piece]] = []
    while count:
        posts.append(list(pieces[begin[count] : count]))
        count = begin[count]
    return posts[::-1]


def _candidates(
    pieces: Sequence[Piece], start: int, ruler: Ruler, total: int
) -> Iterable[tuple[int, float]]:
    """Every post that can begin with this piece: where it ends, and how full it is (1: full)."""
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
        if length <= limit or end == start + 1:
            yield end, length / limit


def _emptiness(filled: float, *, last: bool) -> float:
    """The cost of what a post leaves unused, or of being too long."""
    if filled > 1:
        return _OVERFLOW
    if last:
        return 1.5 if filled < 0.25 else 0
    return 2 * (1 - filled) ** 2


def _breaks(pieces: Sequence[Piece], ruler: Ruler) -> list[float]:
    """What it costs to end a post before each piece, and nothing at the end of the thread."""
    whole_lists = {
        pieces[group[-1]].span.block
        for group in _lists(pieces)
        if _body([pieces[i] for i in group], ruler) + ruler.frame(_INNER) <= ruler.measure.limit
    }
    costs = [0.0]
    for piece, following in pairwise(pieces):
        costs.append(_break_cost(piece, following))
        if following.span.item is not None and piece.ends:
            costs[-1] += _LIST * (following.span.block in whole_lists)
    for _, *items in _lists(pieces):
        starts = [i for i in items if pieces[i].span.item != pieces[i - 1].span.item]
        for place in {*starts[1:2], *starts[1:][-1:]}:
            costs[place] += _ORPHAN
    return [*costs, 0.0]


def _lists(pieces: Sequence[Piece]) -> Iterator[list[int]]:
    """The places of each list among the pieces, with the one that introduces it."""
    for block, group in groupby(range(len(pieces)), key=lambda i: _list_of(pieces[i])):
        places = list(group)
        if block is not None and places[0] > 0:
            yield [places[0] - 1, *places]


def _list_of(piece: Piece) -> int | str | None:
    return None if piece.span.item is None else piece.span.block


def _break_cost(piece: Piece, following: Piece) -> float:
    """What it costs to end a post between these two."""
    if not piece.ends:
        return piece.harm
    if piece.sentence.introduces:
        return _INTRODUCTION
    points_back = following.sentence.points_back
    if piece.span.block != following.span.block:
        return _POINTING / 3 if points_back else 0
    if piece.span.item != following.span.item:
        return _ITEM
    return _SENTENCE + _POINTING * points_back + _QUOTATION * piece.sentence.speaking


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
            bare=piece.sentence.bare,
            reopens=parts[-1].reopens if joined else piece.reopens,
            shuts=piece.shuts,
        )
        if joined:
            parts[-1] = part
        else:
            parts.append(part)
    return parts
