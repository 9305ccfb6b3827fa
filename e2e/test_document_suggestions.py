"""Suggestions: one only suggests, the other accepts and rejects, and both see the same."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Studio
from e2e.document_pages import create, expect_saved, opened, text_of
from e2e.test_accessibility import findings


@pytest.fixture
def document(colleague: Page, studio: Studio) -> Page:
    create(colleague, studio)
    text_of(colleague).click()
    colleague.keyboard.type("Buy two rings today")
    colleague.keyboard.press("Enter")
    colleague.keyboard.type("Thanks for watching")
    expect_saved(colleague)
    return colleague


def let_everyone(page: Page, right: str) -> None:
    page.get_by_role("button", name="Share").click()
    panel = page.get_by_role("dialog")
    panel.get_by_label("Everyone").select_option(right)
    expect(panel.get_by_label("Everyone")).to_have_value(right)
    page.keyboard.press("Escape")


def test_one_suggests_and_the_other_accepts_and_rejects(document: Page, producer: Page) -> None:
    producer.goto(document.url)
    opened(producer)
    chip = producer.locator("[data-document-right]")
    expect(chip).to_be_hidden()
    let_everyone(document, "suggest")
    expect(chip).to_have_text("Suggestions only")
    expect(chip).to_be_visible()
    here, theirs = text_of(document), text_of(producer)
    # "two" becomes "three": struck and inserted, one suggestion.
    theirs.get_by_text("Buy two").dblclick(position={"x": 44, "y": 12})
    expect_chosen(producer, "two")
    producer.keyboard.type("three")
    for text in (here, theirs):
        expect(text.get_by_role("deletion")).to_have_text("two")
        expect(text.get_by_role("insertion")).to_have_text("three")
    # A letter before the caret is struck, and the caret goes before it; the next word is another suggestion.
    theirs.get_by_text("Thanks for").click()
    producer.keyboard.press("End")
    for _ in " watching":
        producer.keyboard.press("Backspace")
    producer.keyboard.type(", all")
    expect(theirs.locator(".line").last).to_have_text("Thanks for, all watching")
    expect(here.locator(".line").last.get_by_role("deletion")).to_have_text(" watching")
    # A format cannot be suggested.
    producer.keyboard.press("Home")
    producer.keyboard.press("Shift+ArrowRight")
    producer.keyboard.press("Control+b")
    expect(producer.get_by_role("group", name="Suggestion at the caret")).to_contain_text(
        "A format cannot be suggested"
    )
    expect(theirs.locator("strong")).to_have_count(0)
    # Whoever may write accepts the first and rejects the second, by the keyboard.
    expect(document.get_by_role("button", name="2 suggestions")).to_be_visible()
    here.get_by_text("Thanks for").click()
    document.keyboard.press("Control+Alt+.")
    bar = document.get_by_role("group", name="Suggestion at the caret")
    expect(bar).to_contain_text("suggests to replace “two” by “three”")
    document.get_by_role("button", name="2 suggestions").click()
    for theme in ("dark", "light"):
        document.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        assert findings(document) == [], theme
    document.get_by_role("button", name="2 suggestions").click()
    here.get_by_text("three").click()
    document.keyboard.press("Control+Alt+a")
    for text in (here, theirs):
        expect(text.locator(".line").first).to_have_text("Buy three rings today")
        expect(text.locator(".line").first.get_by_role("insertion")).to_have_count(0)
    document.get_by_role("button", name="1 suggestion").click()
    document.get_by_role("complementary", name="Suggestions").get_by_role("button", name="Reject: replace").click()
    for text in (here, theirs):
        expect(text.locator(".line").last).to_have_text("Thanks for watching")
        expect(text.locator("[data-suggestion]")).to_have_count(0)
    # What was accepted is everybody's: it is no longer taken back, it is suggested to go.
    expect(producer.get_by_role("alert")).to_have_count(0)
    document.reload()
    expect(text_of(opened(document)).locator(".line").first).to_have_text("Buy three rings today")


def expect_chosen(page: Page, text: str) -> None:
    page.wait_for_function("text => getSelection().toString().trim() === text", arg=text)
    # Some systems choose the space behind a word, too.
    if page.evaluate("() => getSelection().toString()") != text:
        page.keyboard.press("Shift+ArrowLeft")


def test_one_may_write_or_suggest_and_take_back(document: Page) -> None:
    here = text_of(document)
    here.get_by_text("Buy two").click()
    document.keyboard.press("Control+Alt+s")
    expect(document.get_by_role("combobox", name="Mode")).to_have_value("suggesting")
    document.keyboard.press("Home")
    document.keyboard.type("Please ")
    document.keyboard.press("End")
    document.keyboard.press("Delete")
    expect(here.get_by_role("insertion")).to_have_text("Please ")
    expect(here.locator("[data-newline=deleted]")).to_have_count(1)
    # Undo takes back the last thing done, as always.
    document.keyboard.press("Control+z")
    expect(here.locator("[data-newline=deleted]")).to_have_count(0)
    document.get_by_role("combobox", name="Mode").select_option("writing")
    here.get_by_text("Thanks for").click()
    document.keyboard.press("Home")
    document.keyboard.type("Many ")
    expect(here.locator(".line").last).to_have_text("Many Thanks for watching")
    expect(here.get_by_role("insertion")).to_have_count(1)
    here.get_by_role("insertion").click()
    document.get_by_role("group", name="Suggestion at the caret").get_by_role("button", name="Take back").click()
    expect(here.get_by_role("insertion")).to_have_count(0)
    expect(here.locator(".line").first).to_have_text("Buy two rings today")


def test_what_an_input_method_composes_is_suggested(document: Page) -> None:
    document.keyboard.press("Control+Home")
    document.keyboard.press("Control+Alt+s")
    devtools = document.context.new_cdp_session(document)
    for composed in ("か", "かが", "かがみ"):
        end = len(composed)
        devtools.send("Input.imeSetComposition", {"text": composed, "selectionStart": end, "selectionEnd": end})
        expect(text_of(document).locator(".line").first).to_have_text(f"{composed}Buy two rings today")
    devtools.send("Input.insertText", {"text": "鏡"})
    text = text_of(document)
    expect(text.locator(".line").first).to_have_text("鏡Buy two rings today")
    expect(text.get_by_role("insertion")).to_have_text("鏡")
    # In the place of a word: that is struck, and what is composed stands beside it.
    text.get_by_text("Buy two").dblclick(position={"x": 70, "y": 12})
    expect_chosen(document, "two")
    devtools.send("Input.imeSetComposition", {"text": "に", "selectionStart": 1, "selectionEnd": 1})
    devtools.send("Input.insertText", {"text": "二"})
    expect(text.get_by_role("deletion")).to_have_text("two")
    expect(text.locator(".line").first).to_have_text(re.compile("^鏡Buy (two二|二two) rings today$"))
    expect_saved(document)
