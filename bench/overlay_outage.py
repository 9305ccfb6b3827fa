"""A minute without the server, and a minute without the network, while an alert is on air: what two overlays do.

First the server is killed with ``kill -9`` and stays away, then one page's cable is pulled (`e2e/cable.py`: nobody
tells the page) while the other one goes on. A key is pressed meanwhile. Watched on the page itself, twenty times a
second: which boxes stand there, what the card says, and whether an alert is drawn; and every alert that is put on the
page is counted.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
from arena import Arena, find_chromium
from lineup import hundred_products
from overlay_pages import LANDSCAPE, apart, boxes, crew, make_overlay, open_console, open_overlay
from overlay_screen import COUNT_ALERTS
from overlay_soak import HEAD

from e2e.cable import Cable

AWAY_S = 60
SECONDS = 8
#: The console gives up what nobody has answered for half a minute, and says so.
KEY_BEFORE_S = 5
#: An alert leaves with a motion of a third of a second, and a page is looked at twenty times a second.
LATE_S = 1.5
#: What may be read off a page, and when it became so.
NOTE = """() => {
  window.noted = [];
  let last = "";
  setInterval(() => {
    const root = kind => document.querySelector(`[data-widget=${kind}] .host`)?.shadowRoot;
    const now = JSON.stringify({
      boxes: document.querySelectorAll(".box").length,
      card: parseInt(root("product_card")?.querySelector(".card .number")?.textContent.replace(/\\D+/, "")) || null,
      alert: root("alert_box")?.querySelector("article.alert .title")?.textContent.trim() ?? null,
    });
    if (now !== last) window.noted.push({ at: Date.now() / 1000, ...JSON.parse(now) });
    last = now;
  }, 50);
}"""
ON_AIR, OFF_AIR = ("() => window.noted.at(-1)?.alert != null", "() => window.noted.at(-1)?.alert === null")


def outage(arena: Arena) -> Iterator[str]:
    chromium = find_chromium()
    if chromium is None:
        yield "skipped: no Chromium on PATH ('apt-get install chromium')"
        return
    from playwright.sync_api import sync_playwright
    from soak import serving

    session_id = hundred_products("A server that goes away", count=10, pictures_each=1)
    _, path = make_overlay("Away", [box for box in boxes(LANDSCAPE) if box["type"] != "ticker"])
    with serving(arena) as server, sync_playwright() as playwright, Cable(server.port) as cable:
        base = f"http://localhost:{server.port}"
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        console = open_console(browser, arena, base, session_id)
        pages = [open_overlay(browser, base + path), open_overlay(browser, cable.base + path)]
        for page in pages:
            page.evaluate(COUNT_ALERTS)
            page.evaluate(NOTE)
        watch = Watch(arena, session_id, console, pages)

        yield from watch.away("the server killed, away", server.kill, server.start)
        yield from watch.away("one page's cable pulled", cable.pull, cable.plug)
        drawn = [page.evaluate("() => window.alertsDrawn") for page in pages]
        yield f"alerts put on the pages: {drawn}, of {watch.alerts} (each once: {drawn == [watch.alerts] * 2})"
        if count := server.tracebacks():
            yield f"the server's log holds {count} tracebacks"
        browser.close()


class Watch:
    """Two pages through a break."""

    def __init__(self, arena: Arena, session_id: int, console: Any, pages: list[Any]) -> None:
        self.arena, self.session_id, self.console, self.pages = arena, session_id, console, pages
        self.studio_id = apart(crew).studio_id
        self.alerts = 0

    def away(self, what: str, leave: Any, come_back: Any) -> Iterator[str]:
        number = self.number()
        self.alert()
        for page in self.pages:
            page.wait_for_function(ON_AIR, timeout=30_000)
        begun = time.time()
        leave()
        self.console.wait_for_timeout((AWAY_S - KEY_BEFORE_S) * 1000)
        self.console.keyboard.press("ArrowDown")
        self.console.wait_for_timeout(KEY_BEFORE_S * 1000)
        noted = [self.since(page, begun) for page in self.pages]
        come_back()
        back, is_right = time.time(), self.shows(number + 1)
        after = f"right after {time.time() - back:.1f} s" if is_right else "MISSED"
        yield f"{what} for {AWAY_S} s; the card with the key of meanwhile on both pages: {after}"
        for number, told in enumerate(noted, start=1):
            yield f"  page {number}: {said(told, begun)}"
        # Whoever comes back is told of nothing twice, and of what comes now once.
        self.console.wait_for_timeout((SECONDS + 4) * 1000)
        self.alert()
        for page in self.pages:
            page.wait_for_function(ON_AIR, timeout=30_000)
        for page in self.pages:
            page.wait_for_function(OFF_AIR, timeout=30_000)

    def alert(self) -> None:
        """Somebody donates: no test, which is over whatever becomes of it."""
        self.alerts += 1
        apart(donate, self.studio_id, f"donation-{self.session_id}-{self.alerts}")

    def since(self, page: Any, begun: float) -> list[dict[str, Any]]:
        """How it was when the break began, and every change after that."""
        noted = page.evaluate("() => window.noted")
        before = [one for one in noted if one["at"] <= begun]
        return [before[-1] | {"at": begun}, *(one for one in noted if one["at"] > begun)]

    def shows(self, number: int) -> bool:
        """Waits until the journal's head and both pages have this number."""
        give_up = time.monotonic() + 30
        while time.monotonic() < give_up:
            shown = [page.evaluate("() => window.noted.at(-1).card") for page in self.pages]
            if [self.number(), *shown] == [number] * 3:
                return True
            self.console.wait_for_timeout(50)
        return False

    def number(self) -> int:
        """That of the journal's head."""
        with psycopg.connect(self.arena.url) as connection:
            [(number, _)] = connection.execute(HEAD, [f"session:{self.session_id}"]).fetchall()
        return int(number)


def donate(studio_id: int, platform_id: str) -> None:
    from cuelight.streams import alert_actions, alert_samples

    event = alert_samples.sample("donation", platform_id, datetime.now(UTC))
    alert_actions.take_up(studio_id, [(None, event)])


def said(told: list[dict[str, Any]], begun: float) -> str:
    """What a page did during the break, in words."""
    drawn = [one["alert"] is not None for one in told]
    times = sum(now and not before for before, now in zip([False, *drawn], drawn, strict=False))
    gone = None if drawn[-1] else told[len(drawn) - drawn[::-1].index(True)]["at"] - begun
    left = "stood to the end" if gone is None else f"left {gone:.1f} s after the break began"
    in_time = times == 1 and gone is not None and gone <= SECONDS + LATE_S
    boxes_there = sorted({one["boxes"] for one in told})
    cards = list(dict.fromkeys(one["card"] for one in told))
    return (
        f"the alert of {SECONDS} s {left}, drawn {times} time(s): {'in its time' if in_time else 'MISSED'}; "
        f"boxes {boxes_there}, cards {cards}, {len(told) - 1} changes"
    )
