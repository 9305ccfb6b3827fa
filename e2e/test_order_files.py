"""Stories of order files, with keys alone: a large one shows how far it is; a question is answered; a cancel."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from playwright.sync_api import Page, expect

from e2e.conftest import Studio

Enter = Callable[..., Page]
SAMPLES = Path(__file__).resolve().parent.parent / "samples" / "orders"
HEADER = (
    "Name,Email,Financial Status,Currency,Created at,Cancelled at,Subtotal,Refunded Amount,Lineitem quantity,"
    "Lineitem name,Lineitem price,Lineitem sku,Billing Name,Phone,Notes,Id\r\n"
)
JUMPS = """() => {
  window.jumps = 0;
  new PerformanceObserver(list => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) window.jumps += one.value;
  }).observe({ type: "layout-shift", buffered: true });
}"""


def order_file(folder: Path, lines: int) -> Path:
    """As Shopify writes one, with this many orders of one article."""
    path = folder / "many.csv"
    with path.open("w", newline="") as file:
        file.write(HEADER)
        for number in range(1, lines + 1):
            file.write(
                f"#{number},who{number}@mail.example,paid,USD,2026-04-28 13:34:05 -0500,,10.00,0.00,1,"
                f"Article,10.00,GH-{number % 50},Who {number},+1555{number},call first,{number}\r\n"
            )
    return path


def choose(page: Page, file: Path) -> None:
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Look at it").focus()
    page.keyboard.press("Enter")


def press(page: Page, name: str | re.Pattern[str]) -> None:
    """Tabs to a button and presses it."""
    button = page.get_by_role("button", name=name)
    expect(button).to_be_visible()
    for _ in range(60):
        page.keyboard.press("Tab")
        if button.evaluate("element => element === document.activeElement"):
            break
    expect(button).to_be_focused()
    page.keyboard.press("Enter")


@contextmanager
def held(studio: Studio, table: str, mode: str) -> Iterator[None]:
    """A table is somebody else's until the end of the block: a job that needs it goes on then."""
    with psycopg.connect(studio.url) as database:
        database.execute(f"LOCK TABLE {table} IN {mode} MODE".encode())
        yield
        database.rollback()


def test_a_large_file_shows_how_far_it_is_and_ends_in_its_preview(enter: Enter, studio: Studio, tmp_path: Path) -> None:
    page = enter("producer", 1, path="/dashboard/orders")
    bar = page.get_by_role("progressbar", name="Progress")
    with held(studio, "streams_orderline", "ACCESS EXCLUSIVE"):
        choose(page, order_file(tmp_path, 30_000))
        expect(page.get_by_text(re.compile(r": [\d,]+ of 30,00[01] lines$"))).to_be_visible()
        page.evaluate(JUMPS)
        comparing = page.get_by_text("Comparing with the orders there are").first
        expect(comparing).to_be_visible(timeout=60_000)
        assert page.evaluate("window.jumps") < 0.001
        page.reload()
        expect(comparing).to_be_visible()
        expect(page.get_by_role("status").filter(has_text="Comparing")).to_be_attached()
        expect(bar).to_have_attribute("value", re.compile("^(8[5-9]|9)"))
    expect(page.get_by_text("Nothing counts yet.")).to_be_visible(timeout=60_000)
    with held(studio, "streams_orderline", "SHARE"):
        press(page, re.compile("^Read 30,000 lines in$"))
        expect(page.get_by_text("Writing the orders").first).to_be_visible(timeout=60_000)
        expect(bar).to_be_visible()
    expect(page.get_by_role("button", name="Take back")).to_be_visible(timeout=60_000)
    press(page, "Take back")
    expect(page.get_by_text("is taken back")).to_be_visible()
    press(page, "Undo")
    expect(page.get_by_role("row").filter(has_text="many.csv")).to_contain_text("Counts")


def test_a_large_file_is_cancelled_and_nothing_of_it_stays(enter: Enter, studio: Studio, tmp_path: Path) -> None:
    page = enter("producer", 1, path="/dashboard/orders")
    colleague = enter("admin", 1, path="/dashboard/orders")
    before = studio.ask("SELECT count(*) FROM streams_orderimport")
    with held(studio, "catalog_product", "ACCESS EXCLUSIVE"):
        choose(page, order_file(tmp_path, 20_000))
        expect(page.get_by_role("progressbar", name="Progress")).to_be_visible()
        colleague.goto(page.url)
        expect(colleague.get_by_role("progressbar", name="Progress")).to_be_visible()
        press(page, "Cancel")
        for each in (page, colleague):
            expect(each.get_by_role("heading", name="Read an order file in")).to_be_visible()
    assert studio.ask("SELECT count(*) FROM streams_orderimport") == before


def test_what_a_file_leaves_open_is_answered_without_choosing_it_again(enter: Enter) -> None:
    page = enter("producer", 1, path="/dashboard/orders")
    choose(page, SAMPLES / "tiktok-orders-us.csv")
    expect(page.get_by_role("alert")).to_contain_text("do not say their time zone")
    zone = page.get_by_label("Time zone of TikTok Shop’s times")
    expect(zone).to_be_focused()
    page.keyboard.type("America/Chicago")
    expect(zone).to_have_value("America/Chicago")
    press(page, "Look at it")
    expect(page.get_by_text("the file’s times are America/Chicago’s, month first")).to_be_visible()
