"""A key on the producer's page to the pixels of ten overlays that OBS could hold, in a real browser.

    python bench/overlays.py [keys] [outage] [paint]     alone, without the other measures and without gcc

Each overlay is a page of its own on a canvas of 1920×1080 with the product card, half of them with five other widgets
beside it that a simulated audience moves. A key counts from its event's own time stamp to the beginning of the frame
after the one in which the card had the other product's words. Beside it, in the same run: the host's screen.
``outage``: an alert is on air, and then nobody answers for a minute (`overlay_outage.py`). ``paint``: how soon a page
draws something (`overlay_paint.py`).

Pages of one machine read one clock, each with a beginning of its own: ``performance.timeOrigin + performance.now()``
is how it is told. How far they are apart is measured in the same run, against this process's clock.
"""

import io
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from arena import Arena, arena, find_chromium, median, own_folder, server
from keypress import FRAME, WATCH, open_page, percentile
from keypress import link as link_of
from lineup import hundred_products
from overlay_pages import CARD, LANDSCAPE, boxes, crew, make_overlay, open_console, open_overlay

KEYS = 200
OVERLAYS = 10
PRODUCTS = 40
#: Between two keys: the card stands still, and so do the host's pictures.
PAUSE_MS = 500
#: After them come so many at which pixels are looked at. A picture costs every page frames: they count by themselves.
LOOKS = 10
BAR_P99_MS = 250
#: What stands beside the card on every other overlay.
BESIDE = ("alert_box", "chat", "event_list", "goal", "timer")

#: Which number the card has, and when the frame with it had been drawn: the frame after it begins then.
CARDS = """() => {
  window.cards = [];
  const root = document.querySelector("[data-widget=product_card] .host").shadowRoot;
  const number = () => parseInt(root.querySelector(".card .number")?.textContent.replace(/\\D+/, ""));
  let last = number();
  new MutationObserver(() => {
    const now = number();
    if (now === last || Number.isNaN(now)) return;
    last = now;
    requestAnimationFrame(() => requestAnimationFrame(
      () => window.cards.push([now, performance.timeOrigin + performance.now()])));
  }).observe(root, { subtree: true, childList: true, characterData: true });
}"""
PRESSED = """() => {
  window.pressed = [];
  addEventListener("keydown", event => window.pressed.push(performance.timeOrigin + event.timeStamp), true);
}"""
#: When the socket brought a card, before anything is done with it.
HEARD = """window.heard = [];
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => {
      if (String(data).includes('"card_changed"')) window.heard.push(performance.timeOrigin + performance.now());
    });
  }
};"""
CLOCK = "() => performance.timeOrigin + performance.now()"


def measure(arena: Arena) -> Iterator[str]:
    chromium = find_chromium()
    if chromium is None:
        yield "skipped: no Chromium on PATH ('apt-get install chromium')"
        return
    from cuelight.streams import accounts

    session_id = hundred_products("Ten overlays", count=PRODUCTS)
    accounts.switch(crew().studio_id, "simulator", on=True, rate=1.5, seed=4)
    paths = [
        make_overlay(f"Overlay {number + 1}", [CARD] if number % 2 == 0 else several())[1] for number in range(OVERLAYS)
    ]
    with server(arena) as (port, _):
        each, heard, hosts, apart_ms, frame_ms, looked = press(arena, port, session_id, chromium, paths)
    every = sorted(ms for one in each for ms in one)
    last = sorted(max(one) for one in zip(*each, strict=True))
    alone, beside = (sorted(ms for one in each[at::2] for ms in one) for at in (0, 1))
    hosts.sort()
    heard.sort()
    yield (
        f"key → card of {OVERLAYS} overlays over {len(hosts)} keys: {spread(every)} (bar: p99 {BAR_P99_MS});"
        f" {median(every) / median(hosts):.2f} × a host's screen in the same run ({spread(hosts)})"
    )
    yield (
        f"key → the frame on an overlay's socket: {spread(heard)}; to its pixels it is"
        f" {median(every) / median(heard):.2f} × that"
    )
    yield f"the card alone: {spread(alone)}; with {len(BESIDE)} other widgets: {spread(beside)}"
    yield f"the last of them: {spread(last)}; a frame is {frame_ms:.1f} ms, the clocks are {apart_ms:.1f} ms apart"
    yield (
        f"pixels, {len(looked)} times: every picture had the new card; the first with it was there p50"
        f" {median(looked):.0f}, most {max(looked):.0f} ms after the key, the time to take it included"
    )


def several() -> list[dict[str, Any]]:
    return [CARD, *(box for box in boxes(LANDSCAPE) if box["type"] in BESIDE)]


def spread(ordered: list[float]) -> str:
    at = ", ".join(f"p{share} {percentile(ordered, share):.1f}" for share in (50, 95, 99))
    return f"{at}, most {ordered[-1]:.1f} ms"


