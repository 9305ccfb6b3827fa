"""Overlays from nothing to OBS: made by keys, moved by hand, followed without a reload, and mended after breaks."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Response, expect

from cuelight.widgets.kinds import KINDS
from e2e.cable import Cable
from e2e.conftest import Studio
from e2e.overlays import CARD, make_overlay, one_of, open_overlay, picture, set_widget
from e2e.steps import connected, shows

Enter = Callable[..., Page]
Open = Callable[..., Page]
#: All that an overlay's page may weigh, in bytes as they are, not packed.
BUDGET = 150_000

#: The first load of a page takes itself for one of another build.
OLDER_ONCE = """(() => {
  const parse = JSON.parse;
  JSON.parse = (...given) => {
    const found = parse(...given);
    if (found?.token && found.build && !sessionStorage.older) {
      sessionStorage.older = "1";
      found.build = "older";
    }
    return found;
  };
})()"""


@pytest.fixture
def obs(browser: Browser, studio: Studio) -> Iterator[Open]:
    """Opens a path as OBS does."""
    pages: list[Page] = []

    def open_(path: str, *, width: int = 1920, height: int = 1080) -> Page:
        pages.append(open_overlay(browser, studio, path, width=width, height=height))
        return pages[-1]

    yield open_
    for page in pages:
        page.context.close()


def editor(enter: Enter, path: str) -> Page:
    page = enter("producer", 2, path=path, width=1920, height=1080)
    page.locator("[data-island=LayoutEditor][data-ready]").wait_for()
    connected(page)
    return page


def frame(page: Page, name: str = "Product card") -> Locator:
    return page.get_by_role("button", name=re.compile(rf"^{name}(, hidden)?: "))


def stands_at(page: Page, left: int, top: int) -> None:
    box = page.locator(".box[data-widget=product_card]")
    expect(box).to_have_css("left", f"{left}px")
    expect(box).to_have_css("top", f"{top}px")


def address(page: Page) -> str:
    return page.locator("input[id^=address-]").first.input_value().partition("/w/")[2]


# These come first: nothing is live yet.


def test_guides_are_drawn_until_the_show_is_live(studio: Studio, enter: Enter, obs: Open) -> None:
    page = obs(make_overlay(studio, [CARD]) + "?guides=1&onload=alert(1)&bg=%22><script>")
    expect(page.get_by_text("Title safe")).to_be_attached()
    expect(page.get_by_text("product card · 620 × 230")).to_be_attached()
    show = enter("producer", 1)
    connected(show)
    show.get_by_role("button", name="Go live").click()
    expect(page.get_by_text("Title safe")).to_have_count(0)
    show.get_by_role("button", name="End the show").click()
    expect(page.get_by_text("Title safe")).to_be_attached()


def test_test_data_is_marked_and_shown_without_a_show(studio: Studio, obs: Open) -> None:
    page = obs(make_overlay(studio, [CARD]) + "?test=1")
    expect(page.locator("article.card")).to_be_visible()
    expect(page.get_by_text("TEST", exact=True)).to_be_visible()


def test_an_address_can_paint_a_background_and_leave_widgets_out(studio: Studio, obs: Open) -> None:
    page = obs(make_overlay(studio, [CARD]) + "?key=00b140&hide=product_card")
    assert picture(page).getpixel((500, 500)) == (0, 177, 64, 255)
    expect(page.locator(".box")).to_have_count(0)


def test_an_overlay_is_made_and_arranged_by_keys(enter: Enter, obs: Open) -> None:
    page = enter("producer", 2, path="/overlays", width=1920, height=1080)
    page.keyboard.press("n") if page.get_by_role(
        "link", name=re.compile("New overlay N")
    ).count() else page.get_by_role("link", name="New overlay").press("Enter")
    page.get_by_label("Name").fill("By keys")
    page.get_by_role("radio", name="Live selling").focus()
    page.keyboard.press("ArrowLeft")  # Empty
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/overlays/\d+$"))
    page.locator("[data-island=LayoutEditor][data-ready]").wait_for()
    page.get_by_role("button", name="Product card").press("Enter")
    expect(frame(page)).to_be_focused()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Alt+ArrowRight")
    expect(frame(page)).to_have_attribute("aria-label", "Product card: 660 from left, 424 from top, 621 by 230")
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()

    page.get_by_role("link", name="Address and OBS").click()
    screen = obs(f"/w/{address(page)}")
    stands_at(screen, 660, 424)
    screen.evaluate("document.querySelector('.host').mark = window.mark = 1")
    page.go_back()
    page.locator("[data-island=LayoutEditor][data-ready]").wait_for()
    frame(page).focus()
    page.keyboard.press("Shift+ArrowDown")
    stands_at(screen, 660, 434)
    page.keyboard.press("h")
    expect(screen.locator(".box")).to_have_count(0)
    page.keyboard.press("Control+z")
    stands_at(screen, 660, 434)
    page.keyboard.press("Delete")
    expect(page.get_by_text("Product card is removed.")).to_be_visible()
    page.get_by_role("button", name="Undo").last.click()
    expect(frame(page)).to_be_visible()
    assert screen.evaluate("window.mark") == 1


def test_a_box_that_is_dragged_snaps_and_obs_follows_without_mounting_anything(
    studio: Studio, enter: Enter, obs: Open
) -> None:
    path = make_overlay(studio, [CARD | {"x": 400, "y": 300}], name="By hand")
    screen = obs(path)
    stands_at(screen, 400, 300)
    screen.evaluate("document.querySelector('.host').mark = 1")
    number = studio.ask("SELECT max(id) FROM widgets_overlay")[0][0]
    page = editor(enter, f"/overlays/{number}")
    other = editor(enter, f"/overlays/{number}")
    place = frame(page).bounding_box()
    assert place is not None
    scale = place["width"] / CARD["width"]
    page.mouse.move(place["x"] + 100, place["y"] + 40)
    page.mouse.down()
    # Five pixels short of the title-safe corner: it goes there by itself.
    page.mouse.move(place["x"] + 100 + (96 - 400) * scale + 5, place["y"] + 40 + (54 - 300) * scale + 5, steps=8)
    expect(page.locator(".line")).to_have_count(2)
    page.mouse.up()
    expect(page.locator(".line")).to_have_count(0)
    stands_at(screen, 96, 54)
    expect(frame(other)).to_have_attribute("aria-label", "Product card: 96 from left, 54 from top, 620 by 230")
    assert screen.evaluate("document.querySelector('.host').mark") == 1
    frame(page).focus()
    page.keyboard.press("Control+z")
    stands_at(screen, 400, 300)
    expect(other.get_by_text("Somebody else has changed this layout.")).to_be_visible()


def test_the_page_is_transparent_from_its_first_frame(browser: Browser, studio: Studio) -> None:
    path = make_overlay(studio, [CARD])
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, service_workers="block")
    page = context.new_page()
    page.goto(studio.base + path, wait_until="commit")
    for _ in range(5):
        assert picture(page).getchannel("A").getextrema() == (0, 0)
    page.locator("#overlay[data-ready]").wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    assert picture(page).getchannel("A").getextrema() == (0, 0)
    context.close()


@pytest.mark.parametrize("kinds", [["product_card"], list(KINDS)], ids=["a card", "one of every kind"])
def test_the_page_is_light(browser: Browser, studio: Studio, kinds: list[str]) -> None:
    path = make_overlay(studio, [one_of(kind) for kind in kinds])
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, service_workers="block")
    page = context.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(studio.base + path)
    for kind in kinds:
        drawn_into(page, kind)
    page.wait_for_load_state("networkidle")
    weights = {answer.url.partition(studio.base)[2]: len(answer.body()) for answer in answers}
    assert sum(weights.values()) < BUDGET, weights
    # What came one after another would have been seen later: the page names its widgets' files itself.
    [html] = [answer.text() for answer in answers if answer.url.endswith(path)]
    assert [url for url in weights if url != path and url not in html] == []
    sent = sum(answer.request.sizes()["responseBodySize"] for answer in answers)
    ready = page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    weight = f"{sum(weights.values()):,} bytes ({sent:,} as sent) in {len(weights)} files"
    print(f"\noverlay page of {len(kinds)}: {weight}, ready after {ready:.0f} ms")
    context.close()


def drawn_into(page: Page, kind: str) -> None:
    """Waits until the widget's own script has run: it has a root."""
    page.wait_for_function(
        "kind => document.querySelector(`[data-widget=${kind}] .host`)?.shadowRoot?.adoptedStyleSheets.length", arg=kind
    )


