"""The list of sessions, by keyboard alone: a template, a show made of it, the archive, settings, and the paper."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Studio
from e2e.steps import connected, shows, until

Enter = Callable[..., Page]


def on_row(page: Page, name: str) -> None:
    """Goes down the list by arrow keys until the row of this name has the focus."""
    for _ in range(20):
        page.keyboard.press("ArrowDown")
        if page.evaluate("document.activeElement.textContent") == name:
            return
    raise AssertionError(f"no row {name}")


def press_in_menu(page: Page, what: str) -> None:
    """Opens what else can be done with the row, and chooses by arrow keys."""
    page.keyboard.press("ArrowRight")
    for _ in range(12):
        if page.evaluate("document.activeElement.textContent.trim()") == what:
            page.keyboard.press("Enter")
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no {what} in the menu")


def rows(page: Page) -> list[str]:
    return page.locator("[data-opens-show]").all_inner_texts()


def test_a_show_is_made_of_a_template_by_keyboard_alone(enter: Enter, studio: Studio) -> None:
    page = enter("producer", 1, path="/sessions")
    on_row(page, "Spring Sparkle Live")
    press_in_menu(page, "Save as template")
    expect(page.get_by_role("status")).to_have_text("“Spring Sparkle Live” is a template now.")
    expect(page.get_by_role("link", name=re.compile("Templates 1"))).to_have_attribute("aria-current", "page")
    page.keyboard.press("n")
    expect(page.get_by_role("textbox", name="Name")).to_be_focused()
    page.keyboard.type("Friday Gold")
    finder = page.get_by_role("searchbox", name="Find what to begin with")
    while not finder.evaluate("one => one === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.type("spring")
    page.keyboard.press("ArrowDown")
    chosen = page.get_by_role("radio", name=re.compile("Spring Sparkle Live 8 products")).first
    expect(chosen).to_be_checked()
    expect(page.get_by_text("Holiday Vault")).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/sessions/\d+/edit$"))
    [(made,)] = studio.ask("SELECT id FROM live_sessions_session WHERE name = 'Friday Gold'")
    [(lines,)] = studio.ask(f"SELECT count(*) FROM live_sessions_lineupitem WHERE session_id = {made}")
    assert lines == 8
    page.goto(f"{studio.base}/sessions/{made}/producer")
    shows(page, 1)


def test_a_name_and_enter_are_enough(enter: Enter, studio: Studio) -> None:
    page = enter("producer", 1, path="/sessions")
    page.keyboard.press("n")
    page.wait_for_url("**/sessions/new")
    page.keyboard.type("Quick one")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/sessions/\d+/edit$"))
    page.goto(f"{studio.base}/sessions?sort=newest")
    assert rows(page)[0] == "Quick one"


def test_the_archive_and_its_undo_by_keyboard(enter: Enter, studio: Studio) -> None:
    page = enter("producer", 1, path="/sessions?q=vault")
    on_row(page, "Holiday Vault")
    press_in_menu(page, "Archive")
    toast = page.get_by_role("status")
    expect(toast).to_contain_text("“Holiday Vault” is in the archive.")
    expect(page.get_by_role("heading", name="Nothing fits “vault” here")).to_be_visible()
    undo = toast.get_by_role("button", name="Undo")
    while not undo.evaluate("one => one === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Taken back.")
    assert rows(page) == ["Holiday Vault"]


def test_the_offer_to_undo_goes_by_itself(enter: Enter, studio: Studio) -> None:
    page = enter("producer", 1, path="/sessions?q=vault")
    on_row(page, "Holiday Vault")
    press_in_menu(page, "Archive")
    toast = page.locator("[data-undo]")
    expect(toast).to_be_visible()
    toast.evaluate("one => one.getAnimations().forEach((all) => all.finish())")
    expect(toast).to_be_hidden()
    page.goto(f"{studio.base}/sessions?tab=archived")
    page.get_by_role("button", name="Take out of the archive: Holiday Vault").press("Enter")
    expect(page.locator("[data-undo]")).to_contain_text("“Holiday Vault” is out of the archive.")


def test_slash_finds_and_the_arrows_open(enter: Enter, studio: Studio) -> None:
    page = enter("producer", 1, path="/sessions")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Find a session")).to_be_focused()
    page.keyboard.type("n/a")
    expect(page.get_by_role("searchbox", name="Find a session")).to_have_value("n/a")
    page.keyboard.press("Control+A")
    page.keyboard.type("spring-sparkle-live")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=spring-sparkle-live")
    assert "Spring Sparkle Live" in rows(page)
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-opens-show]").first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("link", name="Edit the lineup").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("details[open]")).to_have_count(0)
    expect(page.locator("[data-more] summary").first).to_be_focused()


def test_settings_are_in_the_viewers_zone_and_reach_the_console(enter: Enter, studio: Studio) -> None:
    console = enter("producer", 1)
    connected(console)
    page = enter("producer", 1, path="/sessions/1/settings")
    time = page.get_by_label("Day and time")
    time.fill("2026-11-27T18:00")
    offset = page.evaluate("0 - new Date('2026-11-27T18:00').getTimezoneOffset()")
    page.get_by_label("Name", exact=True).fill("Spring Sparkle Live!")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-undo]")).to_contain_text("Saved: Name of the session, Scheduled for.")
    expect(time).to_have_value("2026-11-27T18:00")
    [(minutes,)] = studio.ask(
        "SELECT (extract(epoch FROM timestamptz '2026-11-27 18:00Z' - scheduled_at) / 60)::int"
        " FROM live_sessions_session WHERE id = 1"
    )
    assert minutes == offset
    expect(console).to_have_title("Spring Sparkle Live!")
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_role("status")).to_have_text("Taken back.")
    expect(console).to_have_title("Spring Sparkle Live")


@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_is_wider_than_its_screen(enter: Enter, studio: Studio, width: int) -> None:
    page = enter("producer", 1, width=width, height=844)
    for path in ("/sessions", "/sessions/new", "/sessions/1/settings", "/sessions/1/paper"):
        page.goto(studio.base + path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_the_paper_prints_on_few_pages_with_its_head_on_each(enter: Enter, tmp_path: Path) -> None:
    page = enter("producer", 2, path="/sessions/2/paper")
    page.emulate_media(media="print")
    expect(page.locator(".paper-bar")).to_be_hidden()
    expect(page.locator(".paper-running")).to_be_visible()
    for paper_format in ("A4", "Letter"):
        pdf = page.pdf(format=paper_format)
        assert 2 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 10
    with page.expect_download() as download:
        page.emulate_media(media="screen")
        page.get_by_role("link", name="Save as a file").click()
    saved = tmp_path / "paper.html"
    download.value.save_as(saved)
    text = saved.read_text()
    assert text.count("data:image/") == 40
    page.goto(saved.as_uri())
    expect(page.get_by_role("row")).to_have_count(42)
    assert page.evaluate("[...document.images].every(one => one.complete && one.naturalWidth > 0)")


#: The worker has the paper, which it puts in last.
PAPER_HELD = """async () => {
  const name = (await caches.keys()).find(one => one.endsWith(":/sessions/1/paper"));
  return Boolean(name && await (await caches.open(name)).match("/sessions/1/paper"));
}"""


def test_the_paper_opens_while_the_server_is_away(enter: Enter, studio: Studio) -> None:
    console = enter("producer", 1)
    connected(console)
    until(console, PAPER_HELD)
    studio.go_away()
    try:
        paper = console.context.new_page()
        paper.goto(f"{studio.base}/sessions/1/paper?points=no")
        expect(paper.get_by_role("heading", name="Spring Sparkle Live")).to_be_visible()
        expect(paper.get_by_text("CZ Lariat Necklace")).to_be_visible()
        assert paper.evaluate("[...document.images].every(one => one.complete && one.naturalWidth > 0)")
        assert paper.evaluate("getComputedStyle(document.querySelector('.paper-sheet')).maxWidth") == "1000px"
        paper.close()
    finally:
        studio.start()
