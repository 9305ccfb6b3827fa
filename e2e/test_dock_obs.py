"""A dock and its OBS: scenes follow the show, its stream reaches the lamp, and what is refused is not tried again."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.conftest import Studio
from e2e.docks import make_dock, open_dock
from e2e.fake_obs import FakeObs

Enter = Callable[..., Page]

PASSWORD = "open sesame"


@pytest.fixture
def obs() -> Iterator[FakeObs]:
    fake = FakeObs(password=PASSWORD).start()
    yield fake
    fake.end()


@pytest.fixture
def dock(console: Page, browser: Browser, studio: Studio) -> Iterator[Page]:
    page = open_dock(browser, studio, make_dock(studio)[1], height=1200)
    expect(page.locator("[data-product='1']")).to_be_visible()
    yield page
    page.context.close()


def connect(page: Page, obs: FakeObs, password: str = PASSWORD) -> None:
    page.get_by_label("Address").fill(obs.address)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Connect OBS").click()


def says(page: Page, words: str) -> None:
    expect(page.locator("[data-piece='obs']")).to_contain_text(words)


def on_stream(page: Page, scene: str) -> None:
    """It may be looked for only every ten seconds by then."""
    expect(page.locator("[data-piece='scene']")).to_have_text(scene, timeout=20_000)


def drives(page: Page) -> None:
    expect(page.get_by_text("This dock drives OBS.")).to_be_visible(timeout=20_000)


def lamp(page: Page, words: str) -> None:
    """A dock that has just closed keeps the word for some seconds, as it might have been reloaded."""
    expect(page.locator("[data-piece='lamp']")).to_have_text(words, timeout=20_000)


def test_scenes_follow_the_show_and_the_lamp_follows_the_stream(dock: Page, console: Page, obs: FakeObs) -> None:
    connect(dock, obs)
    on_stream(dock, "Wide")
    drives(dock)
    assert dock.get_by_label("Scene", exact=True).locator("option").all_inner_texts()[1:] == [
        "Wide",
        "Close-up",
        "Break",
    ]

    console.keyboard.press("ArrowDown")
    expect(dock.locator("[data-product='2']")).to_be_visible()
    dock.get_by_label("Scene for product 2").select_option("Close-up")
    console.keyboard.press("ArrowUp")
    expect(dock.locator("[data-product='1']")).to_be_visible()
    on_stream(dock, "Wide")
    console.keyboard.press("ArrowDown")
    on_stream(dock, "Close-up")
    assert obs.scene == "Close-up"
    obs.switch("Break")
    on_stream(dock, "Break")

    lamp(dock, "NOBODY SEES IT")
    obs.start_stream()
    lamp(dock, "NOT LIVE YET")
    obs.lose_ingest()
    lamp(dock, "NOT LIVE YET")
    obs.stop_stream()
    lamp(dock, "NOBODY SEES IT")

    dock.get_by_label("Browser source").select_option("Overlay")
    dock.get_by_role("button", name="Refresh").click()
    expect(dock.get_by_role("alert")).to_have_count(0)
    _until(dock, lambda: obs.refreshed == ["Overlay"])


def test_an_obs_that_is_started_again_is_found_again(dock: Page, console: Page, obs: FakeObs) -> None:
    connect(dock, obs)
    on_stream(dock, "Wide")
    obs.start_stream()
    lamp(dock, "NOT LIVE YET")
    obs.quit()
    says(dock, "Looking for it again")
    lamp(dock, "NOBODY SEES IT")
    obs.start()
    on_stream(dock, "Wide")
    obs.crash()
    says(dock, "Looking for it again")
    obs.start()
    on_stream(dock, "Wide")
    obs.change_collection(["Studio", "Table"])
    on_stream(dock, "Studio")


def test_a_wrong_password_and_a_kick_are_not_tried_again(dock: Page, obs: FakeObs) -> None:
    connect(dock, obs, "not it")
    says(dock, "did not take the password")
    before = obs.connections
    connect(dock, obs)
    on_stream(dock, "Wide")
    assert obs.connections == before + 1
    obs.kick()
    says(dock, "ended this connection by hand")
    expect(dock.get_by_role("button", name="Connect OBS")).to_be_visible()
    assert obs.connections == before + 1


def test_one_dock_drives_and_another_can_take_over(
    dock: Page, console: Page, obs: FakeObs, browser: Browser, studio: Studio
) -> None:
    connect(dock, obs)
    drives(dock)
    other = open_dock(browser, studio, make_dock(studio, name="Second")[1], height=1200)
    connect(other, obs)
    expect(other.get_by_text("Desk drives OBS.")).to_be_visible()
    other.get_by_role("button", name="Drive OBS from here").click()
    drives(other)
    expect(dock.get_by_text("Second drives OBS.")).to_be_visible()
    other.context.close()


def test_the_password_is_kept_only_where_somebody_asks_for_it(dock: Page, obs: FakeObs) -> None:
    connect(dock, obs)
    on_stream(dock, "Wide")
    assert PASSWORD not in dock.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    dock.get_by_role("button", name="Disconnect OBS").click()
    dock.get_by_label("Keep the password in this browser").check()
    connect(dock, obs)
    on_stream(dock, "Wide")
    dock.reload()
    on_stream(dock, "Wide")


def _until(page: Page, holds: Callable[[], bool]) -> None:
    """What the fake OBS was asked for is there a moment after the click."""
    for _ in range(200):
        if holds():
            return
        page.wait_for_timeout(25)
    raise AssertionError("it has not come about")
