"""Every page: usable by all, safe with hostile text, and fit for a narrow screen."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Dialog, Page

from tests.browser.accessibility import violations, width
from tests.browser.conftest import SignIn
from tests.browser.program import Program

TEXT = "Water is a right\n\n3 June 2026\n\nNobody may be cut off.\n\n• Open.\n• Publish.\n"

HOSTILE = """Title <script>alert(1)</script> "><img src=x onerror=alert(2)>

3 June 2026

Text </textarea></title><script>alert(3)</script> <svg onload=alert(4)> '-alert(5)-'

• <iframe srcdoc="<script>parent.alert(6)</script>"></iframe>
• <a href="javascript:alert(7)">here</a> https://water.example/"onmouseover=alert(8)
"""


@pytest.fixture(scope="module")
def statement(program: Program) -> str:
    """A statement that waits for approval."""
    return program.submit(TEXT)


DESK = ["/", "/statements/new", "/accounts/password/"]
OF_STATEMENT = ["", "/edit", "/correct", "/history"]
PATHS = [*DESK, *(f"/statements/{{}}{end}" for end in OF_STATEMENT)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_accessibility_checker_finds_nothing(
    program: Program, page: Page, sign_in: SignIn, statement: str, axe: str, scheme: Any
) -> None:
    page.emulate_media(color_scheme=scheme)
    found = {path: violations(page, program, path, axe) for path in ("/accounts/login/", "/u/x")}
    sign_in(page, "Ben")
    for path in [*PATHS, "/nowhere"]:
        found[path] = violations(page, program, path.format(statement), axe)
    assert {path: names for path, names in found.items() if names} == {}


def test_hostile_text_runs_nowhere(program: Program, page: Page, sign_in: SignIn) -> None:
    dialogs: list[str] = []
    complaints: list[str] = []

    def on_dialog(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", on_dialog)
    page.on("console", lambda message: complaints.append(message.text))
    statement = program.submit(HOSTILE)
    sign_in(page, "Ben")
    for path in PATHS:
        page.goto(program.address + path.format(statement))
        page.wait_for_load_state("networkidle")
    assert dialogs == []
    assert complaints == []  # not even the policy had to step in


def test_a_narrow_screen_needs_no_scrolling_sideways(
    program: Program, page: Page, sign_in: SignIn, statement: str
) -> None:
    page.set_viewport_size({"width": 400, "height": 800})
    sign_in(page, "Ben")
    widths = {}
    for path in PATHS:
        page.goto(program.address + path.format(statement))
        widths[path] = width(page)
    assert max(widths.values()) <= 400, widths
