"""The widgets that show figures, in OBS, while a simulated audience is there: they move, and nothing is beside them."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.conftest import Studio
from e2e.overlays import alpha_outside, lively_audience, make_overlay, open_overlay, picture, set_widget
from e2e.steps import go_live, shows
from e2e.test_questions import seed

ASKED = "<img src=x onerror=alert(1)> Does the gold one tarnish?"

BOXES = [
    {"id": "goal", "type": "goal", "x": 96, "y": 80, "width": 620, "height": 150},
    {"id": "timer", "type": "timer", "x": 760, "y": 80, "width": 420, "height": 170},
    {"id": "viewers", "type": "viewer_count", "x": 1220, "y": 80, "width": 320, "height": 90},
    {"id": "followers", "type": "follower_count", "x": 1220, "y": 200, "width": 320, "height": 90},
    {"id": "question", "type": "question", "x": 96, "y": 700, "width": 820, "height": 230},
    {"id": "supporters", "type": "supporters", "x": 1220, "y": 320, "width": 520, "height": 360},
    {"id": "ticker", "type": "ticker", "x": 0, "y": 1016, "width": 1920, "height": 64},
]


@pytest.fixture
def overlay(browser: Browser, studio: Studio) -> Iterator[Page]:
    page = open_overlay(browser, studio, make_overlay(studio, BOXES))
    yield page
    page.context.close()


# Whoever opens it waits for an audience that comes at its own pace.
@pytest.mark.timeout(300)
def test_figures_move_with_the_simulated_audience_and_leave_the_rest_clear(
    overlay: Page, studio: Studio, enter: Callable[..., Page]
) -> None:
    lively_audience(studio)
    asks = {"platform": "tiktok", "user_name": "<b>anna</b>", "text": ASKED, "asked": 9, "number": 12}
    seed(studio, [asks], [])
    set_widget(studio, "timer", {"mode": "product", "label": "This product"})
    set_widget(studio, "goal", {"counts": "follows", "title": "New friends", "target": 3, "since": "all"})
    enter("producer", path="/dashboard")
    console = enter("producer", 2)
    go_live(console)
    console.keyboard.press("Home")
    shows(console, 1)

    expect(overlay.get_by_text("REHEARSAL", exact=True)).to_be_visible()
    viewers = overlay.locator("[data-widget=viewer_count] strong")
    expect(viewers).to_have_text(re.compile(r"^[\d,]+$"), timeout=30_000)
    before = viewers.inner_text()
    expect(viewers).not_to_have_text(before, timeout=30_000)
    expect(overlay.locator("[data-widget=follower_count] strong")).to_have_text(re.compile(r"^1,8\d\d$"))

    clock = overlay.locator("[data-widget=timer] .time")
    expect(clock).to_have_text(re.compile(r"^\d+:\d\d$"))
    shown = clock.inner_text()
    expect(clock).not_to_have_text(shown)

    expect(overlay.locator("[data-widget=goal] .figures")).to_have_text(re.compile(r"^[1-9]\d* / 3$"), timeout=60_000)
    set_widget(studio, "goal", {"counts": "follows", "title": "Ten thousand friends", "target": 10_000, "since": "all"})
    expect(overlay.locator("[data-widget=goal] .figures")).to_have_text(re.compile(r" / 10,000$"))
    expect(overlay.locator("[data-widget=goal] .title")).to_have_text("Ten thousand friends")
    expect(overlay.locator("[data-widget=ticker]")).to_contain_text("Free shipping over $50")

    question = overlay.locator("[data-widget=question] article")
    expect(question).to_have_count(0)
    console.keyboard.press("q")
    for words in ("<b>anna</b>", " and others ask (9×)"):
        expect(question.locator(".heading")).to_contain_text(words)
    expect(question.locator(".text")).to_have_text(ASKED)
    expect(question.locator(".product")).to_contain_text("12 · ")
    expect(question.locator("img, b")).to_have_count(0)

    assert alpha_outside(overlay, BOXES) == (0, 0)
    assert picture(overlay).getchannel("A").crop((96, 80, 716, 230)).getextrema()[1] > 220

    console.keyboard.press("w")
    expect(question).to_have_count(0)
