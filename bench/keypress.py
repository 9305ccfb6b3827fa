"""A key on the producer's page to the pixels of the host's page, in a real browser."""

import shutil
import subprocess
import sys
from collections.abc import Iterator

from arena import ROOT, Arena, median, server

KEYS = 150

WATCH = """() => {
  window.shown = [];
  new MutationObserver(() => {
    // The frame after the one that draws the change begins when that one has been drawn.
    requestAnimationFrame(() => requestAnimationFrame(
      () => window.shown.push(performance.timeOrigin + performance.now())));
  }).observe(document.querySelector(".product"), { subtree: true, childList: true, characterData: true });
}"""
FRAME = """() => new Promise(done => {
  const times = [];
  const next = at => { times.push(at); times.length > 60 ? done((at - times[0]) / 60) : requestAnimationFrame(next); };
  requestAnimationFrame(next);
})"""
PRESSED = """() => {
  window.pressed = [];
  addEventListener("keydown", () => window.pressed.push(performance.timeOrigin + performance.now()), true);
}"""


def measure(arena: Arena) -> Iterator[str]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        yield "skipped: no Chromium on PATH ('apt-get install chromium')"
        return
    with server(arena) as (port, _):
        took, frame_ms = press(arena, port, chromium)
    took.sort()
    p50, p99 = median(took), took[int(len(took) * 0.99)]
    yield (
        f"key → host's pixels over {len(took)} keys: p50 {p50:.1f} ms (bar: 30), p99 {p99:.1f} ms (bar: 100); "
        f"{p50 / frame_ms:.1f} frames of {frame_ms:.1f} ms, the one that draws it included"
    )


def press(arena: Arena, port: int, chromium: str) -> tuple[list[float], float]:
    from playwright.sync_api import sync_playwright

    base = f"http://localhost:{port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        pages = []
        for role in ("producer", "host"):
            context = browser.new_context()
            page = context.new_page()
            page.goto(base + link(arena, role))
            page.goto(f"{base}/sessions/2/{role}")
            page.get_by_role("heading", level=1).first.wait_for()
            pages.append(page)
        producer, host = pages
        host.wait_for_function("() => /\\d/.test(document.querySelector('h1')?.textContent ?? '')")
        producer.evaluate(PRESSED)
        host.evaluate(WATCH)
        took = []
        for _ in range(KEYS):
            producer.keyboard.press("ArrowDown")
            host.wait_for_function("() => window.shown.length > 0")
            took.append(host.evaluate("() => window.shown[0]") - producer.evaluate("() => window.pressed.pop()"))
            host.wait_for_timeout(60)  # until the pictures are there, too
            host.evaluate("() => { window.shown = []; }")
        frame_ms = host.evaluate(FRAME)
        browser.close()
    return took, frame_ms


def link(arena: Arena, role: str) -> str:
    command = [sys.executable, "-m", "cuelight", "link", "--role", role, "--session", "2"]
    text = subprocess.run(command, env=arena.environment, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return "/" + text.strip().split("/", 3)[3]
