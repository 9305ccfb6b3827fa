"""What the products of a file would become, beside what they are: one row each in a temporary table.

The counts, the differences that people look at, the update and its change set all read the same rows, so that what was
shown is what is done.
"""

import json
from typing import Any, TypedDict

from django.db import connection
from psycopg.sql import SQL, Composable, Identifier, Literal

MOST_PER_FIELD = 60
"""Differences that are listed one by one, of each field; the rest is counted."""
LONGEST_SHOWN = 240
MOST_VARIANTS_SHOWN = 8

_SPACE = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
_PRICES = ("original_price_cents", "sale_price_cents")
#: Columns that an import writes, as they are shown, in this order.
COLUMNS = (
    "name", "original_price_cents", "sale_price_cents", "stock", "display_number", "brand_id", "short_name",
    "description", "talking_points_md", "pid", "sku", "barcode", "variants", "tags", "external_url", "cost_cents",
    "is_featured", "extra", "external_key",
)  # fmt: skip


class Difference(TypedDict):
    """One field of one product. ``is_kept``: a person changed it here, so the import leaves it as it is. Texts are
    shortened, prices minor units, a brand is its name."""

    line: int
    product_id: int
    name: str
    field: str
    before: Any
    after: Any
    is_kept: bool


class Differences(TypedDict):
    """``changes`` and ``kept``: field → in how many products. ``products_kept``: those with anything kept."""

    changes: dict[str, int]
    kept: dict[str, int]
    products_kept: int
    listed: list[Difference]


def _said(column: str, empty: str) -> str:
    """What the file says of a column; a blank cell says nothing unless it is among ``cleared``."""
    return (
        f"CASE WHEN '{column}' = ANY(s.cleared) THEN {empty} WHEN s.{column} IS NULL THEN p.{column}"
        f" ELSE s.{column} END"
    )


def _text(column: str) -> str:
    """A text that only differs in its line ends, or in space around it, is the same."""
    tidied = f"btrim(replace(replace(p.{column}, E'\\r\\n', E'\\n'), E'\\r', E'\\n'), {{space}})"
    blank = f"'{column}' = ANY(s.cleared) AND {tidied} = ''"
    return f"CASE WHEN s.{column} = {tidied} OR {blank} THEN p.{column} ELSE {_said(column, chr(39) * 2)} END"


# Where a file does not know what is crossed out, a lower price than the original one is a sale.
_CHARGED_NOW = "coalesce(p.sale_price_cents, p.original_price_cents)"
_ORIGINAL = f"""CASE WHEN s.charged_cents IS NULL THEN coalesce(s.original_price_cents, p.original_price_cents)
    WHEN s.charged_cents = {_CHARGED_NOW} OR s.charged_cents < p.original_price_cents THEN p.original_price_cents
    ELSE s.charged_cents END"""
_SALE = f"""CASE WHEN s.charged_cents IS NULL THEN {_said("sale_price_cents", "NULL")}
    WHEN s.charged_cents = {_CHARGED_NOW} THEN p.sale_price_cents
    WHEN s.charged_cents < p.original_price_cents THEN s.charged_cents ELSE NULL END"""
# A variant is known by its title; what a file does not say of it stays.
_VARIANTS = """CASE WHEN s.variants IS NULL OR s.variants = p.variants THEN p.variants ELSE coalesce((
    SELECT jsonb_agg(
        '{{"sku": "", "barcode": "", "price_cents": null, "compare_at_cents": null, "stock": null}}'::jsonb
        || coalesce(known.it, '{{}}') || given.it ORDER BY given.place
    ) FROM jsonb_array_elements(s.variants) WITH ORDINALITY given(it, place) LEFT JOIN LATERAL (
        SELECT it FROM jsonb_array_elements(p.variants) old(it) WHERE old.it->>'title' = given.it->>'title' LIMIT 1
    ) known ON true
), '[]') END"""
_EXPRESSIONS = {
    "name": "coalesce(s.name, p.name)",
    "original_price_cents": _ORIGINAL,
    "sale_price_cents": _SALE,
    "stock": _said("stock", "NULL"),
    "display_number": (
        "CASE WHEN s.stored_number IS NULL THEN p.display_number WHEN s.number_taken THEN NULL ELSE s.stored_number END"
    ),
    "brand_id": "CASE WHEN s.brand IS NULL THEN p.brand_id ELSE s.brand_id END",
    "short_name": _said("short_name", "''"),
    "description": _text("description"),
    "talking_points_md": f"""CASE WHEN s.talking_points_md IS NULL AND s.points_draft IS NOT NULL
        AND p.talking_points_md = '' THEN s.points_draft ELSE {_text("talking_points_md")} END""",
    "pid": "coalesce(s.pid, p.pid)",
    "sku": _said("sku", "''"),
    "barcode": _said("barcode", "''"),
    "variants": _VARIANTS,
    # In whatever order.
    "tags": "CASE WHEN s.tags @> p.tags AND s.tags <@ p.tags THEN p.tags ELSE " + _said("tags", "'{{}}'") + " END",
    "external_url": _said("external_url", "''"),
    "cost_cents": _said("cost_cents", "NULL"),
    "is_featured": "coalesce(s.is_featured, p.is_featured)",
    "extra": "p.extra || s.extra",
    "external_key": "CASE WHEN p.external_key = '' THEN coalesce(s.external_key, '') ELSE p.external_key END",
}


