"""Whatnot's bulk listing: a line a product, in the order of the show.

Whatnot takes titles of 80 characters at most and wants a quantity; what it needs beside that and we do not know
(category, shipping profile, condition) is written back where a file brought it.
"""

from collections.abc import Iterable
from typing import Any

from cuelight.catalog.files.extras import cell_of
from cuelight.catalog.files.own import price
from cuelight.ui.spreadsheet import Cell

LONGEST_TITLE = 80
MOST_PICTURES = 8
HEADER = [
    "Category", "Sub Category", "Title", "Description", "Quantity", "Type", "Price", "Shipping Profile", "Offerable",
    "Hazmat", "Condition", "Cost Per Item", "SKU", *(f"Image URL {place}" for place in range(1, MOST_PICTURES + 1)),
]  # fmt: skip
_DEFAULTS = {"Type": "Buy it Now", "Offerable": "FALSE", "Hazmat": "Not Hazmat"}
_KEPT = ("Category", "Sub Category", "Type", "Shipping Profile", "Offerable", "Hazmat", "Condition")


def head(keys: list[str]) -> tuple[list[str], list[str]]:
    """Whatnot takes no columns but its own."""
    return HEADER, []


def rows(product: dict[str, Any], extras: list[str], currency: str) -> Iterable[list[Cell]]:
    line: dict[str, Cell] = {
        column: cell_of(product["extra"].get(column)) or _DEFAULTS.get(column, "") for column in _KEPT
    }
    sale = product["sale_price_cents"]
    line |= {
        "Title": title_of(product),
        "Description": product["description"],
        "Quantity": max(product["stock"] or 1, 1),
        "Price": price(product["original_price_cents"] if sale is None else sale, currency),
        "Cost Per Item": price(product["cost_cents"], currency),
        "SKU": product["sku"] or f"cuelight-{product['id']}",
    }
    line |= {f"Image URL {place}": url for place, (url, _) in enumerate(product["pictures"][:MOST_PICTURES], start=1)}
    yield [line.get(column, "") for column in HEADER]


def title_of(product: dict[str, Any]) -> str:
    """Its name, or the short one where that is too long for Whatnot; cut at a word in the end."""
    name = str(product["name"])
    if len(name) > LONGEST_TITLE and product["short_name"]:
        name = str(product["short_name"])
    if len(name) <= LONGEST_TITLE:
        return name
    return name[:LONGEST_TITLE].rsplit(" ", 1)[0]
