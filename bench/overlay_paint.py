"""How soon an overlay draws something, from the beginning of its navigation, as Chromium tells it.

In a browser that has nothing of it yet, and again in one that has its copy (`first-contentful-paint`).
"""

from collections.abc import Iterator

from arena import Arena, find_chromium, server
from keypress import percentile
from lineup import hundred_products
from overlay_pages import LANDSCAPE, boxes, crew, make_overlay, open_console

TRIES = 20
BAR_MS = 300
KINDS = ("product_card", "alert_box", "chat", "event_list", "goal", "timer")
PAINTED = """() => new Promise(resolve => new PerformanceObserver(list => {
  const [first] = list.getEntriesByName("first-contentful-paint");
  if (first) resolve(first.startTime);
}).observe({ type: "paint", buffered: true }))"""


def paint(arena: Arena) -> Iterator[str]:
    chromium = find_chromium()
    if chromium is None:
        yield "skipped: no Chromium on PATH ('apt-get install chromium')"
        return
    from playwright.sync_api import sync_playwright

    from cuelight.streams import accounts

    session_id = hundred_products("First paint", count=10)
    accounts.switch(crew().studio_id, "simulator", on=True, rate=1.5, seed=4)
    path = make_overlay("First paint", [box for box in boxes(LANDSCAPE) if box["type"] in KINDS])[1]
    with server(arena) as (port, _), sync_playwright() as playwright:
        base = f"http://localhost:{port}"
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        open_console(browser, arena, base, session_id)
        cold, again = [], []
        for _ in range(TRIES):
            context = browser.new_context(viewport={"width": 1920, "height": 1080})
            page = context.new_page()
            for into in (cold, again):
                page.goto(base + path)
                into.append(float(page.evaluate(PAINTED)))
                page.locator("article.card").wait_for()
                page.wait_for_load_state("networkidle")
            context.close()
        browser.close()
    for words, measured in (("nothing kept", sorted(cold)), ("with its copy", sorted(again))):
        at = ", ".join(f"p{share} {percentile(measured, share):.0f}" for share in (50, 95))
        yield f"first paint of {len(KINDS)} widgets, {words}: {at}, most {measured[-1]:.0f} ms (bar {BAR_MS})"
