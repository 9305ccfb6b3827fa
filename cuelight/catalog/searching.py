"""Finding products: by words, and by what they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import F, Q, QuerySet

from cuelight.catalog import uses, words
from cuelight.catalog.models import Product, ProductImage
from cuelight.catalog.queries import MOST_LISTED, ProductRow, product_rows


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of products is narrowed to; the defaults narrow nothing. Prices are minor units, and of what is
    charged. ``stock`` is in, out or unknown; ``used``: yes, no or the id of a session as text."""

    brand_id: int | None = None
    tag: str = ""
    stock: str = ""
    price_least: int | None = None
    price_most: int | None = None
    has_picture: bool | None = None
    is_featured: bool | None = None
    used: str = ""


class Found(TypedDict):
    """A page of what was found; ``more``: there is another."""

    products: list[ProductRow]
    more: bool


#: Sorting → columns; nulls last.
SORTS: dict[str, Sequence[str]] = {
    "number": ("brand__name", "display_number"),
    "name": ("name",),
    "newest": ("-id",),
    "price": ("original_price_cents",),
    "stock": ("stock",),
}


def find_products(
    studio_id: int,
    text: str = "",
    filters: Filters | None = None,
    *,
    sort: str = "number",
    limit: int = 50,
    offset: int = 0,
) -> Found:
    """Products whose words begin like every word of ``text``, narrowed by ``filters``."""
    products = narrowed(studio_id, filters or Filters())
    wanted = words.words(text[:200])
    if wanted:
        prefixes = SearchQuery(" & ".join(f"{word}:*" for word in wanted), search_type="raw", config="simple")
        products = products.alias(words=SearchVector("search_text", config="simple")).filter(words=prefixes)
    elif text.strip():
        return {"products": [], "more": False}
    columns = SORTS.get(sort, SORTS["number"])
    ordering = [
        F(column.removeprefix("-")).desc(nulls_last=True) if column[0] == "-" else F(column).asc(nulls_last=True)
        for column in columns
    ]
    most = min(limit, MOST_LISTED)
    rows = product_rows(products.order_by(*ordering, "id")[offset : offset + most + 1])
    return {"products": rows[:most], "more": len(rows) > most}


def narrowed(studio_id: int, filters: Filters) -> QuerySet[Product]:
    """The studio's products that the filters leave."""
    products = Product.objects.filter(studio_id=studio_id)
    if filters.brand_id is not None:
        products = products.filter(brand_id=filters.brand_id)
    if filters.tag:
        products = products.filter(tags__contains=[filters.tag.strip().lower()])
    match filters.stock:
        case "in":
            products = products.filter(stock__gt=0)
        case "out":
            products = products.filter(stock=0)
        case "unknown":
            products = products.filter(stock__isnull=True)
    charged = Q(sale_price_cents__isnull=True)
    if filters.price_least is not None:
        least = filters.price_least
        products = products.filter(Q(sale_price_cents__gte=least) | charged & Q(original_price_cents__gte=least))
    if filters.price_most is not None:
        most = filters.price_most
        products = products.filter(Q(sale_price_cents__lte=most) | charged & Q(original_price_cents__lte=most))
    if filters.has_picture is not None:
        pictured = Q(pk__in=ProductImage.objects.filter(product__studio_id=studio_id).values("product_id"))
        products = products.filter(pictured if filters.has_picture else ~pictured)
    if filters.is_featured is not None:
        products = products.filter(is_featured=filters.is_featured)
    return _used(products, studio_id, filters.used)


def _used(products: QuerySet[Product], studio_id: int, used: str) -> QuerySet[Product]:
    if not used:
        return products
    anywhere = uses.product_ids(studio_id, int(used) if used.isdecimal() else None)
    somewhere = Q(pk__in=[])
    for ids in anywhere:
        somewhere |= Q(pk__in=ids)
    return products.filter(~somewhere if used == "no" else somewhere)
