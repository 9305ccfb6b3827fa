"""``make soak``: a long show on two real pages, its events in a fraction of the time.

A show of four hours is a key every four seconds and a message to the host every minute, over a lineup of a hundred
products. ``SOAK_MINUTES`` (20) is how long that takes here; ``SOAK_HOURS=4`` plays it at its real length. Says how much
each page and the server have grown since the first tenth of it, and fails beyond the bar: 20 MB a page.
"""

import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from arena import Arena, NoCompiler, arena, server
from keypress import link

EVENTS = 4 * 3600 // 4
MESSAGE_EVERY = 15  # events
PRODUCTS = 100
MOST_MB = 20


def main() -> int:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print("skipped: no Chromium on PATH ('apt-get install chromium').")
        return 0
    hours = float(os.environ.get("SOAK_HOURS", 0))
    seconds = hours * 3600 or float(os.environ.get("SOAK_MINUTES", 20)) * 60
    folder = Path(tempfile.mkdtemp(prefix="soak-", dir=_var()))
    try:
        with arena(folder) as ready, server(ready) as (port, pid):
            session_id = lineup_of_a_hundred()
            grown = play(ready, port, pid, session_id, chromium, seconds)
    except NoCompiler:
        print("skipped: install gcc ('apt-get install gcc libc6-dev').")
        return 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for name, (before, after) in grown.items():
        print(f"{name}: {before:.1f} MB → {after:.1f} MB ({after - before:+.1f})")
    pages = [after - before for name, (before, after) in grown.items() if name != "server"]
    return 1 if max(pages) > MOST_MB else 0


def lineup_of_a_hundred() -> int:
    from django.db import transaction

    from cuelight.accounts import queries
    from cuelight.catalog import actions as catalog
    from cuelight.catalog import queries as catalog_queries
    from cuelight.sessions import actions

    studio = queries.studio_by_slug()
    [brand] = catalog_queries.list_brands(studio["id"])
    session_id = actions.create_session(studio["id"], name="A long show", wrap=True)
    products = [
        catalog.create_product(
            studio["id"],
            brand["id"],
            display_number=1000 + number,
            name=f"Long show product {number}",
            original_price_cents=1000 + number,
            talking_points_md="- first\n- second\n- third",
        )
        for number in range(PRODUCTS)
    ]
    with transaction.atomic():
        actions.add_products(session_id, studio["id"], list(enumerate(products, start=1)), actor_id=None)
    return session_id


def play(
    arena: Arena, port: int, pid: int, session_id: int, chromium: str, seconds: float
) -> dict[str, tuple[float, float]]:
    from playwright.sync_api import sync_playwright

    chance = random.Random(4)
    base = f"http://localhost:{port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage", "--enable-precise-memory-info"]
        )
        pages: dict[str, Any] = {}
        for role in ("producer", "host"):
            page = browser.new_context().new_page()
            page.goto(base + link(arena, role))
            page.goto(f"{base}/sessions/{session_id}/{role}")
            page.get_by_role("heading", level=1).first.wait_for()
            pages[role] = page
        started, before = time.monotonic(), {}
        for event in range(EVENTS):
            press(pages["producer"], chance, event)
            if event == EVENTS // 10:
                before = megabytes(pages, pid)
            due = started + seconds * (event + 1) / EVENTS
            pages["host"].wait_for_timeout(max(due - time.monotonic(), 0) * 1000)
        after = megabytes(pages, pid)
        browser.close()
    return {name: (before[name], after[name]) for name in after}


def press(page: Any, chance: random.Random, event: int) -> None:
    """What a producer does: mostly next and previous, pictures, sometimes a number, now and then a message."""
    if event % MESSAGE_EVERY == MESSAGE_EVERY - 1:
        page.keyboard.press("m")
        page.keyboard.type(f"note {event}")
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
        return
    key = chance.choices(["ArrowDown", "ArrowUp", "ArrowRight", "number", "v", "Control+z"], [50, 10, 20, 10, 5, 5])[0]
    if key == "number":
        page.keyboard.type(str(chance.randint(1, PRODUCTS)))
        key = "Enter"
    page.keyboard.press(key)


def megabytes(pages: dict[str, Any], pid: int) -> dict[str, float]:
    """Heap of each page after a collection, and the server's resident memory."""
    found = {}
    for role, page in pages.items():
        devtools = page.context.new_cdp_session(page)
        devtools.send("HeapProfiler.collectGarbage")
        metrics = devtools.send("Performance.enable") or devtools.send("Performance.getMetrics")
        found[role] = next(one["value"] for one in metrics["metrics"] if one["name"] == "JSHeapUsedSize") / 2**20
        devtools.detach()
    status = Path(f"/proc/{pid}/status").read_text()
    found["server"] = int(status.partition("VmRSS:")[2].split()[0]) / 1024
    return found


def _var() -> Path:
    folder = ROOT / "var"
    folder.mkdir(exist_ok=True)
    return folder


if __name__ == "__main__":
    sys.exit(main())
