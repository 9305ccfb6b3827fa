"""What an import changes is shown first, leaves alone what a person edited, and can be taken back."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from cuelight.accounts.models import Studio
from cuelight.catalog import actions, importing
from cuelight.catalog.importing import ImportResult
from cuelight.catalog.models import Brand, ChangeSet, PictureToFetch, Product, ProductChange
from cuelight.errors import Invalid

SHOP = (
    "URL handle,Title,Description,Vendor,Tags,SKU,Option1 name,Option1 value,Price,Compare-at price,Inventory quantity"
)
Importing = Callable[..., ImportResult]


@pytest.fixture
def bring_in(tmp_path: Path, studio: Studio, brand: Brand) -> Importing:
    def run(header: str, *lines: str, write: Any = importing.write, **options: Any) -> ImportResult:
        path = tmp_path / "list.csv"
        path.write_text("\n".join([header, *lines]), encoding="utf-8", newline="")
        with importing.read(path) as plan, transaction.atomic():
            result: ImportResult = write(plan, studio_id=studio.pk, brand_id=brand.pk, **{"upsert": True, **options})
        return result

    return run


def everything() -> dict[int, dict[str, Any]]:
    return {row["id"]: row | {"updated_at": None} for row in Product.objects.values()}


def hoops(studio: Studio, brand: Brand, **fields: Any) -> int:
    given: dict[str, Any] = {"name": "Hoops", "original_price_cents": 4900, "sku": "H-1", "stock": 3} | fields
    return actions.create_product(studio.pk, brand.pk, **given)


def test_the_differences_are_told_before_and_nothing_is_written(
    bring_in: Importing, studio: Studio, brand: Brand
) -> None:
    product_id = hoops(studio, brand)
    before = everything()
    result = bring_in("sku,name,original_price,stock", "H-1,Hoop,39,3", "C-1,Chain,20,1", write=importing.rehearse)
    assert (result.new, result.updated, result.unchanged) == (1, 1, 0)
    assert result.differences is not None
    assert result.differences["changes"] == {"name": 1, "original_price_cents": 1}
    assert [(each["field"], each["before"], each["after"]) for each in result.differences["listed"]] == [
        ("name", "Hoops", "Hoop"), ("original_price_cents", 4900, 3900),
    ]  # fmt: skip
    assert {each["product_id"] for each in result.differences["listed"]} == {product_id}
    assert everything() == before


def test_what_a_person_edited_stays_unless_they_say_otherwise(
    bring_in: Importing, studio: Studio, brand: Brand
) -> None:
    product_id = hoops(studio, brand)
    actions.update_product(studio.pk, product_id, by_hand=True, name="My hoops", sale_price_cents=2500)
    lines = ("sku,name,original_price,stock", "H-1,Hoops of the file,20.00,9")
    rehearsed = bring_in(*lines, write=importing.rehearse)
    assert rehearsed.differences is not None
    assert rehearsed.differences["kept"] == {"name": 1, "original_price_cents": 1}, "the two prices are one thing"
    assert rehearsed.differences["products_kept"] == 1
    assert bring_in(*lines).updated == 1
    product = Product.objects.get(pk=product_id)
    assert (product.name, product.original_price_cents, product.sale_price_cents, product.stock) == (
        "My hoops",
        4900,
        2500,
        9,
    )
    with pytest.raises(importing.RowsRefused):  # 25.00 would be above 20.00 now
        bring_in(*lines, also_edited=True)
    assert bring_in("sku,name", "H-1,Hoops of the file", also_edited=True).updated == 1
    product.refresh_from_db()
    assert (product.name, product.hand_edited) == ("Hoops of the file", ["sale_price_cents"])


def test_products_are_known_by_key_then_pid_then_sku_then_number(
    bring_in: Importing, studio: Studio, brand: Brand
) -> None:
    keyed = hoops(studio, brand, sku="", external_key="shopify:hoops")
    by_sku = hoops(studio, brand, sku="H-2")
    twice = [hoops(studio, brand, sku="H-3"), hoops(studio, brand, sku="H-3")]
    result = bring_in(
        SHOP, "hoops,Renamed,,,,H-9,,,5.00,,1", "other,Other,,,,H-2,,,5.00,,1", "third,Third,,,,H-3,,,5.00,,1"
    )
    assert (result.new, result.updated) == (1, 2)
    assert Product.objects.get(pk=keyed).name == "Renamed"
    assert Product.objects.get(pk=by_sku).external_key == "shopify:other"
    assert {Product.objects.get(pk=pk).name for pk in twice} == {"Hoops"}


def test_vendors_become_brands(bring_in: Importing, studio: Studio, brand: Brand) -> None:
    result = bring_in(
        SHOP,
        "a,A,,ÉCLAT,,,,,5.00,,1",
        f"b,B,,{brand.name.upper()},,,,,5.00,,1",
        "c,C,,Éclat,,,,,5.00,,1",
        "d,D,,,,,,,5.00,,1",
    )
    assert result.new_brands in (["ÉCLAT"], ["Éclat"])
    names = dict(Product.objects.values_list("name", "brand__name"))
    assert names["A"] == names["C"] == result.new_brands[0]
    assert names["B"] == names["D"] == brand.name
    with pytest.raises(Invalid, match="is that column the brand"):
        bring_in("name,original_price,sku,brand", *[f"P{n},5,S{n},Brand {n}" for n in range(301)])


def test_a_missing_column_never_clears_and_points_are_never_overwritten(
    bring_in: Importing, studio: Studio, brand: Brand
) -> None:
    variants = [
        {"title": "Gold", "sku": "H-1", "barcode": "77", "price_cents": 4900, "compare_at_cents": None, "stock": 5}
    ]
    pid = "1729384756123456789"
    product_id = hoops(studio, brand, pid=pid, variants=variants, stock=5, talking_points_md="- mine")
    bring_in(
        "product_id,product_name,sku_id,variation_value,product_description,price,seller_sku",
        f"{pid},Hoops,1729384756123456781,Gold,<ul><li>theirs</li></ul>,39.00,H-1",
        f"{pid},Hoops,1729384756123456782,Silver,,39.00,H-2",
    )
    product = Product.objects.get(pk=product_id)
    assert (product.stock, product.talking_points_md) == (5, "- mine")
    assert (product.original_price_cents, product.sale_price_cents) == (4900, 3900), "a lower price is a sale"
    assert [(each["title"], each["barcode"], each["price_cents"], each["stock"]) for each in product.variants] == [
        ("Gold", "77", 3900, 5), ("Silver", "", 3900, None),
    ]  # fmt: skip
    Product.objects.update(talking_points_md="")
    bring_in(
        "product_id,product_name,sku_id,product_description",
        f"{pid},Hoops,1729384756123456781,<ul><li>theirs</li></ul>",
    )
    product.refresh_from_db()
    assert product.talking_points_md == "- theirs"


def test_line_ends_and_space_around_a_text_are_no_change(bring_in: Importing, studio: Studio, brand: Brand) -> None:
    hoops(studio, brand, description="  one\r\ntwo\u2003", talking_points_md="- a\r- b\n")
    assert bring_in("sku,description,talking_points_md", '"H-1","one\ntwo","- a\n- b"').unchanged == 1


def test_an_import_is_taken_back_whole(bring_in: Importing, studio: Studio, brand: Brand) -> None:
    hoops(studio, brand, tags=["gold"], extra={"a": 1})
    hoops(studio, brand, sku="H-2", name="Edited since")
    before = everything()
    result = bring_in(
        SHOP, 'x,Renamed,<p>text</p>,Nova,"new, tags",H-7,,,9.00,19.00,8', "y,Two,,,,H-1,Metal,Gold,9.00,19.00,8",
        "y,,,,,H-1b,,Silver,9.00,,2", "z,Three,,,,H-2,,,7.00,,1", "w,Four,,Nova,,,,,7.00,,1",
    )  # fmt: skip
    assert (result.new, result.updated, result.change_set_id is not None) == (2, 2, True)
    edited = Product.objects.get(external_key="shopify:w")
    actions.update_product(studio.pk, edited.pk, by_hand=True, name="Four, mine")
    actions.update_product(studio.pk, Product.objects.get(sku="H-2").pk, stock=99)
    reverted = actions.revert(studio.pk, result.change_set_id or 0)
    assert (reverted["removed"], reverted["restored"], reverted["left"]) == (1, 2, 2)
    assert sorted(reverted["why"]) == [
        '"Four, mine" was edited here since, so it stays.', '"Three" was changed since; what was changed stays.',
    ]  # fmt: skip
    after = everything()
    assert after.pop(edited.pk)["name"] == "Four, mine"
    assert Brand.objects.filter(name="Nova").exists(), "what was edited is still in it"
    changed = next(row for row in after.values() if row["sku"] == "H-2")
    assert (changed["stock"], changed["name"]) == (99, "Edited since")
    changed["stock"] = 3
    assert {pk: row | {"search_text": ""} for pk, row in after.items()} == {
        pk: row | {"search_text": ""} for pk, row in before.items()
    }
    assert next(row for row in after.values() if row["sku"] == "H-1")["search_text"].strip().startswith("hoops")


def test_a_brand_that_an_import_made_goes_when_nothing_is_in_it(bring_in: Importing, studio: Studio) -> None:
    result = bring_in(SHOP, "x,X,,Nova,,,,,9.00,,8")
    assert actions.revert(studio.pk, result.change_set_id or 0)["removed"] == 1
    assert not Brand.objects.filter(name="Nova").exists()


def test_an_import_that_changes_nothing_leaves_no_change_set(bring_in: Importing, studio: Studio, brand: Brand) -> None:
    hoops(studio, brand)
    assert bring_in("sku,name", "H-1,Hoops").change_set_id is None
    assert not ChangeSet.objects.exists()


def test_a_clash_with_what_others_have_now_leaves_only_that(bring_in: Importing, studio: Studio, brand: Brand) -> None:
    first, second = hoops(studio, brand, pid="1001"), hoops(studio, brand, sku="H-2")
    result = bring_in("Cuelight id,name,pid,stock", f"{first},Hoops,2001,7", f"{second},Hoops,,7")
    hoops(studio, brand, sku="H-3", pid="1001")
    reverted = actions.revert(studio.pk, result.change_set_id or 0)
    assert (reverted["restored"], reverted["left"]) == (1, 1)
    assert "another product has its id now" in reverted["why"][0]
    assert Product.objects.get(pk=first).pid == "2001"
    assert Product.objects.get(pk=second).stock == 3


def test_old_imports_are_forgotten(bring_in: Importing, studio: Studio, brand: Brand) -> None:
    hoops(studio, brand)
    old, new = (bring_in("sku,stock", f"H-1,{stock}").change_set_id for stock in (7, 8))
    ChangeSet.objects.filter(pk=old or 0).update(made_at=timezone.now() - timedelta(days=31))
    assert actions.prune_imports() == 1
    assert list(ProductChange.objects.values_list("change_set_id", flat=True)) == [new]


def test_pictures_are_asked_for_in_their_order(bring_in: Importing, studio: Studio) -> None:
    header = "URL handle,Title,Price,Product image URL,Image position"
    result = bring_in(
        header, "a,A,5.00,https://x.example/2.jpg,2", "a,,,https://x.example/1.jpg,1", "a,,,ftp://x/3.jpg,3"
    )
    assert result.fetching == 2
    assert [warning["line"] for warning in result.warnings] == [4]
    asked = PictureToFetch.objects.order_by("position").values_list("url", flat=True)
    assert list(asked) == ["https://x.example/1.jpg", "https://x.example/2.jpg"]
