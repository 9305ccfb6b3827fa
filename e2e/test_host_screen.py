"""The host's screen by itself: what a host can set on it, and how talking points fit."""

import json
from collections.abc import Callable

import psycopg
import pytest
from playwright.sync_api import Dialog, Page, expect

from e2e.conftest import Studio
from e2e.steps import shows

Enter = Callable[..., Page]


def point_size(page: Page) -> float:
    return float(page.locator(".here .points").evaluate("points => parseFloat(getComputedStyle(points).fontSize)"))


def cut_off(page: Page) -> bool:
    """Whether something of the words is below or beside what can be seen."""
    return bool(
        page.locator(".words.here").evaluate(
            """words => [...words.children].some(one =>
              one.getBoundingClientRect().bottom > words.getBoundingClientRect().bottom + 1)"""
        )
    )


@pytest.fixture
def producer(enter: Enter) -> Page:
    page = enter("producer", 1)
    page.keyboard.press("Home")
    shows(page, 1)
    return page


@pytest.fixture
def give_points(producer: Page) -> Callable[[int], None]:
    """Gives the product on air so many talking points, as an override of its session."""

    def give(count: int) -> None:
        text = "\n".join(f"- Point {number} with a few more words to say" for number in range(1, count + 1))
        item = int(producer.url.split("sp=")[1].split("&")[0])
        producer.evaluate(
            """async ([item, text]) => {
              const socket = new WebSocket(`ws://${location.host}/socket/websocket?vsn=2.0.0`);
              await new Promise(open => { socket.onopen = open; });
              const topic = "session:1:meta";
              socket.send(JSON.stringify(["1", "1", topic, "phx_join", {}]));
              socket.send(JSON.stringify(["1", "2", topic, "override_item",
                { item_id: item, changes: { talking_points_md: text } }]));
              await new Promise(done => { socket.onmessage = ({ data }) => JSON.parse(data)[1] === "2" && done(); });
              socket.close();
            }""",
            [item, text],
        )

    return give


def test_points_are_as_large_as_they_fit_and_never_too_small_to_read(
    producer: Page, enter: Enter, give_points: Callable[[int], None]
) -> None:
    host = enter("host", 1)
    shows(host, 1)
    sizes = []

    def show_again() -> None:
        """What is edited under the host's eyes keeps its size until the product is shown the next time."""
        producer.keyboard.press("ArrowDown")
        shows(host, 2)
        producer.keyboard.press("ArrowUp")
        shows(host, 1)

    for count in (1, 3, 6):
        give_points(count)
        expect(host.locator(".here .points li")).to_have_count(count)
        show_again()
        sizes.append(point_size(host))
        assert not cut_off(host)
        expect(host.get_by_text("Page 1 /")).to_have_count(0)
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > sizes[-1] >= 24
    give_points(12)
    expect(host.locator(".here .points li")).to_have_count(12)
    show_again()
    expect(host.get_by_text("Page 1 / 2")).to_be_visible()
    assert point_size(host) == 24
    for _ in range(3):  # once more than there are
        host.keyboard.press("PageDown")
    expect(host.get_by_text("Page 2 / 2")).to_be_visible()
    expect(host.get_by_text("Point 12")).to_be_in_viewport()
    producer.keyboard.press("ArrowDown")
    shows(host, 2)
    producer.keyboard.press("ArrowUp")
    shows(host, 1)
    expect(host.get_by_text("Page 1 / 2")).to_be_visible()


def test_f_puts_the_picture_over_the_whole_screen_and_escape_takes_it_back(producer: Page, enter: Enter) -> None:
    host = enter("host", 1)
    shows(host, 1)
    pane = host.locator(".pane")
    before = pane.bounding_box()
    host.keyboard.press("f")
    expect(host.get_by_role("heading", level=1)).to_be_hidden()
    after = pane.bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] == 1280 > before["width"]
    expect(host.get_by_text("Image 1/2")).to_be_visible()
    host.keyboard.press("Escape")
    shows(host, 1)


def test_what_a_host_sets_on_a_screen_stays_on_it(producer: Page, enter: Enter) -> None:
    host = enter("host", 1)
    shows(host, 1)
    host.keyboard.press("o")
    sheet = host.get_by_role("dialog", name="This screen")
    sheet.get_by_label("Mirror, for a teleprompter's glass").check()
    sheet.get_by_label("Text size").fill("1.5")
    sheet.get_by_role("button", name="Done").click()
    expect(sheet).to_have_count(0)
    host.reload()
    shows(host, 1)
    assert host.locator("main").evaluate("main => getComputedStyle(main).transform") == "matrix(-1, 0, 0, 1, 0, 0)"
    kept = json.loads(host.evaluate("localStorage['cuelight.host-view']"))
    assert kept == {"size": 1.5, "mirror": True, "flip": False, "dim": 0}
    assert point_size(host) >= 36


def test_a_tab_is_not_closed_by_mistake_while_the_show_is_live(producer: Page, enter: Enter, studio: Studio) -> None:
    host = enter("host", 1)
    shows(host, 1)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    host.on("dialog", stay)
    host.keyboard.press("f")  # a browser asks only where somebody has done something
    host.keyboard.press("f")
    with psycopg.connect(studio.url) as database:
        [status] = database.execute("SELECT status FROM live_sessions_session WHERE id = 1").fetchone() or [""]
    if status == "draft":
        producer.get_by_role("button", name="Go live").click()
    expect(host.get_by_text("ON AIR", exact=True)).to_be_visible()
    with host.expect_event("dialog"):
        host.close(run_before_unload=True)
    assert asked == ["beforeunload"]
    shows(host, 1)
