"""The settings of quote cards."""

from __future__ import annotations

from typing import Any

import pytest

from distributor.config import Configuration, parse
from distributor.errors import BadConfiguration
from distributor.targets import card_style


def configured(**card: Any) -> Configuration:
    return parse({"storage": {"directory": "var"}, "organisation": {"card": card}})


def test_cards_are_off_until_asked_for() -> None:
    assert card_style(configured(font_files=["a.ttf"])) is None


def test_colours_and_fonts_are_those_of_the_file() -> None:
    style = card_style(configured(enabled=True, accent="#AA0000", font_files=["a.ttf", "b.ttc"]))
    assert style and style.accent == "#AA0000" and style.fonts == ("a.ttf", "b.ttc")


@pytest.mark.parametrize("colour", ["red", "#fff", "#12345g", "0a6b66", ""])
def test_a_colour_that_is_none_is_named(colour: str) -> None:
    with pytest.raises(BadConfiguration, match=r"organisation\.card\.foreground"):
        configured(foreground=colour)


def test_cards_without_a_font_are_refused() -> None:
    with pytest.raises(BadConfiguration, match=r"font_files is empty\. Name"):
        configured(enabled=True)
