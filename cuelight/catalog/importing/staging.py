"""The rows of a file in a temporary table, each with the product it means. Nothing of the catalogue changes here."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from django.db import connection
from psycopg.sql import SQL, Literal
from psycopg.types.json import Jsonb

from cuelight.catalog import words
from cuelight.catalog.importing.problems import MOST_LISTED, Cancelled, Findings, Problems
from cuelight.catalog.importing.rows import Row, sale_above_original
from cuelight.catalog.pricing import MISSING

STEP = 1_000
"""After so many rows progress is told and a cancel is noticed."""

_COLUMNS = (
    "line", "ordinal", "number", "name", "short_name", "description", "talking_points_md", "original_price_cents",
    "sale_price_cents", "pid", "sku", "stock", "tags", "external_url", "image", "extra", "cleared", "brand",
    "cost_cents", "barcode", "is_featured", "variants", "external_key", "cuelight_id", "is_own_handle", "charged_cents",
    "points_draft", "pictures", "search_text",
)  # fmt: skip
_CREATE = """
    CREATE TEMPORARY TABLE catalog_import (
        line integer NOT NULL, ordinal integer NOT NULL, number integer, name text, short_name text, description text,
        talking_points_md text, original_price_cents bigint, sale_price_cents bigint, pid text, sku text, stock integer,
        tags varchar(50)[], external_url text, image text, extra jsonb NOT NULL, cleared text[], brand text,
        cost_cents bigint, barcode text, is_featured boolean, variants jsonb, external_key text, cuelight_id bigint,
        is_own_handle boolean NOT NULL, charged_cents bigint, points_draft text, pictures jsonb,
        search_text text NOT NULL,
        product_id bigint, is_new boolean NOT NULL DEFAULT false, found_by text, brand_id bigint,
        stored_number integer, number_taken boolean NOT NULL DEFAULT false,
        is_changed boolean NOT NULL DEFAULT false
    ) ON COMMIT DROP
"""
_COPY = f"COPY catalog_import ({', '.join(_COLUMNS)}) FROM STDIN"


def stage(
    rows: Iterable[Row],
    findings: Findings,
    *,
    brand: str,
    clear_blank: bool,
    on_progress: Callable[[int], None],
    should_cancel: Callable[[], bool],
) -> None:
    """Streams the rows into a temporary table that lives until the transaction ends; with the words that a new product
    of each would be found by, of ``brand`` where the row names none.

    Goes on to the end even when rows are wrong, so that all errors are found at once. Raises Cancelled.
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.catalog_import")
        cursor.execute(_CREATE)
        coming = iter(rows)
        while batch := list(islice(coming, STEP)):
            # One COPY per batch: while one runs, whoever is told could not use the connection.
            with cursor.copy(_COPY) as copy:
                for row in batch:
                    copy.write_row((*_values(row, clear_blank=clear_blank), _text_of(row, brand)))
            on_progress(findings.rows)
            if should_cancel():
                raise Cancelled
        cursor.execute("ANALYZE catalog_import")


_BY_SKU = """s.product_id IS NULL AND p.brand_id = s.brand_id AND p.sku = s.sku AND (p.brand_id, p.sku) IN (
        SELECT brand_id, sku FROM catalog_product WHERE studio_id = %s AND sku <> ''
        GROUP BY brand_id, sku HAVING count(*) = 1
    ) AND (s.brand_id, s.sku) IN (
        SELECT brand_id, sku FROM catalog_import WHERE product_id IS NULL GROUP BY brand_id, sku HAVING count(*) = 1
    )"""