def test_a_server_that_went_away_is_followed_again_with_the_right_card(
    studio: Studio, console: Page, obs: Open
) -> None:
    screen = obs(make_overlay(studio, [CARD]))
    card = screen.locator("article.card .name")
    expect(card).to_be_visible()
    first = card.inner_text()
    screen.evaluate("window.mark = 1")
    studio.go_away()
    expect(console.get_by_text("Reconnecting").first).to_be_visible()
    assert card.inner_text() == first
    studio.start()
    connected(console)
    console.keyboard.press("ArrowDown")
    expect(card).not_to_have_text(first)
    assert screen.evaluate("window.mark") == 1


def test_a_network_that_was_cut_loses_nothing(studio: Studio, console: Page, browser: Browser) -> None:
    path = make_overlay(studio, [CARD])
    with Cable(studio.port) as cable:
        context = browser.new_context(viewport={"width": 1920, "height": 1080}, service_workers="block")
        screen = context.new_page()
        screen.goto(cable.base + path)
        card = screen.locator("article.card .name")
        expect(card).to_be_visible()
        first = card.inner_text()
        cable.pull()
        console.keyboard.press("ArrowDown")
        shows(console, 2)
        assert card.inner_text() == first
        cable.plug()
        expect(card).not_to_have_text(first, timeout=30_000)
        context.close()


