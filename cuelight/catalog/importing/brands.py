"""The brands that the rows of a file name. Those there are none of yet are made."""

from django.db import connection

from cuelight.catalog.actions.brands import create_brand
from cuelight.catalog.models import Brand
from cuelight.errors import Invalid

MOST_NEW = 300


def settle_brands(studio_id: int, brand_id: int) -> list[int]:
    """Gives each row of ``catalog_import`` its brand: the one it names, else this one. Returns the ids of new ones.

    Raises Invalid for a file that would make hundreds: its column is no brand.
    """
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_import SET brand_id = %s", [brand_id])
        cursor.execute("SELECT DISTINCT brand FROM catalog_import WHERE brand IS NOT NULL ORDER BY brand")
        named = [name for (name,) in cursor.fetchall()]
        if not named:
            return []
        # As with the brand of the run: what is matched stays true until the commit.
        rows = Brand.objects.filter(studio_id=studio_id).select_for_update(no_key=True).order_by("id")
        brands: dict[str, int] = {}
        for pk, name in rows.values_list("id", "name"):
            brands.setdefault(_folded(name), pk)  # the oldest of those that only differ in case
        made = _make(studio_id, named, brands)
        cursor.execute(
            "UPDATE catalog_import s SET brand_id = known.id"
            " FROM unnest(%s::text[], %s::bigint[]) AS known(name, id) WHERE s.brand = known.name",
            [named, [brands[_folded(name)] for name in named]],
        )
    return made


def _make(studio_id: int, named: list[str], brands: dict[str, int]) -> list[int]:
    missing = {_folded(name): name for name in reversed(named) if _folded(name) not in brands}
    if len(missing) > MOST_NEW:
        raise Invalid(
            "many_brands",
            f"This file names {len(missing):,} brands that are not there yet; is that column the brand?",
        )
    made = {key: create_brand(studio_id, name=name) for key, name in sorted(missing.items())}
    brands |= made
    return list(made.values())


def _folded(name: str) -> str:
    # Not in SQL: there, only the letters of English have two cases.
    return " ".join(name.split()).casefold()
