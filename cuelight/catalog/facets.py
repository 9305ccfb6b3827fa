"""What a list of products can be narrowed to: brands and tags, with how many products each leaves."""

from typing import TypedDict

from django.db import connection

MOST_BRANDS = 500
MOST_TAGS = 100
#: Products of one brand are counted up to here: a count of a million would take as long as all the rest.
COUNTED = 1_000
#: Tags are counted among so many of the newest products.
NEWEST = 5_000


class BrandCount(TypedDict):
    id: int
    name: str
    count: int


class TagCount(TypedDict):
    tag: str
    count: int


class Facets(TypedDict):
    """Brands by name, ``count`` up to ``counted`` (then it means: at least). The most used tags among the ``of_newest``
    newest products, the most used first; there are no more products than that unless it is 5,000."""

    brands: list[BrandCount]
    counted: int
    tags: list[TagCount]
    of_newest: int


def of_studio(studio_id: int) -> Facets:
    """The studio's brands (500 at most) and most used tags (100); the same work however many products there are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b.id, b.name, p.count FROM ("
            " SELECT id, name FROM catalog_brand WHERE studio_id = %s ORDER BY name, id LIMIT %s"
            ") b CROSS JOIN LATERAL ("
            " SELECT count(*) FROM (SELECT FROM catalog_product WHERE brand_id = b.id LIMIT %s) counted"
            ") p ORDER BY b.name, b.id",
            [studio_id, MOST_BRANDS, COUNTED],
        )
        brands: list[BrandCount] = [{"id": pk, "name": name, "count": count} for pk, name, count in cursor.fetchall()]
        cursor.execute(
            "WITH newest AS MATERIALIZED ("
            " SELECT tags FROM catalog_product WHERE studio_id = %s ORDER BY id DESC LIMIT %s"
            ") SELECT tag, count(*), (SELECT count(*) FROM newest) FROM newest, unnest(tags) tag"
            " GROUP BY tag ORDER BY count(*) DESC, tag LIMIT %s",
            [studio_id, NEWEST, MOST_TAGS],
        )
        rows = cursor.fetchall()
    tags: list[TagCount] = [{"tag": tag, "count": count} for tag, count, _ in rows]
    return {"brands": brands, "counted": COUNTED, "tags": tags, "of_newest": rows[0][2] if rows else 0}
