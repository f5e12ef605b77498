"""What axe finds wrong with a page, and how wide it is."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.program import Program


def violations(page: Page, program: Program, path: str, axe: str) -> list[str]:
    """What keeps somebody from using this page, in axe's words."""
    page.goto(program.address + path)
    page.evaluate(axe)
    result = page.evaluate("axe.run(document, {iframes: false})")
    return [
        f"{one['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
        for one in result["violations"]
        for node in one["nodes"]
    ]


def width(page: Page) -> int:
    """How wide the page is, with what has to be scrolled to."""
    return int(page.evaluate("document.documentElement.scrollWidth"))