def compare(*, also_edited: bool) -> None:
    """Fills ``catalog_wanted``: for each product of the file that exists, its columns as the file says, those that
    differ (``changed``) and those that differ and were changed here by hand (``held``), which it leaves alone.

    The two prices are one thing: a hand at one of them holds both. ``also_edited``: nothing is held.
    """
    wanted = SQL(", ").join(
        SQL("{} AS {}").format(SQL(_EXPRESSIONS[column]).format(space=Literal(_SPACE)), Identifier(column))
        for column in COLUMNS
    )
    differing = SQL(", ").join(
        SQL("CASE WHEN w.{0} IS DISTINCT FROM p.{0} THEN {1} END").format(Identifier(column), Literal(column))
        for column in COLUMNS
    )
    owned = SQL("'{{}}'::text[]").format() if also_edited else _OWNED
    sql = SQL(
        """CREATE TEMPORARY TABLE catalog_wanted ON COMMIT DROP AS
        SELECT line, id, {columns}, hand_edited,
            ARRAY(SELECT k FROM unnest(differing) k WHERE k <> ALL(owned)) AS changed,
            ARRAY(SELECT k FROM unnest(differing) k WHERE k = ANY(owned)) AS held
        FROM (
            SELECT w.*, p.hand_edited, {owned} AS owned, array_remove(ARRAY[{differing}], NULL) AS differing
            FROM (
                SELECT s.line, p.id, {wanted}
                FROM catalog_import s JOIN catalog_product p ON p.id = s.product_id WHERE NOT s.is_new
            ) w JOIN catalog_product p ON p.id = w.id
        ) compared WHERE differing <> '{{}}'"""
    )
    columns = SQL(", ").join(Identifier(column) for column in COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.catalog_wanted")
        cursor.execute(sql.format(columns=columns, owned=owned, differing=differing, wanted=wanted))
        cursor.execute("ANALYZE catalog_wanted")


_OWNED: Composable = SQL(
    "(CASE WHEN p.hand_edited::text[] && {prices} THEN p.hand_edited::text[] || {prices}"
    " ELSE p.hand_edited::text[] END)"
).format(prices=SQL("ARRAY['original_price_cents', 'sale_price_cents']::text[]"))


def differences() -> Differences:
    """What differs, counted by field and listed as far as people read. Between `compare` and `hold`."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT k, is_kept, count(*) FROM (
                   SELECT unnest(changed) AS k, false AS is_kept FROM catalog_wanted
                   UNION ALL SELECT unnest(held), true FROM catalog_wanted
               ) found GROUP BY 1, 2"""
        )
        counted = cursor.fetchall()
        cursor.execute("SELECT count(*) FROM catalog_wanted WHERE held <> '{}'")
        [products_kept] = cursor.fetchone()
        cursor.execute(_LISTED, [MOST_PER_FIELD])
        listed = [(*row[:4], json.loads(row[4]), json.loads(row[5]), row[6]) for row in cursor.fetchall()]
    names = _brand_names(listed)
    rank = {column: place for place, column in enumerate(COLUMNS)}
    return {
        "changes": {k: n for k, is_kept, n in sorted(counted, key=lambda row: rank[row[0]]) if not is_kept},
        "kept": {k: n for k, is_kept, n in sorted(counted, key=lambda row: rank[row[0]]) if is_kept},
        "products_kept": products_kept,
        "listed": [
            {
                "line": line,
                "product_id": product_id,
                "name": name,
                "field": k,
                "before": _shown(k, before, names),
                "after": _shown(k, after, names),
                "is_kept": is_kept,
            }
            for line, product_id, name, k, before, after, is_kept in sorted(
                listed, key=lambda row: (row[0], row[1], rank[row[3]])
            )
        ],
    }


_LISTED = """
    SELECT found.line, found.id, p.name, k, to_jsonb(p) -> k, to_jsonb(w) -> k, is_kept FROM (
        SELECT line, id, k, is_kept, row_number() OVER (PARTITION BY k, is_kept ORDER BY line, id) AS place FROM (
            SELECT line, id, unnest(changed) AS k, false AS is_kept FROM catalog_wanted
            UNION ALL SELECT line, id, unnest(held), true FROM catalog_wanted
        ) fields
    ) found JOIN catalog_product p ON p.id = found.id JOIN catalog_wanted w ON w.id = found.id
    WHERE place <= %s
"""


def hold() -> None:
    """Puts back into ``catalog_wanted`` what is held, so that it is what will be."""
    columns = SQL(", ").join(
        SQL("{0} = CASE WHEN {1} = ANY(w.held) THEN p.{0} ELSE w.{0} END").format(Identifier(column), Literal(column))
        for column in COLUMNS
    )
    with connection.cursor() as cursor:
        cursor.execute(
            SQL("UPDATE catalog_wanted w SET {} FROM catalog_product p WHERE p.id = w.id AND w.held <> '{{}}'").format(
                columns
            )
        )


def _brand_names(listed: list[Any]) -> dict[int, str]:
    ids = {value for row in listed if row[3] == "brand_id" for value in row[4:6]}
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name FROM catalog_brand WHERE id = ANY(%s)", [list(ids)])
        return dict(cursor.fetchall())


def _shown(field: str, value: Any, brands: dict[int, str]) -> Any:
    if field == "brand_id":
        return brands.get(value, "")
    if field == "variants":
        return [
            {"title": each.get("title", ""), "price_cents": each.get("price_cents"), "stock": each.get("stock")}
            for each in value[:MOST_VARIANTS_SHOWN]
        ]
    if field == "extra":
        return ", ".join(f"{key}: {text}" for key, text in value.items())[:LONGEST_SHOWN]
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)[:LONGEST_SHOWN]
    if isinstance(value, str) and len(value) > LONGEST_SHOWN:
        return value[:LONGEST_SHOWN] + "…"
    return value
