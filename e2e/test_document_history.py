"""The history of a document: looked through by keyboard, compared, named, played, restored and taken back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Studio
from e2e.document_pages import change_document, made

Enter = Callable[..., Page]

FIRST = [{"insert": "Opening words\n"}]


@pytest.fixture
def story(enter: Enter, studio: Studio) -> tuple[Page, int]:
    """Version 1 by the producer, 2 by the host, 3 by the producer again; the producer looks at the history."""
    producer, host = enter("producer", 2), enter("host", 2)
    document_id = made(producer, studio, FIRST)
    change_document(host, document_id, [{"retain": 7}, {"insert": " and closing"}], 1)
    change_document(producer, document_id, [{"insert": "Last"}, {"delete": 7}], 2)
    producer.goto(f"{studio.base}/documents/{document_id}/history")
    producer.locator("[data-island=DocumentHistory][data-ready]").wait_for()
    expect(text(producer)).to_contain_text("Last and closing words")
    return producer, document_id


def text(page: Page) -> Locator:
    return page.locator(".text")


def test_versions_are_looked_through_by_keyboard(story: tuple[Page, int]) -> None:
    page, _ = story
    versions = page.get_by_role("navigation", name="Versions")
    expect(versions.get_by_role("listitem")).to_have_count(3)
    expect(versions.locator("[aria-current]")).to_contain_text("version 3")
    # Who wrote what, by name.
    expect(text(page).locator("span[title]").filter(has_text="and closing")).to_have_attribute("title", "Tom Host")
    page.keyboard.press("ArrowDown")
    expect(versions.locator("[aria-current]")).to_contain_text("version 2")
    expect(text(page)).to_contain_text("Opening and closing words")
    page.keyboard.press("ArrowLeft")
    expect(text(page)).to_contain_text("Opening words")
    page.keyboard.press("End")
    expect(text(page)).to_contain_text("Last and closing")
    page.keyboard.press("c")
    expect(text(page).locator("del")).to_have_text("Opening")
    expect(text(page).locator("ins")).to_have_text("Last")
    expect(page.get_by_role("button", name="Show changes")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("c")
    page.keyboard.press("Space")
    expect(page.get_by_text("Version 0 of 3")).to_be_visible()
    expect(page.get_by_text("Version 3 of 3")).to_be_visible()
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_a_version_is_named_restored_and_the_restore_taken_back(story: tuple[Page, int], studio: Studio) -> None:
    page, document_id = story
    versions = page.get_by_role("navigation", name="Versions")
    page.keyboard.press("ArrowDown")
    expect(text(page)).to_contain_text("Opening and closing words")
    page.keyboard.press("n")
    page.keyboard.type("Before lunch")
    page.keyboard.press("Enter")
    expect(versions.get_by_role("button", name="Before lunch, version 2")).to_be_visible()
    page.keyboard.press("r")
    expect(page.get_by_role("status")).to_contain_text("what it was at version 2")
    expect(versions.locator("[aria-current]").first).to_contain_text("restored")
    expect(text(page)).to_contain_text("Opening and closing words")
    page.keyboard.press("Control+z")
    expect(page.get_by_role("status")).to_contain_text("taken back")
    expect(text(page)).to_contain_text("Last and closing words")
    answer = page.request.get(f"{studio.base}/documents/{document_id}/export.md")
    assert answer.text() == "Last and closing words\n"
    answer = page.request.get(f"{studio.base}/documents/{document_id}/export.docx")
    assert answer.body().startswith(b"PK")
