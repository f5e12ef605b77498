"""The pages of a statement that is public: corrected, withdrawn, and usable by all meanwhile."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page

from tests.browser.accessibility import violations, width
from tests.browser.conftest import SignIn
from tests.browser.program import Program
from tests.waiting import until

TEXT = """Ferries must run again

3 June 2026

The ferry to the islands has not run since 4 May, and 300 families have no way to a doctor.

We call on the county to:

• Charter a ferry this week.
• Publish the timetable.
"""


def approve(program: Program, statement: str) -> None:
    """Approve the proof that counts now, and wait until all of it is out."""
    digest = json.loads(program.run("proof", statement, "--json"))["digest"]
    program.run("approve", statement, "--as", "Ben", "--digest", digest)
    until(lambda: state_of(program, statement) == "delivered")


def state_of(program: Program, statement: str) -> Any:
    return json.loads(program.run("status", statement, "--json"))["statements"][0]["state"]


def test_the_pages_of_what_is_public_are_usable_by_all(
    program: Program, page: Page, sign_in: SignIn, axe: str
) -> None:
    statement = program.submit(TEXT)
    here = f"/statements/{statement}"
    approve(program, statement)
    sign_in(page, "Ben")
    page.set_viewport_size({"width": 400, "height": 800})
    require_usable(page, program, f"{here}/withdraw", axe)
    right = program.folder / "right.txt"
    right.write_text(TEXT.replace("300 families", "280 families"), encoding="utf-8")
    program.run("correct", statement, str(right), "--as", "Ana")
    require_usable(page, program, here, axe)
    approve(program, statement)
    program.run("withdraw", statement, "--as", "Ben", "--why", "The ferry runs.")
    until(lambda: state_of(program, statement) == "withdrawn")
    require_usable(page, program, here, axe)


def require_usable(page: Page, program: Program, path: str, axe: str) -> None:
    """In both colour schemes, without scrolling sideways."""
    page.emulate_media(color_scheme="light")
    assert violations(page, program, path, axe) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, program, path, axe) == []
    assert width(page) <= 400
