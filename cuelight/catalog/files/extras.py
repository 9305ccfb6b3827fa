"""Columns of imported files that we have no field for: written back under their own names."""

from collections.abc import Callable
from typing import Any

from django.db import connection

from cuelight.catalog.importing.fields import bare
from cuelight.catalog.importing.mapping import known_field
from cuelight.catalog.importing.records import LONGEST_CELL, unique_headers
from cuelight.ui import spreadsheet

MOST = 120
"""More columns than this nobody reads; our own file has the rest in one cell."""


def extra_keys(ids: list[int]) -> list[str]:
    """The names that any of these products has, the most frequent first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k FROM catalog_product, jsonb_object_keys(extra) k WHERE id = ANY(%s)"
            " GROUP BY k ORDER BY count(*) DESC, k",
            [ids],
        )
        return [key for (key,) in cursor.fetchall()]


def columns_of(
    keys: list[str], header: list[str], *, is_taken: Callable[[str], bool] = lambda _key: False
) -> list[str]:
    """Those of the keys that can be columns of their own beside a header, and come back as what they are."""
    taken = {bare(name) for name in header}
    found: list[str] = []
    for key in keys:
        name = bare(key)
        if len(found) < MOST and name not in taken and name != "price" and not is_taken(key) and _is_plain(key):
            found.append(key)
            taken.add(name)
    return found


def cell_of(value: Any) -> str | None:
    """A value as a cell that comes back as it is; None: it would not."""
    fits = isinstance(value, str) and value.strip() and len(value) <= LONGEST_CELL
    return value if fits else None


def _is_plain(key: str) -> bool:
    return (
        unique_headers([key]) == [key]
        and known_field(key) is None
        and spreadsheet.safe(key) == key
        and not key.startswith("Column ")
        and not key.lower().startswith("sep=")
        and "\0" not in key
    )
