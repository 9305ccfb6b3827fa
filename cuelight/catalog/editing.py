"""What the catalogue's own pages read: the list with its uses, a product as its form has it. Authorise first."""

from typing import Any, TypedDict

from django.db import connection

from cuelight.catalog import uses
from cuelight.catalog.actions.change_sets import TRACKED
from cuelight.catalog.markdown import render
from cuelight.catalog.models import Brand, ChangeSet, Product
from cuelight.catalog.queries import ProductRow
from cuelight.catalog.searching import Filters, find_products
from cuelight.catalog.uses import Use
from cuelight.errors import NotFound

PAGE = 50
#: Ids are asked for in pages of this size: what the search gives at most.
STRIDE = 200
#: Tags to choose from are those of so many of the newest products, the most frequent first.
NEWEST, MOST_TAGS = 5_000, 200


class ListedProduct(ProductRow):
    """One line of the list. ``used``: in how many sessions."""

    used: int


class Listed(TypedDict):
    """A page of the list; ``more``: there is another. ``meant``: the words that were looked for instead of mistyped
    ones, or beside them where ``as_typed``."""

    products: list[ListedProduct]
    more: bool
    meant: str
    as_typed: bool


class Ids(TypedDict):
    """All that match, as far as one edit goes; ``more``: there are others beyond."""

    ids: list[int]
    more: bool


def studio_of_product(product_id: int) -> int | None:
    """For the gate; None: there is no such product."""
    return Product.objects.filter(pk=product_id).values_list("studio_id", flat=True).first()


def studio_of_brand(brand_id: int) -> int | None:
    """For the gate; None: there is no such brand."""
    return Brand.objects.filter(pk=brand_id).values_list("studio_id", flat=True).first()


def studio_of_change_set(change_set_id: int) -> int | None:
    """For the gate; None: there is no such change set."""
    return ChangeSet.objects.filter(pk=change_set_id).values_list("studio_id", flat=True).first()


def has_products(studio_id: int) -> bool:
    """Whether the studio has any product at all."""
    return Product.objects.filter(studio_id=studio_id).exists()


def listed(studio_id: int, text: str, filters: Filters, *, sort: str, page: int) -> Listed:
    """One page of the list, from 1."""
    found: dict[str, Any] = dict(
        find_products(studio_id, text, filters, sort=sort, limit=PAGE, offset=(page - 1) * PAGE)
    )
    rows: list[ProductRow] = found["products"]
    used = uses.of_products(studio_id, [row["id"] for row in rows])
    products: list[ListedProduct] = [{**row, "used": _sessions(used.get(row["id"], []))} for row in rows]
    return {
        "products": products,
        "more": found["more"],
        "meant": found["meant"] or "",
        "as_typed": found["as_typed"],
    }


def matching_ids(studio_id: int, text: str, filters: Filters, *, most: int) -> Ids:
    """The ids of all products that the list would show, ``most`` of them at most."""
    ids: list[int] = []
    while True:
        found = find_products(studio_id, text, filters, sort="newest", limit=STRIDE, offset=len(ids))
        ids += [row["id"] for row in found["products"]]
        if not found["more"] or not found["products"] or len(ids) >= most:
            return {"ids": ids[:most], "more": found["more"] or len(ids) > most}


def product_form(studio_id: int, product_id: int) -> dict[str, Any]:
    """A product as its form has it: the columns that a change set keeps, ``id``, ``updated_at`` (text that sorts as the
    times do) and ``talking_points_html``. Raises NotFound."""
    row = Product.objects.filter(pk=product_id, studio_id=studio_id).values("id", "updated_at", *TRACKED).first()
    if row is None:
        raise NotFound("There is no such product; it may have been deleted.")
    updated_at = row["updated_at"].isoformat(timespec="microseconds")
    return {**row, "updated_at": updated_at, "talking_points_html": render(row["talking_points_md"])}


def sessions_using(studio_id: int, product_id: int) -> list[Use]:
    """Each session that has the product in its lineup, once, the newest first."""
    used = uses.of_products(studio_id, [product_id]).get(product_id, [])
    return list({use["session_id"]: use for use in reversed(used)}.values())[::-1]


def tags_in_use(studio_id: int) -> list[str]:
    """Tags to choose from."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tag FROM (SELECT tags FROM catalog_product WHERE studio_id = %s AND tags <> '{}' ORDER BY id DESC"
            " LIMIT %s) newest, unnest(tags) AS tag GROUP BY tag ORDER BY count(*) DESC, tag LIMIT %s",
            [studio_id, NEWEST, MOST_TAGS],
        )
        return [tag for (tag,) in cursor.fetchall()]


def brand_names(studio_id: int) -> list[dict[str, Any]]:
    """``{id, name}`` of the studio's brands, by name."""
    rows = Brand.objects.filter(studio_id=studio_id).order_by("name", "id").values_list("id", "name")
    return [{"id": brand_id, "name": name} for brand_id, name in rows]


def brand(brand_id: int) -> Brand:
    """Raises NotFound."""
    found = Brand.objects.filter(pk=brand_id).first()
    if found is None:
        raise NotFound("There is no such brand.")
    return found


def _sessions(used: list[Use]) -> int:
    return len({use["session_id"] for use in used})
