"""Pictures on the host's screen: they come in steps, stand still, and are fetched once."""

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from e2e.steps import shows

Enter = Callable[..., Page]

SHIFTS = """() => {
  window.shifts = [];
  new PerformanceObserver(list => {
    for (const entry of list.getEntries())
      window.shifts.push(...entry.sources.map(({ node }) => node?.className || node?.nodeName));
  }).observe({ type: "layout-shift" });
}"""
#: The addresses of whole pictures that came from the server and not from the browser's cache.
OVER_THE_WIRE = """() => performance.getEntriesByType("resource")
  .filter(entry => /full/.test(entry.name) && entry.transferSize > 0).map(entry => entry.name)"""
#: Frames in which no picture at all, whole or blurred, was to be seen.
BLANK_FRAMES = """() => {
  window.blank = 0;
  const look = () => {
    const full = document.querySelector("img.full");
    const there = [...document.querySelectorAll(".picture img")].some(image =>
      image.complete && image.naturalWidth > 0 && Number(getComputedStyle(image).opacity) > 0);
    if (full && !there) window.blank += 1;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


def picture_there(page: Page) -> None:
    expect(page.locator("img.full")).to_have_attribute("data-js-loading", "false")


def test_a_picture_comes_as_skeleton_then_blur_then_whole(enter: Enter) -> None:
    producer, host = enter("producer", 1), enter("host", 1, worker=False)
    producer.keyboard.press("Home")
    shows(host, 1)
    picture_there(host)
    # The next reload finds the pictures, not the small ones, slow.
    held: list[Route] = []
    host.context.route("**/media/**/full/**", lambda route: held.append(route))
    host.reload()
    shows(host, 1)
    full = host.locator("img.full")
    expect(full).to_have_attribute("data-js-loading", "true")
    number = (full.get_attribute("id") or "").removeprefix("image-")
    expect(host.locator(f"#skeleton-{number}")).to_be_visible()
    placeholder = host.locator(f"#placeholder-{number}")
    expect(placeholder).to_have_attribute("data-js-placeholder-loaded", "false")
    expect(placeholder).to_have_attribute("aria-hidden", "true")
    style = placeholder.evaluate("image => [getComputedStyle(image).filter, getComputedStyle(image).pointerEvents]")
    assert style == ["blur(20px)", "none"]
    assert placeholder.evaluate("image => image.naturalWidth") == 20
    for route in held:
        route.continue_()
    picture_there(host)
    expect(placeholder).to_have_attribute("data-js-placeholder-loaded", "true")
    expect(host.locator(f"#skeleton-{number}")).to_have_count(0)
    expect(host.get_by_role("img", name=full.get_attribute("alt") or "no words")).to_have_count(1)


def test_a_picture_that_cannot_be_loaded_leaves_a_sentence_and_comes_back(enter: Enter) -> None:
    host = enter("host", 1, worker=False)
    host.context.route("**/media/**/full/**", lambda route: route.abort())
    host.reload()
    expect(host.get_by_text("This picture could not be loaded")).to_be_visible()
    host.context.unroute_all()
    picture_there(host)  # by itself, as soon as it can be had
    expect(host.get_by_text("This picture could not be loaded")).to_have_count(0)


def test_a_run_through_the_lineup_fetches_each_picture_once_and_nothing_shifts_or_blanks(enter: Enter) -> None:
    producer, host = enter("producer", 1), enter("host", 1)
    producer.keyboard.press("Home")
    shows(host, 1)
    picture_there(host)
    # All sixteen come by themselves, those that are shown first.
    host.wait_for_function(
        "() => performance.getEntriesByType('resource').filter(entry => /full/.test(entry.name)).length >= 16"
    )
    host.evaluate(SHIFTS)
    host.evaluate(BLANK_FRAMES)
    for number in [*range(2, 9), *range(7, 0, -1)]:
        producer.keyboard.press("ArrowDown" if number > int(host_number(host)) else "ArrowUp")
        shows(host, number)
        picture_there(host)
    assert host.evaluate("() => window.shifts") == []
    assert host.evaluate("() => window.blank") == 0
    fetched = host.evaluate(OVER_THE_WIRE)
    assert len(fetched) == len(set(fetched)) == 16


def host_number(page: Page) -> str:
    return page.locator(".here h1 .position").inner_text()
