"""Takes the README's pictures: the walk of one statement through the sandbox, as two people see it.

Run it in a checkout after `make install` and `make test`, while ports 8000 and 8400-8425 are free:

    .venv/bin/python docs/pictures.py

It starts `distributor demo` in a folder of its own and writes docs/pictures/*.png.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

CHECKOUT = Path(__file__).resolve().parent.parent
PICTURES = CHECKOUT / "docs" / "pictures"
DESK, SANDBOX = "http://127.0.0.1:8000", "http://127.0.0.1:8400"
SIZE = {"width": 1280, "height": 860}

TEXT = """Statement on the closure of the Marrow Valley wells

18 November 2026

The Alliance for Human Rights learned with dismay that three public wells in the Marrow \
Valley were fenced off this week, leaving some 4,000 people without water.

Reportedly, the fences were put up at night and without notice. Nobody may be cut off from \
water, for any reason.

We call on the council to:

  • Take down the fences and reopen the wells at once.
  • Publish the contracts under which the land was leased.
    Compensate every family that had to buy water.

We stand with the people of the Marrow Valley.

Next Article
"""


def main() -> None:
    """Take every picture."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, _demo(Path(folder)), _browser() as page:
        _hand_in(page)
        _approve(page)
        _look_around(page)


def _hand_in(page: Page) -> None:
    _sign_in(page, "Ana")
    page.goto(f"{DESK}/statements/new")
    page.get_by_role("textbox", name="The text").fill(TEXT)
    page.get_by_role("textbox", name="Link").fill("https://alliance.example/marrow-valley")
    _take(page, "1-hand-in")
    page.get_by_role("button", name="Hand in").click()
    page.locator("summary.person").click()
    page.get_by_role("button", name="Sign out").click()


def _approve(page: Page) -> None:
    _sign_in(page, "Ben")
    _take(page, "2-queue")
    page.get_by_role("link", name="Marrow Valley wells").click()
    page.locator(".chips").first.scroll_into_view_if_needed()
    page.locator(".desk-grid").evaluate("grid => scrollTo(0, grid.offsetTop - 80)")
    page.locator(".post .segment.statement", has_text="Reportedly").first.hover()
    _take(page, "3-proof")
    page.get_by_role("link", name="Decide").click()
    page.locator("#decision").evaluate("card => card.scrollIntoView({block: 'end'})")
    page.wait_for_timeout(500)  # for the frame that shows the mail
    _take(page, "4-decision")
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.locator("#state")).to_have_text("sent", timeout=30_000)
    page.evaluate("scrollTo(0, 0)")
    _take(page, "5-delivered")


def _look_around(page: Page) -> None:
    page.goto(SANDBOX)
    expect(page.get_by_text("Marrow Valley").first).to_be_visible()
    _take(page, "6-sandbox")


def _sign_in(page: Page, name: str) -> None:
    page.goto(f"{DESK}/accounts/login/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(f"sandbox-of-{name.lower()}")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Queue").wait_for()


def _take(page: Page, name: str) -> None:
    """A picture of what is in view, in 256 colours: a third of the size, no visible loss."""
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.convert("RGB").quantize(256).save(PICTURES / f"{name}.png", optimize=True)


@contextmanager
def _demo(folder: Path) -> Iterator[None]:
    configuration = CHECKOUT / "config" / "distributor.toml"
    demo = subprocess.Popen(
        [sys.executable, "-m", "distributor", "--config", str(configuration), "demo"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait(demo)
        yield
    finally:
        demo.terminate()
        demo.wait(30)


def _wait(demo: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and demo.poll() is None:
        try:
            with urllib.request.urlopen(f"{DESK}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    sys.exit("The demo did not start; its own words stand above.")


@contextmanager
def _browser() -> Iterator[Page]:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser.new_context(viewport=SIZE, locale="en-GB").new_page()  # type: ignore[arg-type]
        browser.close()


if __name__ == "__main__":
    main()