def test_a_page_that_nobody_sees_moves_nothing_and_is_right_when_it_is_shown(
    studio: Studio, console: Page, obs: Open
) -> None:
    screen = obs(make_overlay(studio, [CARD]))
    card = screen.locator("article.card")
    expect(card).to_have_count(1)
    visible = "visible => dispatchEvent(new CustomEvent('obsSourceVisibleChanged', { detail: { visible } }))"
    screen.evaluate(visible, False)
    name = card.locator(".name").inner_text()
    console.keyboard.press("ArrowDown")
    expect(card.locator(".name")).not_to_have_text(name)
    console.keyboard.press("v")
    expect(card).to_have_count(0)
    # The overlay may hear of it before the console does.
    expect(console.get_by_role("button", name="Card hidden")).to_be_visible()
    console.keyboard.press("v")
    expect(card).to_have_count(1)
    running = """() => [...document.querySelectorAll(".host")].flatMap(({ shadowRoot }) => shadowRoot.getAnimations())
      .filter(({ playState }) => playState === "running").length"""
    assert screen.evaluate(running) == 0
    screen.evaluate(visible, True)
    expect(card).to_be_visible()


def test_a_ticker_that_nobody_sees_stands_still_and_runs_on_when_it_is_shown(studio: Studio, obs: Open) -> None:
    line = {"id": "ticker", "type": "ticker", "x": 0, "y": 1016, "width": 1920, "height": 64}
    screen = obs(make_overlay(studio, [line]))
    expect(screen.locator(".ticker .part").first).to_be_visible()
    states = "document.querySelector('.host').shadowRoot.getAnimations().map(({ playState }) => playState)"
    visible = "visible => dispatchEvent(new CustomEvent('obsSourceVisibleChanged', { detail: { visible } }))"
    assert screen.evaluate(states) == ["running"]
    screen.evaluate(visible, False)
    assert screen.evaluate(states) == ["paused"]
    # A new line is a new run.
    set_widget(studio, "ticker", {"messages": "Back in a minute"})
    expect(screen.locator(".ticker .part").filter(has_text="Back in a minute").first).to_be_attached()
    assert screen.evaluate(states) == ["paused"]
    screen.evaluate(visible, True)
    assert screen.evaluate(states) == ["running"]


def test_a_new_address_empties_the_old_page(studio: Studio, enter: Enter, console: Page, obs: Open) -> None:
    path = make_overlay(studio, [CARD], name="Leaked")
    screen = obs(path)
    expect(screen.locator("article.card")).to_be_visible()
    number = studio.ask("SELECT max(id) FROM widgets_overlay")[0][0]
    page = enter("producer", 2, path=f"/overlays/{number}/address")
    page.get_by_role("button", name="Make a new address").press("Enter")
    expect(page.get_by_text("The address is a new one.")).to_be_visible()
    expect(screen.locator(".box")).to_have_count(0)
    assert address(page) != path.removeprefix("/w/")
    renewed = obs(f"/w/{address(page)}")
    expect(renewed.locator("article.card")).to_be_visible()


def test_the_check_knows_who_is_there_and_which_page_is_old(
    studio: Studio, enter: Enter, browser: Browser, console: Page
) -> None:
    path = make_overlay(studio, [CARD], name="Checked")
    page = enter("producer", 2, path="/overlays/check")
    expect(page.get_by_role("heading", name="No overlay is connected")).to_be_visible()
    context = browser.new_context(viewport={"width": 1280, "height": 720}, service_workers="block")
    screen = context.new_page()
    screen.add_init_script(OLDER_ONCE)
    # An old page goes as soon as it shows nothing, which it does before its card is there: first it may not.
    own = studio.base + path
    screen.route(own, lambda route: route.abort() if route.request.method == "HEAD" else route.fallback())
    screen.goto(own)
    part = page.get_by_role("region", name="Checked")
    expect(part.get_by_text("Connected: 1")).to_be_visible()
    expect(part.get_by_text("Old: loads itself anew")).to_be_visible()
    expect(part.get_by_text("1280 × 720: the overlay is 1920 × 1080")).to_be_visible()
    expect(part.get_by_text("Visible")).to_be_visible()
    screen.unroute(own)
    screen.evaluate("dispatchEvent(new CustomEvent('obsSourceVisibleChanged', { detail: { visible: false } }))")
    expect(part.get_by_text("Current")).to_be_visible(timeout=20_000)
    # On air it asks to be pressed twice.
    part.get_by_role("button", name="Identify").click()
    expect(page.get_by_text("The studio is on air")).to_be_visible()
    expect(screen.locator("[data-test=identify]")).to_have_count(0)
    part.get_by_role("button", name="On air: press again").click()
    expect(screen.locator("[data-test=identify]")).to_be_visible()
    expect(screen.locator("[data-test=identify]")).to_have_count(0)
    context.close()
    expect(page.get_by_role("heading", name="No overlay is connected")).to_be_visible()
