"""Alerts, run from the keyboard: a test, a pause, one that is skipped and shown again, a queue put away and back."""

import os
import subprocess
import sys
from collections.abc import Callable

from playwright.sync_api import Browser, Locator, Page, expect

from e2e.conftest import ROOT, Studio
from e2e.overlays import CARD, make_overlay, open_overlay
from e2e.steps import until
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

#: A page that draws alerts and comes back whenever its line breaks: what it has drawn it says when it joins.
STEADY = """(studio) => {
  const { token } = JSON.parse(document.getElementById("overlay-props").textContent);
  const address = `${location.origin.replace("http", "ws")}/socket/websocket?vsn=2.0.0&token=${token}`;
  const topic = `alertbox:${studio}`;
  window.drawn = [];
  window.joins = 0;
  const open = () => {
    const socket = new WebSocket(address);
    const send = (ref, event, payload) => socket.send(JSON.stringify(["1", ref, topic, event, payload]));
    const look = ({ showing }) => {
      if (!showing || window.drawn.some(({ id, run }) => id === showing.id && run === showing.run)) return;
      const { id, run } = showing;
      window.drawn.push({ id, run });
      send("2", "begun", { id, run });
    };
    socket.onopen = () => send("1", "phx_join", { as: "overlay", begun: window.drawn });
    socket.onmessage = ({ data }) => {
      const [, ref, , event, told] = JSON.parse(data);
      if (event === "phx_reply" && ref === "1") (window.joins += 1), look(told.response);
      if (event === "alerts_changed") look(told);
    };
    socket.onclose = () => setTimeout(open, 100);
  };
  open();
}"""


_FOLLOWS = """
import sys
import django
django.setup()
from django.utils import timezone
import cuelight.socket  # tells the server
from cuelight.accounts.models import Studio
from cuelight.streams import alert_actions
from cuelight.streams.events import Event, User
now, studio = timezone.now(), Studio.objects.get(slug="pavoi")
events = []
for number in range(1, int(sys.argv[1]) + 1):
    user = User(id=str(number), name=f"Follower {number}")
    one = Event(platform="twitch", platform_id=f"follow-{number}", kind="follow", at=now, user=user)
    events.append((10**9 + number, one))
assert alert_actions.take_up(studio.pk, events) == len(events)
"""


def follows(studio: Studio, count: int) -> None:
    """So many people follow, as far as the alerts know."""
    environment = os.environ | {"DATABASE_URL": studio.url, "DJANGO_SETTINGS_MODULE": "cuelight.settings"}
    subprocess.run([sys.executable, "-c", _FOLLOWS, str(count)], cwd=ROOT, env=environment, check=True)


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
    until(overlay, "() => window.drawn.length > 1")
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
    press(page, page.get_by_role("button", name="Clear what waits"))
    press(page, page.get_by_role("button", name="Resume"))
    expect(now.get_by_text("PAUSED", exact=True)).to_have_count(0)
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


def test_the_server_is_killed_while_an_alert_shows_and_each_is_shown_once(
    enter: Enter, studio: Studio, browser: Browser
) -> None:
    [(studio_id,)] = studio.ask("SELECT id FROM accounts_studio WHERE slug = 'pavoi'")
    page = enter("producer", path="/dashboard/alerts")
    form = page.get_by_role("form", name="What is shown")
    form.get_by_label("Follows: seconds shown").fill("1")
    form.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_text("What is shown from now on is saved.")).to_be_visible()
    follows(studio, 4)
    waiting = part(page, "Waiting").get_by_role("listitem")
    expect(waiting).to_have_count(4)

    overlay = open_overlay(browser, studio, make_overlay(studio, [CARD]))
    overlay.evaluate(STEADY, studio_id)
    until(overlay, "() => window.drawn.length > 1")
    studio.kill_server()
    until(overlay, "() => window.joins > 1")
    shown = part(page, "Recent").get_by_role("listitem").filter(has_text="Follower")
    expect(shown).to_have_count(4, timeout=30_000)
    expect(shown.filter(has_text="shown")).to_have_count(4)
    drawn = overlay.evaluate("window.drawn.map(({ id, run }) => `${id}:${run}`)")
    assert len(drawn) == len(set(drawn)) == 4
    overlay.context.close()
