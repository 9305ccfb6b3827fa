"""The look as ``/dev/look`` shows it: every piece, in both themes, on a desk and in a hand.

Letters come out a little different on every machine, boxes hardly: the size of each piece is compared with what
``docs/screens/look/boxes.json`` holds. After a change that was meant, write it and its pictures anew and look at them:

    CUELIGHT_RECORD=1 .venv/bin/python -m pytest e2e/test_look.py
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from e2e.conftest import ROOT, Studio
from e2e.steps import hears_ctrl_k

Enter = Callable[..., Page]
KEPT = ROOT / "docs" / "screens" / "look"
RECORD = bool(os.environ.get("CUELIGHT_RECORD"))
SIZES = {"desk": (1280, 720), "hand": (390, 844)}
#: Pixels by which a box may differ: another machine's monospaced letters and rounding.
LENIENT_PX = 4

BOXES = """() => Object.fromEntries([...document.querySelectorAll("[data-piece]")].map((piece, at) => {
  const { width, height } = piece.getBoundingClientRect();
  return [`${at} ${piece.dataset.piece}`, [Math.round(width), Math.round(height)]];
}))"""

#: Words smaller than 13 px that somebody could read.
SMALL = """() => {
  const small = [], words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const { parentElement: one, textContent } = words.currentNode;
    if (!textContent.trim() || one.closest("script, style, noscript")) continue;
    if (parseFloat(getComputedStyle(one).fontSize) < 13) small.push(textContent.trim());
  }
  return small;
}"""

#: Controls without a name of their own.
NAMELESS = """() => [...document.querySelectorAll("button, a[href], input:not([type=hidden]), select, textarea")]
  .filter(one => !(one.textContent.trim() || one.ariaLabel || one.labels?.length))
  .map(one => one.outerHTML)"""

#: Controls whose ring, when the keyboard comes to them, is missing or cannot be told from what is behind it.
RINGLESS = """async () => {
  const without = [];
  const controls = "button:enabled, a[href], input:enabled:not([type=hidden]), select, textarea";
  for (const one of document.querySelectorAll(controls)) {
    if (!one.checkVisibility()) continue; // in a menu that is not open
    one.focus({ focusVisible: true });
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(one.closest(".segments label") ?? one);
    const focus = getComputedStyle(document.documentElement).getPropertyValue("--focus");
    const probe = document.createElement("i");
    probe.style.color = focus;
    document.body.append(probe);
    const wanted = getComputedStyle(probe).color;
    probe.remove();
    if (outlineStyle !== "solid" || parseFloat(outlineWidth) < 2 || outlineColor !== wanted)
      without.push(one.outerHTML.slice(0, 120));
  }
  return without;
}"""


@pytest.fixture(params=["dark", "light"])
def theme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def context(browser: Browser, theme: str) -> Iterator[BrowserContext]:
    """Somebody whose system is dark or light, and who wants no motion: what moves has no box to compare."""
    scheme: Any = theme
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce")
    yield context
    context.close()


@pytest.fixture
def look(context: BrowserContext, studio: Studio) -> Callable[[int, int], Page]:
    def open_(width: int, height: int) -> Page:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.goto(studio.link("producer", 1))
        page.goto(f"{studio.base}/dev/look")
        expect(page.get_by_role("heading", name="Sheets")).to_be_visible()
        expect(page.get_by_text("This picture could not be loaded")).to_be_visible()
        page.evaluate("document.fonts.ready.then(() => undefined)")
        return page

    return open_


@pytest.mark.parametrize("size", SIZES)
def test_every_piece_has_the_size_it_had(look: Callable[[int, int], Page], theme: str, size: str) -> None:
    page = look(*SIZES[size])
    found: dict[str, list[int]] = page.evaluate(BOXES)
    file = KEPT / "boxes.json"
    if RECORD:
        keep_picture(page, KEPT / f"{theme}-{size}.png")
        kept = json.loads(file.read_text()) if file.exists() else {}
        file.write_text(json.dumps(kept | {size: found}, indent=1, sort_keys=True) + "\n")
    expected: dict[str, list[int]] = json.loads(file.read_text())[size]
    assert list(found) == sorted(expected, key=lambda name: int(name.split()[0]))
    moved = {
        name: (expected[name], box)
        for name, box in found.items()
        if any(abs(was - now) > LENIENT_PX for was, now in zip(expected[name], box, strict=True))
    }
    assert moved == {}


def keep_picture(page: Page, file: Path) -> None:
    """A picture of the whole page, in few colors: it is looked at, not compared."""
    KEPT.mkdir(parents=True, exist_ok=True)
    picture = Image.open(BytesIO(page.screenshot(full_page=True))).convert("RGB")
    picture.quantize(64, dither=Image.Dither.NONE).save(file, optimize=True)


@pytest.mark.parametrize("size", SIZES)
def test_what_can_be_told_without_an_eye(look: Callable[[int, int], Page], size: str) -> None:
    page = look(*SIZES[size])
    assert page.evaluate(SMALL) == []
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(RINGLESS) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("path", ["/sign-in", "/sessions", "/imports", "/dev/look", "/dev/look/404", "/offline"])
@pytest.mark.parametrize("width", [1920, 640, 390, 320])  # 640 is a window of 1280 at 200 %
def test_no_page_is_wider_than_its_window(context: BrowserContext, studio: Studio, path: str, width: int) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 720})
    page.goto(studio.link("producer", 1))
    page.goto(studio.base + path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(SMALL) == []


def test_a_template_and_an_island_draw_the_same_tally(look: Callable[[int, int], Page]) -> None:
    page = look(1280, 720)
    drawn = page.evaluate(
        """() => ["marks-tallies", "tallies"].map(piece =>
          [...document.querySelectorAll(`[data-piece=${piece}] .tally`)]
            .map(one => [one.className, one.textContent]))"""
    )
    assert len(drawn[0]) == 4
    assert drawn[0] == drawn[1]


def background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))


LIGHT, DARK = "rgb(246, 246, 247)", "rgb(14, 15, 17)"


def test_the_choice_of_light_is_kept_and_there_before_the_first_paint(
    context: BrowserContext, studio: Studio, theme: str
) -> None:
    page, other = context.new_page(), context.new_page()
    page.goto(studio.link("producer", 1))
    for one in (page, other):
        one.goto(f"{studio.base}/sessions")
        assert background(one) == (LIGHT if theme == "light" else DARK)
    choice, color = ("Dark", DARK) if theme == "light" else ("Light", LIGHT)
    page.get_by_role("radio", name=choice).check(force=True)
    for one in (page, other):  # the other tab follows
        expect(one.locator("html")).to_have_attribute("data-theme", choice.lower())
        assert background(one) == color
    # Without any script the very next page is right: the server drew it so.
    page.route("**/*.js", lambda route: route.abort())
    for path in ("/imports", "/sign-in", "/no/such/page"):
        page.goto(studio.base + path)
        assert background(page) == color
    page.goto(f"{studio.base}/sessions/1/host")
    assert background(page) == DARK
    other.get_by_role("radio", name="System").check(force=True)
    assert background(other) == (LIGHT if theme == "light" else DARK)


def test_the_palette_leads_on_by_keys_alone(enter: Enter, studio: Studio) -> None:
    page = enter("producer", 1, path="/sessions")
    hears_ctrl_k(page)
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Go to a session or page")
    expect(field).to_be_focused()
    chosen = page.get_by_role("option", selected=True)
    expect(chosen).to_have_text(re.compile("^Home"))
    page.keyboard.press("ArrowDown")
    expect(chosen).to_have_text(re.compile("^Live"))
    assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(chosen).to_have_text(re.compile("Host screen$"))  # around the end
    page.keyboard.press("Escape")
    expect(field).to_have_count(0)
    page.keyboard.press("Control+k")
    page.keyboard.type("vault host")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/sessions/\d+/host"))


def test_the_palette_opens_on_the_console_and_its_letters_are_not_the_shows_keys(enter: Enter) -> None:
    page = enter("producer", 2)
    rows = page.get_by_role("navigation", name="Lineup").get_by_role("button")
    expect(rows.first).to_have_attribute("aria-current", "true")
    hears_ctrl_k(page)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.type("jjj 7")
    page.keyboard.press("Escape")
    expect(page.get_by_role("combobox")).to_have_count(0)
    expect(rows.first).to_have_attribute("aria-current", "true")


def test_tabs_go_by_arrows(enter: Enter) -> None:
    page = enter("producer", 1, path="/dev/look")
    page.get_by_role("tab", name="Lineup").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="Crew")).to_be_focused()
    expect(page.get_by_role("tabpanel", name="Crew")).to_have_text("What is seen of the crew.")
    page.keyboard.press("Home")
    expect(page.get_by_role("tab", name="Lineup")).to_have_attribute("aria-selected", "true")


def test_the_page_without_a_network_needs_none_and_goes_on_by_itself(browser: Browser, studio: Studio) -> None:
    # What a service worker answers is seen by no route of a test.
    context = browser.new_context(service_workers="block")
    signing_in = context.new_page()
    signing_in.goto(studio.link("producer", 1))
    signing_in.close()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.route("**/healthz", lambda route: route.abort())
    page.goto(f"{studio.base}/offline")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Still no connection.")).to_be_visible()
    assert {url.removeprefix(studio.base) for url in asked} == {"/offline", "/healthz"}
    page.unroute("**/healthz")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page).to_have_url(re.compile("/home$"))
    context.close()
