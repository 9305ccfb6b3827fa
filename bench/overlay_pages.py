"""Overlays to measure with: made in the database, opened as OBS does, in a browser without anybody signed in."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from arena import Arena
from keypress import link

Boxes = list[dict[str, Any]]
Result = TypeVar("Result")

CARD = {"id": "card", "type": "product_card", "x": 96, "y": 760, "width": 620, "height": 230, "shown": True}
#: One of every kind on a canvas of 1920×1080: type, x, y, width, height.
LANDSCAPE = (
    ("product_card", 96, 760, 620, 230),
    ("alert_box", 610, 64, 700, 260),
    ("chat", 1384, 220, 440, 640),
    ("event_list", 96, 54, 420, 300),
    ("goal", 1384, 54, 440, 110),
    ("timer", 740, 360, 420, 150),
    ("viewer_count", 96, 380, 300, 80),
    ("follower_count", 96, 480, 300, 80),
    ("question", 748, 760, 600, 200),
    ("supporters", 740, 530, 420, 210),
    ("ticker", 0, 1016, 1920, 64),
)
#: The same on 1080×1920.
UPRIGHT = (
    ("alert_box", 60, 220, 850, 260),
    ("goal", 60, 500, 850, 110),
    ("viewer_count", 60, 630, 300, 70),
    ("follower_count", 380, 630, 300, 70),
    ("chat", 60, 714, 500, 324),
    ("event_list", 580, 714, 330, 324),
    ("product_card", 60, 1060, 850, 220),
    ("timer", 60, 1300, 400, 130),
    ("question", 60, 1450, 850, 180),
    ("supporters", 480, 1300, 430, 140),
    ("ticker", 0, 1700, 1080, 64),
)

# Playwright has a loop of its own on this thread, where Django's database does not work.
_apart = ThreadPoolExecutor(1)


def apart(work: Callable[..., Result], *given: Any, **named: Any) -> Result:
    """Does what writes to the database on a thread of its own, and waits for it."""
    return _apart.submit(work, *given, **named).result()


def boxes(places: Iterable[tuple[str, int, int, int, int]]) -> Boxes:
    return [
        {"id": kind.replace("_", ""), "type": kind, "x": x, "y": y, "width": width, "height": height, "shown": True}
        for kind, x, y, width, height in places
    ]


def crew() -> Any:
    """The sample studio's producer, as whoever makes overlays."""
    from cuelight.accounts import queries
    from cuelight.accounts.access import Access

    studio_id = queries.studio_by_slug()["id"]
    person_id, _ = queries.person_with_role(studio_id, "admin")
    return Access(studio_id, frozenset({"admin"}), person_id)


def make_overlay(name: str, placed: Boxes, width: int = 1920, height: int = 1080) -> tuple[int, str]:
    """A new overlay's id and path."""
    from cuelight.widgets import actions, queries

    made = actions.create_overlay(name, width, height, access=crew(), boxes=placed)
    return made.pk, f"/w/{queries.secret_of(made)}"


def open_overlay(browser: Any, address: str, *, script: str = "") -> Any:
    """A page like OBS's on 1920×1080; ``script`` runs before its own."""
    page = browser.new_context(viewport={"width": 1920, "height": 1080}, service_workers="block").new_page()
    page.add_init_script(script)
    page.goto(address)
    page.locator("#overlay[data-ready]").wait_for(state="attached")
    return page


def open_console(browser: Any, arena: Arena, base: str, session_id: int) -> Any:
    """The producer's page of a session that is live, on its first product, with the card shown."""
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    page.goto(base + link(arena, "producer"))
    page.goto(f"{base}/sessions/{session_id}/producer")
    page.wait_for_function("() => document.querySelector('.here h1')")
    page.wait_for_load_state("networkidle", timeout=120_000)
    if page.get_by_role("button", name="Go live").count():
        page.get_by_role("button", name="Go live").click()
    page.get_by_role("button", name="End the show").wait_for()
    page.keyboard.press("Home")
    if page.get_by_role("button", name="Card hidden").count():
        page.keyboard.press("v")
    page.get_by_role("button", name="Card shown").wait_for()
    return page
