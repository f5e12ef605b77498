"""Where text may be cut: sentences, clauses, words, as code point offsets.

Cutting loses nothing: the pieces always join back to the text. When in doubt a
full stop is taken as part of the sentence, because a sentence too long is
better than a sentence cut in two.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter, itemgetter

import regex

from .lexicon import Lexicon, lexicon
from .links import find_links, find_mentions
from .quotations import find_quotations, outermost

Range = tuple[int, int]

_CLOSERS = "”’»“‹›\"')\\]}」』）】》〉"
_ENDING = re.compile(
    rf"(?P<mark>[.!?…‽؟۔։]+)(?:[{_CLOSERS}]|[ \u00a0\u202f]»)*(?:\[\d+\]|[¹²³⁰-⁹]+)*(?=\s|\Z)"
    rf"|(?P<wide>[。！？｡]+)[{_CLOSERS}]*"
    r"|(?P<line>\n+)"
)
_SPACE = re.compile(r"\s*")
_WORD_BEFORE = re.compile(r"[^\s(\[{“„«‘’\"'–—/（「『《【：，、；。]+\Z")
_WORD = re.compile(r"[^\W\d_]+[’']?")
_DATELINE = re.compile(r"[^\W\d_](?:[^\s,]*\s){0,2}[^\s,]+, (?:\S+ ){1,5}(?:19|20)\d\d")
_NUMBER = re.compile(r"(?<!\w)\d[\d.,]*\s?\Z")
_INITIALS = re.compile(r"(?:[^\W\d_]\.-?)*[^\W\d_]")
_QUOTED_ON = ("と", "って", "との", "などと")  # Japanese: said so
_BRACKETED = re.compile(r"\([^()\n]{1,300}\)|（[^（）\n]{1,300}）")
_LONGEST_QUOTATION = 2000
_FEW_SIGNS = 20
_SIGN = re.compile(r"[^\W_]")


def sentences(text: str, language: str) -> list[Range]:
    """The sentences of a text, each with the space after it."""
    words = lexicon(language)
    brackets = [match.span() for match in _BRACKETED.finditer(text)]
    cuts = [0]
    for match in _ENDING.finditer(text):
        end = match.end() if match["line"] else _after_space(text, match.end())
        if end == len(text) or _is_inside(match.end(), brackets):
            continue
        if _ends_sentence(text, match, cuts[-1], end, words):
            cuts.append(end)
    return [*pairwise([*cuts, len(text)])] if text else []


def _is_inside(place: int, ranges: Sequence[Range]) -> bool:
    """Whether a place falls within one of these ranges, which are sorted and apart."""
    before = bisect_left(ranges, place, key=itemgetter(0)) - 1
    return before >= 0 and place < ranges[before][1]


def _after_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _ends_sentence(
    text: str, match: re.Match[str], start: int, following: int, words: Lexicon
) -> bool:
    """Whether this mark ends the sentence that began at `start`."""
    if match["line"]:
        return True
    if match["wide"]:
        return _wide_ends(text, match, following)
    if not _SIGN.search(text, max(start, match.start() - _FEW_SIGNS), match.start()):
        return False  # ". . ." is no sentence
    if _first_letter(text, following).islower() or text[following] in "—–":
        return False  # "… 2026. — The Forum": a dateline, or who said what ends there
    return match["mark"] != "." or _full_stop_ends(text, match.start(), start, following, words)


def _wide_ends(text: str, match: re.Match[str], following: int) -> bool:
    """「…。」 ends a sentence when the speaker was named before it, not when he follows."""
    if len(match[0]) == len(match["wide"]) or following > match.end():
        return True
    begin = max(0, match.start() - _LONGEST_QUOTATION)
    opening = max(text.rfind(sign, begin, match.start()) for sign in "「『“（《")
    if opening < 0 or text.startswith(_QUOTED_ON, following):
        return False
    return opening > 0 and text[opening - 1] in "：:，,\n"


def _first_letter(text: str, position: int) -> str:
    """The first letter or digit from here on, past quotes and brackets."""
    near = text[position : position + _FEW_SIGNS]
    return next((character for character in near if character.isalnum()), "")


def _full_stop_ends(text: str, dot: int, start: int, following: int, words: Lexicon) -> bool:
    before = _WORD_BEFORE.search(text, max(start, dot - 20), dot)
    word = before[0] if before else ""
    opener = _WORD.match(text, following)
    opens = opener is not None and opener[0] in words.openers
    opens = opens and not (opener and text.startswith(".", opener.end()))  # another initial
    if _DATELINE.fullmatch(text, 0, dot):
        return False
    if word.isdigit():
        listed = before is not None and before.start() == start
        return not listed and (opens or not (words.ordinals and len(word) <= 2))
    if word in words.titles:
        return False
    if words.is_numbered(word) and _first_letter(text, following).isdigit():
        return False
    if _INITIALS.fullmatch(word):  # "J. F.", "D.C.", "z. B."
        return opens
    begin = dot - len(word)
    if word.islower() and len(word) <= 4 and _NUMBER.search(text, max(start, begin - 12), begin):
        return opens  # "50 tis. Kč", "3 Std. Haft"
    return word not in _COMPANIES or opens


_COMPANIES = frozenset({"Inc", "Ltd", "Co", "Corp", "Jr", "Sr", "Bros", "PLC", "Mio", "Mrd"})


@dataclass(frozen=True, slots=True)
class Cut:
    """A place inside a sentence where it may be cut, and how ill that reads (0 best)."""

    at: int
    harm: int


_CLAUSE = re.compile(
    r"(?P<strong>[;:；：؛—])[”’»\"')\]」』）]*(?=\s|[^\W\d_a-zA-Z])"
    r"|(?P<weak>[,،，、])[”’»\"')\]」』）]*|(?<=\w)(?P<joined>—)(?=\w)"
    r"|\s(?P<dash>[–—-])(?=\s)"
)


def clause_cuts(text: str) -> list[Cut]:
    """Where clauses of one sentence end; dearer inside quotations, and near its ends."""
    protected = _protected(text)
    quoted = outermost(find_quotations(text))
    cuts = []
    stub = min(90, 0.3 * len(text))
    for match in _CLAUSE.finditer(text):
        wide = match["joined"] or match[0][0] in "，、；："
        end = match.start() + 1 if match["dash"] else _after_space(text, match.end())
        if (end == match.end() and not wide and not match["dash"]) or not 0 < end < len(text):
            continue
        harm = _comma_harm(text, match["weak"], end) + 3 * _is_inside(end, quoted)
        harm += 9 * (min(end, len(text) - end) < stub)
        if not _is_inside(end, protected):
            cuts.append(Cut(end, harm))
    return cuts


def _comma_harm(text: str, comma: str | None, following: int) -> int:
    """A comma between clauses is a good place, one inside a clause is not.

    What follows must not be a condition: read alone, the clause before would say too much.
    """
    if _LIMITING.match(text, following):
        return 24
    if comma is None or _JOINING.match(text, following):
        return 0
    return 1 if comma == "，" else 7


_LIMITING = re.compile(
    "(?:unless|except|provided|if|only if|as long as|until|but not"
    "|es sei denn|sofern|soweit|außer|wenn|falls|solange|sauf|à moins|si|à condition|tant que"
    "|salvo|a menos|excepto|siempre que|hasta"
    "|pokud|ledaže|kromě|jestliže|dokud|якщо|крім|окрім|доки|إلا|إذا|ما لم)\\b|除非|如果|若|直至",
    re.IGNORECASE,
)
# Chinese puts ， between clauses and 、 inside them; elsewhere the next word tells.
_JOINING = re.compile(
    "(?:and|or|but|nor|yet|which|who|whose|where|while|because|although|so that"
    "|und|oder|aber|sowie|sondern|weil|obwohl|während|dass|damit"
    "|et|ou|mais|qui|dont|où|parce|alors|y|o|pero|sino|que|aunque|porque"
    "|a|i|ale|nebo|že|který|která|které|kteří|aby|protože"
    "|та|і|й|але|або|який|яка|які|що|щоб|оскільки|بل|لكن|ولكن|كما|حيث)\\b|و|[並并但而且同及]",
    re.IGNORECASE,
)


def word_cuts(text: str) -> list[Cut]:
    """Where words end; dearer inside names and between a number and its unit."""
    protected = _protected(text)
    free = [cut for cut in _word_cuts(text) if not _is_inside(cut.at, protected)]
    return sorted(free, key=attrgetter("at"))


def grapheme_cuts(text: str) -> list[Cut]:
    """Between any two grapheme clusters outside links and mentions: the last resort."""
    protected = _protected(text)
    ends = (match.end() for match in regex.finditer(r"\X", text))
    return [Cut(end, 9) for end in ends if end < len(text) and not _is_inside(end, protected)]


def _protected(text: str) -> list[Range]:
    return sorted([*find_links(text), *find_mentions(text)])


def _word_cuts(text: str) -> Iterator[Cut]:
    for match in re.finditer(r"\s+", text):
        if 0 < match.start() and match.end() < len(text):
            yield Cut(match.end(), _harm(text, match.start(), match.end()))
    for place in regex.finditer(
        r"(?<=[\p{Han}\p{Hiragana}\p{Katakana}])(?=[\p{Han}\p{Katakana}])", text
    ):
        yield Cut(place.start(), 3)


def _harm(text: str, before: int, after: int) -> int:
    """How ill a cut between these two words reads."""
    left = text[max(0, before - 30) : before].split()[-1:]
    right = text[after : after + 30].split()[:1]
    if not left or not right:
        return 0
    last, first = left[0], right[0]
    if any(character.isdigit() for character in last + first):
        return 4
    if last[:1].isupper() and first[:1].isupper():
        return 3
    return 2 if len(last) <= 3 else 1
