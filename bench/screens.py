"""``make screens``: every page in every state at three sizes, into docs/screens/.

Each picture is named ``page-state-width.webp``. They are made to be looked at: after a change to a page run this, look,
and commit what has changed. ``bench/screens.py plain imports`` takes only those parts; `_take` names them.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

import screens_documents
import screens_office
from arena import Arena, arena, find_chromium, own_folder, server
from keypress import link
from shot import TARGET, shoot

from cuelight.catalog.shopify.tests.fake import CLIENT, SECRET, ShopifyFake

PICTURES = ROOT / "samples" / "pavoi" / "images"
LONG_NAME = "Aurora Crystal Lariat Necklace in Fourteen Karat Gold over Brass with Seven Hand-Set Stones"
POINTS = [
    "14k gold over brass, three microns thick",
    "Nickel free, lead free: nobody's neck turns green",
    "Weighs less than a paper clip; sleep in it",
    "Adjusts from 16 to 18 inches",
    "The clasp is a lobster, not a spring ring",
    "Each stone is set by hand, none is glued",
    "Wear it in the shower; not in the pool",
    "Matches numbers 4, 9 and 17",
    "Comes in a box that can be given as it is",
    "Two years: we mend it or replace it",
    "Ships today until five",
    "Only forty were made, and none will be made again",
]
#: Number in the show, state, name, pictures, talking points, prices in cents.
PRODUCTS: list[tuple[str, str, int, int, int, int | None]] = [
    ("usual", "Tennis Bracelet, Rose Gold", 3, 5, 7799, 5299),
    ("no-picture", "Signet Ring, Silver", 0, 3, 4499, None),
    ("one-picture", "Huggie Earrings, Gold", 1, 4, 3599, 2699),
    ("long-name", LONG_NAME, 2, 4, 7799, 5299),
    ("3-points", "Pearl Drops, Gold", 2, 3, 5899, 4199),
    ("12-points", "Lariat Necklace, Gold", 2, 12, 7799, 5299),
    ("no-sale", "Stacking Rings, Set of Five", 2, 5, 6199, None),
]


def main() -> int:
    chromium = find_chromium()
    if chromium is None:
        print("This needs Chromium on PATH ('apt-get install chromium').")
        return 1
    with own_folder("screens") as folder, arena(folder, loaded=False) as ready:
        show, empty = _fill()
        with ShopifyFake() as fake, _worker(ready, fake.url), server(ready, CUELIGHT_SHOPIFY_URL=fake.url) as (port, _):
            for number in range(1, 61):
                fake.add(number, f"Linen robe {number}", price="30.00")
            _take(ready, f"http://localhost:{port}", show, empty, chromium)
    pictures = sorted(TARGET.glob("*.webp"))
    print(f"{len(pictures)} pictures in docs/screens, {sum(one.stat().st_size for one in pictures) / 2**20:.1f} MB")
    return 0


@contextmanager
def _worker(ready: Arena, shop: str) -> Iterator[None]:
    """What reads files and shops; ends with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cuelight", "worker"], env=ready.environment | {"CUELIGHT_SHOPIFY_URL": shop}, cwd=ROOT
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def _fill() -> tuple[int, int]:
    """Beside the sample studio's own, a show with a product for each state and a show without any; their ids."""
    from django.db import transaction

    from cuelight.accounts import queries
    from cuelight.catalog import actions as catalog
    from cuelight.catalog import queries as catalog_queries
    from cuelight.sessions import actions

    studio = queries.studio_by_slug()
    brand = catalog_queries.list_brands(studio["id"])[0]
    files = sorted(PICTURES.glob("*.jpg"))
    products = []
    for place, (_, name, pictures, points, original, sale) in enumerate(PRODUCTS):
        product_id = catalog.create_product(
            studio["id"],
            brand["id"],
            display_number=900 + place,
            name=name,
            original_price_cents=original,
            sale_price_cents=sale,
            talking_points_md="\n".join(f"- {point}" for point in POINTS[:points]),
            pid=f"17293847560007{place:05}",
            sku=f"AUR-{place:03}",
            stock=None if place % 2 else 12,
        )
        for number in range(pictures):
            file = files[(place * 2 + number) % len(files)]
            catalog.make_thumbnails(catalog.add_image(product_id, BytesIO(file.read_bytes()), alt_text=name))
        products.append(product_id)
    show = actions.create_session(studio["id"], name="Friday Night Gold")
    with transaction.atomic():
        actions.add_products(show, studio["id"], list(enumerate(products, start=1)), actor_id=None)
    return show, actions.create_session(studio["id"], name="Nothing yet")


