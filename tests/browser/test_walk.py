"""The walk of a statement as two people see it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import LookAt, SignIn
from tests.browser.program import Program

TEXT = """Wells must stay open to all

3 June 2026

Three wells in the valley were fenced off this week.

We call on the council to:

• Take the fences down.
• Publish the contracts.

We stand with everyone who carries water home.
"""


def test_ana_pastes_ben_approves_and_sees_it_sent(
    program: Program, page: Page, sign_in: SignIn
) -> None:
    sign_in(page, "Ana")
    page.get_by_role("link", name="New statement").first.click()
    page.get_by_role("textbox", name="The text").fill(TEXT)
    page.get_by_role("textbox", name="Link").fill("https://water.example/wells")
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wells must stay open to all")
    expect(page.get_by_text("an author never approves")).to_be_visible()
    page.locator("summary.person").click()
    page.get_by_role("button", name="Sign out").click()

    sign_in(page, "Ben")
    page.get_by_role("link", name="Wells must stay open to all").click()
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text("byte for byte")).to_be_visible()
    expect(page.locator("#state")).to_have_text("sent")
    sent = page.locator(".delivery a")
    expect(sent.nth(2)).to_be_visible()
    page.goto(str(sent.first.get_attribute("href")))
    expect(page.get_by_text("Three wells in the valley").first).to_be_visible()


def test_pointing_at_a_post_lights_up_where_the_statement_says_it(
    page: Page, look_at: LookAt
) -> None:
    look_at("Ben", TEXT.replace("Wells", "Springs"))
    page.locator(".post .segment.statement", has_text="Three wells").first.hover()
    expect(page.locator(".source .lit").first).to_contain_text("Three wells")
    page.locator(".source .said", has_text="Publish the contracts").hover()
    expect(page.locator(".post .segment.lit").first).to_contain_text("Publish the contracts")


def test_a_keyboard_alone_shows_the_same(page: Page, look_at: LookAt) -> None:
    look_at("Ben", TEXT.replace("Wells", "Rivers"))
    page.locator(".post").first.focus()
    expect(page.locator(".source .lit").first).to_be_visible()


def test_the_desk_works_without_scripts(program: Program, page: Page, sign_in: SignIn) -> None:
    statement = program.submit(TEXT.replace("Wells", "Lakes"))
    assert page.context.browser
    context = page.context.browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    sign_in(plain, "Ben")
    plain.goto(f"{program.address}/statements/{statement}")
    plain.get_by_text("Ask for changes").first.click()
    plain.get_by_label("What should change?").fill("Name the council.")
    plain.get_by_role("button", name="Ask for changes").click()
    expect(plain.locator("#state")).to_have_text("changes asked")
    context.close()
