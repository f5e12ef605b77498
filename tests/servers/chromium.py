"""The machine's Chromium for tests of pages, without a window and without the outside world."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.servers.process import NODE_MODULES, fail_for_lack_of, require_program

_START_SECONDS = 60
_STOP_SECONDS = 10
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",  # it will not start as root with its sandbox
    "--no-first-run",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--remote-debugging-port=0",
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[str]:
    """The debugging address of a browser, started for the first test that asks for it.

    The browser is ours rather than playwright's because playwright's event loop
    would stay open between tests, and no test after it could run one of its own.
    """
    program = require_program("Chromium", *_NAMES)
    profile = Path(tempfile.mkdtemp(prefix="chromium-"))
    browser = subprocess.Popen(
        [program, *_FLAGS, f"--user-data-dir={profile}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{_debugging_port(profile / 'DevToolsActivePort')}"
    finally:
        browser.terminate()
        browser.wait()
        _remove(profile)


def _debugging_port(announced: Path) -> int:
    """The port, once Chromium has written it down."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if announced.is_file() and (lines := announced.read_text().splitlines()):
            return int(lines[0])
        time.sleep(0.05)
    pytest.fail(f"Chromium was not ready within {_START_SECONDS} s.", pytrace=False)


def _remove(profile: Path) -> None:
    """Remove the profile, into which Chromium's children write until they have left too."""
    deadline = time.monotonic() + _STOP_SECONDS
    while profile.exists() and time.monotonic() < deadline:
        shutil.rmtree(profile, ignore_errors=True)
        time.sleep(0.05)


@pytest.fixture
def page(chromium: str) -> Iterator[Page]:
    """A page with no cookies and no history.

    Playwright runs an event loop meanwhile, so Django's database is out of reach
    of the test itself: drive the program as a process of its own.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.connect_over_cdp(chromium)
        context = browser.new_context()
        yield context.new_page()
        context.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, to be given to `page.evaluate`; then `axe.run()` checks the page."""
    source = NODE_MODULES / "axe-core/axe.min.js"
    if not source.is_file():
        fail_for_lack_of("The accessibility checker")
    return source.read_text(encoding="utf-8")
