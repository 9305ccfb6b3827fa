"""The document editor in a real browser: how fast a script of 20,000 words opens, and how fast a key is on the screen.

Each figure stands beside the same of an empty document in the same run.
"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from arena import ROOT, Arena, find_chromium, median, server
from documents import cookie
from keypress import FRAME, link, percentile
from script import long_script

KEYS = 220
#: Between two keys: twelve a second, faster than most people.
PAUSE_MS = 80
OPENINGS = 7
OTHERS = 5
#: Of each of the others.
KEYS_PER_SECOND = 5
BAR_OPEN_MS, BAR_KEY_MS = 1000, 33

TEXT = ".document-lines[contenteditable=true]"
#: Runs before the page: when its text could first be written in, drawn; and the long tasks until then.
OPENED = """() => {
  window.longest = 0;
  new PerformanceObserver(list => {
    for (const one of list.getEntries()) window.longest = Math.max(window.longest, one.duration);
  }).observe({ type: "longtask", buffered: true });
  const look = () => {
    const text = document.querySelector(".document-lines[contenteditable=true]");
    if (!text || document.querySelector(".document-skeleton")) return requestAnimationFrame(look);
    requestAnimationFrame(() => setTimeout(() => (window.openedAt = performance.now())));
  };
  requestAnimationFrame(look);
}"""
#: From a key, as the browser dates it, to the end of the frame after it; and the browser's own word about slow ones.
WATCH = """() => {
  window.waits = [];
  window.slow = [];
  addEventListener("keydown", ({ timeStamp }) =>
    requestAnimationFrame(() => {
      const drawn = new MessageChannel();
      drawn.port1.onmessage = () => window.waits.push(performance.now() - timeStamp);
      drawn.port2.postMessage(0);
    }), true);
  new PerformanceObserver(list => {
    for (const one of list.getEntries()) if (one.name === "keydown") window.slow.push(one.duration);
  }).observe({ type: "event", durationThreshold: 16 });
}"""
SPENT = ("TaskDuration", "ScriptDuration", "LayoutDuration", "RecalcStyleDuration")


def measure(arena: Arena) -> Iterator[str]:
    chromium = find_chromium()
    if chromium is None:
        yield "skipped: no Chromium on PATH ('apt-get install chromium')"
        return
    from playwright.sync_api import sync_playwright

    empty, script, signed_in = made("Empty", None), made("Twenty thousand words", long_script()), cookie()
    with server(arena) as (port, _), sync_playwright() as playwright:
        base = f"http://localhost:{port}"
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
        page.goto(base + link(arena, "producer"))
        page.add_init_script(f"({OPENED})()")
        least, _ = opened(page, f"{base}/documents/{empty}")
        took, longest = opened(page, f"{base}/documents/{script}")
        yield (
            f"navigation → 20,000 words shown and editable: {took:.0f} ms (bar: {BAR_OPEN_MS}), longest task "
            f"{longest:.0f} ms; {took / least:.1f} × an empty document's {least:.0f} ms"
        )
        alone = typed(page, f"{base}/documents/{empty}", nullcontext())
        yield f"empty document: {figures(alone)}; a frame is {page.evaluate(FRAME):.1f} ms"
        for name, others in (("alone", 0), (f"with {OTHERS} others at {KEYS_PER_SECOND} keys/s", OTHERS)):
            row = typed(page, f"{base}/documents/{script}", typists(base, script, [signed_in] * others))
            yield (
                f"20,000 words, {name}: {figures(row)} (bar: p95 {BAR_KEY_MS} ms), "
                f"{row['TaskDuration'] / alone['TaskDuration']:.1f} × the empty document's processor time"
            )
        browser.close()


def made(title: str, contents: list[dict[str, Any]] | None) -> int:
    from cuelight.accounts import queries
    from cuelight.documents.actions import create_document

    studio = queries.studio_by_slug()
    person_id, _ = queries.person_with_role(studio["id"], "producer")
    return create_document(studio["id"], title=title, by=person_id, contents=contents)


def opened(page: Any, address: str) -> tuple[float, float]:
    """Milliseconds from the navigation until the text is drawn and editable, and of the longest task before: medians.

    The first time, with an empty cache, is not counted.
    """
    times, longest = [], []
    for number in range(OPENINGS + 1):
        page.goto(address, wait_until="commit")
        page.wait_for_function("() => window.openedAt")
        if number:
            times.append(page.evaluate("() => window.openedAt"))
            longest.append(page.evaluate("() => window.longest"))
    return median(times), median(longest)


def typed(page: Any, address: str, others: AbstractContextManager[None]) -> dict[str, float]:
    """Milliseconds from key to frame, and of the page's thread for each key, in the middle of the text.

    ``others`` come when the page is open.
    """
    page.goto(address)
    page.wait_for_function("() => window.openedAt")
    with others:
        return _typed(page)


def _typed(page: Any) -> dict[str, float]:
    lines = page.locator(f"{TEXT} .line")
    lines.nth(lines.count() // 2).click()
    page.keyboard.press("End")
    page.evaluate(WATCH)
    page.keyboard.type("and now ", delay=PAUSE_MS)
    page.evaluate("() => (window.waits = [], window.slow = [])")
    devtools = page.context.new_cdp_session(page)
    # Processor time of the page's own thread: others on the machine are not in it.
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = spent(devtools)
    page.keyboard.type(("look at the light on it now " * KEYS)[:KEYS], delay=PAUSE_MS)
    page.wait_for_function(f"() => window.waits.length >= {KEYS}")
    after = spent(devtools)
    devtools.detach()
    waits = sorted(page.evaluate("() => window.waits"))
    slow = page.evaluate("() => window.slow")
    row = {name: (after[name] - before[name]) * 1000 / KEYS for name in SPENT}
    return row | {
        "p50": median(waits),
        "p95": percentile(waits, 95),
        "p99": percentile(waits, 99),
        "slow": sum(one > BAR_KEY_MS for one in slow),
    }


def spent(devtools: Any) -> dict[str, float]:
    found = {one["name"]: one["value"] for one in devtools.send("Performance.getMetrics")["metrics"]}
    return {name: found[name] for name in SPENT}


def figures(row: dict[str, float]) -> str:
    return (
        f"key → frame over {KEYS} keys p50 {row['p50']:.1f}, p95 {row['p95']:.1f}, p99 {row['p99']:.1f} ms, "
        f"{row['slow']:.0f} over {BAR_KEY_MS} ms by the browser's own count; processor {row['TaskDuration']:.1f} ms a "
        f"key (script {row['ScriptDuration']:.1f}, layout {row['LayoutDuration']:.1f}, style "
        f"{row['RecalcStyleDuration']:.1f})"
    )


@contextmanager
def typists(base: str, document_id: int, cookies: list[str]) -> Iterator[None]:
    """Others who type letter after letter, each at a place of their own, until the end."""
    if not cookies:
        yield
        return
    options = {
        "documentId": document_id,
        "clients": [{"url": base, "cookie": one} for one in cookies],
        "seconds": 3600,
        "pauseMs": 1000 / KEYS_PER_SECOND,
        "cutsPerSecond": 0,
        "twice": 0,
        "steady": True,
    }
    command = ["node", "tools/run.mjs", "document-clients", json.dumps(options)]
    with subprocess.Popen(
        command, cwd=ROOT / "frontend", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        if json.loads(process.stdout.readline())["what"] != "ready":
            raise RuntimeError("the others do not come in")
        try:
            yield
        finally:
            process.kill()
