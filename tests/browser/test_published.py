"""The pages of a statement that is public: corrected, withdrawn, and usable by all meanwhile."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.accessibility import violations, width
from tests.browser.conftest import SignIn
from tests.browser.program import Program

TEXT = """Ferries must run again

3 June 2026

The ferry to the islands has not run since 4 May, and 300 families have no way to a doctor.

We call on the county to:

• Charter a ferry this week.
• Publish the timetable.
"""


def approve(page: Page) -> None:
    """Approve what the page shows, and wait until all of it is out."""
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.locator("#state")).to_have_text("sent", timeout=30_000)


def require_usable(page: Page, program: Program, path: str, axe: str) -> None:
    """In both colour schemes, without scrolling sideways."""
    page.emulate_media(color_scheme="light")
    assert violations(page, program, path, axe) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, program, path, axe) == []
    assert width(page) <= 400


def test_the_pages_of_what_is_public_are_usable_by_all(
    program: Program, page: Page, sign_in: SignIn, axe: str
) -> None:
    statement = program.submit(TEXT)
    here = f"/statements/{statement}"
    sign_in(page, "Ben")
    page.set_viewport_size({"width": 400, "height": 800})
    page.goto(program.address + here)
    approve(page)
    require_usable(page, program, f"{here}/withdraw", axe)
    right = program.folder / "right.txt"
    right.write_text(TEXT.replace("300 families", "280 families"), encoding="utf-8")
    program.run("correct", statement, str(right), "--as", "Ana")
    require_usable(page, program, here, axe)
    approve(page)
    program.run("withdraw", statement, "--as", "Ben", "--why", "The ferry runs.")
    page.goto(program.address + here)
    expect(page.locator("#state")).to_have_text("withdrawn", timeout=30_000)
    require_usable(page, program, here, axe)
