"""The picture of a statement as people give it, look at it, and take it away."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import LookAt, SignIn
from tests.browser.program import Program

TEXT = "Wells must stay open\n\nThree wells were fenced off.\n\nWe call for them to be opened.\n"
BROKEN_IMAGES = "[...document.images].filter(image => !image.naturalWidth).map(image => image.src)"


def photograph() -> FilePayload:
    written = io.BytesIO()
    Image.linear_gradient("L").resize((900, 600)).convert("RGB").save(written, "JPEG")
    return {"name": "IMG_0815.JPG", "mimeType": "image/jpeg", "buffer": written.getvalue()}


def give(page: Page, file: FilePayload, alt: str) -> None:
    page.get_by_text("Add a picture to the posts").click()
    page.locator("#picture").set_input_files(file)
    page.get_by_label("Alt text").fill(alt)
    page.get_by_role("button", name="Add the picture").click()


def test_ana_gives_a_picture_ben_sees_it_under_each_first_post_and_it_goes_out(
    program: Program, page: Page, sign_in: SignIn, look_at: LookAt
) -> None:
    look_at("Ana", TEXT)
    here = page.url
    give(page, photograph(), "A well behind a fence")
    expect(page.get_by_text("The picture goes out with the posts")).to_be_visible()
    page.locator("summary.person").click()
    page.get_by_role("button", name="Sign out").click()

    sign_in(page, "Ben")
    page.goto(here)
    captions = page.locator("figcaption", has_text="A well behind a fence")
    expect(captions).to_have_count(3)
    captions.last.scroll_into_view_if_needed()
    assert page.evaluate(BROKEN_IMAGES) == []
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.locator("#state")).to_have_text("sent")
    page.goto(program.sandbox)
    expect(page.get_by_text("A well behind a fence")).to_have_count(3)
    assert page.evaluate(BROKEN_IMAGES) == []


def test_a_file_that_is_no_picture_is_refused_and_what_was_typed_stays(
    page: Page, look_at: LookAt
) -> None:
    look_at("Ana", TEXT.replace("Wells", "Rivers"))
    drawing = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    give(page, {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": drawing}, "Typed with care")
    expect(page.get_by_role("alert")).to_contain_text("it is an SVG drawing")
    expect(page.get_by_label("Alt text")).to_have_value("Typed with care")


def test_a_picture_is_described_anew_and_taken_away(page: Page, look_at: LookAt) -> None:
    look_at("Ana", TEXT.replace("Wells", "Lakes"))
    give(page, photograph(), "A wel behind a fence")
    page.get_by_text("Change or remove the picture").click()
    page.get_by_label("Alt text").fill("A well behind a fence")
    page.get_by_role("button", name="Save the change").click()
    expect(page.locator("figcaption").first).to_contain_text("A well behind a fence")
    page.get_by_text("Change or remove the picture").click()
    page.get_by_role("button", name="Remove the picture").click()
    expect(page.get_by_text("The picture is removed")).to_be_visible()
    expect(page.locator("figure")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_with_a_picture_and_an_edit_is_usable_by_all(
    page: Page, axe: str, scheme: Any, look_at: LookAt
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 800})
    look_at("Ana", TEXT.replace("Wells", f"Springs of {scheme}"))
    give(page, photograph(), "A well behind a fence")
    reword(page, "were fenced off", "were all fenced off")
    page.get_by_text("Change or remove the picture").click()
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {iframes: false})")["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def reword(page: Page, old: str, new: str) -> None:
    page.get_by_text("Change the wording").first.click()
    words = page.get_by_label("This post in your own words").first
    words.fill(words.input_value().replace(old, new))
    page.get_by_role("button", name="Save this wording").first.click()


def test_what_a_person_typed_stands_in_its_line(page: Page, look_at: LookAt) -> None:
    look_at("Ana", TEXT.replace("Wells", "Brooks"))
    reword(page, "were fenced off", "were all fenced off")
    typed = page.locator(".segment.person").first
    expect(typed).to_contain_text("all")
    assert typed.evaluate("each => getComputedStyle(each).display") == "inline"
