"""What a product there is here. Pure."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuelight.catalog.shopify.products import Unusable, bare, cents, prices, read_html, remote

NODE: dict[str, Any] = {
    "id": "gid://shopify/Product/123",
    "handle": "hoops",
    "title": "Hoops",
    "updatedAt": "2026-11-20T12:00:00Z",
    "variants": {"nodes": [{"title": "Default Title", "price": "49.99", "inventoryQuantity": 3, "sku": "A"}]},
}


def values(**fields: Any) -> dict[str, Any]:
    return remote({**NODE, **fields}, domain="pavoi.myshopify.com", currency="USD").values


def of_variants(*variants: dict[str, Any]) -> dict[str, Any]:
    return values(variants={"nodes": [{"price": "10.00", "inventoryQuantity": 1, **one} for one in variants]})


@pytest.mark.parametrize(
    ("charged", "compare_at", "expected"),
    [(2999, 4999, (4999, 2999)), (4999, None, (4999, None)), (4999, 4999, (4999, None)), (4999, 2999, (4999, None))],
)
def test_what_is_charged_is_the_sale_price(
    charged: int, compare_at: int | None, expected: tuple[int, int | None]
) -> None:
    assert prices(charged, compare_at) == expected


@pytest.mark.parametrize(
    ("text", "currency", "expected"),
    [
        ("49.99", "USD", 4999), ("49.9", "USD", 4990), ("50", "USD", 5000), ("1299.000", "KWD", 1299000),
        ("1000.00", "JPY", 1000), ("1000", "JPY", 1000), ("0.00", "USD", None), ("", "USD", None), (None, "USD", None),
        ("abc", "USD", None), ("-5.00", "USD", None), ("NaN", "USD", None), ("1e99", "USD", None),
        ("0.001", "USD", None), ("99999999999999", "USD", None), (49.99, "USD", 4999), (True, "USD", None),
    ],
)  # fmt: skip
def test_prices_are_whole_minor_units(text: Any, currency: str, expected: int | None) -> None:
    assert cents(text, currency) == expected


def test_stock_is_what_there_is_of_all_variants() -> None:
    assert of_variants({"inventoryQuantity": 3}, {"inventoryQuantity": 4})["stock"] == 7
    assert of_variants({"inventoryQuantity": 3}, {"inventoryQuantity": -2})["stock"] == 3
    assert of_variants({"inventoryQuantity": 0}, {"inventoryQuantity": 0})["stock"] == 0


def test_what_is_not_counted_is_not_sold_out() -> None:
    assert of_variants({"inventoryQuantity": 0, "inventoryItem": {"tracked": False}})["stock"] is None
    assert of_variants({"inventoryQuantity": 0, "inventoryPolicy": "CONTINUE"})["stock"] is None
    assert of_variants({"inventoryQuantity": None})["stock"] is None
    assert of_variants({"inventoryQuantity": 2, "inventoryPolicy": "CONTINUE"})["stock"] == 2


def test_a_product_without_options_has_no_variants() -> None:
    assert of_variants({"title": "Default Title"})["variants"] == []
    found = of_variants({"title": "S", "sku": "H-S"}, {"title": "M", "compareAtPrice": "20.00"})["variants"]
    assert found == [
        {"title": "S", "sku": "H-S", "barcode": "", "price_cents": 1000, "compare_at_cents": None, "stock": 1},
        {"title": "M", "sku": "", "barcode": "", "price_cents": 1000, "compare_at_cents": 2000, "stock": 1},
    ]


def test_the_price_is_that_of_the_first_variant_that_has_one() -> None:
    assert of_variants({"price": "0.00"}, {"price": "12.00"}, {"price": "5.00"})["original_price_cents"] == 1200


@pytest.mark.parametrize(
    "wrong",
    [{"title": " "}, {"title": None}, {"variants": None}, {"variants": {"nodes": []}}, {"id": 123}, {"id": "gid://x/1"},
     {"updatedAt": "yesterday"}, {"updatedAt": None}],
)  # fmt: skip
def test_what_is_no_product(wrong: dict[str, Any]) -> None:
    with pytest.raises(Unusable):
        values(**wrong)


def test_odd_values_are_left_out() -> None:
    found = values(tags=["Gold", "gold ", 5, "x" * 60, "a\0b"], handle=None, vendor=7, descriptionHtml=None)
    assert found["tags"] == ["gold", "ab"]
    assert (found["external_key"], found["external_url"]) == ("", "")
    assert values(title="Ho\0ops \U0001f469\u200d\U0001f527\n")["name"] == "Hoops \U0001f469\u200d\U0001f527"
    assert of_variants({"sku": "1E+05"})["sku"] == ""


def test_a_description_becomes_text_and_its_list_points() -> None:
    html = "<h2>About</h2><p>One<br>two &amp; three</p><ul><li>First <b>bold</b></li><li></li><li>Second</li></ul>"
    text, points = read_html(html + "<p>End</p>" + "<script>alert(1)</script><style>p{}</style>")
    assert text == "About\n\nOne\ntwo & three\n\n- First bold\n- \n- Second\n\nEnd".replace("- \n", "-\n")
    assert points == ["First bold", "Second"]
    assert read_html("<ul><li>never closed<li>nor this") == ("- never closed\n- nor this", ["never closed", "nor this"])


@given(st.text())
def test_no_description_breaks_it(html: str) -> None:
    text, points = read_html(html)
    assert "\0" not in text
    assert len(points) <= 12


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*NODE, "nodes", "image", "url", "price", "media", "tags", "vendor", "descriptionHtml"]), inner)))  # fmt: skip  # noqa: E501
def test_no_answer_breaks_it(node: Any) -> None:
    for given_node in (node if isinstance(node, dict) else {}, {**NODE, "tags": node, "media": node, "vendor": node}):
        try:
            found = remote(given_node, domain="pavoi.myshopify.com", currency="USD")
        except Unusable:
            continue
        assert found.values["original_price_cents"] > 0


def test_the_version_of_a_picture_is_not_its_address() -> None:
    assert bare("https://cdn.shopify.com/s/files/1/a.jpg?v=17&width=3") == "https://cdn.shopify.com/s/files/1/a.jpg"
