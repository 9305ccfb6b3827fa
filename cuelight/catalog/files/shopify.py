"""Shopify's product list, with its new column names: a line for each variant, and one for each picture beyond."""

from collections.abc import Iterable
from itertools import zip_longest
from typing import Any

from django.utils.text import slugify

from cuelight.catalog.files.extras import cell_of, columns_of
from cuelight.catalog.files.own import joined_tags, price
from cuelight.catalog.importing import html
from cuelight.catalog.importing.formats import named
from cuelight.ui.spreadsheet import Cell

HEADER = [
    "Title", "URL handle", "Description", "Vendor", "Product category", "Type", "Tags", "Published on online store",
    "Status", "SKU", "Barcode", "Option1 name", "Option1 value", "Option2 name", "Option2 value", "Option3 name",
    "Option3 value", "Price", "Compare-at price", "Cost per item", "Charge tax", "Inventory tracker",
    "Inventory quantity", "Continue selling when out of stock", "Weight value (grams)", "Weight unit for display",
    "Requires shipping", "Fulfillment service", "Product image URL", "Image position", "Image alt text",
    "Variant image URL", "Gift card", "SEO title", "SEO description",
]  # fmt: skip
_STATUSES = ("draft", "archived")
_KEY = "shopify:"


def head(keys: list[str]) -> tuple[list[str], list[str]]:
    known = named("shopify")
    assert known is not None
    extras = columns_of(keys, HEADER, is_taken=lambda key: known.field_of(key, "") is not None)
    return [*HEADER, *extras], extras


def rows(product: dict[str, Any], extras: list[str], currency: str) -> Iterable[list[Cell]]:
    """The first line has the product; each line a variant and a picture, as long as there are any."""
    handle = handle_of(product)
    variants = product["variants"] or [None]
    lines = zip_longest(variants, product["pictures"], fillvalue=None)
    for place, (variant, picture) in enumerate(lines):
        line: dict[str, Cell] = {"URL handle": handle}
        if place == 0:
            line |= _product(product, currency)
            line |= {key: cell_of(product["extra"].get(key)) for key in extras}
        if place < len(variants):
            line |= _variant(product, variant, currency)
        if picture:
            line |= {"Product image URL": picture[0], "Image position": place + 1, "Image alt text": picture[1]}
        yield [line.get(column, "") for column in (*HEADER, *extras)]


def handle_of(product: dict[str, Any]) -> str:
    """Its handle in the shop; one that came from nowhere gets a name that our importer knows it by."""
    key = product["external_key"]
    if key.startswith(_KEY):
        return str(key.removeprefix(_KEY))
    return f"{slugify(product['name'])[:60]}-cuelight-{product['id']}".lstrip("-")


def _product(product: dict[str, Any], currency: str) -> dict[str, Cell]:
    kept = {column: cell_of(product["extra"].get(column)) for column in HEADER if column in product["extra"]}
    status = next((tag for tag in product["tags"] if tag in _STATUSES), "active")
    return {
        **kept,
        "Title": product["name"],
        "Description": html.markup_of(product["description"]),
        "Vendor": product["brand"],
        "Tags": joined_tags([tag for tag in product["tags"] if tag != status]),
        "Status": status.capitalize(),
    }


def _variant(product: dict[str, Any], variant: dict[str, Any] | None, currency: str) -> dict[str, Cell]:
    if variant is None:
        sale, original = product["sale_price_cents"], product["original_price_cents"]
        variant = {
            "title": "",
            "sku": product["sku"],
            "barcode": product["barcode"],
            "stock": product["stock"],
            "price_cents": original if sale is None else sale,
            "compare_at_cents": None if sale is None else original,
        }
    charged = variant.get("price_cents") or product["sale_price_cents"] or product["original_price_cents"]
    return {
        **_options(product, str(variant.get("title", ""))),
        "SKU": variant.get("sku", ""),
        "Barcode": variant.get("barcode", ""),
        "Price": price(charged, currency),
        "Compare-at price": price(variant.get("compare_at_cents"), currency),
        "Cost per item": price(product["cost_cents"], currency),
        "Inventory quantity": variant.get("stock"),
    }


def _options(product: dict[str, Any], title: str) -> dict[str, Cell]:
    """``Gold / 16 in`` is two options where the shop's file had two."""
    if not title:
        return {"Option1 name": "Title", "Option1 value": "Default Title"}
    names = [product["extra"].get(f"Option{place} name") for place in (1, 2, 3)]
    names = [name for name in names if isinstance(name, str)]
    values = title.split(" / ")
    if len(values) != len(names):
        names, values = ["Title"], [title]
    return {f"Option{place} name": name for place, name in enumerate(names, start=1)} | {
        f"Option{place} value": value for place, value in enumerate(values, start=1)
    }
