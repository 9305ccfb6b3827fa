"""Our own list: every field of every product, known again by its id."""

import json
from collections.abc import Iterable
from typing import Any

from cuelight.catalog.files.extras import cell_of, columns_of
from cuelight.catalog.pricing import format_price
from cuelight.ui.spreadsheet import Cell

HEADER = [
    "Cuelight id", "Brand", "Number", "Name", "Short name", "Description", "Talking points md", "Original price",
    "Sale price", "PID", "SKU", "Barcode", "Stock", "Cost", "Tags", "External URL", "Featured", "Variants",
    "External key", "Picture addresses", "Other columns",
]  # fmt: skip


def head(keys: list[str]) -> tuple[list[str], list[str]]:
    """(the header, those of the extra columns that are columns here)."""
    extras = columns_of(keys, HEADER)
    return [*HEADER, *extras], extras


def rows(product: dict[str, Any], extras: list[str], currency: str) -> Iterable[list[Cell]]:
    given = product["extra"]
    shown = {key: cell_of(given.get(key)) for key in extras}
    others = {key: value for key, value in given.items() if shown.get(key) is None}
    yield [
        product["id"],
        product["brand"],
        product["display_number"],
        product["name"],
        product["short_name"],
        product["description"],
        product["talking_points_md"],
        format_price(product["original_price_cents"], currency),
        price(product["sale_price_cents"], currency),
        product["pid"],
        product["sku"],
        product["barcode"],
        product["stock"],
        price(product["cost_cents"], currency),
        joined_tags(product["tags"]),
        product["external_url"],
        "yes" if product["is_featured"] else "no",
        json.dumps(product["variants"], ensure_ascii=False) if product["variants"] else "",
        product["external_key"],
        " ".join(url for url, _ in product["pictures"]),
        json.dumps(others, ensure_ascii=False) if others else "",
        *(shown[key] for key in extras),
    ]


def price(cents: int | None, currency: str) -> str:
    return "" if cents is None else format_price(cents, currency)


def joined_tags(tags: list[str]) -> str:
    """``gold, "red, dark"``: one that has a separator in it stands in quotes."""
    return ", ".join(_quoted(tag) if any(mark in tag for mark in ',;\n"') else tag for tag in tags)


def _quoted(tag: str) -> str:
    return '"' + tag.replace('"', '""') + '"'
