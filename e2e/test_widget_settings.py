"""A widget is set while it is live: what is changed here is in OBS a moment later, and can be taken back."""

import json
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from e2e.conftest import Studio
from e2e.overlays import CARD, make_overlay, open_overlay, set_widget
from e2e.test_csp import listening, violations

Enter = Callable[..., Page]
PATH = "/widgets/product_card"


@pytest.fixture
def overlay(browser: Browser, studio: Studio, console: Page) -> Iterator[Page]:
    """The overlay of a show that is on air, with its card on."""
    set_widget(studio, "product_card", {})
    page = open_overlay(browser, studio, make_overlay(studio, [CARD]))
    page.evaluate("window.neverReloaded = true")
    expect(page.locator("article.card .number")).to_have_text("No. 1")
    yield page
    assert page.evaluate("window.neverReloaded") is True
    page.context.close()


@pytest.fixture
def settings(enter: Enter, studio: Studio) -> Iterator[Page]:
    """The page of the card, as it comes with nothing set."""
    set_widget(studio, "product_card", {})
    page = enter("producer", path=PATH, prepare=listening, worker=False)
    page.locator("[data-island=WidgetSettings][data-ready]").wait_for()
    expect(page.get_by_text("Saved · live in OBS now")).to_be_visible()
    yield page
    assert violations(page) == []


def field(page: Page, label: str) -> Locator:
    return page.get_by_label(label, exact=True)


def saved(page: Page) -> None:
    expect(page.get_by_text("Saved · live in OBS now")).to_be_visible()


def test_a_change_is_in_obs_a_moment_later_and_undone_as_quickly(overlay: Page, settings: Page) -> None:
    number = overlay.locator("article.card .number")
    drawn = settings.locator("[aria-label=Preview] .number")
    field(settings, "Accent").fill("#00ff88")
    field(settings, "Words before the number").fill("Ask for ")
    expect(drawn).to_have_css("color", "rgb(0, 255, 136)")
    settings.get_by_role("button", name="{number}").click()
    expect(field(settings, "Words before the number")).to_have_value("Ask for {number}")
    expect(number).to_have_text("Ask for 1")
    expect(number).to_have_css("color", "rgb(0, 255, 136)")
    saved(settings)

    settings.get_by_role("button", name="Reset to defaults").click()
    expect(number).to_have_text("No. 1")
    expect(number).to_have_css("color", "rgb(255, 178, 36)")
    settings.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(number).to_have_text("Ask for 1")
    expect(number).to_have_css("color", "rgb(0, 255, 136)")


def test_a_look_changes_what_it_names_and_ctrl_z_takes_it_back(overlay: Page, settings: Page) -> None:
    card = overlay.locator("article.card")
    field(settings, "Words before the number").fill("Nr. {number}")
    paper = settings.get_by_role("button", name="Paper")
    paper.click()
    expect(paper).to_have_attribute("aria-pressed", "true")
    expect(card).to_have_css("background-color", "rgba(255, 255, 255, 0.95)")
    expect(card.locator(".number")).to_have_text("Nr. 1")
    settings.keyboard.press("Control+z")
    expect(card).not_to_have_css("background-color", "rgba(255, 255, 255, 0.95)")
    expect(card.locator(".number")).to_have_text("Nr. 1")
    settings.keyboard.press("Control+Shift+z")
    expect(card).to_have_css("background-color", "rgba(255, 255, 255, 0.95)")


def test_what_cannot_be_is_told_beside_its_field_and_never_drawn(overlay: Page, settings: Page) -> None:
    corners = field(settings, "Rounded corners")
    corners.fill("999")
    expect(settings.get_by_text("Rounded corners: expected a whole number <= 60.")).to_be_visible()
    expect(corners).to_have_attribute("aria-invalid", "true")
    expect(settings.locator("[aria-label=Preview] article.card")).to_have_css("border-radius", "14px")
    css = field(settings, "Your own CSS")
    css.fill("@import url(//evil.example/x.css);")
    expect(settings.get_by_text("Your own CSS, line 1: “@import” loads from elsewhere")).to_be_visible()
    css.fill(".name { letter-spacing: 7px }")
    expect(overlay.locator("article.card .name")).to_have_css("letter-spacing", "7px")
    expect(overlay.locator("article.card")).to_have_css("border-radius", "14px")
    corners.fill("3")
    expect(overlay.locator("article.card")).to_have_css("border-radius", "3px")


