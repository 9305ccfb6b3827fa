"""The sidebar of office pages: narrow or wide, by its button and by ``[``, and as it was left on every page after."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Studio

Enter = Callable[..., Page]

#: Where the bar, its foot and the page beside them are.
BOXES = """() => [".sidebar", ".foot", "#content"].map(one => {
  const { x, y, width } = document.querySelector(one).getBoundingClientRect();
  return [x, y, width];
})"""
WIDE_PX, NARROW_PX = 240, 56


def width(page: Page) -> float:
    return float(page.locator(".sidebar").bounding_box()["width"])  # type: ignore[index]


def button(page: Page, *, expanded: bool) -> Any:
    return page.get_by_role("button", name=f"{'Collapse' if expanded else 'Expand'} sidebar", expanded=expanded)


def heard(page: Page) -> None:
    """The page's script runs: the palette's island is there."""
    expect(page.locator("[data-island=Palette][data-ready]")).to_have_count(1)


def test_it_stays_as_it_was_left_on_every_page_and_in_every_tab(enter: Enter, studio: Studio) -> None:
    page = enter("producer", path="/home")
    other = page.context.new_page()
    other.goto(f"{studio.base}/documents")
    for one in (page, other):
        heard(one)
        assert width(one) == WIDE_PX
    button(page, expanded=True).click()
    for one in (page, other):
        expect(button(one, expanded=False)).to_be_visible()
        assert width(one) == NARROW_PX
    for path in ("/home", "/sessions", "/products", "/imports", "/account", "/studios/pavoi/invitations"):
        page.goto(studio.base + path)
        assert width(page) == NARROW_PX, path
    button(other, expanded=False).click()
    expect(button(page, expanded=True)).to_be_visible()
    assert width(page) == WIDE_PX


@pytest.mark.parametrize("kept", ["collapsed", "expanded"])
def test_nothing_moves_when_the_page_wakes_up(enter: Enter, studio: Studio, kept: str) -> None:
    page = enter("producer")
    page.context.add_cookies([{"name": "cuelight-sidebar", "value": kept, "url": studio.base}])
    page.route("**/*.js", lambda route: route.abort())
    page.goto(f"{studio.base}/home")
    drawn = page.evaluate(BOXES)
    assert drawn[0][2] == (NARROW_PX if kept == "collapsed" else WIDE_PX)
    page.unroute("**/*.js")
    page.goto(f"{studio.base}/home")
    heard(page)
    assert page.evaluate(BOXES) == drawn


def test_the_bracket_turns_it_and_is_a_letter_in_a_field(enter: Enter) -> None:
    page = enter("producer", path="/home")
    heard(page)
    page.keyboard.press("[")
    expect(button(page, expanded=False)).to_be_visible()
    field = page.get_by_role("textbox", name="Name of the document")
    field.press("[")
    expect(field).to_have_value("[")
    expect(button(page, expanded=False)).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Go to a session or page")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("[")  # a sheet is open
    page.keyboard.press("Escape")
    expect(button(page, expanded=False)).to_be_visible()
    field.blur()
    page.keyboard.press("[")
    expect(button(page, expanded=True)).to_be_visible()


def test_pictures_keep_their_names_and_show_them_to_whoever_gets_to_them(enter: Enter, studio: Studio) -> None:
    page = enter("producer", path="/home")
    heard(page)
    button(page, expanded=True).click()
    places = page.get_by_role("navigation", name="Main").get_by_role("link")
    expect(places).to_have_text([
        "Cuelight", "Home", "Live", "Overlays", "Sessions", "Documents", "Products", "Imports", "Docks", "Studio",
    ])  # fmt: skip
    word = places.filter(has_text="Sessions").locator(".word")
    beside = "one => one.getBoundingClientRect().left >= 56"
    assert not word.evaluate(beside)
    places.filter(has_text="Overlays").focus()
    page.keyboard.press("Tab")
    assert word.evaluate(beside)
    page.get_by_role("link", name="Imports").hover()
    assert page.get_by_role("link", name="Imports").locator(".word").evaluate(beside)
    for name in ("Mia Producer", "Sign out"):
        expect(page.get_by_role("contentinfo").get_by_text(name)).to_have_count(1)
    page.get_by_role("radio", name="Dark").check(force=True)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_text("Studios").locator("..").click()
    page.get_by_role("link", name="New studio").click()
    expect(page).to_have_url(re.compile("/studios/new$"))


def test_on_a_phone_it_is_along_the_top_with_its_words(enter: Enter, studio: Studio) -> None:
    page = enter("admin", path="/home", width=390, height=844)
    page.context.add_cookies([{"name": "cuelight-sidebar", "value": "collapsed", "url": studio.base}])
    page.goto(f"{studio.base}/studios/pavoi/settings")
    heard(page)
    expect(page.locator(".collapse")).to_be_hidden()
    word = page.get_by_role("navigation", name="Main").get_by_text("Studio", exact=True)
    expect(word).to_be_in_viewport(ratio=1)  # the last of the row, and where one is
    page.keyboard.press("[")
    assert "cuelight-sidebar=collapsed" in page.evaluate("document.cookie")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
