"""The home page by keyboard, the audit log, everything as a zip, and a studio that is deleted and comes back."""

import csv
import io
import json
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.conftest import Studio
from e2e.steps import connected, shows

Enter = Callable[..., Page]


@pytest.fixture
def slug(studio: Studio) -> str:
    [(slug,)] = studio.ask("SELECT slug FROM accounts_studio ORDER BY id LIMIT 1")
    return str(slug)


def focused(page: Page) -> str:
    name: str = page.evaluate("document.activeElement.textContent.trim()")
    return name


def test_a_producer_lands_at_home_and_gets_to_the_console_by_keyboard(browser: Browser, studio: Studio) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{studio.base}/sign-in")
    page.get_by_role("button", name="Producer").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{studio.base}/home")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(5):
        page.keyboard.press("Tab")
        if focused(page).startswith("Open the console"):
            break
    assert focused(page).startswith("Open the console")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/sessions/\d+/producer"))
    connected(page)
    context.close()


def test_a_host_lands_where_the_host_screen_is_one_key_away(enter: Enter, studio: Studio) -> None:
    page = enter("host", path="/home")
    page.get_by_role("link", name="Open the host screen").first.click()
    expect(page).to_have_url(re.compile(r"/sessions/\d+/host"))
    connected(page)


def test_the_audit_log_shows_filters_and_gives_what_was_done(
    enter: Enter, studio: Studio, slug: str, tmp_path: Path
) -> None:
    console = enter("producer", 1)
    connected(console)
    shows(console, 1)
    console.keyboard.press("ArrowDown")
    shows(console, 2)
    signed_in(studio)
    page = enter("admin", path=f"/studios/{slug}/audit")
    rows = page.get_by_role("row")
    expect(rows.filter(has_text="Signed in").filter(has_text="Mia Producer").first).to_be_visible()
    expect(rows.filter(has_text=re.compile("Went on to 2 ·")).filter(has_text="Mia Producer").first).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Live", exact=True).click()
    expect(page).to_have_url(re.compile(r"kind=live"))
    expect(rows.filter(has_text="Signed in")).to_have_count(0)
    page.get_by_role("combobox", name="Who").select_option("Ada Admin")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("Nothing of that kind happened.")).to_be_visible()
    page.get_by_role("link", name="Clear").click()
    page.get_by_role("main").get_by_role("link", name="Live", exact=True).click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    waiting.value.save_as(tmp_path / "log.csv")
    assert re.fullmatch(rf"{slug}-audit-[0-9-]+\.csv", waiting.value.suggested_filename)
    found = list(csv.DictReader(io.StringIO((tmp_path / "log.csv").read_text("utf-8-sig"))))
    assert {row["Kind"] for row in found} == {"Live"}
    assert "Mia Producer" in {row["Who"] for row in found}
    with page.expect_download() as waiting:
        page.get_by_role("link", name="JSON").click()
    waiting.value.save_as(tmp_path / "log.json")
    assert len(json.loads((tmp_path / "log.json").read_text())) == len(found)


def signed_in(studio: Studio) -> None:
    """As signing in by the page writes it; a link of the tests does not."""
    with psycopg.connect(studio.url) as database:
        database.execute(
            "INSERT INTO accounts_auditentry (at, kind, person_id, target, detail)"
            " SELECT now(), 'sign_in', id, '', '{}' FROM accounts_person WHERE name = 'Mia Producer'"
        )


def test_everything_comes_out_as_a_zip_that_opens(enter: Enter, studio: Studio, slug: str, tmp_path: Path) -> None:
    page = enter("admin", path=f"/studios/{slug}/danger")
    page.get_by_role("button", name="Take everything out").click()
    expect(page.get_by_role("heading", name="Everything is packed")).to_be_visible(timeout=30_000)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download").click()
    waiting.value.save_as(tmp_path / "everything.zip")
    with zipfile.ZipFile(tmp_path / "everything.zip") as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert "README.txt" in names
        assert any(re.fullmatch(r"sessions/[\w-]+/journal\.jsonl", name) for name in names)
        [(pictures,)] = studio.ask("SELECT count(*) FROM catalog_productimage")
        assert sum("/images/" in name for name in names) == pictures
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_role("link", name="Download")).to_be_visible()


@pytest.fixture
def restored(studio: Studio) -> Iterator[None]:
    """The other stories need the studio."""
    yield
    with psycopg.connect(studio.url) as database:
        database.execute("UPDATE accounts_studio SET deleted_at = NULL")


def test_a_studio_that_is_deleted_goes_dark_at_once_and_comes_back(
    enter: Enter, studio: Studio, slug: str, restored: None
) -> None:
    host = enter("host", 1)
    connected(host)
    page = enter("admin", path=f"/studios/{slug}/danger")
    page.get_by_label("Short name of the studio").fill("something else")
    page.get_by_role("button", name=re.compile("^Delete ")).click()
    expect(page.get_by_text("That is not the short name.")).to_be_visible()
    expect(page.get_by_label("Short name of the studio")).to_have_value("something else")
    page.get_by_label("Short name of the studio").fill(slug)
    page.get_by_role("button", name=re.compile("^Delete ")).click()
    expect(page.get_by_role("heading", name="is deleted")).to_be_visible()
    told = host.get_by_text("Your access to this has changed.")
    began = time.monotonic()
    expect(told).to_be_visible(timeout=3_000)
    assert time.monotonic() - began < 3
    assert host.goto(f"{studio.base}/sessions/1/host").status == 404  # type: ignore[union-attr]
    page.goto(f"{studio.base}/home")
    expect(page.get_by_text("is deleted and will be erased on")).to_be_visible()
    page.get_by_role("link", name="Restore").click()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("status").filter(has_text="is back, with everybody in it")).to_be_visible()
    host.goto(f"{studio.base}/sessions/1/host")
    connected(host)
    page.goto(f"{studio.base}/studios/{slug}/audit?kind=studio")
    expect(page.get_by_role("row").filter(has_text="Deleted the studio").filter(has_text="Ada Admin")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Restored the studio")).to_be_visible()