def test_a_colleague_and_i_set_the_same_widget(settings: Page, enter: Enter, studio: Studio) -> None:
    colleague = enter("admin", path=PATH)
    colleague.locator("[data-island=WidgetSettings][data-ready]").wait_for()
    saved(colleague)
    words = field(settings, "Words before the number")
    words.click()
    settings.keyboard.press("End")
    settings.keyboard.type(" of tonight")
    field(colleague, "Accent").fill("#123456")
    expect(field(settings, "Accent")).to_have_value("#123456")
    expect(settings.get_by_text("Changed by a colleague just now.")).to_be_visible()
    expect(words).to_have_value("No. {number} of tonight")
    expect(words).to_be_focused()
    expect(field(colleague, "Words before the number")).to_have_value("No. {number} of tonight")


def test_settings_go_out_and_come_in_again_and_what_is_wrong_is_named(settings: Page, tmp_path: Path) -> None:
    field(settings, "Accent").fill("#0000ff")
    saved(settings)
    with settings.expect_download() as download:
        settings.get_by_role("link", name="Export").click()
    exported = json.loads(Path(download.value.path()).read_text())
    assert (exported["cuelight_widget"], exported["settings"]["accent"]) == ("product_card", "#0000ff")

    file = tmp_path / "look.json"
    exported["settings"] |= {"accent": "#ff00ff", "radius": 999, "onload": "alert(1)"}
    file.write_text(json.dumps(exported))
    settings.get_by_label("A file of settings").set_input_files(file)
    expect(settings.get_by_text("Product card has no setting “onload”.")).to_be_visible()
    expect(settings.get_by_text("Rounded corners: expected a whole number <= 60.")).to_be_visible()
    expect(field(settings, "Accent")).to_have_value("#ff00ff")
    settings.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(field(settings, "Accent")).to_have_value("#0000ff")

    file.write_text("{\n  no")
    settings.get_by_label("A file of settings").set_input_files(file)
    expect(settings.get_by_text("This file is no JSON: line 2, column 3.")).to_be_visible()
    expect(field(settings, "Accent")).to_have_value("#0000ff")


def test_everything_is_set_by_keys_alone(overlay: Page, settings: Page) -> None:
    settings.get_by_role("button", name="Reset to defaults").focus()
    for _ in range(40):
        settings.keyboard.press("Tab")
        if field(settings, "Size").evaluate("one => one === document.activeElement"):
            break
    expect(field(settings, "Size")).to_be_focused()
    settings.keyboard.press("ArrowUp")
    settings.keyboard.press("PageUp")
    expect(field(settings, "Size")).to_have_value("111")
    for _ in range(40):
        settings.keyboard.press("Tab")
        if settings.get_by_role("radio", name="Sliding").evaluate("one => one === document.activeElement"):
            break
    settings.keyboard.press("ArrowRight")
    expect(settings.get_by_role("radio", name="Fading")).to_be_checked()
    expect(overlay.locator("article.card .name")).to_have_css("font-size", "34.632px")
    settings.keyboard.press("Control+z")
    expect(settings.get_by_role("radio", name="Sliding")).to_be_checked()


def test_the_preview_pauses_and_steps(settings: Page) -> None:
    preview = settings.get_by_role("region", name="Preview")
    preview.get_by_role("button", name="Pause").click()
    name = preview.locator("article.card .name")
    first = name.inner_text()
    at = preview.get_by_text("/ 7")
    shown = int(at.inner_text().split(" ")[0])
    preview.get_by_role("button", name="Next").click()
    expect(at).to_have_text(f"{shown + 1} / 7")
    preview.get_by_role("button", name="Next").click()
    preview.get_by_role("button", name="Next").click()
    expect(name).not_to_have_text(first)
    expect(preview.get_by_role("button", name="Play")).to_be_visible()


