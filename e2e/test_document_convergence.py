"""Several write in one document at once, on pages and in Node, on a bad network: in the end all show the same."""

import os
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from cuelight.documents.testing import PATIENCE_S, Typists
from e2e.conftest import Studio
from e2e.document_pages import change_document, expect_saved, made
from e2e.writers import LOG, TEXT, Writer, rest, write, wrong

Enter = Callable[..., Page]
SECONDS = float(os.environ.get("DOCUMENT_SECONDS", 15))
NODE_CLIENTS = 4
START = [{"insert": "Opening"}, {"insert": "\n", "attributes": {"header": 1}}, {"insert": "Say hello to all\n"}]


def journal(studio: Studio, document_id: int) -> list[Any]:
    return studio.ask(LOG.replace("%s", f"'document:{document_id}'"))


@pytest.fixture
def come(browser: Browser, studio: Studio) -> Iterator[Enter]:
    """A page of a role. What it says of the network is not counted: that is broken on purpose."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_(role: str) -> Page:
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 720}))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Content Security" in said.text else None)
        page.goto(studio.link(role, 2))
        return page

    yield open_
    for context in contexts:
        context.close()
    assert errors == []


@pytest.mark.timeout(SECONDS + 4 * PATIENCE_S)
def test_pages_and_clients_come_to_the_same_text(studio: Studio, come: Enter) -> None:
    dice = random.Random(11)
    pages = [come(role) for role in ("producer", "host", "admin")]
    document_id = made(pages[0], studio, START)
    writers = [Writer(page, document_id, random.Random(seed)) for seed, page in enumerate(pages)]
    for writer in writers:
        writer.open(studio.base)
    signed_in = ["; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies()) for page in pages]
    typists = Typists(
        documentId=document_id,
        clients=[{"url": studio.base, "cookie": signed_in[number % len(pages)]} for number in range(NODE_CLIENTS)],
        seconds=SECONDS,
        pauseMs=250,
        cutsPerSecond=0.1,
        twice=0.1,
    )
    try:
        typists.hear("ready")
        write(writers, SECONDS / 2, dice, often=lambda: None)
        studio.kill_server()
        writers[1].disconnect(SECONDS / 8)
        write(writers, SECONDS / 2, dice, often=lambda: None)
        typists.hear("middle", seconds=SECONDS + PATIENCE_S)
        done = typists.hear("done", seconds=SECONDS + PATIENCE_S)
    finally:
        typists.stop()
    assert rest(writers), [writer.screen() for writer in writers]
    newcomer = Writer(come("producer"), document_id, dice)
    newcomer.open(studio.base)
    assert wrong(journal(studio, document_id), [*writers, newcomer], done["clients"]) == []
    assert min(writer.acts for writer in writers) > SECONDS


def test_undo_survives_a_reload_and_leaves_the_words_of_others(studio: Studio, enter: Enter) -> None:
    page, other = enter("producer", 2), enter("host", 2)
    document_id = made(page, studio, [{"insert": "Opening\n"}])
    page.goto(f"{studio.base}/documents/{document_id}")
    text = page.locator(TEXT)
    text.wait_for()
    text.click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(" mine")
    expect_saved(page)
    expect(text).to_have_text("Opening mine")
    version = len(journal(studio, document_id))
    page.goto("about:blank")
    change_document(other, document_id, [{"retain": 7}, {"insert": " words"}], version)
    page.goto(f"{studio.base}/documents/{document_id}")
    expect(text).to_have_text("Opening words mine")
    text.click()

    for _ in range(20):
        # The steps come with what the browser kept, a moment after the text.
        page.keyboard.press("Control+z")
        if re.fullmatch("Opening words", text.inner_text().strip()):
            break
        page.wait_for_timeout(100)
    expect(text).to_have_text(re.compile("^Opening words$"))
    page.keyboard.press("Control+Shift+z")
    expect(text).to_have_text(re.compile("^Opening words mine$"))
