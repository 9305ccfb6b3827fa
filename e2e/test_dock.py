"""The dock in OBS: it moves console, host and card, and its panic key empties the overlays."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.conftest import Studio
from e2e.docks import make_dock, open_dock, revoke_dock
from e2e.overlays import CARD, make_overlay, open_overlay, picture
from e2e.steps import shows

Enter = Callable[..., Page]


@pytest.fixture
def dock(console: Page, browser: Browser, studio: Studio) -> Iterator[Page]:
    page = open_dock(browser, studio, make_dock(studio)[1])
    expect(page.locator("[data-product='1']")).to_be_visible()
    yield page
    page.context.close()


@pytest.fixture
def overlay(browser: Browser, studio: Studio) -> Iterator[Page]:
    page = open_overlay(browser, studio, make_overlay(studio, [CARD]))
    yield page
    page.context.close()


def settled(page: Page) -> bytes:
    """What the overlay covers, once nothing of it moves any more."""
    last = b""
    for _ in range(50):
        now = picture(page).getchannel("A").tobytes()
        if now == last:
            return now
        last = now
        page.wait_for_timeout(100)
    raise AssertionError("the overlay does not come to rest")


def test_a_dock_moves_console_host_and_card(dock: Page, console: Page, overlay: Page, enter: Enter) -> None:
    host = enter("host", 2)
    shows(host, 1)
    dock.get_by_role("button", name="Next").click()
    for page in (console, host):
        shows(page, 2)
    expect(overlay.locator("article.card .number")).to_contain_text("2")
    dock.keyboard.press("ArrowUp")
    shows(console, 1)
    dock.keyboard.type("3")
    dock.keyboard.press("Enter")
    shows(console, 3)
    dock.get_by_role("button", name="Card on").click()
    expect(overlay.locator("article.card")).to_have_count(0)
    expect(dock.get_by_role("button", name="Card off")).to_be_visible()


def test_a_dock_writes_to_the_host(dock: Page, enter: Enter) -> None:
    host = enter("host", 2)
    dock.get_by_role("textbox", name="Message to the host").fill("Slower, please")
    dock.keyboard.press("Enter")
    expect(host.get_by_text("Slower, please")).to_be_visible()
    dock.get_by_role("button", name="Clear the message").click()
    expect(host.get_by_text("Slower, please")).to_have_count(0)


def test_panic_empties_the_overlay_and_a_second_press_brings_it_back(dock: Page, console: Page, overlay: Page) -> None:
    expect(overlay.locator("article.card")).to_be_visible()
    before = settled(overlay)
    dock.keyboard.press(".")
    expect(dock.get_by_text("OVERLAYS HIDDEN")).to_be_visible()
    expect(console.get_by_role("button", name="OVERLAYS HIDDEN")).to_be_visible()
    expect(overlay.locator(".box")).to_have_count(0)
    assert picture(overlay).getchannel("A").getextrema() == (0, 0)
    console.keyboard.press(".")
    expect(overlay.locator("article.card")).to_be_visible()
    expect(dock.get_by_text("OVERLAYS HIDDEN")).to_have_count(0)
    assert settled(overlay) == before


def test_ctrl_z_of_the_console_leaves_panic_alone(console: Page) -> None:
    console.keyboard.press("ArrowDown")
    shows(console, 2)
    console.keyboard.press(".")
    expect(console.get_by_role("button", name="OVERLAYS HIDDEN")).to_be_visible()
    console.keyboard.press("Control+z")
    shows(console, 1)
    expect(console.get_by_role("button", name="OVERLAYS HIDDEN")).to_be_visible()
    console.get_by_role("button", name="OVERLAYS HIDDEN").click()
    expect(console.get_by_role("button", name="OVERLAYS HIDDEN")).to_have_count(0)


def test_a_dock_that_watches_has_nothing_to_press(console: Page, browser: Browser, studio: Studio) -> None:
    page = open_dock(browser, studio, make_dock(studio, name="Wall", role="watch")[1])
    expect(page.locator("[data-product='1']")).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)
    page.keyboard.press("ArrowDown")
    page.keyboard.press(".")
    console.keyboard.press("ArrowDown")
    expect(page.locator("[data-product='2']")).to_be_visible()
    page.context.close()


def test_a_dock_whose_address_was_made_anew_says_so(browser: Browser, studio: Studio) -> None:
    dock_id, path = make_dock(studio)
    page = open_dock(browser, studio, path)
    revoke_dock(studio, dock_id)
    expect(page.get_by_role("alert")).to_contain_text("This dock is gone")
    expect(page.get_by_role("button", name="Next")).to_have_count(0)
    page.context.close()


@pytest.mark.parametrize(("width", "height"), [(300, 600), (300, 400), (200, 600)])
def test_it_fits_and_every_control_is_large_enough(
    console: Page, browser: Browser, studio: Studio, width: int, height: int
) -> None:
    page = open_dock(browser, studio, make_dock(studio)[1], width=width, height=height)
    expect(page.locator("[data-product]")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.documentElement.scrollHeight") <= height
    for name in ("Prev", "Next", "Hide all overlays"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert box is not None
        assert box["height"] >= 40
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= height
        assert box["x"] + box["width"] <= width
    page.context.close()


def test_a_dock_follows_whichever_show_runs(console: Page, browser: Browser, studio: Studio) -> None:
    page = open_dock(browser, studio, make_dock(studio, session=None)[1])
    expect(page.locator("[data-product='1']")).to_be_visible()
    console.get_by_role("button", name="End the show").click()
    expect(page.get_by_text("No show runs.")).to_be_visible()
    page.context.close()
