"""What a studio takes out of the catalogue: its brands, its products as the importer reads them, its pictures."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from django.core.files.storage import storages
from django.db.models import QuerySet

from cuelight.accounts import queries as accounts
from cuelight.accounts.archive import Archive
from cuelight.accounts.exporting import pieces
from cuelight.catalog.files.own import joined_tags
from cuelight.catalog.models import Brand, Product, ProductChange, ProductImage, ShopifyProduct, ShopifyRun, ShopifyShop
from cuelight.catalog.pricing import format_price
from cuelight.ui.spreadsheet import Cell

README = """catalog/brands.jsonl       the brands
catalog/products.jsonl     every product with all that is known of it
catalog/changes.jsonl      what was changed together: imports, edits of several products, deletions
catalog/shopify.json       the shop that is connected, without its secrets, and its syncs, if there is one
catalog/shopify.jsonl      which product of the shop is which of these
catalog/BRAND/products.csv the products of a brand that have a number, as "Import a sheet" reads them:
                           with "Update products that are there already" nothing of them changes. Packed as a zip
                           together with the folder "images" it brings each product's first picture along.
catalog/BRAND/products-without-number.csv
                           those that have none; such a product is only known again by its PID
catalog/pictures.csv       which picture is which file, and of which product
catalog/BRAND/images/      the pictures
catalog/missing.txt        pictures whose file could not be found, if there are any
"""

_COLUMNS = (
    "name", "short_name", "description", "talking_points_md", "original_price", "sale_price", "pid", "sku", "stock",
    "tags", "external_url",
)  # fmt: skip
_PRODUCT = (
    "id", "brand_id", "display_number", "name", "short_name", "description", "talking_points_md",
    "original_price_cents", "sale_price_cents", "pid", "sku", "stock", "is_featured", "external_url", "tags", "extra",
    "cost_cents", "barcode", "variants", "external_key", "hand_edited", "created_at", "updated_at",
)  # fmt: skip
_IMAGE = (
    "id", "product_id", "position", "path", "alt_text", "width", "height", "product__brand_id",
    "product__display_number",
)  # fmt: skip
_SHOP = (
    "domain", "name", "client_id", "fallback_brand_id", "state", "sentence", "last_synced_at", "connected_by_id",
    "connected_at",
)  # fmt: skip
_RUN = (
    "id", "kind", "asked_by_id", "started_at", "finished_at", "is_failed", "done", "total", "counts", "notes",
    "sentence", "change_set_id",
)  # fmt: skip
_LINK = ("id", "product_id", "gid", "handle", "remote_updated_at", "is_gone", "pictures")


def export_size(studio_id: int) -> int:
    """How many things ``export_studio`` will count: products and pictures."""
    products = Product.objects.filter(studio_id=studio_id).count()
    return products + ProductImage.objects.filter(product__studio_id=studio_id).count()


def export_studio(studio_id: int, archive: Archive) -> None:
    """The studio's part of the catalogue."""
    brands = list(Brand.objects.filter(studio_id=studio_id).values("id", "name", "slug", "notes", "created_at"))
    archive.json_lines("catalog/brands.jsonl", brands)
    archive.json_lines("catalog/products.jsonl", _counted(archive, _products(studio_id)))
    currency = accounts.studio(studio_id)["currency"]
    for brand in brands:
        _pack_sheets(studio_id, brand, currency, archive)
    archive.json_lines("catalog/changes.jsonl", _changes(studio_id))
    _pack_shop(studio_id, archive)
    slugs = {brand["id"]: brand["slug"] for brand in brands}
    head = ["file", "product", "position", "description", "width", "height"]
    archive.csv("catalog/pictures.csv", head, _pictures(studio_id, slugs))
    _pack_pictures(studio_id, slugs, archive)


