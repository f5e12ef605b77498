"""Drawing words: lines, fonts that cover them, and what cannot be drawn."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageFont

from distributor.rendering.lettering import (
    HEIGHT,
    WIDTH,
    CannotDraw,
    TooLong,
    draw_card,
    fold,
    missing_glyphs,
    require_shaping,
)
from tests.rendering.fonts import style, write_font

SENTENCE = "We deplore the arrest of the journalist and call for her release."


@pytest.fixture(scope="module")
def font(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_font(tmp_path_factory.mktemp("fonts"))


def columns_used(image: Image.Image) -> list[int]:
    """The columns of pixels that are not background."""
    corner = image.getpixel((0, 0))
    background = Image.new("RGB", (1, image.height), corner)
    plain = background.tobytes()
    return [x for x in range(WIDTH) if image.crop((x, 0, x + 1, HEIGHT)).tobytes() != plain]


def test_a_card_keeps_its_margins(font: str) -> None:
    image = draw_card(SENTENCE, "The Forum", "en", "ltr", style(font))
    used = columns_used(image)
    assert image.size == (WIDTH, HEIGHT)
    assert used[0] >= 60 and used[-1] <= WIDTH - 60


def test_the_bar_stands_where_reading_begins(font: str) -> None:
    from_left = draw_card(SENTENCE, "The Forum", "en", "ltr", style(font))
    from_right = draw_card(SENTENCE, "The Forum", "ar", "rtl", style(font))
    bar = (10, 107, 102)
    assert from_left.getpixel((80, HEIGHT // 3)) == bar != from_right.getpixel((80, HEIGHT // 3))
    assert from_right.getpixel((WIDTH - 80, HEIGHT // 3)) == bar


def test_the_colours_are_those_configured(font: str) -> None:
    image = draw_card("Free them.", "The Forum", "en", "ltr", style(font, background="#102030"))
    assert image.getpixel((0, 0)) == (16, 32, 48)


def test_long_words_are_set_smaller_and_keep_the_margins(font: str) -> None:
    image = draw_card(" ".join([SENTENCE] * 5), "The Forum", "en", "ltr", style(font))
    used = columns_used(image)
    assert used[0] >= 60 and used[-1] <= WIDTH - 60
    assert image.crop((0, 0, WIDTH, 60)).getcolors() == [(60 * WIDTH, (255, 255, 255))]


def test_what_has_no_room_in_readable_letters_is_not_drawn(font: str) -> None:
    with pytest.raises(TooLong):
        draw_card(" ".join([SENTENCE] * 20), "The Forum", "en", "ltr", style(font))


def test_one_word_wider_than_the_card_is_not_drawn(font: str) -> None:
    with pytest.raises(TooLong):
        draw_card("so" * 100, "The Forum", "en", "ltr", style(font))


@pytest.mark.parametrize(
    "text", ["我們呼籲", "Свобода", "Příliš", "حرية"], ids=["zh", "uk", "cs", "ar"]
)
def test_letters_no_font_has_are_named(font: str, text: str) -> None:
    with pytest.raises(CannotDraw, match=rf"font_files has all letters of “{text}”"):
        draw_card(text, "The Forum", "en", "ltr", style(font))


def test_a_name_without_letters_in_the_font_is_not_drawn_as_boxes(font: str) -> None:
    with pytest.raises(CannotDraw, match="論壇"):
        draw_card(SENTENCE, "論壇", "en", "ltr", style(font))


def test_a_font_that_cannot_be_read_is_named() -> None:
    with pytest.raises(CannotDraw, match=r"no-such-font\.ttf cannot be read"):
        draw_card(SENTENCE, "The Forum", "en", "ltr", style("no-such-font.ttf"))


def test_a_file_that_is_no_font_is_named(tmp_path: Path) -> None:
    wrong = tmp_path / "notes.ttf"
    wrong.write_text("not a font", encoding="utf-8")
    with pytest.raises(CannotDraw, match=r"notes\.ttf cannot be read"):
        draw_card(SENTENCE, "The Forum", "en", "ltr", style(str(wrong)))


def test_only_the_missing_glyphs_are_missing(font: str) -> None:
    assert missing_glyphs(ImageFont.truetype(font, 20), "Free “Ana”\u200b 自由!") == ["自", "由"]


def test_scripts_that_join_their_letters_need_shaping() -> None:
    with pytest.raises(CannotDraw, match="libfribidi0"):
        require_shaping("حرية", able=False)
    require_shaping("Liberté, 自由, Свобода! 🕊️", able=False)
    require_shaping("حرية", able=True)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("one two three", ["one two", "three"], id="words"),
        pytest.param("我們呼籲釋放她。", ["我們呼籲釋", "放她。"], id="between characters"),
        pytest.param("unbreakable word", ["unbreakable", "word"], id="a long word stays whole"),
    ],
)
def test_lines_break_where_the_script_allows(text: str, lines: list[str]) -> None:
    most = 5 if text[0] == "我" else 8
    assert fold(text, lambda line: len(line) <= most) == lines
