"""Two people talk about a text: one may write, the other only comment. Everything by keyboard."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Studio
from e2e.document_pages import create, expect_saved, opened, text_of
from e2e.test_accessibility import findings


@pytest.fixture
def document(producer: Page, studio: Studio) -> Page:
    """With a sentence in it."""
    create(producer, studio)
    text_of(producer).click()
    producer.keyboard.type("Ring first, then the chain")
    expect_saved(producer)
    return producer


@pytest.fixture
def host_page(document: Page, enter: Callable[..., Page]) -> Page:
    """A host of the studio, in a document on which everyone may comment."""
    page = enter("host", 2)
    document.evaluate(
        """([path, right]) => fetch(path, { method: "POST", body: new URLSearchParams({ right }),
            headers: { "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value } })""",
        [f"{document.url}/sharing/everyone", "comment"],
    )
    return page


def panel(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Comments")


def threads(page: Page) -> Locator:
    return panel(page).get_by_role("article")


def choose_first_word(page: Page) -> None:
    text_of(page).locator(".line").first.click()
    page.keyboard.press("Home")
    for _ in range(4):
        page.keyboard.press("Shift+ArrowRight")


def test_a_comment_travels_is_answered_resolved_and_comes_back(document: Page, host_page: Page) -> None:
    """The host may only comment, and the producer writes."""
    host_page.goto(document.url)
    host_page.locator("[data-island=Editor][data-ready]").wait_for()
    theirs = text_of(host_page)
    expect(theirs).to_have_attribute("aria-readonly", "true")
    choose_first_word(host_page)
    # Nothing that is typed there is done.
    host_page.keyboard.type("x")
    host_page.keyboard.press("Backspace")
    host_page.keyboard.press("Enter")
    expect(theirs).to_have_text("Ring first, then the chain")
    choose_first_word(host_page)
    host_page.keyboard.press("Control+Alt+m")
    expect(host_page.get_by_role("textbox", name="Comment", exact=True)).to_be_focused()
    host_page.keyboard.type("The gold one?")
    host_page.keyboard.press("Enter")
    expect(theirs.locator(".commented")).to_have_text("Ring")
    expect(theirs).to_be_focused()
    # There too, and it moves with the text.
    mark = text_of(document).locator(".commented")
    expect(mark).to_have_text("Ring")
    text_of(document).click()
    document.keyboard.press("Home")
    document.keyboard.type("Tonight: ")
    expect(text_of(host_page)).to_have_text("Tonight: Ring first, then the chain")
    expect(mark).to_have_text("Ring")
    # Undo takes back words, and not what somebody said.
    document.keyboard.press("Alt+PageDown")
    expect(threads(document)).to_have_count(1)
    expect(panel(document).get_by_text("The gold one?")).to_be_visible()
    document.keyboard.press("Control+Alt+m")
    expect(threads(document)).to_be_focused()
    document.keyboard.press("Enter")
    document.keyboard.type("Yes, the gold one")
    document.keyboard.press("Enter")
    expect(panel(host_page).get_by_text("Yes, the gold one")).to_be_visible()
    document.keyboard.press("Escape")
    expect(text_of(document)).to_be_focused()
    # Resolved it is drawn no more, anywhere; and comes back.
    panel(host_page).get_by_role("button", name="Resolve", exact=True).click()
    expect(mark).to_have_count(0)
    expect(threads(document)).to_have_count(0)
    panel(document).get_by_role("switch", name="Resolved").check()
    expect(threads(document)).to_have_count(1)
    host_page.get_by_role("button", name="Undo", exact=True).last.click()
    expect(mark).to_have_text("Ring")
    # Deleted with a way back.
    reply = panel(document).get_by_text("Yes, the gold one")
    threads(document).click()
    panel(document).get_by_role("button", name="Delete your comment").click()
    expect(reply).to_have_count(0)
    expect(panel(host_page).get_by_text("Yes, the gold one")).to_have_count(0)
    document.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(reply).to_be_visible()
    # Its text deleted, it stays with what it was about.
    text_of(document).click()
    document.keyboard.press("Control+a")
    document.keyboard.press("Backspace")
    expect(panel(document).get_by_text("The text is gone")).to_be_visible()
    expect(panel(document).get_by_text("Ring", exact=True)).to_be_visible()
    document.keyboard.press("Control+z")
    expect(mark).to_have_text("Ring")
    document.reload()
    opened(document)
    expect(mark).to_have_text("Ring")


def test_what_cannot_be_posted_is_kept_and_leaves_no_mark(document: Page) -> None:
    choose_first_word(document)
    away = re.compile("/comments/add$")
    document.route(away, lambda route: route.abort())
    document.keyboard.press("Control+Alt+m")
    document.keyboard.type("Is it gold?")
    document.keyboard.press("Control+Enter")
    composer = document.get_by_role("dialog", name="New comment")
    expect(composer.get_by_role("alert")).to_contain_text("What you typed is kept")
    expect(text_of(document).locator("[data-comment]")).to_have_count(0)
    document.unroute(away)
    document.keyboard.type(" Or silver?")
    document.keyboard.press("Enter")
    expect(text_of(document).locator(".commented")).to_have_text("Ring")
    expect(panel(document).get_by_text("Is it gold? Or silver?")).to_be_visible()
    for theme in ("dark", "light"):
        document.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        assert findings(document) == [], theme
    # The same text is not commented twice: its comment is answered.
    choose_first_word(document)
    document.keyboard.press("Control+Alt+m")
    expect(composer).to_have_count(0)
    expect(document.get_by_role("article", name="Comment on “Ring”")).to_be_focused()