def press(
    arena: Arena, port: int, session_id: int, chromium: str, paths: list[str]
) -> tuple[list[list[float]], list[float], list[float], float, float, list[float]]:
    """Milliseconds from each key to each overlay, to the frames on their sockets and to the host's screen; how far the
    pages' clocks are apart, how long a frame is; and from the last keys to a picture that had the card in it."""
    from playwright.sync_api import sync_playwright

    base = f"http://localhost:{port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        console = open_console(browser, arena, base, session_id)
        host = open_page(browser, base, link_of(arena, "host"), f"/sessions/{session_id}/host")
        overlays = [open_overlay(browser, base + path, script=HEARD) for path in paths]
        for page in overlays:
            page.locator("article.card").wait_for()
            page.evaluate(CARDS)
            page.evaluate("() => { window.heard = []; }")
        host.wait_for_load_state("networkidle", timeout=120_000)
        host.evaluate(WATCH)
        console.evaluate(PRESSED)
        apart_ms = clocks_apart([console, host, *overlays])
        for _ in range(KEYS):
            console.keyboard.press("ArrowDown")
            console.wait_for_timeout(PAUSE_MS)
        looked = []
        for key in range(LOOKS):
            screen = overlays[key % OVERLAYS]
            before = picture(screen)
            console.keyboard.press("ArrowDown")
            looked.append(until_it_shows(console, screen, before))
            console.wait_for_timeout(PAUSE_MS)
        pressed = console.evaluate("() => window.pressed")
        drawn = [page.evaluate("() => window.cards") for page in overlays]
        frames = [page.evaluate("() => window.heard") for page in overlays]
        shown = host.evaluate("() => window.shown")
        frame_ms = overlays[0].evaluate(FRAME)
        browser.close()
    keys = KEYS + LOOKS
    if len(pressed) != keys or len(shown) != keys:
        raise RuntimeError(f"{keys} keys: the console saw {len(pressed)}, the host showed {len(shown)} products")
    each = [took(pressed, cards)[:KEYS] for cards in drawn]
    heard = [at - begun for one in frames for begun, at in list(zip(pressed, one, strict=True))[:KEYS]]
    hosts = [at - begun for begun, at in zip(pressed, shown, strict=True)][:KEYS]
    return each, heard, hosts, apart_ms, frame_ms, looked


def took(pressed: list[float], cards: list[list[float]]) -> list[float]:
    """Milliseconds of each key. Raises RuntimeError for a card that was never drawn by itself."""
    numbers = [int(number) for number, _ in cards]
    due = [key % PRODUCTS + 1 for key in range(1, len(pressed) + 1)]
    if numbers != due:
        raise RuntimeError(f"{len(due)} keys, but an overlay showed {len(numbers)} cards: {numbers[-10:]}")
    return [at - begun for begun, (_, at) in zip(pressed, cards, strict=True)]


def clocks_apart(pages: list[Any]) -> float:
    """How far the pages' clocks are apart at most, in ms: each against this process's, by its quickest answer."""
    ahead = []
    for page in pages:
        answers = []
        for _ in range(20):
            asked = time.time() * 1000
            there = page.evaluate(CLOCK)
            here = time.time() * 1000
            answers.append((here - asked, there - (asked + here) / 2))
        ahead.append(min(answers)[1])
    return max(ahead) - min(ahead)


def picture(page: Any) -> Any:
    """The card's place as OBS would lay it over the stream, with its alpha."""
    from PIL import Image

    clip = {name: CARD[name] for name in ("x", "y", "width", "height")}
    shot = page.screenshot(omit_background=True, clip=clip)
    with Image.open(io.BytesIO(shot)) as image:
        return image.convert("RGBA")


def until_it_shows(console: Any, screen: Any, before: Any) -> float:
    """Milliseconds from the last key to a picture in which the card's words are others than before.

    Raises RuntimeError when none has them within two seconds.
    """
    words = (200, 0, before.width, before.height)
    give_up = time.monotonic() + 2
    while time.monotonic() < give_up:
        now = picture(screen)
        there = time.time() * 1000
        if now.crop(words).tobytes() != before.crop(words).tobytes() and now.getchannel("A").getextrema()[1] > 220:
            return float(there - console.evaluate("() => window.pressed.at(-1)"))
    raise RuntimeError("an overlay says that it has drawn a card, and no picture has it")


def main(parts: list[str]) -> int:
    from overlay_outage import outage
    from overlay_paint import paint

    measures = {"keys": measure, "outage": outage, "paint": paint}
    if unknown := set(parts) - set(measures):
        print(f"There is no part {', '.join(sorted(unknown))}; there are {', '.join(measures)}.")
        return 2
    with own_folder("bench") as folder, arena(folder, loaded=False) as ready:
        for part in parts or ["keys"]:
            print(part, flush=True)
            for line in measures[part](ready):
                print(f"  {line}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
