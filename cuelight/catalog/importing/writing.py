"""A plan's rows become products: streamed to a temporary table, then set by set in SQL."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError

from cuelight.catalog import search_index
from cuelight.catalog.importing import staging
from cuelight.catalog.importing.plan import Plan
from cuelight.catalog.importing.problems import Cancelled, Findings, ProblemFacts, RowsRefused
from cuelight.catalog.models import Brand
from cuelight.errors import Conflict, NotFound
from cuelight.live.broadcast import broadcast

IDS_PER_BROADCAST = 500
_TAKEN_MEANWHILE = ("product_pid_once_per_studio", "product_number_once_per_brand")

_INSERT = """
    WITH numbered AS (
        SELECT ordinal, nextval(pg_get_serial_sequence('catalog_product', 'id')) AS id
        FROM (SELECT ordinal FROM catalog_import WHERE is_new ORDER BY ordinal) new_rows
    ), named AS (
        UPDATE catalog_import s SET product_id = n.id FROM numbered n WHERE n.ordinal = s.ordinal RETURNING s.*
    )
    INSERT INTO catalog_product (
        id, studio_id, brand_id, display_number, name, short_name, description, talking_points_md,
        original_price_cents, sale_price_cents, pid, sku, stock, is_featured, external_url, tags, extra,
        created_at, updated_at
    )
    SELECT product_id, %s, %s, CASE WHEN number_taken THEN NULL ELSE number END, name, coalesce(short_name, ''),
        coalesce(description, ''), coalesce(talking_points_md, ''), original_price_cents, sale_price_cents, pid,
        coalesce(sku, ''), stock, false, coalesce(external_url, ''), coalesce(tags, '{}'), extra, now(), now()
    FROM named ORDER BY ordinal
"""

# Only what the file says changes; a blank cell says nothing unless it is among ``cleared``.
_UPDATE = """
    WITH wanted AS (
        SELECT p.id,
            CASE WHEN s.number IS NULL THEN p.display_number WHEN s.number_taken THEN NULL ELSE s.number END
                AS display_number,
            coalesce(s.name, p.name) AS name,
            CASE WHEN 'short_name' = ANY(s.cleared) THEN '' ELSE coalesce(s.short_name, p.short_name) END
                AS short_name,
            CASE WHEN 'description' = ANY(s.cleared) THEN '' ELSE coalesce(s.description, p.description) END
                AS description,
            CASE WHEN 'talking_points_md' = ANY(s.cleared) THEN ''
                ELSE coalesce(s.talking_points_md, p.talking_points_md) END AS talking_points_md,
            coalesce(s.original_price_cents, p.original_price_cents) AS original_price_cents,
            CASE WHEN 'sale_price_cents' = ANY(s.cleared) THEN NULL
                ELSE coalesce(s.sale_price_cents, p.sale_price_cents) END AS sale_price_cents,
            coalesce(s.pid, p.pid) AS pid,
            CASE WHEN 'sku' = ANY(s.cleared) THEN '' ELSE coalesce(s.sku, p.sku) END AS sku,
            CASE WHEN 'stock' = ANY(s.cleared) THEN NULL ELSE coalesce(s.stock, p.stock) END AS stock,
            CASE WHEN 'external_url' = ANY(s.cleared) THEN '' ELSE coalesce(s.external_url, p.external_url) END
                AS external_url,
            CASE WHEN 'tags' = ANY(s.cleared) THEN '{}' ELSE coalesce(s.tags, p.tags) END AS tags,
            p.extra || s.extra AS extra
        FROM catalog_import s JOIN catalog_product p ON p.id = s.product_id WHERE NOT s.is_new
    ), changed AS (
        UPDATE catalog_product p
        SET display_number = w.display_number, name = w.name, short_name = w.short_name,
            description = w.description, talking_points_md = w.talking_points_md,
            original_price_cents = w.original_price_cents, sale_price_cents = w.sale_price_cents, pid = w.pid,
            sku = w.sku, stock = w.stock, external_url = w.external_url, tags = w.tags, extra = w.extra,
            updated_at = now()
        FROM wanted w
        WHERE p.id = w.id AND (
            p.display_number, p.name, p.short_name, p.description, p.talking_points_md, p.original_price_cents,
            p.sale_price_cents, p.pid, p.sku, p.stock, p.external_url, p.tags, p.extra
        ) IS DISTINCT FROM (
            w.display_number, w.name, w.short_name, w.description, w.talking_points_md, w.original_price_cents,
            w.sale_price_cents, w.pid, w.sku, w.stock, w.external_url, w.tags, w.extra
        )
        RETURNING p.id
    )
    UPDATE catalog_import s SET is_changed = true FROM changed c WHERE c.id = s.product_id
