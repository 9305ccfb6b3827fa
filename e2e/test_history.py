"""What a show leaves behind: played, then looked back at."""

import csv
import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from e2e.conftest import Studio
from e2e.steps import go_live, shows

Enter = Callable[..., Page]


def test_a_producer_looks_back_at_a_short_show(enter: Enter, studio: Studio, tmp_path: Path) -> None:
    producer, host = enter("producer", 2), enter("host", 2)
    go_live(producer)
    producer.keyboard.type("23")
    producer.keyboard.press("Enter")
    shows(host, 23)
    producer.keyboard.press("m")
    producer.keyboard.type("12 left, hurry")
    producer.keyboard.press("Enter")
    expect(host.get_by_role("alert")).to_contain_text("12 left, hurry")
    host.keyboard.press("Enter")
    expect(producer.get_by_role("complementary", name="Talk").get_by_text("✓ Seen")).to_be_visible()

    office = enter("producer", 2, path="/sessions")
    office.get_by_label("More for Holiday Vault").first.click()
    office.get_by_role("link", name="History", exact=True).click()
    expect(office.get_by_role("heading", level=1)).to_contain_text("History")
    products = office.get_by_role("region", name="Time on air")
    expect(products.get_by_role("row").filter(has_text="Saffron Champagne Signet Ring")).to_contain_text("so far")
    messages = office.get_by_role("region", name="Messages to the host")
    expect(messages.get_by_role("row").filter(has_text="12 left, hurry")).to_contain_text(
        re.compile(r"Seen after \d+ s")
    )

    everything = office.get_by_role("region", name="Everything that happened")
    expect(everything.get_by_text(re.compile("^Jumped to 23 · Saffron"))).to_be_visible()
    everything.get_by_role("link", name="Messages").click()
    expect(everything.get_by_text("Sent “12 left, hurry”")).to_be_visible()
    expect(everything.get_by_text(re.compile("^Jumped"))).to_have_count(0)
    expect(office).to_have_url(re.compile(r"\?kind=messages#entries$"))
    expect(everything.get_by_role("link", name="Messages")).to_have_attribute("aria-current", "true")

    with office.expect_download() as download:
        office.get_by_role("link", name="Download CSV").click()
    assert re.fullmatch(r"[\w-]+-\d{4}-\d\d-\d\d-history\.csv", download.value.suggested_filename)
    path = tmp_path / "history.csv"
    download.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["What"] for row in rows] == ["Sent “12 left, hurry”", "Saw “12 left, hurry”"]


def test_times_are_in_the_viewers_own_zone(browser: Browser, studio: Studio) -> None:
    context = browser.new_context(timezone_id="Asia/Kolkata", locale="en-GB")
    page = context.new_page()
    page.goto(studio.link("producer", 1))
    page.goto(f"{studio.base}/sessions/1/history")
    shown = page.locator("time[data-local=time]").first
    at = datetime.fromisoformat(shown.get_attribute("datetime") or "")
    expect(shown).to_have_text(f"{at.astimezone(timezone(timedelta(hours=5, minutes=30))):%H:%M:%S}")
    context.close()


def test_without_scripts_times_are_utc_and_say_so(browser: Browser, studio: Studio) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(studio.link("producer", 1))
    page.goto(f"{studio.base}/sessions/1/history")
    expect(page.locator("time[data-local=time]").first).to_have_text(re.compile(r"^\d\d:\d\d:\d\d UTC$"))
    page.get_by_role("link", name="Moves").click()
    expect(page.get_by_text("Nothing of that kind happened")).to_be_visible()
    context.close()
