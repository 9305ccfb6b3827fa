"""Stories of a file: what it would change is shown, done, and taken back; a strange one is mapped once."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from e2e.conftest import Studio

Enter = Callable[..., Page]
SAMPLES = Path(__file__).resolve().parent.parent / "samples"


def upload(page: Page, file: Path, *, brand: str = "", update: bool = False) -> None:
    page.get_by_label("File", exact=True).set_input_files(file)
    if brand:
        page.get_by_label("or a new brand").fill(brand)
    box = page.get_by_label("Update products that are there already")
    box.set_checked(update)
    page.get_by_role("button", name="Preview").press("Enter")


def test_a_shop_comes_in_and_goes_again(enter: Enter, studio: Studio) -> None:
    before = studio.ask("SELECT count(*) FROM catalog_product")
    page = enter("producer", 1, path="/imports")
    upload(page, SAMPLES / "shopify-60-products.csv", brand="Shop")
    expect(page.get_by_label("Kind of file")).to_have_value("shopify")
    expect(page.get_by_text("60 products: 60 new. Nothing is written yet.")).to_be_visible()
    expect(page.get_by_text(re.compile("new brands?: Aurora & Co"))).to_be_visible()
    page.get_by_role("button", name="Import 60 products").press("Enter")
    expect(page.get_by_text("Done: 60 new.")).to_be_visible()
    page.get_by_role("button", name="Take this import back").press("Enter")
    expect(page.get_by_text("Taken back: 60 new products removed again.")).to_be_visible()
    expect(page.get_by_role("button", name="Take this import back")).to_have_count(0)
    assert studio.ask("SELECT count(*) FROM catalog_product") == before
    assert studio.ask("SELECT count(*) FROM catalog_brand WHERE name = 'Aurora & Co'") == [(0,)]


def test_a_picture_that_could_not_be_fetched_says_why_and_is_tried_again(
    enter: Enter, studio: Studio, tmp_path: Path
) -> None:
    page = enter("producer", 1, path="/imports")
    sheet = tmp_path / "shop.csv"
    sheet.write_text("URL handle,Title,Price,Product image URL\npearl,Pearl,10.00,http://127.0.0.1:9/pearl.jpg\n")
    upload(page, sheet, brand="Pictures")
    page.get_by_role("button", name="Import 1 product").press("Enter")
    # Pictures of other tests may be before it, at addresses that take their time.
    expect(page.get_by_text("1 picture could not be fetched")).to_be_visible(timeout=60_000)
    missing = page.get_by_role("listitem").filter(has=page.get_by_role("link", name="Pearl"))
    expect(missing).to_contain_text("This address is not a public one")
    expect(missing).to_contain_text("http://127.0.0.1:9/pearl.jpg")
    studio.ask(
        "UPDATE catalog_picturetofetch SET url = 'http://127.0.0.1:9/second.jpg'"
        " WHERE url = 'http://127.0.0.1:9/pearl.jpg' RETURNING id"
    )
    page.get_by_role("button", name="Try to fetch them again").press("Enter")
    expect(missing).to_contain_text("http://127.0.0.1:9/second.jpg")
    expect(missing).to_contain_text("This address is not a public one")


def test_what_would_change_is_seen_before_and_can_be_narrowed(enter: Enter, tmp_path: Path) -> None:
    page = enter("producer", 1, path="/imports")
    sheet = tmp_path / "list.csv"
    lines = "index,name,original_price,sku\n1,Ring,10.00,Q-1\n2,Chain,20.00,Q-2\n3,Hoop,30.00,Q-3\n"
    sheet.write_text(lines)
    upload(page, sheet, brand="Changes")
    page.get_by_role("button", name="Import 3 rows").click()
    expect(page.get_by_text("Done: 3 new.")).to_be_visible()
    page.goto(page.url.rsplit("/", 1)[0])
    sheet.write_text(lines.replace("10.00", "9.00").replace("20.00", "19.00").replace("Hoop", "Hoops"))
    page.get_by_label("Brand", exact=True).select_option(label="Changes")
    upload(page, sheet)
    expect(page.get_by_text("3 there already, left as they are")).to_be_visible()
    page.get_by_label("Update products that are there already").check()
    expect(page.get_by_text("2 prices change")).to_be_visible()
    expect(page.get_by_text("1 name changes")).to_be_visible()
    table = page.get_by_role("region", name="Changes").get_by_role("table")
    expect(table.get_by_role("row")).to_have_count(4)
    page.get_by_role("group", name="Show only").get_by_role("button", name=re.compile("^Name")).press("Enter")
    expect(table.get_by_role("row")).to_have_count(2)
    expect(table.get_by_role("row").nth(1)).to_contain_text(re.compile("Hoop.*Hoops"))


def test_a_strange_list_is_mapped_once_and_remembered(enter: Enter) -> None:
    page = enter("producer", 1, path="/imports")
    upload(page, SAMPLES / "supplier-unicode.txt", brand="Supplier")
    expect(page.get_by_text("Which column is which? A product needs a name and a price.")).to_be_visible()
    for column, field in {"Artikel": "Name", "VK brutto": "Price that is charged", "Bestellnummer": "SKU"}.items():
        select = page.get_by_label(f"Field for {column}")
        expect(select).to_be_enabled()
        select.select_option(label=field)
        expect(page.get_by_label(f"Field for {column}")).not_to_have_value("")
    expect(page.get_by_text("15 rows: 15 new.")).to_be_visible()
    page.goto(page.url.rsplit("/", 1)[0])
    upload(page, SAMPLES / "supplier-unicode.txt")
    expect(page.get_by_text("Mapped as last time")).to_be_visible()
    expect(page.get_by_label("Field for Artikel")).to_have_value("name")
    page.get_by_role("button", name="start afresh").press("Enter")
    expect(page.get_by_label("Field for Artikel")).to_have_value("")
    expect(page.get_by_text("Mapped as last time")).to_have_count(0)


def test_products_go_out_as_a_file_and_come_back_unchanged(enter: Enter, tmp_path: Path) -> None:
    page = enter("producer", 1, path="/imports")
    with page.expect_download() as download:
        page.get_by_role("link", name="Everything, to edit and read back").click()
    saved = tmp_path / "products.csv"
    download.value.save_as(saved)
    assert saved.read_bytes().startswith(b"\xef\xbb\xbfCuelight id,Brand,Number,Name")
    upload(page, saved, update=True)
    expect(page.get_by_label("Kind of file")).to_have_value("cuelight")
    expect(page.get_by_text(re.compile(r"^\d+ rows: \d+ unchanged\. Nothing is written yet\.$"))).to_be_visible()
