"""The session builder with five hundred lines: a key to the frame that shows it, on the page that it was pressed on."""

from collections.abc import Iterator

from arena import Arena, find_chromium, median, server
from keypress import FRAME, link, percentile
from lineup import many_lines

LINES = 500
KEYS = 60
#: Between two keys, so that each begins on a page that stands still.
PAUSE_MS = 120

#: From a key to the frame after the change that it makes in the lineup.
WATCH = """() => {
  window.waits = [];
  let pressed = 0;
  addEventListener("keydown", () => (pressed = performance.now()), true);
  new MutationObserver(() => {
    if (!pressed) return;
    const from = pressed;
    pressed = 0;
    requestAnimationFrame(() => requestAnimationFrame(() => window.waits.push(performance.now() - from)));
  }).observe(document.querySelector("[role=grid]"), { subtree: true, childList: true, attributes: true });
}"""


def measure(arena: Arena) -> Iterator[str]:
    chromium = find_chromium()
    if chromium is None:
        yield "skipped: no Chromium on PATH ('apt-get install chromium')"
        return
    session_id = many_lines(LINES)
    with server(arena) as (port, _):
        picks, moves, frame_ms = press(arena, port, session_id, chromium)
    for name, waits in (("pick the next line", picks), ("move a line, there and back over the server", moves)):
        ordered = sorted(waits)
        yield (
            f"{LINES} lines, {name}: key → frame over {len(ordered)} keys p50 {median(ordered):.1f} ms, "
            f"p99 {percentile(ordered, 99):.1f} ms; a frame is {frame_ms:.1f} ms"
        )


def press(arena: Arena, port: int, session_id: int, chromium: str) -> tuple[list[float], list[float], float]:
    """Milliseconds of each key that picks, of each that moves, and of a frame while nothing happens."""
    from playwright.sync_api import sync_playwright

    base = f"http://localhost:{port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
        page.goto(base + link(arena, "producer"))
        page.goto(f"{base}/sessions/{session_id}/edit")
        page.wait_for_function(f"() => document.querySelectorAll('[data-item]').length === {LINES}")
        page.wait_for_load_state("networkidle", timeout=120_000)
        page.keyboard.press("Home")
        page.evaluate(WATCH)
        waits = []
        for key in ("ArrowDown", "Alt+ArrowDown"):
            page.evaluate("() => (window.waits = [])")
            for _ in range(KEYS):
                page.keyboard.press(key)
                page.wait_for_timeout(PAUSE_MS)
            waits.append(page.evaluate("() => window.waits"))
        frame_ms = page.evaluate(FRAME)
        browser.close()
    return waits[0], waits[1], frame_ms
