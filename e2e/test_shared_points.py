"""Talking points that colleagues write together: the host reads them as they are typed, and keeps the line."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Studio
from e2e.document_pages import expect_saved
from e2e.steps import connected, pushed
from e2e.test_live_edits import Desk, has_not_moved, lines, middle, reading

Enter = Callable[..., Page]


@pytest.fixture
def desk(producer: Page, studio: Studio) -> Desk:
    desk = Desk(producer, studio)
    desk.override(document_id=None, talking_points_md=None, name=None)
    return desk


def written_together(desk: Desk, page: Page, studio: Studio) -> Page:
    """Makes the line's points a document, and opens it in this page."""
    reply = pushed(desk.page, "session:2:meta", "share_points", {"item_id": desk.item})
    page.goto(f"{studio.base}/documents/{reply['document_id']}")
    page.locator("[data-island=Editor][data-ready]").wait_for()
    expect(page.locator("[contenteditable=true]")).to_be_visible()
    page.locator("[contenteditable=true]").focus()
    page.keyboard.press("Control+Home")
    return page


def test_what_colleagues_type_is_on_the_hosts_screen_and_moves_nothing(
    desk: Desk, enter: Enter, colleague: Page, studio: Studio
) -> None:
    host = reading(enter, desk, *lines(count=20), page=1)
    expect(host.get_by_text("Page 2 /")).to_be_visible()
    writer = written_together(desk, colleague, studio)
    middle(host)
    writer.keyboard.type("Said first of all")
    writer.keyboard.press("Enter")
    expect(host.locator(".here .points li")).to_have_count(21)
    expect(host.locator(".here .points li").first).to_contain_text("Said first of all")
    has_not_moved(host)
    # What is new is marked for a while, and the marks go by themselves.
    writer.keyboard.press("ArrowDown")
    writer.keyboard.press("End")
    writer.keyboard.type(" freshly")
    expect(host.locator(".here .points mark.fresh").first).to_have_text("freshly")
    expect(host.locator(".here .points mark.fresh")).to_have_count(0)
    has_not_moved(host)
    # Its own text again: as the document says it, and the screen does not change.
    pushed(desk.page, "session:2:meta", "unshare_points", {"item_id": desk.item})
    writer.keyboard.type(" nobody hears")
    host.reload()
    connected(host)
    expect(host.locator(".here .points li", has_text="freshly")).to_have_count(1)
    expect(host.locator(".here .points")).not_to_contain_text("nobody hears")


def test_a_host_who_comes_later_reads_the_newest(desk: Desk, enter: Enter, colleague: Page, studio: Studio) -> None:
    desk.points("Gold", "Silver")
    writer = written_together(desk, colleague, studio)
    writer.keyboard.type("White ")
    expect_saved(writer)
    host = enter("host", 2)
    expect(host.locator(".here .points li").first).to_have_text("White Gold")
    expect(desk.page.locator(".points li").first).to_have_text("White Gold")
