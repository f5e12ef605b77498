"""Two wordings of a post beside each other."""

from __future__ import annotations

import pytest

from distributor.web.desk.comparing import compare

CASES = {
    "a word": ("Five rivers dried.", "Six rivers dried.", ["-Five", "+Six", "= rivers dried."]),
    "a figure in Chinese": ("五人被捕。", "六人被捕。", ["-五", "+六", "=人被捕。"]),
    "an end": ("One. Two.", "One.", ["=One.", "- Two."]),
    "a line": ("One.", "One.\n\nTwo.", ["=One.", "+\n\nTwo."]),
    "nothing": ("One.", "One.", ["=One."]),
}
_SIGNS = {"same": "=", "gone": "-", "new": "+"}


@pytest.mark.parametrize(("old", "new", "shown"), CASES.values(), ids=CASES)
def test_the_words_that_differ_are_marked(old: str, new: str, shown: list[str]) -> None:
    assert [_SIGNS[one.kind] + one.text for one in compare(old, new)] == shown


@pytest.mark.parametrize(("old", "new", "shown"), CASES.values(), ids=CASES)
def test_nothing_is_lost_between_them(old: str, new: str, shown: list[str]) -> None:
    stretches = compare(old, new)
    assert "".join(one.text for one in stretches if one.kind != "new") == old
    assert "".join(one.text for one in stretches if one.kind != "gone") == new
