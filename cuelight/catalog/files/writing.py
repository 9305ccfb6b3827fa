"""Products as CSV: a header, then pieces of lines, read from the database piece by piece."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from cuelight.catalog.files import own, shopify, whatnot
from cuelight.catalog.files.choosing import Chosen
from cuelight.catalog.files.extras import extra_keys
from cuelight.catalog.models import Product, ProductImage
from cuelight.ui.spreadsheet import BOM, Cell, lines

BATCH = 300


class Format(NamedTuple):
    """One kind of file. ``head(extra keys)``; ``rows(product, extra columns, currency)`` gives its lines."""

    says: str
    head: Callable[[list[str]], tuple[list[str], list[str]]]
    rows: Callable[[dict[str, Any], list[str], str], Iterable[list[Cell]]]


FORMATS: dict[str, Format] = {
    "cuelight": Format("Cuelight: everything, to edit and read back", own.head, own.rows),
    "shopify": Format("Shopify products", shopify.head, shopify.rows),
    "whatnot": Format("Whatnot bulk listing", whatnot.head, whatnot.rows),
}


def parts(chosen: Chosen, format_key: str) -> Iterator[bytes]:
    """The file in pieces: UTF-8 with its mark, so that spreadsheets know; no cell of it is run there."""
    kind = FORMATS[format_key]
    header, extras = kind.head(extra_keys(chosen.ids))
    yield (BOM + lines([header])).encode()
    for start in range(0, len(chosen.ids), BATCH):
        products = _products(chosen, chosen.ids[start : start + BATCH])
        yield lines(row for product in products for row in kind.rows(product, extras, chosen.currency)).encode()


def _products(chosen: Chosen, ids: list[int]) -> list[dict[str, Any]]:
    """In the order of the ids, each with ``brand`` (its name) and ``pictures`` (address, alt text)."""
    rows = Product.objects.filter(studio_id=chosen.studio_id, pk__in=ids).values(*_COLUMNS, "brand__name")
    products = {row["id"]: row | {"brand": row["brand__name"], "pictures": []} for row in rows}
    images = ProductImage.objects.filter(product_id__in=products).order_by("product_id", "position")
    for product_id, path, url, alt in images.values_list("product_id", "path", "source_url", "alt_text"):
        products[product_id]["pictures"].append((url or f"{chosen.base}/media/{path}", alt))
    return [products[pk] for pk in ids if pk in products]


_COLUMNS = (
    "id", "display_number", "name", "short_name", "description", "talking_points_md", "original_price_cents",
    "sale_price_cents", "pid", "sku", "stock", "is_featured", "external_url", "tags", "extra", "cost_cents", "barcode",
    "variants", "external_key",
)  # fmt: skip
