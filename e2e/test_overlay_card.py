"""The product card in OBS: moved by the producer's key, on nothing but transparency."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.conftest import Studio
from e2e.overlays import CARD, alpha_outside, make_overlay, open_overlay, picture, set_widget
from e2e.steps import connected, shows

Enter = Callable[..., Page]


@pytest.fixture
def overlay(browser: Browser, studio: Studio) -> Iterator[Page]:
    page = open_overlay(browser, studio, make_overlay(studio, [CARD]))
    yield page
    page.context.close()


@pytest.fixture
def live_console(enter: Enter) -> Page:
    """The console of a show that is on air, on its first product, with the card on."""
    page = enter("producer", 2)
    connected(page)
    expect(page.get_by_role("button", name=re.compile("Go live|End the show"))).to_be_visible()
    if page.get_by_role("button", name="Go live").count():
        page.get_by_role("button", name="Go live").click()
    expect(page.get_by_role("button", name="End the show")).to_be_visible()
    page.keyboard.press("Home")
    shows(page, 1)
    if page.get_by_role("button", name="Card hidden").count():
        page.keyboard.press("v")
    expect(page.get_by_role("button", name="Card shown")).to_be_visible()
    return page


def test_the_card_follows_the_key_and_goes_with_v(overlay: Page, live_console: Page) -> None:
    card = overlay.locator("article.card")
    expect(card).to_be_visible()
    first = card.locator(".name").inner_text()
    live_console.keyboard.press("ArrowDown")
    expect(card.locator(".name")).not_to_have_text(first)
    live_console.keyboard.press("v")
    expect(card).to_have_count(0)
    live_console.keyboard.press("v")
    expect(card).to_be_visible()


def test_the_page_is_transparent_but_for_the_card(overlay: Page, live_console: Page) -> None:
    expect(overlay.locator("article.card")).to_be_visible()
    alpha = picture(overlay).getchannel("A")
    inside = (CARD["x"], CARD["y"], CARD["x"] + CARD["width"], CARD["y"] + CARD["height"])
    assert alpha.crop(inside).getextrema()[1] > 220
    assert alpha_outside(overlay, [CARD]) == (0, 0)


def test_a_setting_reaches_the_open_page(overlay: Page, studio: Studio, live_console: Page) -> None:
    number = overlay.locator("article.card .number")
    expect(number).to_have_text("No. 1")
    set_widget(studio, "product_card", {"number_label": "Ask for {number}", "accent": "#ff0000"})
    expect(number).to_have_text("Ask for 1")
    expect(number).to_have_css("color", "rgb(255, 0, 0)")
