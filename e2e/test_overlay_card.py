"""The product card in OBS: moved by the producer's key, on nothing but transparency."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.conftest import Studio
from e2e.overlays import CARD, alpha_outside, make_overlay, open_overlay, picture, set_widget
from e2e.steps import pushed

#: Keeps the names of what is moved by a script, in order.
MOVED = """() => {
  const animate = Element.prototype.animate;
  window.moved = [];
  Element.prototype.animate = function (...given) {
    window.moved.push(this.className.split(" ")[0]);
    return animate.apply(this, given);
  };
}"""


@pytest.fixture
def overlay(browser: Browser, studio: Studio) -> Iterator[Page]:
    page = open_overlay(browser, studio, make_overlay(studio, [CARD]))
    yield page
    page.context.close()


def test_the_card_follows_the_key_and_goes_with_v(overlay: Page, console: Page) -> None:
    card = overlay.locator("article.card")
    expect(card).to_be_visible()
    first = card.locator(".name").inner_text()
    console.keyboard.press("ArrowDown")
    expect(card.locator(".name")).not_to_have_text(first)
    console.keyboard.press("v")
    expect(card).to_have_count(0)
    console.keyboard.press("v")
    expect(card).to_be_visible()


def test_a_small_card_fetches_the_small_picture_and_a_large_one_the_large(overlay: Page, console: Page) -> None:
    """The sample's pictures are 1400 pixels wide, their thumbnails 320."""
    image = overlay.locator("article.card .picture")
    expect(image).to_be_visible()
    overlay.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=image.element_handle())
    small = image.evaluate("image => image.currentSrc")
    assert small != image.evaluate("image => image.src")
    overlay.locator("[data-widget=product_card]").evaluate("box => { box.style.height = '700px'; }")
    overlay.wait_for_function("image => image.currentSrc === image.src", arg=image.element_handle())


def test_the_page_is_transparent_but_for_the_card(overlay: Page, console: Page) -> None:
    expect(overlay.locator("article.card")).to_be_visible()
    alpha = picture(overlay).getchannel("A")
    inside = (CARD["x"], CARD["y"], CARD["x"] + CARD["width"], CARD["y"] + CARD["height"])
    assert alpha.crop(inside).getextrema()[1] > 220
    assert alpha_outside(overlay, [CARD]) == (0, 0)


def test_a_price_flashes_when_it_changes_and_not_with_the_product(overlay: Page, console: Page) -> None:
    card = overlay.locator("article.card")
    expect(card.locator(".number")).to_have_text("No. 1")
    overlay.evaluate(MOVED)
    console.keyboard.press("ArrowDown")
    expect(card.locator(".number")).to_have_text("No. 2")
    assert overlay.evaluate("window.moved") == []
    pushed(console, "session:2:state", "flash_price", {"percent": 20, "seconds": 60})
    expect(card.locator(".left")).to_be_visible()
    overlay.wait_for_function("window.moved.includes('now')")


def test_a_setting_reaches_the_open_page(overlay: Page, studio: Studio, console: Page) -> None:
    number = overlay.locator("article.card .number")
    expect(number).to_have_text("No. 1")
    set_widget(studio, "product_card", {"number_label": "Ask for {number}", "accent": "#ff0000"})
    expect(number).to_have_text("Ask for 1")
    expect(number).to_have_css("color", "rgb(255, 0, 0)")
