"""Every read of the catalogue that others need. Rows come out as plain JSON-ready dicts.

The ``access_*`` functions begin at a studio the person belongs to; whatever lies elsewhere is NotFound.
"""

import base64
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple, TypedDict

from django.conf import settings
from django.db import connection
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Upper

from cuelight.accounts.access import Access, read_access
from cuelight.accounts.identity import AnyIdentity
from cuelight.catalog import media
from cuelight.catalog.markdown import render
from cuelight.catalog.models import Brand, Product, ProductImage, RemovedImage
from cuelight.catalog.storage import TYPES, PlaceAway
from cuelight.errors import NotFound

MOST_LISTED = 200
#: Far above any thumbnail.
MOST_EMBEDDED_BYTES = 400_000


class ImageFacts(TypedDict):
    id: int
    url: str
    thumbnail_url: str | None
    placeholder_url: str | None
    alt: str
    width: int | None
    height: int | None


class PictureFacts(ImageFacts):
    """A picture where it may be shown small or large: ``srcset`` names it in several widths (None: not yet made).

    Not in lineups: they would be twice as long, and the host's screen shows the whole picture, fetched beforehand.
    """

    srcset: str | None


class ProductFacts(TypedDict):
    """What a lineup item shows of its product. Prices are minor units; ``images[0]`` is the primary picture."""

    name: str
    short_name: str
    talking_points_md: str
    talking_points_html: str
    original_price_cents: int
    sale_price_cents: int | None
    pid: str | None
    sku: str
    stock: int | None
    images: list[ImageFacts]


class ProductRow(TypedDict):
    """One line of a list of products."""

    id: int
    brand_id: int
    brand_name: str
    display_number: int | None
    name: str
    short_name: str
    original_price_cents: int
    sale_price_cents: int | None
    pid: str | None
    sku: str
    stock: int | None
    is_featured: bool
    tags: list[str]
    image_count: int
    variant_count: int
    thumbnail_url: str | None


class BrandRow(TypedDict):
    id: int
    name: str
    slug: str
    notes: str
    product_count: int


def access_catalog(who: AnyIdentity, studio_id: int) -> Access:
    """A person's way into a studio's catalogue; ``access.require("catalog.edit")`` before a change.

    Raises NotFound for whoever may not read it.
    """
    access = read_access(who, studio_id)
    access.require("catalog.read")
    return access


def access_brand(who: AnyIdentity, brand_id: int) -> Access:
    """The access to a brand's studio. Raises NotFound for a brand of a studio the person does not belong to."""
    return _access(who, Brand.objects.filter(pk=brand_id).values_list("studio_id", flat=True))


def access_brand_by_slug(who: AnyIdentity, studio_id: int, slug: str) -> tuple[Access, int]:
    """As `access_brand`, by the brand's slug in a studio; and the brand's id."""
    access = access_catalog(who, studio_id)
    brand_id = Brand.objects.filter(studio_id=studio_id, slug=slug).values_list("id", flat=True).first()
    if brand_id is None:
        raise NotFound(f"There is no brand {slug!r} in this studio.")
    return access, brand_id


def access_product(who: AnyIdentity, product_id: int) -> Access:
    """The access to a product's studio. Raises NotFound for a product of a studio the person does not belong to."""
    return _access(who, Product.objects.filter(pk=product_id).values_list("studio_id", flat=True))


def access_image(who: AnyIdentity, image_id: int) -> Access:
    """The access to a picture's studio. Raises NotFound for a picture of a studio the person does not belong to."""
    return _access(who, ProductImage.objects.filter(pk=image_id).values_list("product__studio_id", flat=True))


def lineup_products(product_ids: Collection[int]) -> dict[int, ProductFacts]:
    """What a lineup shows of these products, by id; ids that do not exist are absent. Two queries for any number."""
    wanted = list(set(product_ids))
    if not wanted:
        return {}
    rows = Product.objects.filter(pk__in=wanted).values_list(
        "id",
        "name",
        "short_name",
        "talking_points_md",
        "original_price_cents",
        "sale_price_cents",
        "pid",
        "sku",
        "stock",
    )
    images = _images_by_product(wanted)
    return {
        product_id: {
            "name": name,
            "short_name": short_name,
            "talking_points_md": points,
            "talking_points_html": render(points),
            "original_price_cents": original,
            "sale_price_cents": sale,
            "pid": pid,
            "sku": sku,
            "stock": stock,
            "images": images.get(product_id, []),
        }
        for product_id, name, short_name, points, original, sale, pid, sku, stock in rows
    }


def products_of_studio(studio_id: int, product_ids: Iterable[int]) -> set[int]:
    """Those of these products that belong to the studio: what a lineup of it may hold."""
    return set(Product.objects.filter(studio_id=studio_id, pk__in=set(product_ids)).values_list("id", flat=True))


