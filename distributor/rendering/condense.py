"""What a thread says: the statement, or as much of it as its posts can hold.

Nothing is reworded and no sentence is shortened. When there is not room for
everything, units are left out in a fixed order: signatories, background, the
closing, positions, demands made in running text; always the later one first. A
list of demands is told whole, in a longer thread if it must be; where even that
is too long, a single post says where to read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from ..statements.values import ItemList, Wording
from .anatomy import Role, Sentence, Unit, stands_alone, take_apart, title_sentence
from .posts import Place
from .threads import Piece, Ruler, cut_to_size, fit, fits_alone, whole

MOST_POSTS = 12
"""Lists of demands may make it twice as many."""

_ALONE = Place(1, 1)
_LEAD = Place(1, 9)
_INNER = Place(2, 9)


@dataclass(frozen=True, slots=True)
class Choice:
    """The posts of a thread, and which blocks of the statement are in none of them.

    `left_out` is true for blocks that are missing whole, false for those of which
    a part is said. `silent` demands stand in running text that had no room;
    `reduced`: not even the lists had, so one post was made.
    """

    posts: tuple[tuple[Piece, ...], ...]
    left_out: Mapping[int | Literal["title"], bool]
    silent: bool = False
    reduced: bool = False


def choose(wording: Wording, ruler: Ruler, *, single: bool, most: int = MOST_POSTS) -> Choice:
    """The posts that say most of a statement in at most `most` posts, or in one."""
    title, units = title_sentence(wording), list(take_apart(wording))
    told = [unit for unit in units if unit.role is not Role.ASIDE]
    posts, reduced = _in_one(title, told, ruler), False
    if posts is None and not single:
        posts = _in_thread(title, told, ruler, most)
        reduced = posts is None
    posts = posts or [_summary(title, told, ruler)]
    left_out = _left_out([*_flat([title]), *_sentences(units)], posts)
    silent = _left_out(_sentences(u for u in units if u.role is Role.DEMAND), posts)
    return Choice(tuple(map(tuple, posts)), left_out, bool(silent) and not single, reduced)


def _left_out(
    everything: Iterable[Sentence], posts: Iterable[Iterable[Piece]]
) -> dict[int | Literal["title"], bool]:
    said = {piece.sentence.span for post in posts for piece in post}
    texts = [sentence for sentence in everything if sentence.kind != "heading"]
    told = {sentence.span.block for sentence in texts if sentence.span in said}
    return {s.span.block: s.span.block not in told for s in texts if s.span not in said}


def _flat(sentences: Iterable[Sentence | None]) -> list[Sentence]:
    return [sentence for sentence in sentences if sentence is not None]


def _sentences(units: Iterable[Unit]) -> list[Sentence]:
    return [sentence for unit in units for sentence in unit.sentences]


def _in_one(
    title: Sentence | None, units: Sequence[Unit], ruler: Ruler
) -> list[list[Piece]] | None:
    """The whole statement in one post, if need be without its title."""
    for opening in (_flat([title]), []):
        pieces = whole([*opening, *_sentences(units)])
        if pieces and fits_alone(pieces, ruler, _ALONE):
            return [pieces]
    return None


def _in_thread(
    title: Sentence | None, units: Sequence[Unit], ruler: Ruler, most: int
) -> list[list[Piece]] | None:
    """The statement in posts, without what there is no room for; None if that is a demand."""
    opening = _opening(title, units, ruler, _LEAD)
    lengths = [_length(unit, ruler) for unit in units]
    post = ruler.measure.limit - ruler.frame(_INNER)
    kept = {i for i, unit in enumerate(units) if not _is_long_signature(unit, lengths[i], post)}
    spare = sorted(
        (index for index in kept if units[index].role < Role.NEWS and not _lists(units[index])),
        key=lambda index: (-units[index].role, index),
    )
    total = sum(lengths[index] for index in kept)
    while total > most * post and spare:
        kept.remove(spare[-1])
        total -= lengths[spare.pop()]
    while len(posts := _posts(opening, [units[index] for index in sorted(kept)], ruler)) > most:
        if not spare:
            return posts if len(posts) <= 2 * most else None
        for _ in range(min(len(spare), 1 + len(kept) // 20)):  # so that long ones take few turns
            kept.remove(spare.pop())
    return posts


def _posts(opening: list[Sentence], units: Sequence[Unit], ruler: Ruler) -> list[list[Piece]]:
    room = ruler.measure.limit - ruler.frame(_INNER)
    lead = ruler.measure.limit - ruler.frame(_LEAD)
    first, *rest = whole([*opening, *_sentences(units)])
    return fit([*cut_to_size([first], lead, ruler), *cut_to_size(rest, room, ruler)], ruler)


def _lists(unit: Unit) -> bool:
    """Whether a list of demands is in it."""
    return unit.role >= Role.DEMAND and any(s.kind == "item" for s in unit.sentences)


def _length(unit: Unit, ruler: Ruler) -> int:
    return sum(ruler.text(sentence.text) for sentence in unit.sentences)


def _is_long_signature(unit: Unit, length: int, post: int) -> bool:
    """Names that fill more than a post are left to the page the link leads to."""
    return unit.role is Role.SIGNATURES and length > post


def _opening(
    title: Sentence | None, units: Sequence[Unit], ruler: Ruler, place: Place
) -> list[Sentence]:
    """The title, unless the lead is better without: the news alone says more."""
    if title is None or not units:
        return _flat([title])
    news = next((s for s in units[0].sentences if s.kind != "heading"), units[0].sentences[0])
    if title.text.casefold() in news.text.casefold():
        return []
    if fits_alone(whole([title, news]), ruler, place):
        return [title]
    return [] if fits_alone(whole([news]), ruler, place) else [title]


def _summary(title: Sentence | None, units: Sequence[Unit], ruler: Ruler) -> list[Piece]:
    """One post: the news, then the positions and demands there is room for."""
    opening = _opening(title, units, ruler, _ALONE)
    if not fits_alone(whole(opening), ruler, _ALONE):
        opening = []
    kept: list[Sentence] = []
    order = {sentence: place for place, sentence in enumerate(_sentences(units))}
    for candidate in _candidates(units):
        more = sorted({*kept, *candidate}, key=order.__getitem__)
        if fits_alone(whole([*opening, *more]), ruler, _ALONE):
            kept = more
    return whole([*opening, *kept] or _flat([title]))


def _candidates(units: Sequence[Unit]) -> Iterator[Sequence[Sentence]]:
    """What a summary may say, the most important first."""
    for unit in units[:1]:
        body = [sentence for sentence in unit.sentences if sentence.kind != "heading"]
        if stands_alone(body[0]):
            yield body[:1]
        yield body
    for role in (Role.POSITION, Role.DEMAND):
        for unit in units[1:]:
            if unit.role is role and not unit.points_back:
                yield [sentence for sentence in unit.sentences if sentence.kind != "heading"]


def describe(left_out: Mapping[int | Literal["title"], bool], wording: Wording) -> list[str]:
    """What was left out, in words: "the title", "paragraphs 5 and 6", "part of paragraph 2"."""
    named: dict[str, list[int]] = {}
    for block, missing in left_out.items():
        if block != "title":
            kind, number = _place(wording, block)
            named.setdefault(kind if missing else f"part of {kind}", []).append(number)
    words = ["the title"] if "title" in left_out else []
    for kind, numbers in named.items():
        words.append(f"{kind}{'s' if len(numbers) > 1 else ''} {listed(_ranges(numbers))}")
    return words


def _ranges(numbers: Sequence[int]) -> list[str]:
    """Three and more in a row as "5 to 9"."""
    shown: list[str] = []
    for _, group in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        row = [number for _, number in group]
        shown += [f"{row[0]} to {row[-1]}"] if len(row) > 2 else map(str, row)
    return shown


def _place(wording: Wording, block: int) -> tuple[str, int]:
    """The number a reader would give this block, counting paragraphs and lists apart."""
    is_list = isinstance(wording.blocks[block], ItemList)
    same = [b for b in wording.blocks[: block + 1] if isinstance(b, ItemList) == is_list]
    return "list" if is_list else "paragraph", sum(b.type != "heading" for b in same)


def listed(words: Sequence[str]) -> str:
    """The words as a list in running text: "5, 6 and 7"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
