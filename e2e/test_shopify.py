"""A shop at Shopify: connected, synced, changed by hand, synced again, taken back; all by keyboard."""

import os
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from cuelight.catalog.shopify.tests.fake import CLIENT, SECRET, ShopifyFake
from e2e.conftest import Studio
from e2e.test_accessibility import findings

Enter = Callable[..., Page]
PAGE = "/studios/pavoi/shopify"


@pytest.fixture(scope="module")
def fake() -> Iterator[ShopifyFake]:
    with ShopifyFake() as fake:
        for number in range(1, 61):
            picture = fake.picture(f"{number}.png", f"#{number * 4:02x}8040")
            fake.add(number, f"Linen robe {number}", price="30.00", media=ShopifyFake.media(picture))
        yield fake


@pytest.fixture(scope="module")
def studio(fake: ShopifyFake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    studio = Studio(tmp_path_factory.mktemp("studio"))
    studio._environment = studio._environment | {"CUELIGHT_SHOPIFY_URL": fake.url}
    studio.start()
    yield studio
    assert studio.stop() == 0


def robes(studio: Studio) -> int:
    return int(str(studio.ask("SELECT count(*) FROM catalog_product WHERE name LIKE 'Linen robe%'")[0][0]))


def outcome(page: Page) -> str:
    return page.get_by_role("region", name="Last syncs").get_by_role("row").nth(1).inner_text()


def shot(page: Page, name: str) -> None:
    """Pictures to look at, for whoever wants them."""
    folder = os.environ.get("CUELIGHT_SHOTS")
    if folder:
        for width, height in ((1920, 1080), (1280, 720), (390, 844)):
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=f"{folder}/{name}-{width}.png")
        page.set_viewport_size({"width": 1280, "height": 720})


def test_a_shop_is_connected_synced_changed_by_hand_and_taken_back(
    enter: Enter, studio: Studio, fake: ShopifyFake
) -> None:
    page = enter("admin", path=PAGE)
    shot(page, "none")
    assert findings(page) == []
    page.get_by_label("Address of the shop").fill("pavoi")
    page.get_by_label("Client ID").fill(CLIENT)
    page.get_by_label("Client secret").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Shopify does not know this client ID")).to_be_visible()
    expect(page.get_by_label("Address of the shop")).to_have_value("pavoi")
    shot(page, "wrong")
    page.get_by_label("Client secret").fill(SECRET)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Pavoi Jewelry")).to_be_visible()
    runs = page.get_by_role("region", name="Last syncs")
    expect(runs.get_by_text("new 60")).to_be_visible(timeout=60_000)
    assert robes(studio) == 60
    expect(page.get_by_text("Last synced")).to_be_visible()
    head, cell = (runs.get_by_role(role, name=name).bounding_box() for role, name in (
        ("columnheader", "Outcome"), ("cell", "new 60")))  # fmt: skip
    assert head is not None
    assert cell is not None
    assert abs(head["x"] - cell["x"]) < 2
    shot(page, "synced")
    assert findings(page) == []

    # Somebody changes a name here; the shop changes it and a price there.
    studio.ask("UPDATE catalog_product SET name = 'Our robe', hand_edited = '{name}' WHERE name = 'Linen robe 7'"
               " RETURNING id")  # fmt: skip
    fake.touch(7, title="Their robe", price="25.00")
    button = page.get_by_role("button", name="Sync now")
    button.focus()
    page.keyboard.press("Enter")
    expect(runs.get_by_text(re.compile("price 1,.*left as you have it 1"))).to_be_visible(timeout=60_000)
    [row] = studio.ask("SELECT name, original_price_cents FROM catalog_product WHERE name LIKE '%robe' LIMIT 1")
    assert row == ("Our robe", 2500)

    runs.get_by_role("button", name=re.compile("Take back")).first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Taken back: 1 product as before")).to_be_visible()
    [row] = studio.ask("SELECT name, original_price_cents FROM catalog_product WHERE name LIKE '%robe' LIMIT 1")
    assert row == ("Our robe", 3000)

    page.get_by_role("button", name="Compare everything").click()
    expect(runs.get_by_role("row").nth(1)).to_contain_text("left as you have it 2", timeout=60_000)
    [row] = studio.ask("SELECT name, original_price_cents FROM catalog_product WHERE name LIKE '%robe' LIMIT 1")
    assert row == ("Our robe", 3000)


def test_what_is_wrong_with_the_shop_is_said_and_mended(enter: Enter, studio: Studio, fake: ShopifyFake) -> None:
    page = enter("admin", path=PAGE)
    fake.is_installed = False
    page.get_by_role("button", name="Sync now").click()
    expect(page.get_by_role("alert")).to_contain_text("The app is not installed", timeout=30_000)
    expect(page.get_by_text("Needs you")).to_be_visible()
    shot(page, "error")
    assert findings(page) == []
    fake.is_installed = True
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Connected", exact=True)).to_be_visible(timeout=30_000)
    page.get_by_text("Connection", exact=True).click()
    shot(page, "connection")
    page.emulate_media(color_scheme="dark")
    page.reload()
    page.get_by_text("Connection", exact=True).click()
    shot(page, "dark")
    assert findings(page) == []


def test_a_shop_is_disconnected_and_taken_up_again(enter: Enter, studio: Studio, browser: Browser) -> None:
    page = enter("admin", path=PAGE)
    page.get_by_text("Connection", exact=True).click()
    page.get_by_role("button", name="Disconnect").click()
    expect(page.get_by_text("The shop is disconnected. Its products stay.")).to_be_visible()
    assert robes(studio) > 50
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Pavoi Jewelry")).to_be_visible()
