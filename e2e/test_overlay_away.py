"""An overlay that is opened while the server is away: never an error page on the stream, and it recovers."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from e2e.conftest import Studio
from e2e.overlays import CARD, make_overlay, picture, renew_address
from e2e.steps import until

Enter = Callable[..., Page]

#: What of a page is kept: the page itself, and each file that it names.
KEPT = """async () => {
  const path = location.pathname;
  const name = (await caches.keys()).find((one) => one.endsWith(`:${path}`));
  if (!name) return false;
  const cache = await caches.open(name);
  const page = await cache.match(path);
  if (!page) return false;
  const named = [...(await page.text()).matchAll(/(?:href|src)="(\\/static\\/[^"]+)"/g)].map(([, file]) => file);
  const found = await Promise.all(named.map((file) => cache.match(file, { ignoreVary: true })));
  return named.length > 3 && found.every(Boolean);
}"""
#: Puts a page of another build in the place of the one that is kept.
PLANT = """async () => {
  const path = location.pathname;
  const cache = await caches.open((await caches.keys()).find((one) => one.endsWith(`:${path}`)));
  const page = await (await cache.match(path)).text();
  const older = page.replace(/"build":"[^"]+"/, '"build":"older"').replace("</title>", " as it was</title>");
  await cache.put(path, new Response(older, { headers: { "Content-Type": "text/html", "Cuelight-Overlay": "here" } }));
}"""
#: Whether it is the one that is kept.
PLANTED = """async () => {
  const cache = await caches.open((await caches.keys()).find((one) => one.endsWith(`:${location.pathname}`)));
  return (await (await cache.match(location.pathname)).text()).includes('"build":"older"');
}"""


@pytest.fixture
def obs(browser: Browser) -> Iterator[BrowserContext]:
    """One browser that keeps what it has over pages, as OBS's does on its disk."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, service_workers="allow")
    yield context
    context.close()


def opened(obs: BrowserContext, studio: Studio, path: str) -> Page:
    page = obs.new_page()
    page.goto(studio.base + path)
    return page


def kept(obs: BrowserContext, studio: Studio, path: str) -> None:
    """Opens the overlay, waits until its page is kept, and closes it."""
    page = opened(obs, studio, path)
    expect(page.locator("#overlay")).to_have_attribute("data-ready", "true")
    until(page, KEPT)
    page.close()


def is_transparent(page: Page) -> bool:
    return picture(page).getchannel("A").getextrema() == (0, 0)


def test_a_source_that_is_opened_without_the_server_is_empty_and_draws_when_it_is_back(
    studio: Studio, console: Page, obs: BrowserContext
) -> None:
    path = make_overlay(studio, [CARD])
    kept(obs, studio, path)
    studio.go_away()
    try:
        page = opened(obs, studio, path + "?hide=chat")
        expect(page.locator("#overlay")).to_have_attribute("data-ready", "true")
        assert page.evaluate("navigator.serviceWorker.controller !== null")
        assert is_transparent(page)
        page.evaluate("window.mark = 1")
    finally:
        studio.start()
    expect(page.locator("article.card .name")).to_be_visible(timeout=20_000)
    # It has connected by itself: nothing was loaded anew.
    assert page.evaluate("window.mark") == 1


def test_a_source_that_was_never_open_waits_for_the_server_with_nothing_on_it(
    studio: Studio, console: Page, obs: BrowserContext
) -> None:
    known, new = (make_overlay(studio, [CARD], name=name) for name in ("Known", "New"))
    kept(obs, studio, known)
    studio.go_away()
    try:
        page = opened(obs, studio, new)
        assert page.title() == "Cuelight"
        assert is_transparent(page)
    finally:
        studio.start()
    expect(page.locator("article.card .name")).to_be_visible(timeout=20_000)


def test_an_address_that_was_made_anew_meanwhile_is_emptied_and_kept_no_longer(
    studio: Studio, console: Page, obs: BrowserContext
) -> None:
    path = make_overlay(studio, [CARD], name="Renewed")
    kept(obs, studio, path)
    studio.go_away()
    try:
        page = opened(obs, studio, path)
        expect(page.locator(".box")).to_have_count(1)
        renew_address(studio, path)
    finally:
        studio.start()
    expect(page.locator(".box")).to_have_count(0, timeout=20_000)
    until(page, "async () => (await caches.keys()).some((name) => name.endsWith(location.pathname))", False)
    page.reload()
    expect(page.get_by_text("its address was made anew")).to_be_visible()


def test_the_page_as_the_server_has_it_goes_before_the_one_that_is_kept(
    studio: Studio, console: Page, obs: BrowserContext
) -> None:
    path = make_overlay(studio, [CARD], name="Newer")
    kept(obs, studio, path)
    page = opened(obs, studio, path)
    page.evaluate(PLANT)
    until(page, PLANTED)
    page.reload()
    expect(page).not_to_have_title(re.compile("as it was"))
    until(page, PLANTED, False)
    expect(page.locator("article.card .name")).to_be_visible()