"""


@dataclass(slots=True)
class ImportResult:
    """What an import did, or would do (`rehearse`). ``skipped`` products existed and were left alone (no upsert);
    ``unchanged`` ones already were as the file says."""

    new: int
    updated: int
    unchanged: int
    skipped: int
    rows: int
    warnings: list[ProblemFacts] = field(default_factory=list)
    warnings_total: int = 0
    images: list[tuple[int, int, str]] = field(default_factory=list)
    """(product id, line, name in the zip) of the pictures that `store_images` shall add after the commit."""

    def lineup(self) -> Iterator[tuple[int, int]]:
        """(number, product id) by number; behind them, as number 0, the rows without one in the file's order.

        Streams from the import's temporary table, so it must be read inside the transaction of `write`.
        """
        with connection.chunked_cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(number, 0), product_id FROM catalog_import"
                " WHERE product_id IS NOT NULL ORDER BY number NULLS LAST, ordinal"
            )
            yield from cursor

    def refuse(self, sentences: Mapping[int, str]) -> NoReturn:
        """Raises RowsRefused with what the caller found wrong with products (by id), each at its line of the file.

        Like `lineup` inside the transaction of `write`.
        """
        findings = Findings(rows=self.rows)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT line, CASE WHEN number IS NULL THEN '' ELSE 'number' END, product_id FROM catalog_import"
                " WHERE product_id = ANY(%s) ORDER BY ordinal",
                [list(sentences)],
            )
            for line, column, product_id in cursor.fetchall():
                findings.errors.add(line, column, sentences[product_id])
        raise RowsRefused(findings)


def write(
    plan: Plan,
    *,
    studio_id: int,
    brand_id: int,
    upsert: bool = False,
    clear_blank: bool = False,
    on_progress: Callable[[int], None] = lambda _rows: None,
    should_cancel: Callable[[], bool] = lambda: False,
) -> ImportResult:
    """Writes a plan's products inside the caller's transaction: all of them or, raising, none.

    ``upsert`` updates products that exist (found by pid, else by number in the brand) with what the file says; without
    it they are skipped. ``clear_blank``: a blank cell then empties the field. ``on_progress`` gets the number of rows
    read, every thousand; both callbacks may use the connection, but what they write is part of this transaction.
    Raises RowsRefused with all errors by line, Cancelled, NotFound for a brand of another studio, Conflict if somebody
    took an id or number meanwhile. Broadcasts ``product_changed`` for what was updated, after the commit.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("write() needs the caller's transaction; the lineup belongs into the same one")
    # One import of a brand at a time: what was matched stays true until the commit.
    if not Brand.objects.select_for_update(no_key=True).filter(pk=brand_id, studio_id=studio_id).exists():
        raise NotFound("There is no such brand in this studio.")
    findings = Findings()
    rows = plan.rows(findings)
    staging.stage(rows, findings, clear_blank=clear_blank, on_progress=on_progress, should_cancel=should_cancel)
    staging.match(studio_id, brand_id)
    staging.mark_taken_numbers(brand_id, upsert=upsert)
    staging.find_errors(brand_id, findings, upsert=upsert, currency=plan.currency)
    if findings.errors.total:
        raise RowsRefused(findings)
    staging.find_warnings(findings, upsert=upsert)
    if should_cancel():
        raise Cancelled
    _apply(studio_id, brand_id, upsert=upsert)
    search_index.index_changed(studio_id)
    _tell(studio_id)
    return _result(findings, upsert=upsert)


def rehearse(
    plan: Plan,
    *,
    studio_id: int,
    brand_id: int,
    upsert: bool = False,
    clear_blank: bool = False,
    on_progress: Callable[[int], None] = lambda _rows: None,
    should_cancel: Callable[[], bool] = lambda: False,
    check: Callable[[ImportResult], None] = lambda _result: None,
) -> ImportResult:
    """What `write` would do, with the catalogue as it is now: same errors and warnings, same counts. Writes nothing.

    ``check`` sees the result while it is there and may refuse it.
    """
    with transaction.atomic():
        result = write(
            plan,
            studio_id=studio_id,
            brand_id=brand_id,
            upsert=upsert,
            clear_blank=clear_blank,
            on_progress=on_progress,
            should_cancel=should_cancel,
        )
        check(result)
        transaction.set_rollback(True)
    return result


def _apply(studio_id: int, brand_id: int, *, upsert: bool) -> None:
    try:
        with connection.cursor() as cursor:
            if upsert:
                # Locked by a statement of its own: _UPDATE then reads what an editor has just committed, and does not
                # write back what it was before.
                cursor.execute(
                    "SELECT 1 FROM catalog_product WHERE id IN (SELECT product_id FROM catalog_import WHERE NOT is_new)"
                    " ORDER BY id FOR UPDATE"
                )
                cursor.execute(_UPDATE)  # first: it frees numbers that new products take
            cursor.execute(_INSERT, [studio_id, brand_id])
    except IntegrityError as error:
        diagnostic = getattr(error.__cause__, "diag", None)
        if getattr(diagnostic, "constraint_name", None) not in _TAKEN_MEANWHILE:
            raise  # no other rule can be broken by others; then it is our mistake, and trying again would not help
        raise Conflict(
            "changed_meanwhile", "Somebody changed products while this import ran. Nothing was written; try again."
        ) from error


def _result(findings: Findings, *, upsert: bool) -> ImportResult:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE is_changed), count(*) FROM catalog_import"
        )
        new, updated, rows = cursor.fetchone()
        cursor.execute(
            "SELECT product_id, line, image FROM catalog_import"
            " WHERE image IS NOT NULL AND (is_new OR %s) ORDER BY ordinal",
            [upsert],
        )
        images = cursor.fetchall()
    existing = rows - new
    return ImportResult(
        new=new,
        updated=updated,
        unchanged=existing - updated if upsert else 0,
        skipped=0 if upsert else existing,
        rows=rows,
        warnings=findings.warnings.facts(),
        warnings_total=findings.warnings.total,
        images=images,
    )


def _tell(studio_id: int) -> None:
    """New products are in no lineup yet; whoever shows an updated one hears of it, in messages of bearable size."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT product_id FROM catalog_import WHERE is_changed ORDER BY product_id")
        while rows := cursor.fetchmany(IDS_PER_BROADCAST):
            broadcast(
                f"catalog:{studio_id}", "product_changed", {"product_ids": [product_id for (product_id,) in rows]}
            )
