"""A font for the tests: the one Pillow carries inside, which has plain English letters only."""

from __future__ import annotations

from pathlib import Path

from PIL import ImageFont

from distributor.rendering.edition import CardStyle


def write_font(folder: Path) -> str:
    """The path of a font file."""
    font = ImageFont.load_default(20)
    assert isinstance(font, ImageFont.FreeTypeFont)
    path = folder / "plain.otf"
    path.write_bytes(font.font_bytes)
    return str(path)


def style(*fonts: str, **colours: str) -> CardStyle:
    """The look of a card."""
    values = {"background": "#ffffff", "foreground": "#202020", "accent": "#0a6b66"} | colours
    return CardStyle(fonts=fonts, **values)
