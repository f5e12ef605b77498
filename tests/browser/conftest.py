"""What the tests in a browser share: the running program, and people who sign in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.program import PASSWORD, Program, running

expect.set_options(timeout=30_000)  # as for everything else in a browser; the usual 5 s are few


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The program as people use it, started once."""
    with running(tmp_path_factory.mktemp("program")) as program:
        yield program


SignIn = Callable[[Page, str], None]


@pytest.fixture
def sign_in(program: Program) -> SignIn:
    """Signs a person in through the page."""

    def signed_in(page: Page, name: str) -> None:
        page.goto(f"{program.address}/accounts/login/")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="Queue").wait_for()

    return signed_in


LookAt = Callable[[str, str], None]


@pytest.fixture
def look_at(program: Program, page: Page, sign_in: SignIn) -> LookAt:
    """Hands a text in, and lets a person look at its page."""

    def looking(name: str, text: str) -> None:
        statement = program.submit(text)
        sign_in(page, name)
        page.goto(f"{program.address}/statements/{statement}")

    return looking
