"""The HTML part in a real browser, as somebody with a telephone or a screen reader gets it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import pytest
from playwright.sync_api import Page

from tests.mail.samples import NAMES, mail, notice


@pytest.mark.parametrize("make", [mail, notice])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_the_mail_is_accessible_on_a_narrow_screen(
    page: Page,
    axe: str,
    name: str,
    scheme: Literal["light", "dark"],
    make: Callable[[str], dict[str, Any]],
) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.emulate_media(color_scheme=scheme)
    page.set_content(make(name)["html"])
    page.evaluate(axe)
    found = page.evaluate("async () => (await axe.run()).violations")
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    assert (
        page.evaluate("(all => all.scrollWidth - all.clientWidth)(document.documentElement)") == 0
    )


@pytest.mark.parametrize(("name", "side"), [("arrest-en", "left"), ("arrest-ar", "right")])
def test_lines_and_bullets_begin_where_the_language_begins(
    page: Page, name: str, side: str
) -> None:
    page.set_content(mail(name)["html"])
    style = "getComputedStyle(document.querySelector('{}'))"
    assert page.evaluate(f"{style.format('li')}.textAlign") == side
    assert page.evaluate(f"{style.format('ul')}.margin{side.title()}") == "28px"
    assert page.evaluate(f"{style.format('li')}.display") == "list-item"


def test_nothing_is_fetched_when_the_mail_is_read(page: Page) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    for name in NAMES:
        page.set_content(mail(name)["html"], wait_until="networkidle")
    assert requests == []


def test_only_the_preview_line_is_hidden(page: Page) -> None:
    page.set_content(mail("arrest-en")["html"])
    hidden = "[...document.body.querySelectorAll('*')].filter(e => !e.checkVisibility())"
    assert page.evaluate(f"{hidden}.map(e => e.className)") == ["preheader"]
