"""Alerts in OBS: one at a time, on two overlays at once, each of them drawn once whatever happens to the server."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.conftest import Studio
from e2e.overlays import make_overlay, open_overlay, picture

Enter = Callable[..., Page]
BOX: dict[str, Any] = {"id": "alerts", "type": "alert_box", "x": 600, "y": 54, "width": 720, "height": 260}
#: Every alert this page has drawn, in words.
WITNESS = """() => {
  window.drawn = [];
  const root = () => document.querySelector("[data-widget=alert_box] .host")?.shadowRoot;
  const look = () => {
    const title = root()?.querySelector(".alert .title")?.textContent.trim();
    if (title && window.drawn.at(-1) !== title) window.drawn.push(title);
    requestAnimationFrame(look);
  };
  look();
}"""


@pytest.fixture
def overlays(browser: Browser, studio: Studio) -> Iterator[list[Page]]:
    path = make_overlay(studio, [BOX])
    pages = [open_overlay(browser, studio, path) for _ in range(2)]
    for page in pages:
        page.evaluate(WITNESS)
    yield pages
    for page in pages:
        page.context.close()


def test_a_test_alert_is_drawn_once_on_each_overlay_and_leaves(overlays: list[Page], enter: Enter) -> None:
    desk = enter("producer", path="/dashboard/alerts")
    desk.get_by_role("button", name="Donation").click()
    for page in overlays:
        alert = page.locator(".alert")
        expect(alert).to_be_visible()
        expect(alert.locator(".mark")).to_have_text("TEST")
        expect(alert).to_have_css("opacity", "1")
    alpha = picture(overlays[0]).getchannel("A")
    inside = (BOX["x"], BOX["y"], BOX["x"] + BOX["width"], BOX["y"] + BOX["height"])
    assert alpha.crop(inside).getextrema()[1] > 200
    assert alpha.crop((0, inside[3], 1920, 1080)).getextrema() == (0, 0)
    for page in overlays:
        expect(page.locator(".alert")).to_have_count(0, timeout=20_000)
        assert len(page.evaluate("window.drawn")) == 1
    assert picture(overlays[0]).getchannel("A").getextrema() == (0, 0)


@pytest.mark.timeout(300)
def test_a_server_that_is_gone_during_an_alert_changes_nothing_of_it(
    overlays: list[Page], enter: Enter, studio: Studio
) -> None:
    desk = enter("producer", path="/dashboard/alerts")
    desk.get_by_role("button", name="Raid").click()
    for page in overlays:
        expect(page.locator(".alert")).to_be_visible()
    studio.kill_everything()
    # It stays what it was: nothing blinks, nothing blanks.
    for page in overlays:
        expect(page.locator(".alert")).to_be_visible()
    # And it leaves in its time, whoever is there to say so.
    for page in overlays:
        expect(page.locator(".alert")).to_have_count(0, timeout=20_000)
    studio.start()
    desk.get_by_role("button", name="Order").click()
    for page in overlays:
        expect(page.locator(".alert.order")).to_be_visible(timeout=60_000)
        assert len(page.evaluate("window.drawn")) == 2
