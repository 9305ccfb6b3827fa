"""A flash price from its key to its end by itself: on every screen, after kill -9, with two people ((c) 15, 19)."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Studio
from e2e.steps import connected, go_live, pushed, shows, update_product

Enter = Callable[..., Page]
STATE = "session:2:state"


@pytest.fixture
def live(producer: Page) -> Page:
    """The console of a show that is live."""
    go_live(producer)
    return producer


def kinds(studio: Studio) -> list[str]:
    rows = studio.ask("SELECT event->>'kind' FROM journal WHERE aggregate_id = 'session:2' ORDER BY version")
    return [str(kind) for (kind,) in rows]


def words(page: Page) -> str:
    return page.locator(".words.here .prices").text_content() or ""


def flash_mark(page: Page) -> Locator:
    return page.get_by_role("region", name="Host screen").get_by_text(re.compile(r"^\s*FLASH PRICE"))


def ends_at(studio: Studio) -> datetime:
    [(moment,)] = studio.ask("SELECT flash_due_at FROM live_sessions_session WHERE id = 2")
    assert isinstance(moment, datetime)
    return moment


#: By this page's clock: when its mark of a flash price is gone.
GONE = """() => { window.goneAt = new Promise(done => {
  const look = () => document.querySelector(".stamp.flash") ? setTimeout(look, 10) : done(Date.now());
  look();
}); }"""


def gone_at(page: Page) -> datetime:
    return datetime.fromtimestamp(page.evaluate("window.goneAt") / 1000, UTC)


def test_by_keys_alone_it_begins_is_given_time_and_is_taken_back(live: Page, host: Page) -> None:
    before = words(host)
    live.keyboard.press("d")
    panel = live.get_by_role("dialog", name="Flash price")
    expect(panel).to_be_visible()
    live.keyboard.press("ArrowRight")  # 30 %
    expect(panel.get_by_label("30 %")).to_be_checked()
    live.keyboard.press("Enter")
    expect(panel).to_have_count(0)
    for page in (live, host):
        expect(flash_mark(page)).to_be_visible()
    assert words(host) != before
    bar = live.get_by_role("region", name="Flash price", exact=True)
    expect(bar.get_by_role("timer")).to_have_text(re.compile(r"1:\d\d"))
    bar.get_by_role("button", name="+30 s").click()
    expect(bar.get_by_role("timer")).to_have_text(re.compile(r"2:\d\d"))
    live.keyboard.press("ArrowDown")
    shows(host, 2)
    expect(flash_mark(host)).to_have_count(0)
    expect(bar).to_be_visible()
    live.keyboard.press("ArrowUp")
    shows(host, 1)
    expect(flash_mark(host)).to_be_visible()
    bar.get_by_role("button", name="End now").click()
    expect(flash_mark(host)).to_have_count(0)
    expect(host.locator(".words.here .prices")).to_have_text(before)
    live.keyboard.press("Control+z")  # the end
    expect(flash_mark(host)).to_be_visible()
    for _ in range(4):  # back, there, the 30 s, the flash price
        live.keyboard.press("Control+z")
    expect(flash_mark(host)).to_have_count(0)


def test_a_price_of_one_s_own_says_what_is_wrong(live: Page, host: Page) -> None:
    live.keyboard.press("d")
    panel = live.get_by_role("dialog", name="Flash price")
    own = panel.get_by_role("textbox", name="Own price")
    for typed, sentence in (
        ("abc", "Invalid price format"),
        ("0.01", "A flash price is 1 to 90 % below what is charged"),
        ("99999", "A flash price is 1 to 90 % below what is charged"),
    ):
        own.fill(typed)
        own.press("Enter")
        expect(panel.get_by_role("alert")).to_have_text(sentence)
    live.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(flash_mark(host)).to_have_count(0)


def until_one_more_is_over(studio: Studio, count: int) -> None:
    deadline = time.monotonic() + 10
    while kinds(studio).count("flash_over") == count:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_it_goes_back_by_itself_to_the_second_on_every_screen_also_on_one_that_is_cut_off(
    live: Page, host: Page, studio: Studio
) -> None:
    count = kinds(studio).count("flash_over")
    pushed(live, STATE, "flash_price", {"percent": 20, "seconds": 10})
    for page in (live, host):
        expect(flash_mark(page)).to_be_visible()
        page.evaluate(GONE)
    end = ends_at(studio)
    host.context.set_offline(True)  # its socket is not told of anything any more
    for page in (live, host):
        assert abs((gone_at(page) - end).total_seconds()) < 1, page.url
    host.context.set_offline(False)
    connected(host)
    until_one_more_is_over(studio, count)


@pytest.mark.parametrize("everything", [False, True], ids=["the server", "everything"])
def test_a_restart_in_the_middle_ends_it_on_time(live: Page, host: Page, studio: Studio, everything: bool) -> None:
    """Killed, not stopped; and afterwards nobody has a console open."""
    count = kinds(studio).count("flash_over")
    pushed(live, STATE, "flash_price", {"percent": 20, "seconds": 25})
    expect(flash_mark(host)).to_be_visible()
    host.evaluate(GONE)
    end = ends_at(studio)
    live.goto("about:blank")
    if everything:
        studio.kill_everything()
        studio.start()
    else:
        studio.kill_server()
    assert abs((gone_at(host) - end).total_seconds()) < 1
    until_one_more_is_over(studio, count)
    [(at,)] = studio.ask("SELECT max(at) FROM journal WHERE event->>'kind' = 'flash_over'")
    assert isinstance(at, datetime)
    assert 0 <= (at - end).total_seconds() < 1.5
    assert studio.ask("SELECT flash_due_at FROM live_sessions_session WHERE id = 2") == [(None,)]


def test_what_is_over_while_nothing_runs_is_not_there_after_the_start(live: Page, host: Page, studio: Studio) -> None:
    pushed(live, STATE, "flash_price", {"percent": 20, "seconds": 10})
    expect(flash_mark(host)).to_be_visible()
    host.evaluate(GONE)
    end = ends_at(studio)
    studio.kill_everything()
    assert abs((gone_at(host) - end).total_seconds()) < 1
    studio.start()
    deadline = time.monotonic() + 10
    while studio.ask("SELECT flash_due_at FROM live_sessions_session WHERE id = 2") != [(None,)]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    connected(host)
    expect(flash_mark(host)).to_have_count(0)


def test_two_people(live: Page, colleague: Page, host: Page, studio: Studio) -> None:
    pushed(live, "session:2:meta", "update_settings", {"changes": {"approve_prices": True}})
    try:
        live.keyboard.press("d")
        panel = live.get_by_role("dialog", name="Flash price")
        panel.get_by_role("button", name="Offer it").click()
        expect(panel).to_have_count(0)
        mine = live.get_by_role("region", name="Offered flash price")
        expect(mine).to_contain_text("You offer")
        expect(mine.get_by_role("button", name="Agree")).to_have_count(0)
        theirs = colleague.get_by_role("region", name="Offered flash price")
        expect(theirs).to_contain_text("offers")
        expect(theirs).to_contain_text("→")
        expect(flash_mark(host)).to_have_count(0)
        colleague.keyboard.press("d")
        expect(colleague.get_by_role("dialog").get_by_role("button", name="Agree")).to_be_focused()
        colleague.keyboard.press("Enter")
        expect(flash_mark(host)).to_be_visible()
        expect(mine).to_have_count(0)
        [(names,)] = studio.ask(
            "SELECT count(DISTINCT actor_id) FROM journal WHERE event->>'kind' IN ('flash_price', 'approve_flash')"
            " AND version > (SELECT max(version) - 2 FROM journal WHERE aggregate_id = 'session:2')"
        )
        assert names == 2
        colleague.goto(studio.base + "/sessions/2/history")
        expect(colleague.get_by_text("Agreed to the flash price of")).to_be_visible()
        expect(colleague.get_by_text("Offered a flash price for")).to_be_visible()
        pushed(live, STATE, "end_flash", {})
    finally:
        pushed(live, "session:2:meta", "update_settings", {"changes": {"approve_prices": False}})


def test_skipped_and_sold_out_products_are_passed_over_and_said(live: Page, host: Page, studio: Studio) -> None:
    rows = studio.ask(
        "SELECT id, product_id FROM live_sessions_lineupitem WHERE session_id = 2 ORDER BY position LIMIT 3"
    )
    third = int(str(rows[2][1]))
    live.keyboard.press("x")  # the next one
    row = live.locator(f'[data-item="{rows[1][0]}"]')
    expect(row.get_by_text("Skipped")).to_be_visible()
    expect(host.locator(".strip .position")).to_have_text("3")
    live.keyboard.press("ArrowDown")
    shows(host, 3)
    live.keyboard.press("ArrowUp")
    shows(host, 1)
    row.get_by_role("button").first.focus()
    live.keyboard.press("x")
    expect(row.get_by_text("Skipped")).to_have_count(0)
    live.get_by_role("button", name="Settings").focus()
    # Sold out: said on every screen, and passed over where the session says so.
    pushed(live, "session:2:meta", "update_settings", {"changes": {"skip_sold_out": True}})
    try:
        update_product(studio, third, "stock", "0")
        expect(live.locator(f'[data-item="{rows[2][0]}"]').get_by_text("Sold out")).to_be_visible()
        pushed(live, STATE, "jump", {"number": 2})
        shows(host, 2)
        expect(host.locator(".strip .position")).to_have_text("4")
        pushed(live, STATE, "next", {})
        shows(host, 4)
        pushed(live, STATE, "jump", {"number": 3})
        shows(host, 3)
        expect(host.get_by_text("SOLD OUT", exact=True)).to_be_visible()
    finally:
        update_product(studio, third, "stock", "4")
        pushed(live, "session:2:meta", "update_settings", {"changes": {"skip_sold_out": False}})
