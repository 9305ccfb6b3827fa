"""The stream dashboard while the built-in audience is in: read, answered, kept clean, and alive after a break."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Studio
from e2e.steps import until
from e2e.test_csp import listening, violations

Enter = Callable[..., Page]

#: The sizes that it is made for.
SIZES = [(1920, 1080), (1280, 720), (390, 844)]
#: So many messages at most come between two looks.
MOST_UP = 60


def messages(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Messages")


def watching(enter: Enter, **how: object) -> Page:
    """A producer at the dashboard, once viewers have written something."""
    page = enter("producer", path="/dashboard", **how)
    expect(messages(page).get_by_role("option").first).to_be_visible(timeout=30_000)
    return page


def texts(page: Page) -> list[str]:
    return messages(page).get_by_role("option").all_inner_texts()


def test_a_studio_without_an_account_is_alive_and_nobody_takes_it_for_real(enter: Enter) -> None:
    page = watching(enter, width=1920, height=1080, prepare=listening)
    expect(page.get_by_text("REHEARSAL", exact=True).first).to_be_visible()
    expect(page.get_by_role("heading", name="Platforms")).to_be_visible()
    expect(page.get_by_role("region", name="Platforms").get_by_text("Simulated audience", exact=True)).to_be_visible()
    viewers = page.locator("[data-piece=viewers]")
    expect(viewers).not_to_have_text("–")
    chart = page.get_by_role("region", name="Viewers").get_by_role("img")
    expect(chart).to_have_accessible_name(re.compile("viewers now"))
    assert violations(page) == []


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_pages_beside_it_are_linked_for_whoever_may_see_them(enter: Enter, width: int, height: int) -> None:
    def linked(role: str) -> list[str]:
        page = enter(role, path="/dashboard", width=width, height=height)
        beside = page.get_by_role("navigation", name="Streams")
        expect(beside.get_by_role("link", name="Platforms")).to_be_in_viewport(ratio=1)
        return [link.get_attribute("href") or "" for link in beside.get_by_role("link").all()]

    here = ["/dashboard"] if width > 700 else []
    assert linked("producer") == [*here, "/dashboard/streams", "/dashboard/orders", "/dashboard/platforms"]
    assert linked("host") == [*here, "/dashboard/platforms"]
    page = enter("producer", path="/dashboard", width=width, height=height)
    page.get_by_role("navigation", name="Streams").get_by_role("link", name="Orders").click()
    expect(page.get_by_role("navigation", name="Streams").get_by_role("link", name="Orders")).to_have_attribute(
        "aria-current", "page"
    )


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_page_itself_does_not_scroll(enter: Enter, width: int, height: int) -> None:
    page = watching(enter, width=width, height=height)
    size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert size == [width, height]


def test_title_and_light_have_room_beside_the_open_sidebar(enter: Enter) -> None:
    strip = watching(enter, width=1280, height=720).locator("header.strip")
    expect(strip.locator(".tally.rehearsal")).to_be_visible()
    edge, light, title = (
        strip.locator(what).evaluate("element => element.getBoundingClientRect().toJSON()")
        for what in ("xpath=.", ".mark", "h1")
    )
    assert light["right"] < edge["right"]
    assert title["width"] > 100


def test_a_message_is_sent_and_comes_back_once(enter: Enter) -> None:
    page = watching(enter)
    field = page.get_by_role("textbox", name="Message")
    field.fill("Number 12 is eighteen inches.")
    field.press("Enter")
    expect(field).to_have_value("")
    mine = messages(page).get_by_role("option").filter(has_text="Number 12 is eighteen inches.")
    expect(mine).to_have_count(1)
    expect(mine.get_by_text("Sending to")).to_have_count(0)


def choose(page: Page, name: str) -> None:
    """Goes up to this message; newer ones may have come meanwhile."""
    page.keyboard.press("ArrowUp")
    chosen = messages(page).get_by_role("option", selected=True)
    for _ in range(MOST_UP):
        if f"#{chosen.get_attribute('id')}" == name:
            return
        page.keyboard.press("ArrowUp")
    raise AssertionError(f"{name} is not among the last {MOST_UP}")


def test_a_message_is_hidden_by_keyboard_on_every_screen_and_comes_back(enter: Enter) -> None:
    page, other = watching(enter), watching(enter)
    messages(other).focus()
    other.keyboard.press("ArrowUp")
    name = f"#{messages(other).get_by_role('option', selected=True).get_attribute('id')}"
    messages(page).focus()
    choose(page, name)
    page.keyboard.press("h")
    expect(other.locator(name)).to_have_count(0)
    expect(page.locator(name)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(other.locator(name)).to_have_count(1)
    expect(page.locator(name)).to_have_count(1)


def test_who_reads_further_up_is_left_in_peace(enter: Enter) -> None:
    page = watching(enter)
    messages(page).focus()
    page.keyboard.press("ArrowUp")
    chosen = messages(page).get_by_role("option", selected=True)
    before = chosen.bounding_box()
    news = page.get_by_role("button", name="new message")
    expect(news).to_be_visible(timeout=30_000)
    assert chosen.bounding_box() == before
    news.click()
    expect(news).to_have_count(0)
    expect(chosen).to_have_count(0)


def test_after_the_server_was_killed_it_goes_on_and_shows_nothing_twice(enter: Enter, studio: Studio) -> None:
    page = watching(enter)
    studio.kill_server()
    expect(page.get_by_text("Reconnecting…")).to_be_visible()
    # What was known stays.
    assert texts(page)
    expect(page.get_by_text("Connected", exact=False).first).to_be_visible(timeout=60_000)
    newest = "async () => Math.max(...[...document.querySelectorAll('[role=option][data-id]')].map(e => e.dataset.id))"
    last = page.evaluate(newest)
    until(page, f"async () => (await ({newest})()) > {last}")
    ids = page.evaluate("[...document.querySelectorAll('[role=option][data-id]')].map(e => Number(e.dataset.id))")
    assert ids == sorted(set(ids))


def test_on_a_phone_each_part_is_one_tap_away(enter: Enter) -> None:
    page = watching(enter, width=390, height=844)
    parts = page.get_by_role("group", name="Part of the dashboard")
    expect(page.get_by_role("textbox", name="Message")).to_be_in_viewport()
    for part in ("Activity", "Viewers", "Questions"):
        parts.get_by_role("button", name=part).click()
        expect(page.get_by_role("region", name=part)).to_be_in_viewport()
        expect(messages(page)).to_be_hidden()
    parts.get_by_role("button", name="Chat").click()
    expect(messages(page)).to_be_in_viewport()


def test_a_host_reads_and_has_no_means_to_write_or_hide(enter: Enter) -> None:
    page = enter("host", path="/dashboard")
    expect(messages(page).get_by_role("option").first).to_be_visible(timeout=30_000)
    expect(page.get_by_role("textbox", name="Message")).to_have_count(0)
    messages(page).focus()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("toolbar")).to_be_visible()
    expect(page.get_by_role("button", name="Hide the message")).to_have_count(0)
