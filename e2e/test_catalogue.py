"""The catalogue by the keyboard: a product that saves itself, a list that is found, edited and taken back."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.conftest import Studio
from e2e.steps import hears_ctrl_k

Enter = Callable[..., Page]

MAKE = """async (names) => {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const brand_id = JSON.parse(document.getElementById("props-ProductList").textContent).brands[0].id;
  const ids = [];
  for (const name of names) {
    const answer = await fetch("/products/new", {
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify({ op_id: crypto.randomUUID(), fields: { brand_id, name, original_price_cents: 4000 } }),
    });
    ids.push((await answer.json()).product.id);
  }
  return ids;
}"""


@pytest.fixture
def page(enter: Enter) -> Page:
    """The list of products, as a producer has it."""
    page = enter("producer", 1, path="/products", worker=False)
    listens(page, "ProductList")
    return page


def listens(page: Page, island: str) -> None:
    expect(page.locator(f"[data-island={island}][data-ready]")).to_be_attached()


def made(page: Page, *names: str) -> list[int]:
    """New products that no session has."""
    ids: list[int] = page.evaluate(MAKE, list(names))
    return ids


def open_form(page: Page, studio: Studio, product_id: int) -> None:
    page.goto(f"{studio.base}/products/{product_id}/edit")
    listens(page, "ProductForm")


def value(studio: Studio, product_id: int, column: str) -> object:
    rows = studio.ask(f"SELECT {column} FROM catalog_product WHERE id = {product_id}")
    return rows[0][0] if rows else None


def row(page: Page, name: str) -> Page:
    return page.get_by_role("row").filter(has_text=name)  # type: ignore[return-value]


def says(page: Page, sentence: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("status").filter(has_text=sentence).first).to_be_visible()


def test_a_product_is_made_by_the_keys_and_survives_a_reload(page: Page, studio: Studio) -> None:
    hears_ctrl_k(page)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option", name=re.compile("New product"))).to_be_visible()
    page.keyboard.type("new product")
    expect(page.get_by_role("dialog").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.type("Moon phase earrings")
    says(page, "Not saved yet: it needs a price.")
    for _ in range(4):  # brand, short name, number, original price
        page.keyboard.press("Tab")
    page.keyboard.type("39.9")
    page.keyboard.press("Tab")
    says(page, "All is saved")
    expect(page).to_have_url(re.compile(r"/products/\d+/edit$"))
    product_id = int(page.url.split("/")[-2])
    page.keyboard.type("24,50")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Sale price")).to_have_value("24.50")
    page.get_by_label("Add a tag").focus()
    page.keyboard.type("Gold,New In")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Remove tag new in")).to_be_visible()
    page.get_by_role("button", name="Add a variant").press("Enter")
    page.keyboard.type("Size 7")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.type("3")
    page.keyboard.press("Tab")
    says(page, "All is saved")
    page.reload()
    listens(page, "ProductForm")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Moon phase earrings")
    expect(page.get_by_label("Sale price")).to_have_value("24.50")
    expect(page.get_by_label("Title of variant 1")).to_have_value("Size 7")
    assert value(studio, product_id, "(original_price_cents, sale_price_cents)::text") == "(3990,2450)"
    assert value(studio, product_id, "tags") == ["gold", "new in"]


def test_what_is_typed_without_a_connection_is_saved_when_it_is_back(page: Page, studio: Studio) -> None:
    [product_id] = made(page, "Comet cuff")
    open_form(page, studio, product_id)
    page.context.set_offline(True)
    page.get_by_label("Name", exact=True).fill("Comet cuff, gold")
    page.keyboard.press("Tab")
    says(page, "Kept, not saved yet")
    page.get_by_label("Stock", exact=True).fill("12")
    says(page, "No connection. What you typed is kept")
    assert value(studio, product_id, "name") == "Comet cuff"
    page.context.set_offline(False)
    says(page, "All is saved")
    assert (value(studio, product_id, "name"), value(studio, product_id, "stock")) == ("Comet cuff, gold", 12)


def test_what_was_not_saved_outlives_a_reload(page: Page, studio: Studio) -> None:
    [product_id] = made(page, "Orbit ring")
    open_form(page, studio, product_id)
    page.route("**/fields", lambda route: route.abort())
    page.get_by_label("Short name").fill("Orbit")
    page.keyboard.press("Tab")
    says(page, "Kept, not saved yet")
    page.unroute("**/fields")
    page.reload()
    listens(page, "ProductForm")
    expect(page.get_by_label("Short name")).to_have_value("Orbit")
    says(page, "All is saved")
    assert value(studio, product_id, "short_name") == "Orbit"


def test_a_mistake_is_said_beside_its_field_and_mended(page: Page, studio: Studio) -> None:
    [product_id] = made(page, "Nova studs")
    open_form(page, studio, product_id)
    sale = page.get_by_label("Sale price")
    sale.fill("1.299,00")
    sale.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("use a point for decimals")
    sale.fill("50")
    sale.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Not saved: The sale price is above the original price.")
    page.get_by_label("Original price").fill("60")
    page.get_by_label("Original price").press("Tab")
    expect(page.get_by_role("alert")).to_have_count(0)
    says(page, "All is saved")
    assert value(studio, product_id, "sale_price_cents") == 5000


def test_two_people_on_one_product(page: Page, enter: Enter, studio: Studio) -> None:
    [product_id] = made(page, "Zodiac pendant")
    open_form(page, studio, product_id)
    colleague = enter("admin", 1, path=f"/products/{product_id}/edit", worker=False)
    listens(colleague, "ProductForm")
    [(name,)] = studio.ask("SELECT name FROM accounts_person WHERE id = (SELECT min(person_id) FROM"
                           " accounts_membership WHERE role = 'admin')")  # fmt: skip
    # What nobody is at follows.
    colleague.get_by_label("Description").fill("Twelve signs.")
    colleague.keyboard.press("Tab")
    expect(page.get_by_label("Description")).to_have_value("Twelve signs.")
    # What somebody is at is theirs to decide.
    page.route("**/fields", lambda route: route.abort())
    page.get_by_label("Name", exact=True).fill("Mine")
    page.keyboard.press("Tab")
    says(page, "Kept, not saved yet")
    colleague.get_by_label("Name", exact=True).fill("Theirs")
    colleague.keyboard.press("Tab")
    expect(page.get_by_role("alert")).to_contain_text(f"{name} changed this to “Theirs”")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Mine")
    page.unroute("**/fields")
    page.get_by_role("button", name="Keep mine").press("Enter")
    expect(colleague.get_by_label("Name", exact=True)).to_have_value("Mine")
    assert value(studio, product_id, "name") == "Mine"
    page.route("**/fields", lambda route: route.abort())
    page.get_by_label("SKU").fill("A-1")
    page.keyboard.press("Tab")
    colleague.get_by_label("SKU").fill("B-2")
    colleague.keyboard.press("Tab")
    page.get_by_role("button", name="Take theirs").press("Enter")
    expect(page.get_by_label("SKU")).to_have_value("B-2")
    assert value(studio, product_id, "sku") == "B-2"


def test_the_host_sees_the_points_as_they_are_typed(page: Page, studio: Studio) -> None:
    [product_id] = made(page, "Halo ring")
    open_form(page, studio, product_id)
    page.get_by_label("Talking points").fill("- **Nine** stones")
    expect(page.get_by_role("region", name="As the host sees them").get_by_role("listitem")).to_have_text("Nine stones")


def test_a_list_is_found_by_the_keys_and_its_address_can_be_shared(page: Page, studio: Studio) -> None:
    made(page, "Quartz drop one", "Quartz drop two")
    page.locator("body").click(position={"x": 1, "y": 1})
    page.keyboard.press("/")
    expect(page.get_by_label("Search products")).to_be_focused()
    page.keyboard.type("quartz drop")
    expect(page).to_have_url(re.compile(r"\?q=quartz\+drop$"))
    expect(page.get_by_role("grid").get_by_role("row")).to_have_count(3)
    page.get_by_label("Stock", exact=True).select_option("unknown")
    expect(page).to_have_url(re.compile(r"stock=unknown"))
    page.get_by_label("Price up to, in USD").fill("39")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("grid").get_by_role("row")).to_have_count(3)
    shared = page.url
    page.goto(shared)
    expect(page.get_by_label("Stock", exact=True)).to_have_value("unknown")
    expect(page.get_by_role("grid").get_by_role("row")).to_have_count(3)
    page.get_by_label("Search products").press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Quartz drop one")).to_be_visible()
    listens(page, "ProductForm")
    page.keyboard.press("Alt+ArrowRight")
    expect(page.get_by_role("heading", name="Quartz drop two")).to_be_visible()
    listens(page, "ProductForm")
    page.keyboard.press("Alt+ArrowRight")
    says(page, "This is the last product of the list.")
    page.keyboard.press("Alt+ArrowLeft")
    expect(page.get_by_role("heading", name="Quartz drop one")).to_be_visible()
    page.get_by_role("link", name="Products").last.press("Enter")
    expect(page).to_have_url(shared)


def test_several_get_a_tag_and_lose_it_again(page: Page, studio: Studio) -> None:
    ids = made(page, "Bulk one", "Bulk two", "Bulk three")
    page.goto(f"{studio.base}/products?q=bulk&sort=newest")
    listens(page, "ProductList")
    page.get_by_label("Search products").press("ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    says(page, "3 products selected")
    page.get_by_role("button", name="Tag", exact=True).press("Enter")
    expect(page.get_by_role("dialog").get_by_label("Tag")).to_be_focused()
    page.keyboard.type("Clearance")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Changed 3 products")
    assert [value(studio, one, "tags") for one in ids] == [["clearance"]] * 3
    page.locator(".toast").get_by_role("button", name="Undo").press("Enter")
    expect(page.locator(".toast")).to_contain_text("Undone: 3 products restored.")
    assert [value(studio, one, "tags") for one in ids] == [[]] * 3
    page.get_by_role("row").nth(1).focus()
    page.keyboard.press("Escape")
    expect(page.get_by_role("toolbar")).to_have_count(0)
    page.keyboard.press("Control+a")
    says(page, "3 products selected")
    page.keyboard.press("Delete")
    expect(page.locator(".toast")).to_contain_text("Deleted 3 products")
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    page.locator(".toast").get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_role("grid").get_by_role("row")).to_have_count(4)


def test_a_price_is_changed_by_a_percentage(page: Page, studio: Studio) -> None:
    [product_id] = made(page, "Percent cuff")
    page.goto(f"{studio.base}/products?q=percent")
    listens(page, "ProductList")
    page.get_by_role("checkbox", name="Select Percent cuff").click()
    page.get_by_role("button", name="Price", exact=True).click()
    page.get_by_role("textbox", name="Percent").fill("-12,5 %")
    page.get_by_role("button", name="Change 1 product").click()
    expect(page.locator(".toast")).to_contain_text("Changed 1 product")
    assert value(studio, product_id, "sale_price_cents") == 3500


def test_a_deleted_product_comes_back_from_the_list(page: Page, studio: Studio) -> None:
    [product_id] = made(page, "Eclipse bangle")
    open_form(page, studio, product_id)
    page.get_by_role("button", name="Delete").press("Enter")
    expect(page).to_have_url(re.compile("/products"))
    expect(page.locator(".toast")).to_contain_text("Deleted “Eclipse bangle”")
    assert value(studio, product_id, "id") is None
    page.locator(".toast").get_by_role("button", name="Undo").press("Enter")
    expect(page.locator(".toast")).to_contain_text("1 product brought back")
    assert value(studio, product_id, "name") == "Eclipse bangle"


def test_a_product_in_a_lineup_stays_and_says_where(page: Page, studio: Studio) -> None:
    [(product_id, session)] = studio.ask(
        "SELECT i.product_id, s.name FROM live_sessions_lineupitem i"
        " JOIN live_sessions_session s ON s.id = i.session_id ORDER BY i.id LIMIT 1"
    )
    open_form(page, studio, int(str(product_id)))
    page.get_by_role("button", name="Delete").press("Enter")
    refusal = page.get_by_role("alert")
    expect(refusal).to_contain_text("is in the lineup of a session")
    expect(refusal.get_by_role("link", name=str(session))).to_be_visible()
    assert value(studio, int(str(product_id)), "id") == product_id


def test_a_copy_is_opened_at_once(page: Page, studio: Studio) -> None:
    [product_id] = made(page, "Twin stars")
    open_form(page, studio, product_id)
    page.get_by_role("button", name="Duplicate").press("Enter")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Twin stars (copy)")
    assert f"/products/{product_id}/" not in page.url


@pytest.fixture
def phone(browser: Browser, studio: Studio) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(studio.link("producer", 1))
    yield page
    context.close()


def test_what_a_picture_shows_can_be_written_below_it(page: Page, studio: Studio) -> None:
    """Another page's style once made the field transparent and took it out of its place."""
    open_form(page, studio, 1)
    words = page.get_by_label("What picture 1 shows")
    words.fill("On a hand")
    tile = page.get_by_role("listitem").filter(has=words).bounding_box()
    place = words.bounding_box()
    assert tile is not None
    assert place is not None
    assert tile["x"] <= place["x"]
    assert place["x"] + place["width"] <= tile["x"] + tile["width"]
    assert words.evaluate("field => field.checkVisibility({ opacityProperty: true })")


@pytest.mark.parametrize("path", ["/products", "/products/new", "/products/1/edit", "/brands"])
def test_nothing_is_wider_than_a_phone(phone: Page, studio: Studio, path: str) -> None:
    phone.goto(studio.base + path)
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    expect(phone.locator("[data-island]:not([data-ready])")).to_have_count(0)
    phone.wait_for_load_state("networkidle")
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
