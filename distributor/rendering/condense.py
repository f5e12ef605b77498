"""What a thread says: the statement, or as much of it as its posts can hold.

Nothing is reworded and no sentence is shortened. When there is not room for
everything, units are left out in a fixed order: signatories, background, the
closing, positions, demands made in running text; always the later one first. A
list of demands is told whole, in a longer thread if it must be; where even that
is too long, a single post says where to read it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

from ..statements.values import ItemList, Wording
from . import names
from .anatomy import (
    is_finished,
    leans,
    section_heads,
    stands_alone,
    take_apart,
    takes_stance,
    title_sentence,
)
from .changes import Changes
from .posts import Place
from .threads import Piece, Ruler, cut_to_size, fit, fits_alone, whole
from .units import Role, Sentence, Unit

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
        posts = _in_thread(title, told, ruler, most, wording.language)
        reduced = posts is None
    posts = posts or [_summary(title, told, ruler, wording.language)]
    left_out = _left_out([*_flat([title]), *_sentences(units)], posts)
    demands = (unit for unit in units if unit.says is Role.DEMAND)
    silent = _left_out(_sentences(demands), posts)
    return Choice(tuple(map(tuple, posts)), left_out, bool(silent) and not single, reduced)


def choose_changes(wording: Wording, changes: Changes, ruler: Ruler, *, most: int) -> Choice:
    """The posts that tell most of what is new in a wording, in at most `most` posts.

    Where there is not room for all of it, the less important is left out first. A
    new title is always told, any other where it fits.
    """
    title, units = title_sentence(wording), list(changes.units)
    spare = sorted(range(len(units)), key=lambda index: (-units[index].role, index))
    kept, lengths = set(spare), [_length(unit, ruler) for unit in units]
    room, total = most * (ruler.measure.limit - ruler.frame(_INNER)), sum(lengths)
    while spare and total > room:  # what has no room for certain, before anything is arranged
        kept.remove(spare[-1])
        total -= lengths[spare.pop()]
    while True:
        told = [units[index] for index in sorted(kept)]
        opening = _flat([title]) if changes.title else _title_if_it_fits(title, told, ruler)
        posts = _posts(opening, told, ruler, most) if opening or told else [[]]
        if len(posts) <= most or not spare:
            break
        kept.remove(spare.pop())
    left_out = _left_out(_sentences(units), posts)
    return Choice(tuple(map(tuple, posts)), dict.fromkeys(left_out, False))


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
    title: Sentence | None, units: Sequence[Unit], ruler: Ruler, most: int, language: str
) -> list[list[Piece]] | None:
    """The statement in posts, without what there is no room for; None if that is a demand."""
    lead, units = _lead(title, units, ruler, language)
    lengths = [_length(unit, ruler) for unit in units]
    post = ruler.measure.limit - ruler.frame(_INNER)
    kept = {i for i, unit in enumerate(units) if not _is_long_signature(unit, lengths[i], post)}
    spare = sorted(
        (index for index in kept if units[index].role < Role.NEWS and not _lists(units[index])),
        key=lambda index: (-units[index].role, index),
    )
    total = sum(lengths[index] for index in kept)
    dropped: list[int] = []
    while total > most * post and spare:
        dropped.append(spare.pop())
        kept.remove(dropped[-1])
        total -= lengths[dropped[-1]]
    if total > 2 * most * post:
        return None

    def posts_with(more: Iterable[int] = ()) -> list[list[Piece]]:
        return _posts(lead, [units[i] for i in sorted(kept.union(more))], ruler, most)

    batch = 0
    while len(posts := posts_with()) > most:
        if not spare:
            return posts if len(posts) <= 2 * most else None
        batch = min(len(spare), 1 + len(kept) // 20)  # so that long ones take few turns
        for _ in range(batch):
            dropped.append(spare.pop())
            kept.remove(dropped[-1])
    back = bisect_left(  # of the last batch, those that were too many
        range(1, batch + 1), True, key=lambda count: len(posts_with(dropped[-count:])) > most
    )
    return posts_with(dropped[-back:]) if back else posts


def _posts(
    lead: Sequence[Sentence], units: Sequence[Unit], ruler: Ruler, most: int
) -> list[list[Piece]]:
    room = ruler.measure.limit - ruler.frame(_INNER)
    opening = ruler.measure.limit - ruler.frame(_LEAD)
    first, *rest = whole([*lead, *_sentences(units)])
    pieces = [*cut_to_size([first], opening, ruler), *cut_to_size(rest, room, ruler)]
    return fit(pieces, ruler, most)


def _lists(unit: Unit) -> bool:
    """Whether a list of demands is in it."""
    return unit.role >= Role.DEMAND and any(s.kind == "item" for s in unit.sentences)


def _length(unit: Unit, ruler: Ruler) -> int:
    return sum(ruler.text(sentence.text) for sentence in unit.sentences)


def _is_long_signature(unit: Unit, length: int, post: int) -> bool:
    """Names that fill more than a post are left to the page the link leads to."""
    return unit.role is Role.SIGNATURES and length > post


@dataclass(frozen=True, slots=True)
class _Lead:
    """What the first post says: the title or nothing, units of news, a paragraph of views."""

    title: Sequence[Sentence]
    news: Sequence[Sentence]
    views: Sequence[Unit] = ()

    @property
    def sentences(self) -> list[Sentence]:
        return [*self.title, *self.news, *_sentences(self.views)]


def _lead(
    title: Sentence | None, units: Sequence[Unit], ruler: Ruler, language: str
) -> tuple[list[Sentence], list[Unit]]:
    """What the thread begins with, all of it in one post, and the units that follow."""
    if not units:
        return _flat([title]), []
    for lead in _leads(title, units, language):
        if fits_alone(whole(lead.sentences), ruler, _LEAD):
            break
    else:
        lead = _Lead(_flat([title]), ())
    if not lead.views:
        return [*lead.title], list(units)
    *tied, last = lead.sentences
    follow = [unit for unit in units if unit.sentences[0] not in lead.sentences]
    return [*(replace(sentence, introduces=True) for sentence in tied), last], follow


def _leads(title: Sentence | None, units: Sequence[Unit], language: str) -> Iterator[_Lead]:
    """What the first post may say, the best first.

    The title and the news. Where these do not say what the organisation thinks, the
    first paragraph that does comes before its turn, and is worth more than the title.
    """
    first = units[0]
    news = _sentences(unit for unit in units if unit.block == first.block)
    named = _title_beside(title, first)
    titled, told = (_says(sentences, language) for sentences in (named, first.sentences))
    views = _views(news, units, language)
    if views and not (titled or told):
        yield _Lead(named, news, views)
        yield _Lead((), news, views)
    begun = first.sentences[: first.sentences.index(first.body[0]) + 1]
    yield _Lead(named, begun)
    if views and not told:
        yield _Lead((), news, views)
    yield _Lead((), begun)
    if views:
        yield _Lead(_flat([title]), (), views)


def _title_if_it_fits(
    title: Sentence | None, units: Sequence[Unit], ruler: Ruler
) -> list[Sentence]:
    named = _title_beside(title, units[0]) if units else _flat([title])
    begun = _sentences(units)[:1]
    beside = fits_alone(whole([*named, *begun]), ruler, _LEAD)
    return named if beside or not fits_alone(whole(begun), ruler, _LEAD) else []


def _title_beside(title: Sentence | None, news: Unit) -> list[Sentence]:
    """The title, unless the news repeats it."""
    told = " ".join(sentence.text for sentence in news.body[:1]).casefold()
    repeated = title and title.text.casefold() in told
    return _flat([None if repeated else title])


def _says(sentences: Iterable[Sentence], language: str) -> bool:
    """Whether one of them says what the organisation thinks or asks for."""
    return any(takes_stance(sentence.text, language) for sentence in sentences)


def _views(news: Sequence[Sentence], units: Sequence[Unit], language: str) -> list[Unit]:
    """The first paragraph with a position or demand, if it may be told before its turn."""
    _, *paragraphs = (list(group) for _, group in groupby(units, key=lambda unit: unit.block))
    opinions = (i for i, units in enumerate(paragraphs) if any(map(_is_opinion, units)))
    place = next(opinions, None)
    is_letter = any(sentence.greets for sentence in news)
    begun = not is_finished(news[-1])
    if place is None or is_letter or begun or not _is_view(paragraphs[place]):
        return []
    passed, view, after = paragraphs[:place], paragraphs[place], paragraphs[place + 1 :]
    needed = any(units[0].points_back for units in (*passed[:1], *after[:1]))
    told = _names(news)
    needs = any(leans(unit, language) or unit.names - told for unit in view)
    return [] if needed or (passed and needs) else view


def _names(sentences: Iterable[Sentence]) -> set[str]:
    return {word for sentence in sentences for word in names.used(sentence.text)}


def _is_opinion(unit: Unit) -> bool:
    return unit.says in (Role.POSITION, Role.DEMAND)


def _is_view(paragraph: Sequence[Unit]) -> bool:
    """Whether a paragraph begins with a position or demand, and quotes nobody at length."""
    told = _sentences(paragraph)
    own = all(s.kind == "paragraph" and not (s.speaking or s.introduces) for s in told)
    return own and _is_opinion(paragraph[0])


def _summary(
    title: Sentence | None, units: Sequence[Unit], ruler: Ruler, language: str
) -> list[Piece]:
    """One post: the news, then the positions and demands there is room for.

    The title gives way where only without it there is room for news, or for a position.
    """
    if not units:
        return whole(_flat([title]))
    if title and not is_finished(units[0].body[-1]):
        return whole([title])  # a resolution: all of it is one sentence
    named = _title_beside(title, units[0])
    openings = [named, []] if fits_alone(whole(named), ruler, _ALONE) else [[]]
    told = [[*opening, *_filled(opening, units, ruler, language)] for opening in openings]
    news = units[0].body[0]
    best = max(told, key=lambda post: (news in post, _says(post, language)))
    return whole(best or _flat([title]))


def _filled(
    opening: Sequence[Sentence], units: Sequence[Unit], ruler: Ruler, language: str
) -> list[Sentence]:
    """What fits into one post after its opening, in the statement's order."""
    order = {sentence: place for place, sentence in enumerate(_sentences(units))}
    heads = section_heads(units)
    places = {unit: place for place, unit in enumerate(units)}
    kept: list[Sentence] = []
    for unit, candidate in _candidates(units):
        place = places[unit]
        head = units[heads[place]]
        if head is not unit and kept and head.body[0] not in kept:
            continue
        if unit.points_back and place and not set(units[place - 1].body) <= {*kept}:
            continue
        if leans(unit, language) and kept and not _is_led_up_to(unit, units[place - 1], kept):
            continue
        if unit.names - _names([*opening, *kept]):
            continue
        more = sorted({*kept, *candidate}, key=order.__getitem__)
        if fits_alone(whole([*opening, *more]), ruler, _ALONE):
            kept = more
    return kept


def _is_led_up_to(unit: Unit, before: Unit, kept: Sequence[Sentence]) -> bool:
    """Whether the sentence before it is kept, or some of the paragraph before its own."""
    if before.block == unit.block:
        return before.sentences[-1] in kept
    return any(sentence.span.block == before.block for sentence in kept)


def _candidates(units: Sequence[Unit]) -> Iterator[tuple[Unit, Sequence[Sentence]]]:
    """What a summary may say, the most important first; of several lists all or none."""
    news, *rest = units
    if stands_alone(news.body[0]):
        yield news, news.body[:1]
    yield news, news.body
    lists = [unit for unit in rest if _lists(unit)]
    for role in (Role.POSITION, Role.DEMAND):
        for unit in rest:
            if unit.says is role and unit not in lists:
                yield unit, unit.body
    if lists:
        yield lists[0], [sentence for unit in lists for sentence in unit.body]


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