def product_ids_by_number(brand_id: int, numbers: Iterable[int]) -> dict[int, int]:
    """Display number → product id in one brand; numbers that nobody has are absent."""
    rows = Product.objects.filter(brand_id=brand_id, display_number__in=set(numbers))
    return {int(number): pk for number, pk in rows.values_list("display_number", "id") if number is not None}


def product_names(product_ids: Collection[int]) -> dict[int, str]:
    """Product id → name; ids that do not exist are absent."""
    return dict(Product.objects.filter(pk__in=set(product_ids)).values_list("id", "name"))


class ComesIn(NamedTuple):
    """What a product comes in: its variants' option values as they are written ("Gold / 7"), and every SKU that it or
    one of them has."""

    values: tuple[str, ...]
    skus: tuple[str, ...]


def what_products_come_in(product_ids: Collection[int]) -> dict[int, ComesIn]:
    """By product id; ids that do not exist are absent."""
    rows = Product.objects.filter(pk__in=set(product_ids)).values_list("id", "sku", "variants")
    return {
        product_id: ComesIn(
            tuple(filter(None, (str(one.get("title") or "") for one in variants))),
            tuple(filter(None, (sku, *(str(one.get("sku") or "") for one in variants)))),
        )
        for product_id, sku, variants in rows
    }


def brand_named(studio_id: int, name: str) -> BrandRow | None:
    """The studio's brand of this name, whatever its case; None when there is none."""
    wanted = name.strip().casefold()
    return next((brand for brand in list_brands(studio_id) if brand["name"].casefold() == wanted), None)


def studio_of_product(product_id: int) -> int | None:
    return Product.objects.filter(pk=product_id).values_list("studio_id", flat=True).first()


def studio_of_image(image_id: int) -> int | None:
    """Of a picture that is there, or that was removed and can come back."""
    there = ProductImage.objects.filter(pk=image_id).values_list("product__studio_id", flat=True).first()
    if there is not None:
        return there
    return RemovedImage.objects.filter(image_id=image_id).values_list("product__studio_id", flat=True).first()


def product_of_image(image_id: int) -> int | None:
    return ProductImage.objects.filter(pk=image_id).values_list("product_id", flat=True).first()


def product_images(product_id: int) -> list[PictureFacts]:
    """A product's pictures in order."""
    facts = _images_by_product([product_id]).get(product_id, [])
    sizes = dict(ProductImage.objects.filter(product_id=product_id).values_list("id", "sizes"))
    return [{**one, "srcset": srcset(sizes.get(one["id"], {}))} for one in facts]


def srcset(sizes: dict[str, str]) -> str | None:
    """What a browser chooses from, narrowest first; None where there is nothing to choose."""
    known = sorted((int(width), path) for width, path in sizes.items() if int(width) > 0)
    if len(known) < 2:
        return None
    return ", ".join(f"{media_url(path)} {width}w" for width, path in known)


def talking_points_html(markdown: str) -> str:
    """Safe HTML of Markdown, for a lineup item's own talking points."""
    return render(markdown)


def list_brands(studio_id: int) -> list[BrandRow]:
    """The studio's brands by name, with the number of their products."""
    brands = Brand.objects.filter(studio_id=studio_id).annotate(product_count=Count("products")).order_by("name", "id")
    return [
        {
            "id": brand.pk,
            "name": brand.name,
            "slug": brand.slug,
            "notes": brand.notes,
            "product_count": brand.product_count,
        }
        for brand in brands
    ]


