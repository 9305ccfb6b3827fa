"""The chat in OBS: alive with the built-in audience, kept clean with the dashboard, and strangers' text is text."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.conftest import Studio
from e2e.overlays import make_overlay, open_overlay, picture, smuggle_css

Enter = Callable[..., Page]
CHAT = {"id": "chat", "type": "chat", "x": 1344, "y": 54, "width": 480, "height": 720}


class Listener(ThreadingHTTPServer):
    """Somebody outside, who notes who calls."""

    heard: list[str]


class _Answer(BaseHTTPRequestHandler):
    server: Listener

    def do_GET(self) -> None:
        self.server.heard.append(self.path)
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def listener(heard: list[str]) -> Listener:
    made = Listener(("127.0.0.1", 0), _Answer)
    made.heard = heard
    Thread(target=made.serve_forever, daemon=True).start()
    return made


@pytest.fixture
def overlay(browser: Browser, studio: Studio) -> Iterator[Page]:
    page = open_overlay(browser, studio, make_overlay(studio, [CHAT]))
    yield page
    page.context.close()


def test_what_is_written_is_shown_and_what_is_hidden_goes(overlay: Page, enter: Enter) -> None:
    dashboard = enter("producer", path="/dashboard", width=1920, height=1080)
    field = dashboard.get_by_role("textbox", name="Message")
    field.fill('<img src=x onerror="window.hit=1"> hello from the desk')
    field.press("Enter")
    mine = overlay.locator(".message").filter(has_text="hello from the desk")
    expect(mine).to_have_count(1)
    expect(mine.locator("img")).to_have_count(0)
    assert overlay.evaluate("window.hit") is None
    option = dashboard.get_by_role("listbox", name="Messages").get_by_role("option", name="hello from the desk")
    option.click()
    dashboard.keyboard.press("h")
    expect(mine).to_have_count(0)
    # Whatever comes, it stays in its box, and there is nothing around it.
    expect(overlay.locator(".message").first).to_be_visible(timeout=30_000)
    alpha = picture(overlay).getchannel("A")
    assert alpha.crop((0, 0, CHAT["x"], 1080)).getextrema() == (0, 0)
    assert alpha.crop((0, CHAT["y"] + CHAT["height"], 1920, 1080)).getextrema() == (0, 0)


def test_ones_own_css_changes_the_widget_and_nothing_else(overlay: Page, studio: Studio, enter: Enter) -> None:
    enter("producer", path="/dashboard")
    expect(overlay.locator(".message").first).to_be_visible(timeout=30_000)
    heard: list[str] = []
    outside = listener(heard)
    escape = """
      @import url("http://127.0.0.1:PORT/evil.css");
      :host { position: fixed !important; inset: 0 !important; background: red !important; }
      .message { border: 4px solid rgb(1, 2, 3); background: url("http://127.0.0.1:PORT/evil.png"); }
      body, .canvas { background: red !important; }
    """.replace("PORT", str(outside.server_port))
    smuggle_css(studio, "chat", escape)
    overlay.reload()
    expect(overlay.locator(".message").first).to_have_css("border-top-color", "rgb(1, 2, 3)")
    # By its own script it is let through nowhere either, so the list would hold what got out.
    assert overlay.evaluate(f"fetch('http://127.0.0.1:{outside.server_port}/x').then(() => 1, () => 0)") == 0
    alpha = picture(overlay).getchannel("A")
    assert alpha.crop((0, 0, CHAT["x"], 1080)).getextrema() == (0, 0)
    outside.shutdown()
    assert heard == []
