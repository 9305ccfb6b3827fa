"""Alerts, run from the keyboard: a test, a pause, one that is skipped and shown again, a queue put away and back."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Studio
from e2e.test_csp import listening, violations

Enter = Callable[..., Page]

#: A page that draws tests: it follows the alerts as an overlay does.
OVERLAY = """(studio) => new Promise((joined) => {
  const socket = new WebSocket(`${location.origin.replace("http", "ws")}/socket/websocket?vsn=2.0.0`);
  window.drawn = [];
  const payload = { as: "overlay", tests: true };
  socket.onopen = () => socket.send(JSON.stringify(["1", "1", `alertbox:${studio}`, "phx_join", payload]));
  socket.onmessage = ({ data }) => {
    const [, , , event, told] = JSON.parse(data);
    if (event === "phx_reply") joined(told.status);
    if (event === "alerts_changed" && told.showing) window.drawn.push(`${told.showing.id}:${told.showing.run}`);
  };
})"""


def part(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name)


def press(page: Page, button: Locator) -> None:
    button.focus()
    page.keyboard.press("Enter")


def test_the_queue_is_run_from_the_keyboard(enter: Enter, studio: Studio) -> None:
    page = enter("producer", path="/dashboard/alerts", prepare=listening)
    expect(part(page, "Now").get_by_text("No overlay page is connected")).to_be_visible()
    [(studio_id,)] = studio.ask("SELECT id FROM accounts_studio WHERE slug = 'pavoi'")

    page.keyboard.press("a")
    expect(part(page, "Now").get_by_text("PAUSED", exact=True)).to_be_visible()
    press(page, page.get_by_role("button", name="Donation test"))
    waiting = part(page, "Waiting").get_by_role("listitem")
    expect(waiting.filter(has_text="donates")).to_have_count(1)
    expect(waiting.get_by_text("TEST", exact=True)).to_be_visible()

    overlay = page.context.new_page()
    overlay.goto(f"{studio.base}/home")
    assert overlay.evaluate(OVERLAY, studio_id) == "ok"
    page.bring_to_front()
    page.keyboard.press("a")
    now = part(page, "Now")
    expect(now.get_by_text("Love the gold hoops")).to_be_visible()
    expect(now.get_by_role("progressbar", name="Time left")).to_be_visible()
    page.keyboard.press("s")
    recent = part(page, "Recent").get_by_role("listitem")
    expect(recent.filter(has_text="skipped")).to_have_count(1)
    press(page, recent.get_by_role("button", name="Replay"))
    expect(now.get_by_text("Love the gold hoops")).to_be_visible()
    expect(recent).to_have_count(0)
    overlay.wait_for_function("window.drawn.length > 1")
    drawn = overlay.evaluate("[...new Set(window.drawn)]")
    assert [one.split(":")[1] for one in drawn] == ["0", "1"]

    page.keyboard.press("a")
    expect(now.get_by_text("PAUSED", exact=True)).to_be_visible()
    for kind in ("Follow", "Raid"):
        press(page, page.get_by_role("button", name=f"{kind} test"))
    expect(waiting).to_have_count(2)
    before = waiting.all_inner_texts()
    press(page, page.get_by_role("button", name="Clear what waits"))
    expect(waiting).to_have_count(0)
    press(page, page.get_by_role("button", name="Undo"))
    expect(waiting).to_have_count(2)
    assert waiting.all_inner_texts() == before
    assert violations(page) == []


def test_what_is_shown_is_a_setting_that_holds_at_once(enter: Enter) -> None:
    page = enter("producer", path="/dashboard/alerts")
    form = page.get_by_role("form", name="What is shown")
    form.get_by_label("Donations: least amount").fill("5.00")
    form.get_by_label("Raids: seconds shown").fill("61")
    form.get_by_label("Blocked words").fill("spam*\nscam")
    form.get_by_role("button", name="Save").press("Enter")
    expect(form.get_by_role("alert")).to_be_visible()
    expect(form.get_by_label("Donations: least amount")).to_have_value("5.00")
    form.get_by_label("Raids: seconds shown").fill("12")
    form.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_text("What is shown from now on is saved.")).to_be_visible()
    expect(form.get_by_label("Raids: seconds shown")).to_have_value("12")
    expect(form.get_by_label("Blocked words")).to_have_value("spam*\nscam")