def match(studio_id: int) -> None:
    """Finds the product of each row: by our own id, by its key, by its pid, all of them anywhere in the studio; else by
    a SKU that only one product of the brand has, else by its number in the brand.

    A SKU or number alone means nothing when both sides have a pid (or a key) and they differ: next week's sheet counts
    from 1 again.
    """
    found = "UPDATE catalog_import s SET product_id = p.id, found_by = '{}' FROM catalog_product p WHERE "
    _run(found.format("id") + "s.cuelight_id = p.id AND p.studio_id = %s", studio_id)
    # A handle that we made up is no name that anybody gave.
    _run("UPDATE catalog_import SET external_key = NULL WHERE is_own_handle AND product_id IS NOT NULL")
    _run(
        found.format("key") + "s.product_id IS NULL AND p.studio_id = %s AND p.external_key = s.external_key"
        " AND p.external_key <> ''",
        studio_id,
    )
    _run(found.format("pid") + "s.product_id IS NULL AND p.studio_id = %s AND p.pid = s.pid", studio_id)
    no_other = (
        " AND (s.pid IS NULL OR p.pid IS NULL OR s.pid = p.pid)"
        " AND (s.external_key IS NULL OR p.external_key = '' OR s.external_key = p.external_key)"
    )
    _run(
        found.format("sku") + _BY_SKU + no_other,
        studio_id,
    )
    _run(
        found.format("number")
        + "s.product_id IS NULL AND p.brand_id = s.brand_id AND p.display_number = s.number"
        + no_other
    )
    _run("UPDATE catalog_import SET is_new = true WHERE product_id IS NULL")
    # Who holds a key keeps it.
    _run(
        """UPDATE catalog_import s SET external_key = NULL FROM catalog_product p
            WHERE p.studio_id = %s AND p.external_key = s.external_key AND p.id IS DISTINCT FROM s.product_id""",
        studio_id,
    )


def mark_taken_numbers(*, upsert: bool, also_edited: bool) -> None:
    """Numbers that a product outside the file holds. An update frees the numbers of all products in the file first."""
    # Whoever moves to another brand takes the number along, where it is free.
    _run(
        """UPDATE catalog_import s SET stored_number = coalesce(
               s.number, (SELECT p.display_number FROM catalog_product p
                          WHERE p.id = s.product_id AND s.brand IS NOT NULL AND p.brand_id <> s.brand_id)
           )"""
    )
    _run(
        """UPDATE catalog_import s SET number_taken = true FROM catalog_product p
            WHERE p.brand_id = s.brand_id AND p.display_number = s.stored_number AND p.id IS DISTINCT FROM s.product_id
              AND NOT (%s AND (%s OR 'display_number' <> ALL(p.hand_edited)) AND EXISTS (
                SELECT FROM catalog_import t WHERE t.product_id = p.id AND t.stored_number IS NOT NULL
            ))""",
        upsert,
        also_edited,
    )


def find_errors(brand_id: int, findings: Findings) -> None:
    """What only the catalogue shows to be wrong, by line."""
    for line, pid, brand in _listed(
        findings.errors,
        """SELECT s.line, s.pid, b.name FROM catalog_import s JOIN catalog_product p ON p.id = s.product_id
           JOIN catalog_brand b ON b.id = p.brand_id
           WHERE p.brand_id <> %s AND s.brand IS NULL AND s.found_by = 'pid'""",
        brand_id,
    ):
        findings.errors.add(line, "pid", f'The product {pid} belongs to the brand "{brand}" already')
    for line, pid, name in _listed(
        findings.errors,
        """SELECT s.line, s.pid, p.name FROM catalog_import s JOIN catalog_product p ON p.pid = s.pid
           WHERE p.studio_id = (SELECT studio_id FROM catalog_brand WHERE id = %s) AND p.id <> s.product_id
             AND s.found_by <> 'pid'""",
        brand_id,
    ):
        findings.errors.add(line, "pid", f'The product id {pid} is that of "{name}" already')
    for line, first_line, first, name in _listed(
        findings.errors,
        """SELECT s.line, s.first_line, s.first, p.name FROM (
               SELECT line, ordinal, product_id, min(line) OVER same AS first_line, min(ordinal) OVER same AS first
               FROM catalog_import WHERE product_id IS NOT NULL WINDOW same AS (PARTITION BY product_id)
           ) s JOIN catalog_product p ON p.id = s.product_id WHERE s.ordinal > s.first""",
    ):
        both = f"This line and line {first_line}" if line > first_line else f"This one and product {first} of this file"
        findings.errors.add(line, "", f'{both} both mean the product "{name}"')
    for (line,) in _listed(findings.errors, "SELECT line FROM catalog_import WHERE is_new AND name IS NULL"):
        findings.errors.add(line, "name", "Name missing, and this is a new product")
    for (line,) in _listed(
        findings.errors,
        "SELECT line FROM catalog_import WHERE is_new AND coalesce(original_price_cents, charged_cents) IS NULL",
    ):
        findings.errors.add(line, "original_price", f"{MISSING}, and this is a new product")