def _take(ready: Arena, base: str, show: int, empty: int, chromium: str) -> None:
    from playwright.sync_api import sync_playwright

    TARGET.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])

        def enter(role: str, path: str, **options: Any) -> Any:
            page = browser.new_context(viewport={"width": 1920, "height": 1080}, **options).new_page()
            page.goto(base + link(ready, role))
            page.goto(base + path)
            page.wait_for_load_state("networkidle")
            return page

        parts = {
            "plain": lambda: screens_office.plain(enter, base),
            "catalogue": lambda: screens_office.catalogue(enter, base),
            "imports": lambda: screens_office.imports(enter, base),
            "shop": lambda: screens_office.shop(enter, CLIENT, SECRET),
            "sessions": lambda: screens_office.sessions(enter, base, show, empty),
            "documents": lambda: screens_documents.documents(enter, base),
            "live": lambda: _live(enter, base, show, empty),
        }
        if not sys.argv[1:]:
            for old in TARGET.glob("*.webp"):
                old.unlink()
        for part in sys.argv[1:] or parts:
            parts[part]()
        browser.close()


def _live(enter: Callable[..., Any], base: str, show: int, empty: int) -> None:
    console, host = enter("producer", f"/sessions/{empty}/producer"), enter("host", f"/sessions/{empty}/host")
    _both(console, host, "empty")
    for page, name in ((console, "producer"), (host, "host")):
        page.goto(f"{base}/sessions/{show}/{name}")
        page.wait_for_load_state("networkidle")
    for number, (state, *_) in enumerate(PRODUCTS, start=1):
        console.keyboard.type(str(number))
        console.keyboard.press("Enter")
        host.locator(".here .position", has_text=str(number)).wait_for()
        _both(console, host, state)
    console.keyboard.press("Home")
    _rehearsed_and_live(console, host)
    _over_the_console(console)
    host.keyboard.press("f")
    shoot(host, "host-full-picture")
    host.keyboard.press("Escape")
    _without_network(console, host)
    _forty(console, host, base)
    console.goto(f"{base}/sessions/{show}/history")
    shoot(console, "history")


def _rehearsed_and_live(console: Any, host: Any) -> None:
    console.get_by_role("button", name="Rehearse").click()
    host.get_by_text("REHEARSAL").first.wait_for()
    _both(console, host, "rehearsal")
    console.get_by_role("button", name="End rehearsal").click()
    console.get_by_role("button", name="Go live").click()
    host.get_by_text("ON AIR").first.wait_for()
    _both(console, host, "live")
    console.keyboard.press("m")
    console.keyboard.type("Two minutes left, then the lariat")
    console.keyboard.press("Enter")
    console.keyboard.press("Escape")
    host.get_by_text("Two minutes left").first.wait_for()
    _both(console, host, "message")
    host.keyboard.press("Enter")
    console.keyboard.press("d")
    console.get_by_role("dialog", name="Flash price").wait_for()
    shoot(console, "console-flash-panel")
    console.keyboard.press("Enter")
    host.locator(".stamp.flash").wait_for()
    _both(console, host, "flash")
    console.keyboard.press("Control+z")


def _forty(console: Any, host: Any, base: str) -> None:
    """The sample show of forty, in the middle of it."""
    for page, name in ((console, "producer"), (host, "host")):
        page.goto(f"{base}/sessions/2/{name}")
        page.wait_for_load_state("networkidle")
    console.get_by_role("button", name="Go live").click()
    console.keyboard.type("23")
    console.keyboard.press("Enter")
    host.locator(".here .position", has_text="23").wait_for()
    console.keyboard.press("m")
    console.keyboard.press("ArrowDown")
    console.keyboard.press("Enter")
    console.keyboard.press("Escape")
    host.get_by_text("Wrap it up").first.wait_for()
    _both(console, host, "forty")


def _over_the_console(console: Any) -> None:
    """What opens over it; Escape closes each, the panel with a field in it by the second."""
    shoot(console, "console-typed", lambda: console.keyboard.press("4"), again=lambda: console.keyboard.press("Escape"))
    for key, name in (("?", "keys"), ("s", "settings"), ("e", "edit"), ("Control+k", "palette")):
        shoot(console, f"console-{name}", lambda key=key: console.keyboard.press(key))
        for _ in range(2):
            console.keyboard.press("Escape")


def _without_network(console: Any, host: Any) -> None:
    for page in (console, host):
        page.context.set_offline(True)
    host.get_by_text("Holding since").first.wait_for()
    _both(console, host, "offline")
    for page in (console, host):
        page.context.set_offline(False)
    console.get_by_text("Connected").first.wait_for()


def _both(console: Any, host: Any, state: str) -> None:
    shoot(host, f"host-{state}")
    shoot(console, f"console-{state}")


if __name__ == "__main__":
    sys.exit(main())
