"""Drawing words as a picture: fonts that cover them, lines that fit, the quote card itself."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict

import regex
from PIL import Image, ImageDraw, ImageFont, features

from .edition import CardStyle
from .wrapping import pieces

WIDTH, HEIGHT = 1200, 675  # pixels, 16:9: shown uncropped by X, Bluesky and Mastodon
_MARGIN = 90
_BAR = 14
_LARGEST, _SMALLEST, _STEP = 68, 36, 4  # pixels; smaller is not read on a telephone
_NAME = 32
_LEADING = 1.35  # line height by font size
_ROOM = HEIGHT - 3 * _MARGIN  # for the sentence; the name stands below it

_SIMPLE_SCRIPTS = regex.compile(
    r"[\p{Latin}\p{Greek}\p{Cyrillic}\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}"
    r"\p{Common}\p{Inherited}]*"
)
_NO_GLYPH = "\U0010ffff"  # a code point that will never be a character


class CannotDraw(Exception):
    """The words cannot be drawn here; the text says why and what to do."""


class TooLong(Exception):
    """There is no room for the words, even in the smallest letters."""


class _Shaping(TypedDict, total=False):
    """What shaping wants to know: `language` chooses between Chinese and Japanese forms."""

    direction: Literal["ltr", "rtl"]
    language: str


@dataclass(frozen=True, slots=True)
class Lettering:
    """A font for one text, and how that text is set."""

    file: str
    direction: Literal["ltr", "rtl"]
    language: str

    def font(self, size: int) -> ImageFont.FreeTypeFont:
        """The font, its size in pixels."""
        return ImageFont.truetype(self.file, size)

    def length(self, text: str, font: ImageFont.FreeTypeFont) -> float:
        """How long a line is, in pixels."""
        return font.getlength(text, **self._shaping)

    def write(
        self, draw: ImageDraw.ImageDraw, text: str, middle: int, size: int, colour: str
    ) -> None:
        """One line, beginning at the bar and standing around the height `middle`."""
        inset = _MARGIN + 2 * _BAR
        left, anchor = (WIDTH - inset, "rm") if self.direction == "rtl" else (inset, "lm")
        draw.text((left, middle), text, colour, self.font(size), anchor, **self._shaping)

    @property
    def _shaping(self) -> _Shaping:
        if not _can_shape():
            return {}
        return {"direction": self.direction, "language": self.language}


def draw_card(
    sentence: str,
    name: str,
    language: str,
    direction: Literal["ltr", "rtl"],
    style: CardStyle,
) -> Image.Image:
    """The card: the sentence, a bar where its lines begin, and below who says it.

    Raises TooLong, or CannotDraw when no font of `style` has all its letters.
    """
    words = Lettering(_covering(sentence, style.fonts), direction, language)
    signature = Lettering(_covering(name, style.fonts), direction, language)
    size, lines = _fitted(sentence, words)
    image = Image.new("RGB", (WIDTH, HEIGHT), style.background)
    draw = ImageDraw.Draw(image)
    height = round(size * _LEADING)
    top = _MARGIN + (_ROOM - height * len(lines)) // 2
    bar = WIDTH - _MARGIN if direction == "rtl" else _MARGIN - _BAR
    draw.rectangle((bar, top, bar + _BAR - 1, top + height * len(lines)), style.accent)
    for number, line in enumerate(lines):
        words.write(draw, line, top + height * number + height // 2, size, style.foreground)
    signature.write(draw, name, HEIGHT - _MARGIN, _NAME, style.accent)
    return image


def _fitted(text: str, how: Lettering) -> tuple[int, list[str]]:
    """The largest size in which the text fits, and its lines. Raises TooLong."""
    room = WIDTH - 2 * _MARGIN - 3 * _BAR
    for size in range(_LARGEST, _SMALLEST - 1, -_STEP):
        font = how.font(size)

        def is_short(line: str, font: ImageFont.FreeTypeFont = font) -> bool:
            return how.length(line, font) <= room

        lines = fold(text, is_short)
        if len(lines) * round(size * _LEADING) <= _ROOM and all(map(is_short, lines)):
            return size, lines
    raise TooLong


def fold(text: str, is_short: Callable[[str], bool]) -> list[str]:
    """The text in lines that are short enough, as far as its words allow."""
    lines = [""]
    for gap, piece in pieces(text):
        longer = lines[-1] + gap + piece if lines[-1] else piece
        if not lines[-1] or is_short(longer):
            lines[-1] = longer
        else:
            lines.append(piece)
    return lines


def _covering(text: str, fonts: Sequence[str]) -> str:
    """The first font file with a glyph for every character. Raises CannotDraw."""
    require_shaping(text, _can_shape())
    missing: list[str] = []
    for file in fonts:
        try:
            missing = missing_glyphs(ImageFont.truetype(file, _NAME), text)
        except OSError:
            raise CannotDraw(
                f"the font {file} cannot be read; correct organisation.card.font_files"
            ) from None
        if not missing:
            return file
    raise CannotDraw(
        f"no font in organisation.card.font_files has all letters of “{text}” (the last one "
        f"lacks {' '.join(missing[:5])}); add a font of that script, such as one of the Noto family"
    )


def missing_glyphs(font: ImageFont.FreeTypeFont, text: str) -> list[str]:
    """The characters a font has no glyph for: they are drawn like a code point nobody has."""
    plain = font.font_variant(layout_engine=ImageFont.Layout.BASIC)

    def drawn(character: str) -> tuple[tuple[int, int], bytes]:
        mask = plain.getmask(character)
        return mask.size, bytes(mask)

    blank = drawn(_NO_GLYPH)
    seen = [c for c in dict.fromkeys(text) if unicodedata.category(c)[0] not in "ZC"]
    return [character for character in seen if drawn(character) == blank]


def require_shaping(text: str, able: bool) -> None:
    """Raises CannotDraw for a script whose letters join or turn, when nothing can do that."""
    if not able and not _SIMPLE_SCRIPTS.fullmatch(text):
        raise CannotDraw("its script needs the system's FriBidi library; install libfribidi0")


def _can_shape() -> bool:
    return bool(features.check("raqm") and features.check("fribidi"))