def test_who_wants_no_motion_gets_a_still(browser: Browser, studio: Studio) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(studio.link("producer", 1))
    page.goto(studio.base + PATH)
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(page.get_by_role("region", name="Preview").locator("article.card")).to_be_visible()
    context.close()


def test_all_widgets_get_one_look_and_lose_it_again(overlay: Page, enter: Enter, studio: Studio) -> None:
    set_widget(studio, "product_card", {})
    page = enter("producer", path="/widgets", prepare=listening, worker=False)
    page.locator("[data-island=WidgetList][data-ready]").wait_for()
    expect(page.get_by_role("link", name="Product card")).to_be_visible()
    page.get_by_role("button", name="Paper").click()
    expect(overlay.locator("article.card")).to_have_css("border-radius", "10px")
    page.get_by_role("button", name="Undo").click()
    expect(overlay.locator("article.card")).to_have_css("border-radius", "14px")
    assert violations(page) == []


def test_the_list_is_for_who_edits_overlays(enter: Enter) -> None:
    producer = enter("producer", path="/sessions")
    producer.get_by_role("link", name="Overlays").click()
    producer.get_by_role("link", name="Widgets", exact=True).click()
    expect(producer.get_by_role("heading", name="Widgets", level=1)).to_be_visible()
    host = enter("host", path="/sessions")
    expect(host.get_by_role("link", name="Overlays")).to_have_count(0)


def silence(path: Path) -> Path:
    """A quarter of a second of nothing, as a WAV."""
    samples = bytes([128]) * 2_000
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(samples), b"WAVE", b"fmt ", 16, 1, 1, 8_000, 8_000, 1, 8,
                       b"data", len(samples))  # fmt: skip
    path.write_bytes(head + samples)
    return path


def asking_for_a_sound(page: Page) -> None:
    """The card's page as that of a kind with a sound: what is uploaded, played and removed is the same for all."""
    row = {"name": "sound", "control": "sound", "label": "Bell", "hint": "", "group": "Sound", "default": "none",
           "options": {"none": "None", "chime": "Chime"}}  # fmt: skip

    def with_sound(route: Route) -> None:
        answer = route.fetch()
        asked = answer.text().replace('"fields":[', f'"fields":[{json.dumps(row)},', 1)
        route.fulfill(response=answer, body=asked)

    page.route(f"**{PATH}", with_sound)


def test_a_sound_is_uploaded_played_in_obs_and_removed(overlay: Page, enter: Enter, tmp_path: Path) -> None:
    page = enter("producer", path=PATH, prepare=lambda page: (listening(page), asking_for_a_sound(page)), worker=False)
    page.locator("[data-island=WidgetSettings][data-ready]").wait_for()
    bell = field(page, "Bell")
    page.get_by_label("Bell, a file").set_input_files(wrong(tmp_path / "no.mp3"))
    expect(page.get_by_text("This is no sound that can be played.")).to_be_visible()
    page.get_by_label("Bell, a file").set_input_files(silence(tmp_path / "bell.wav"))
    expect(bell.locator("option:checked")).to_have_text("bell.wav")
    page.get_by_role("button", name="Play Bell").click()
    played = overlay.evaluate(PLAYED, bell.input_value())
    assert played == pytest.approx(0.25, abs=0.01)

    page.get_by_role("button", name="Sounds and pictures…").click()
    sheet = page.get_by_role("dialog", name="Sounds and pictures")
    sheet.get_by_role("button", name="Remove bell.wav").click()
    expect(sheet.get_by_role("listitem")).to_have_count(0)
    sheet.get_by_role("button", name="Undo").click()
    expect(sheet.get_by_role("listitem")).to_have_count(1)
    sheet.get_by_role("button", name="Play bell.wav").click()
    expect(sheet.get_by_role("alert")).to_have_count(0)
    assert violations(page) == []


def wrong(path: Path) -> Path:
    path.write_text("<script>alert(1)</script>")
    return path


#: Seconds of a sound that a page of an overlay can play.
PLAYED = """async (address) => {
  const sound = new Audio(address);
  await new Promise((resolve, reject) => {
    sound.oncanplaythrough = resolve;
    sound.onerror = () => reject(new Error("cannot be played"));
  });
  return sound.duration;
}"""
