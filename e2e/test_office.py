"""Signing in, and a file that becomes a show."""

import json
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from e2e.conftest import ROOT, Studio
from e2e.steps import shows

Enter = Callable[..., Page]
SAMPLES = ROOT / "samples"


def test_one_click_signs_in(browser: Browser, studio: Studio) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{studio.base}/sessions/1/producer")
    expect(page).to_have_url(re.compile("/sign-in"))
    page.get_by_role("button", name="Producer").click()
    expect(page).to_have_url(re.compile("/sessions/1/producer"))
    shows(page, 1)
    page.goto(f"{studio.base}/sessions")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    context.close()


def test_a_host_gets_the_host_screen_and_not_the_console(enter: Enter, studio: Studio) -> None:
    page = enter("host", 1)
    shows(page, 1)
    assert page.goto(f"{studio.base}/sessions/1/producer").status == 403  # type: ignore[union-attr]
    expect(page.get_by_role("heading", name="You may not do this")).to_be_visible()
    page.goto(f"{studio.base}/sessions/1/run?view=talent")
    expect(page).to_have_url(re.compile("/sessions/1/host$"))


def test_a_spreadsheet_becomes_a_live_show(enter: Enter, tmp_path: Path) -> None:
    page = enter("producer", 1, path="/imports")
    sheet = tmp_path / "show list.csv"
    # Other ids than the sample studio's products have.
    sheet.write_bytes((SAMPLES / "team-sheet.csv").read_bytes().replace(b";1729384756", b";1829384756"))
    page.get_by_label("File").set_input_files(sheet)
    page.get_by_label("or a new brand").fill("North Star")
    page.get_by_label("or a new session").fill("Team night")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("24 rows: 24 new. Nothing is written yet.")).to_be_visible()
    page.get_by_role("button", name="Import 24 rows").click()
    expect(page.get_by_text("Done: 24 new.")).to_be_visible()
    page.get_by_role("link", name="Open the console").click()
    shows(page, 1)
    page.keyboard.type("23")
    page.keyboard.press("Enter")
    shows(page, 23)


def test_a_list_of_one_line_is_imported_once_by_a_double_click(enter: Enter, tmp_path: Path) -> None:
    page = enter("producer", 1, path="/imports")
    listed = [{"display_number": n, "name": f"Hoop {n}", "original_price_cents": 4999} for n in (1, 2, 3)]
    file = tmp_path / "products.json"
    file.write_text(json.dumps({"products": listed}))
    page.get_by_label("File").set_input_files(file)
    page.get_by_label("or a new brand").fill("South Star")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("cell", name="Hoop 3", exact=True)).to_be_visible()
    page.get_by_role("button", name="Import 3 rows").dblclick()
    expect(page.get_by_text("Done: 3 new.")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_broken_file_says_what_is_wrong_where(enter: Enter, studio: Studio) -> None:
    before = studio.ask("SELECT count(*) FROM catalog_product")
    page = enter("producer", 1, path="/imports")
    page.get_by_label("File").set_input_files(SAMPLES / "broken.csv")
    page.get_by_role("button", name="Preview").click()
    table = page.get_by_role("table").first
    for line, message in [(2, "Price missing"), (3, "Invalid price format"), (4, "Price must be positive")]:
        expect(table.get_by_role("row").filter(has_text=re.compile(rf"^\s*{line}\D")).first).to_contain_text(message)
    expect(page.get_by_role("button", name=re.compile("^Import"))).to_have_count(0)
    assert studio.ask("SELECT count(*) FROM catalog_product") == before


def test_a_file_that_is_no_table_is_refused_with_a_sentence(enter: Enter, tmp_path: Path) -> None:
    page = enter("producer", 1, path="/imports")
    picture = tmp_path / "list.csv"
    picture.write_bytes((SAMPLES / "pavoi" / "images" / "1.jpg").read_bytes())
    page.get_by_label("File").set_input_files(picture)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("This is no table.")).to_be_visible()