def list_products(
    studio_id: int,
    *,
    brand_id: int | None = None,
    tag: str = "",
    is_featured: bool | None = None,
    in_stock: bool | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[ProductRow]:
    """Products of a studio by brand and number, those without a number last; ``limit`` is capped at 200.

    ``in_stock`` True: stock unknown or above 0; False: stock is 0.
    """
    products = Product.objects.filter(studio_id=studio_id)
    if brand_id is not None:
        products = products.filter(brand_id=brand_id)
    if tag:
        products = products.filter(tags__contains=[tag.strip().lower()])
    if is_featured is not None:
        products = products.filter(is_featured=is_featured)
    if in_stock is not None:
        sold_out = Q(stock=0)
        products = products.filter(~sold_out | Q(stock__isnull=True) if in_stock else sold_out)
    ordered = products.order_by("brand__name", F("display_number").asc(nulls_last=True), "id")
    return product_rows(ordered[offset : offset + min(limit, MOST_LISTED)])


def media_url(path: str) -> str | None:
    """Where a stored file is fetched; only its path is kept in tables, so moving the files changes no row."""
    return f"{settings.MEDIA_URL}{path}" if path else None


def picture_data(url: str) -> str | None:
    """A stored picture as a ``data:`` address, for a file that must stand alone; None when it cannot be read, or is
    larger than any thumbnail."""
    stored = url.removeprefix(settings.MEDIA_URL)
    kind = TYPES.get(stored.rpartition(".")[2])
    try:
        data = media.stored_bytes(stored) if kind and stored != url else None
    except PlaceAway:
        return None
    if data is None or len(data) > MOST_EMBEDDED_BYTES:
        return None
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def _access(who: AnyIdentity, studio_ids: QuerySet[Any, int]) -> Access:
    studio_id = studio_ids.first()
    if studio_id is None:
        raise NotFound
    return access_catalog(who, studio_id)


def _images_by_product(product_ids: list[int]) -> dict[int, list[ImageFacts]]:
    rows = (
        ProductImage.objects.filter(product_id__in=product_ids)
        .order_by("product_id", "position")
        .values_list("product_id", "id", "path", "thumbnail_path", "placeholder_path", "alt_text", "width", "height")
    )
    images: dict[int, list[ImageFacts]] = {}
    for product_id, pk, path, thumbnail, placeholder, alt, width, height in rows:
        facts: ImageFacts = {
            "id": pk,
            "url": f"{settings.MEDIA_URL}{path}",
            "thumbnail_url": media_url(thumbnail),
            "placeholder_url": media_url(placeholder),
            "alt": alt,
            "width": width,
            "height": height,
        }
        images.setdefault(product_id, []).append(facts)
    return images


#: What a list shows of a product, and no more: as tuples, in half the time of whole models.
_ROW = (
    "pk", "brand_id", "brand_name", "display_number", "name", "short_name", "original_price_cents", "sale_price_cents",
    "pid", "sku", "stock", "is_featured", "tags", "variants", "image_count", "thumbnail_path",
)  # fmt: skip


def product_rows(products: QuerySet[Product]) -> list[ProductRow]:
    """The lines of a list, in the order of the query."""
    # Subqueries, not a join: they are worked out for the rows on the page and not for all that were found.
    images = ProductImage.objects.filter(product_id=OuterRef("pk"))
    first = images.order_by("position").values("thumbnail_path")[:1]
    count = images.order_by().values("product_id").annotate(count=Count("id")).values("count")
    rows = products.annotate(
        brand_name=F("brand__name"), image_count=Coalesce(Subquery(count), 0), thumbnail_path=Subquery(first)
    ).values_list(*_ROW, named=True)
    return [
        {
            "id": row.pk,
            "brand_id": row.brand_id,
            "brand_name": row.brand_name,
            "display_number": row.display_number,
            "name": row.name,
            "short_name": row.short_name,
            "original_price_cents": row.original_price_cents,
            "sale_price_cents": row.sale_price_cents,
            "pid": row.pid,
            "sku": row.sku,
            "stock": row.stock,
            "is_featured": row.is_featured,
            "tags": row.tags,
            "image_count": row.image_count,
            "variant_count": len(row.variants),
            "thumbnail_url": media_url(row.thumbnail_path or ""),
        }
        for row in rows
    ]


def products_called(studio_id: int, words: Collection[str], brand_id: int | None = None) -> dict[str, list[ProductRow]]:
    """The studio's products that each of these words is the PID, the SKU (whatever its case) or the number of; words
    that are nobody's are absent. A number may be one of several brands'. Three queries for any number of words."""
    upper = {word.upper() for word in words}
    numbers = {int(word) for word in words if word.isascii() and word.isdecimal() and len(word) < 10}
    products = Product.objects.filter(studio_id=studio_id)
    if brand_id is not None:
        products = products.filter(brand_id=brand_id)
    # Each by an index of its own.
    found = {
        row.pk
        for matches in (
            products.annotate(called=Upper("sku")).filter(called__in=upper),
            products.annotate(called=Upper("pid")).filter(called__in=upper),
            products.filter(display_number__in=[number for number in numbers if number < 2**31]),
        )
        for row in matches.only("pk")
    }
    rows = product_rows(products.filter(pk__in=found).order_by("brand__name", "display_number", "id"))
    by_word: dict[str, list[ProductRow]] = {}
    for row in rows:
        number = row["display_number"]
        names = {row["sku"].upper(), (row["pid"] or "").upper()}
        for word in words:
            if word.upper() in names or (word.isdecimal() and word.isascii() and int(word) == number):
                by_word.setdefault(word, []).append(row)
    return by_word


def products_sold_as(studio_id: int, words: Collection[str]) -> dict[str, set[int]]:
    """Word in capitals → the studio's products that it is the PID, the SKU or a variant's SKU of, whatever its case;
    words that are nobody's are absent. Three queries for any number of words."""
    upper = [word.upper() for word in words]
    if not upper:
        return {}
    products = Product.objects.filter(studio_id=studio_id)
    found: dict[str, set[int]] = {}
    for column in ("pid", "sku"):
        matches = products.annotate(called=Upper(column)).filter(called__in=upper).values_list("called", "id")
        for word, product_id in matches:
            found.setdefault(word, set()).add(product_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT upper(variant->>'sku'), id FROM catalog_product, jsonb_array_elements(variants) variant"
            " WHERE studio_id = %s AND variants <> '[]' AND upper(variant->>'sku') = ANY(%s)",
            [studio_id, upper],
        )
        for word, product_id in cursor.fetchall():
            found.setdefault(word, set()).add(product_id)
    return found
