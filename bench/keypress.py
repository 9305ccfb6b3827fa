"""A key on the producer's page to the pixels of three hosts' pages, in a real browser, over a hundred products."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from arena import ROOT, Arena, find_chromium, median, server
from lineup import hundred_products

KEYS = 300
HOSTS = 3
#: Between two keys, so that each begins on pages that stand still: a fade of the picture takes 200 ms.
PAUSE_MS = 500

#: The hosts' workers put the pictures by for a broken network, once.
SETTLED_MS = 10_000

#: When the frame with another product's words had been drawn: the frame after it begins then.
WATCH = """() => {
  window.shown = [];
  const words = () => document.querySelector(".here h1")?.textContent;
  let last = words();
  new MutationObserver(() => {
    if (words() === last) return;
    last = words();
    requestAnimationFrame(() => requestAnimationFrame(
      () => window.shown.push(performance.timeOrigin + performance.now())));
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""
PRESSED = """() => {
  window.pressed = [];
  addEventListener("keydown", () => window.pressed.push(performance.timeOrigin + performance.now()), true);
}"""
FRAME = """() => new Promise(done => {
  const times = [];
  const next = at => { times.push(at); times.length > 60 ? done((at - times[0]) / 60) : requestAnimationFrame(next); };
  requestAnimationFrame(next);
})"""


def measure(arena: Arena) -> Iterator[str]:
    chromium = find_chromium()
    if chromium is None:
        yield "skipped: no Chromium on PATH ('apt-get install chromium')"
        return
    session_id = hundred_products()
    with server(arena) as (port, _):
        each, frame_ms = press(arena, port, session_id, chromium)
    every = sorted(ms for one in each for ms in one)
    last = sorted(max(one) for one in each)
    yield (
        f"key → pixels of {HOSTS} hosts over {len(each)} keys: p50 {median(every):.1f} ms (bar: 30), "
        f"p99 {percentile(every, 99):.1f} ms (bar: 100); the last of the three p50 {median(last):.1f}, "
        f"p99 {percentile(last, 99):.1f}; a frame is {frame_ms:.1f} ms"
    )


def press(arena: Arena, port: int, session_id: int, chromium: str) -> tuple[list[tuple[float, ...]], float]:
    """Milliseconds from each key to each host, and of a frame on a page that stands still."""
    from playwright.sync_api import sync_playwright

    base = f"http://localhost:{port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        producer, *hosts = (
            open_page(browser, base, link(arena, role), f"/sessions/{session_id}/{role}")
            for role in ["producer", *["host"] * HOSTS]
        )
        for page in (producer, *hosts):
            # The lineup's pictures are fetched ahead; a show begins when they are there.
            page.wait_for_load_state("networkidle", timeout=120_000)
        hosts[-1].wait_for_timeout(SETTLED_MS)
        for page in hosts:
            page.evaluate(WATCH)
        producer.evaluate(PRESSED)
        for _ in range(KEYS):
            producer.keyboard.press("ArrowDown")
            producer.wait_for_timeout(PAUSE_MS)
        pressed = producer.evaluate("() => window.pressed")
        shown = [page.evaluate("() => window.shown") for page in hosts]
        frame_ms = hosts[0].evaluate(FRAME)
        browser.close()
    if any(len(times) != KEYS for times in shown):
        raise RuntimeError(f"{KEYS} keys, but the hosts showed {[len(times) for times in shown]} products")
    return [tuple(at - begun for at in ats) for begun, *ats in zip(pressed, *shown, strict=True)], frame_ms


def open_page(browser: Any, base: str, entrance: str, path: str) -> Any:
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    page.goto(base + entrance)
    page.goto(base + path)
    page.wait_for_function("() => /\\d/.test(document.querySelector('.here h1')?.textContent ?? '')")
    return page


def percentile(ordered: list[float], share: int) -> float:
    return ordered[min(len(ordered) * share // 100, len(ordered) - 1)]


def link(arena: Arena, role: str) -> str:
    command = [sys.executable, "-m", "cuelight", "link", "--role", role, "--session", "2"]
    text = subprocess.run(command, env=arena.environment, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return "/" + text.strip().split("/", 3)[3]