def find_warnings(findings: Findings, *, upsert: bool) -> None:
    """What is legal and probably not meant, by line."""
    for line, number in _listed(
        findings.warnings,
        "SELECT line, stored_number FROM catalog_import WHERE number_taken AND (is_new OR %s)",
        upsert,
    ):
        findings.warnings.add(
            line,
            "number",
            f"Another product of this brand has the number {number}; this one is stored without a number, "
            f"in the lineup it is {number}",
        )
    if upsert:
        return
    for line, number, kept, given in _listed(
        findings.warnings,
        """SELECT s.line, s.number, p.name, s.name FROM catalog_import s JOIN catalog_product p ON p.id = s.product_id
           WHERE s.found_by = 'number' AND p.name <> s.name""",
    ):
        findings.warnings.add(
            line, "name", f'The number {number} is "{kept}" already and was left as it is; this line says "{given}"'
        )


def find_crossed_prices(findings: Findings, currency: str) -> None:
    """A new price beside an old one that the file does not mention."""
    for line, sale, original in _listed(
        findings.errors,
        """SELECT line, sale_price_cents, original_price_cents FROM catalog_wanted
            WHERE sale_price_cents > original_price_cents AND 'original_price_cents' <> ALL(held)
              AND 'sale_price_cents' <> ALL(held)""",
    ):
        findings.errors.add(line, "sale_price", sale_above_original(sale, original, currency))


def _listed(problems: Problems, sql: str, *parameters: int | bool) -> list[tuple[Any, ...]]:
    """The rows that make a problem each, as many as are listed; ``problems`` counts those beyond."""
    listing = SQL("SELECT found.*, count(*) OVER () FROM ({}) found ORDER BY line LIMIT {}")
    with connection.cursor() as cursor:
        cursor.execute(listing.format(SQL(sql), Literal(MOST_LISTED)), parameters)
        rows = cursor.fetchall()
    problems.total += rows[0][-1] - len(rows) if rows else 0
    return [row[:-1] for row in rows]


def _values(row: Row, *, clear_blank: bool) -> tuple[object, ...]:
    cleared = [*row.cleared, *(row.blank if clear_blank else ())]
    return (
        row.line, row.ordinal, row.number, row.name, row.short_name, row.description, row.talking_points_md,
        row.original_price_cents, row.sale_price_cents, row.pid, row.sku, row.stock, row.tags, row.external_url,
        row.image, Jsonb(row.extra), cleared or None, row.brand, row.cost_cents, row.barcode, row.is_featured,
        None if row.variants is None else Jsonb(row.variants), row.external_key, row.cuelight_id, row.is_own_handle,
        row.charged_cents, row.points_draft,
        Jsonb([{"url": picture.url, "alt": picture.alt} for picture in row.pictures]) if row.pictures else None,
    )  # fmt: skip


def _text_of(row: Row, brand: str) -> str:
    product = {
        "name": row.name,
        "short_name": row.short_name,
        "display_number": row.number,
        "sku": row.sku,
        "pid": row.pid,
        "barcode": row.barcode,
        "tags": row.tags,
        "variants": row.variants,
        "description": row.description,
    }
    return words.search_text(product, row.brand or brand)


def _run(sql: str, *parameters: int | bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