def _pack_shop(studio_id: int, archive: Archive) -> None:
    """The connection without what lets anybody in."""
    shop = ShopifyShop.objects.filter(studio_id=studio_id).values(*_SHOP).first()
    if shop is not None:
        runs = list(ShopifyRun.objects.filter(shop__studio_id=studio_id).order_by("id").values(*_RUN))
        archive.json("catalog/shopify.json", {**shop, "syncs": runs})
        links = ShopifyProduct.objects.filter(shop__studio_id=studio_id)
        archive.json_lines("catalog/shopify.jsonl", pieces(links.values(*_LINK)))


def _pack_sheets(studio_id: int, brand: Mapping[str, Any], currency: str, archive: Archive) -> None:
    folder = f"catalog/{brand['slug']}"
    products = Product.objects.filter(studio_id=studio_id, brand_id=brand["id"])
    numbered = products.filter(display_number__isnull=False)
    archive.csv(f"{folder}/products.csv", ["number", *_COLUMNS], _sheet(numbered, currency, numbers=True))
    rest = _sheet(products.filter(display_number__isnull=True), currency, numbers=False)
    first = next(rest, None)
    if first is not None:
        archive.csv(f"{folder}/products-without-number.csv", _COLUMNS, chain([first], rest))


def _products(studio_id: int) -> Iterator[dict[str, Any]]:
    return pieces(Product.objects.filter(studio_id=studio_id).values(*_PRODUCT))


def _changes(studio_id: int) -> Iterator[dict[str, Any]]:
    changes = ProductChange.objects.filter(change_set__studio_id=studio_id)
    columns = ("change_set__kind", "change_set__title", "change_set__made_at", "change_set__reverted_at")
    return pieces(changes.values("id", "change_set_id", *columns, "product_id", "before", "after"))


def _sheet(products: QuerySet[Product], currency: str, *, numbers: bool) -> Iterator[list[Cell]]:
    """Rows as the importer reads them. A blank cell says nothing, so it changes nothing."""
    for row in pieces(products.values(*_PRODUCT)):
        cells = _cells(row, currency)
        yield [row["display_number"], *cells] if numbers else cells


def _cells(row: dict[str, Any], currency: str) -> list[Cell]:
    sale = row["sale_price_cents"]
    return [
        row["name"],
        row["short_name"],
        row["description"],
        row["talking_points_md"],
        format_price(row["original_price_cents"], currency),
        "" if sale is None else format_price(sale, currency),
        row["pid"],
        row["sku"],
        row["stock"],
        joined_tags(row["tags"]),
        row["external_url"],
    ]


def _images(studio_id: int) -> Iterator[dict[str, Any]]:
    return pieces(ProductImage.objects.filter(product__studio_id=studio_id).values(*_IMAGE))


def _pictures(studio_id: int, slugs: dict[int, str]) -> Iterator[list[Cell]]:
    for image in _images(studio_id):
        yield [
            _path(image, slugs), image["product_id"], image["position"], image["alt_text"], image["width"],
            image["height"],
        ]  # fmt: skip


def _pack_pictures(studio_id: int, slugs: dict[int, str], archive: Archive) -> None:
    missing = []
    for image in _images(studio_id):
        try:
            with storages["default"].open(image["path"]) as opened:
                archive.file(_path(image, slugs), opened)
        except FileNotFoundError:
            missing.append(_path(image, slugs))
        archive.count()
    if missing:
        archive.text("catalog/missing.txt", "\n".join(missing) + "\n")


def _path(image: dict[str, Any], slugs: dict[int, str]) -> str:
    return f"catalog/{slugs[image['product__brand_id']]}/images/{_file_name(image)}"


def _file_name(image: dict[str, Any]) -> str:
    """``7.jpg`` is the first picture of number 7, which is how the importer finds it; ``7-2.jpg`` the second."""
    number = image["product__display_number"]
    of = f"id-{image['product_id']}" if number is None else str(number)
    place = f"-{image['position'] + 1}" if image["position"] else ""
    return f"{of}{place}.{image['path'].rpartition('.')[2]}"


def _counted(archive: Archive, rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield row
        archive.count()
