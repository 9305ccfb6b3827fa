"""Two people write in one document: what one types the other reads, with formats, undo and the clipboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Studio
from e2e.document_pages import create, expect_saved, opened, text_of


@pytest.fixture
def document(producer: Page, studio: Studio) -> Page:
    return create(producer, studio)


def test_what_one_types_the_other_reads(document: Page, colleague: Page) -> None:
    colleague.goto(document.url)
    opened(colleague)
    text_of(document).click()
    document.keyboard.type("# Opening")
    document.keyboard.press("Enter")
    document.keyboard.type("Say **hello** to all")
    document.keyboard.press("Enter")
    document.keyboard.type("- ring")
    document.keyboard.press("Enter")
    document.keyboard.type("chain")
    theirs = text_of(colleague)
    expect(theirs.get_by_role("heading", name="Opening", level=1)).to_be_visible()
    expect(theirs.locator("strong")).to_have_text("hello")
    expect(theirs.locator("[data-list=bullet]")).to_have_count(2)
    # Both at once, at different places.
    theirs.locator("h1").click()
    colleague.keyboard.press("End")
    colleague.keyboard.type(" words 😀")
    document.keyboard.type(" and watch")
    for page in (document, colleague):
        expect(text_of(page).locator("h1")).to_have_text(re.compile("^Opening words 😀"))
        expect(text_of(page).locator(".line").last).to_have_text(re.compile("^chain and watch"))
    # Undo takes back one's own, not the neighbour's.
    document.keyboard.press("Control+z")
    expect(theirs.locator("h1")).to_have_text(re.compile("^Opening words 😀"))
    expect(theirs.locator(".line").last).not_to_have_text(re.compile("watch"))
    expect(document.get_by_role("list", name="Also here").get_by_role("button")).to_have_count(1)
    expect(document.locator(".caret-name")).to_have_count(1)
    expect_saved(document)
    document.reload()
    opened(document)
    expect(text_of(document).locator("h1")).to_have_text(re.compile("^Opening words 😀"))


@pytest.mark.parametrize(("before", "keys"), [("", ["Shift+Home"]), ("a ", ["Backspace"] * len("bc de f"))])
def test_typing_over_formats_brings_no_styles_of_the_browser(document: Page, before: str, keys: list[str]) -> None:
    """It would put the formats of the text that is gone on what is typed; the policy of the page refuses its styles."""
    text_of(document).click()
    document.keyboard.type(f"{before}`bc` **de** f")
    expect(text_of(document).locator("strong")).to_have_text("de")
    for key in keys:
        document.keyboard.press(key)
    document.keyboard.type("yes")
    expect(text_of(document)).to_have_text(f"{before}yes")
    expect(text_of(document).locator("[style]")).to_have_count(0)


def test_a_key_right_after_escape_opens_what_it_opens(document: Page) -> None:
    """The browser tells late of a sheet that was closed: what is open by then stays."""
    text_of(document).click()
    document.keyboard.press("Control+/")
    expect(document.get_by_role("dialog", name="Keys")).to_be_visible()
    document.evaluate(
        """() => {
            document.querySelector("dialog[open]").requestClose();
            document.activeElement.dispatchEvent(new KeyboardEvent("keydown",
                { key: "k", code: "KeyK", ctrlKey: true, bubbles: true, cancelable: true }));
        }"""
    )
    expect(document.get_by_role("dialog", name="Link")).to_be_visible()
    expect(document.get_by_role("dialog", name="Keys")).to_have_count(0)


PASTED = """<meta charset='utf-8'><b style="font-weight:normal"><h2>From elsewhere</h2>
<p>with <span style="font-weight:700">bold</span><script>alert(1)</script></p>
<ol><li><p>one</p></li><li><p>two</p></li></ol></b>"""


def test_what_is_pasted_keeps_its_format_and_nothing_else(document: Page) -> None:
    text_of(document).click()
    document.evaluate(
        """([html]) => {
            const data = new DataTransfer();
            data.setData("text/html", html);
            data.setData("text/plain", "plain");
            document.activeElement.dispatchEvent(new ClipboardEvent("paste",
                { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        [PASTED],
    )
    here = text_of(document)
    expect(here.get_by_role("heading", name="From elsewhere", level=2)).to_be_visible()
    expect(here.locator("strong")).to_have_text("bold")
    expect(here.locator("[data-list=ordered]")).to_have_count(2)
    expect(here.locator("script")).to_have_count(0)
    # A copy of our own comes back as it was.
    document.keyboard.press("Control+a")
    copied = document.evaluate(
        """() => {
            const data = new DataTransfer();
            document.activeElement.dispatchEvent(new ClipboardEvent("copy",
                { clipboardData: data, bubbles: true, cancelable: true }));
            return [data.getData("text/html"), data.getData("text/plain")];
        }"""
    )
    assert "<ol>" in copied[0]
    assert "data-cuelight-delta" in copied[0]
    assert copied[1].startswith("From elsewhere\nwith bold\none\ntwo")


def test_the_keyboard_reaches_everything(document: Page) -> None:
    text_of(document).click()
    document.keyboard.press("Control+/")
    expect(document.get_by_role("dialog", name="Keys")).to_be_visible()
    document.keyboard.press("Escape")
    document.keyboard.type("see this")
    document.keyboard.press("Shift+Home")
    document.keyboard.press("Control+k")
    document.get_by_label("Address").fill("javascript:alert(1)")
    document.keyboard.press("Enter")
    expect(document.get_by_text("A link begins with")).to_be_visible()
    document.get_by_label("Address").fill("example.com/ring")
    document.keyboard.press("Enter")
    expect(text_of(document).get_by_role("link", name="see this")).to_have_attribute("href", "https://example.com/ring")
    document.keyboard.press("End")
    document.keyboard.press("Enter")
    document.keyboard.type("/numbered")
    document.keyboard.press("Enter")
    document.keyboard.type("first")
    expect(text_of(document).locator("[data-list=ordered]")).to_have_text("first")
    document.get_by_role("button", name="Bold").focus()
    document.keyboard.press("ArrowRight")
    expect(document.get_by_role("button", name="Italic")).to_be_focused()
