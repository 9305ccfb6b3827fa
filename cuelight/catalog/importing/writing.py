"""A plan's rows become products: streamed to a temporary table, then set by set in SQL."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, NoReturn

from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError

from cuelight.catalog import search_index
from cuelight.catalog.actions.change_sets import open_set
from cuelight.catalog.importing import comparing, pictures, staging
from cuelight.catalog.importing.brands import settle_brands
from cuelight.catalog.importing.comparing import COLUMNS, Differences
from cuelight.catalog.importing.plan import Plan
from cuelight.catalog.importing.problems import Cancelled, Findings, ProblemFacts, RowsRefused
from cuelight.catalog.models import Brand
from cuelight.errors import Conflict, NotFound
from cuelight.live.broadcast import broadcast

IDS_PER_BROADCAST = 500
_TAKEN_MEANWHILE = (
    "product_pid_once_per_studio",
    "product_number_once_per_brand",
    "product_external_key_once_per_studio",
)

_NAME_NEW = """
    WITH numbered AS (
        SELECT ordinal, nextval(pg_get_serial_sequence('catalog_product', 'id')) AS id
        FROM (SELECT ordinal FROM catalog_import WHERE is_new ORDER BY ordinal) new_rows
    )
    UPDATE catalog_import s SET product_id = n.id FROM numbered n WHERE n.ordinal = s.ordinal
"""
# A variant that the file says little of is whole when it is stored.
_INSERT = """
    INSERT INTO catalog_product (
        id, studio_id, brand_id, display_number, name, short_name, description, talking_points_md,
        original_price_cents, sale_price_cents, pid, sku, stock, is_featured, external_url, tags, extra, cost_cents,
        barcode, variants, external_key, search_text, created_at, updated_at
    )
    SELECT product_id, %s, brand_id, CASE WHEN number_taken THEN NULL ELSE stored_number END, name,
        coalesce(short_name, ''), coalesce(description, ''), coalesce(talking_points_md, points_draft, ''),
        coalesce(original_price_cents, charged_cents), sale_price_cents, pid, coalesce(sku, ''), stock,
        coalesce(is_featured, false), coalesce(external_url, ''), coalesce(tags, '{}'), extra, cost_cents,
        coalesce(barcode, ''), coalesce((
            SELECT jsonb_agg(
                '{"sku": "", "barcode": "", "price_cents": null, "compare_at_cents": null, "stock": null}'::jsonb
                || given.it ORDER BY given.place
            ) FROM jsonb_array_elements(variants) WITH ORDINALITY given(it, place)
        ), '[]'), coalesce(external_key, ''), search_text, now(), now()
    FROM catalog_import WHERE is_new ORDER BY ordinal
"""
_UPDATE = f"""
    UPDATE catalog_product p SET ({", ".join(COLUMNS)}, hand_edited, updated_at) = (
        {", ".join(f"w.{column}" for column in COLUMNS)},
        ARRAY(SELECT h FROM unnest(p.hand_edited) h WHERE h <> ALL(w.changed)), now()
    )
    FROM catalog_wanted w WHERE p.id = w.id AND w.changed <> '{{}}'
"""  # noqa: S608 (our own column names)
_MARK_CHANGED = """
    UPDATE catalog_import s SET is_changed = true FROM catalog_wanted w
    WHERE w.id = s.product_id AND w.changed <> '{}'
"""
_NOTE_CHANGES = """
    INSERT INTO catalog_productchange (change_set_id, product_id, before, after)
    SELECT %s, w.id, found.before, found.after
    FROM catalog_wanted w JOIN catalog_product p ON p.id = w.id, LATERAL (
        SELECT to_jsonb(p) AS old, to_jsonb(w) AS new OFFSET 0
    ) whole, LATERAL (
        SELECT jsonb_object_agg(k, whole.old -> k) AS before, jsonb_object_agg(k, whole.new -> k) AS after
        FROM unnest(w.changed || CASE WHEN p.hand_edited && w.changed::varchar[] THEN '{hand_edited}'::text[] END) k
    ) found WHERE w.changed <> '{}'
"""
_NOTE_NEW = """
    INSERT INTO catalog_productchange (change_set_id, product_id, before, after)
    SELECT %s, product_id, NULL, jsonb_build_object('name', name) FROM catalog_import WHERE is_new ORDER BY ordinal
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
    fetching: int = 0
    """Pictures that are fetched from their addresses afterwards."""
    new_brands: list[str] = field(default_factory=list)
    differences: Differences | None = None
    """Of a rehearsal: what differs, field by field."""
    change_set_id: int | None = None
    """What takes it back (`actions.revert`); None when nothing was changed."""

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
    also_edited: bool = False,
    title: str = "",
    by: int | None = None,
    asked_by: str = "",
    on_progress: Callable[[int], None] = lambda _rows: None,
    should_cancel: Callable[[], bool] = lambda: False,
) -> ImportResult:
    """Writes a plan's products inside the caller's transaction: all of them or, raising, none.

    ``upsert`` updates products that exist (`staging.match`) with what the file says; without it they are skipped.
    ``clear_blank``: a blank cell then empties the field. ``also_edited``: fields that a person has changed here are
    overwritten as well. What is done is one change set, called ``title``, of the person ``by``; its pictures
    are wanted by ``asked_by`` (`pictures.outstanding`). ``on_progress`` gets the number of rows read, every thousand;
    both callbacks may use the connection, but what they write is part of this transaction.
    Raises RowsRefused with all errors by line, Cancelled, NotFound for a brand of another studio, Conflict if somebody
    took an id or number meanwhile. Broadcasts ``product_changed`` for what was updated, after the commit.
    """
    asked = _Asked(plan, studio_id, brand_id, upsert, clear_blank, also_edited)
    findings, new_brands = _stage(asked, on_progress, should_cancel, is_rehearsal=False)
    if should_cancel():
        raise Cancelled
    if upsert:
        comparing.hold()
    result = _result(asked, findings, new_brands)
    result.change_set_id = _apply(asked, result, new_brands, title=title, by=by)
    if result.change_set_id is not None:
        search_index.index_changed(studio_id)
    result.fetching = pictures.ask_for(studio_id, upsert=upsert, asked_by=asked_by)
    if upsert:
        _tell(studio_id)
    return result


def rehearse(
    plan: Plan,
    *,
    studio_id: int,
    brand_id: int,
    upsert: bool = False,
    clear_blank: bool = False,
    also_edited: bool = False,
    on_progress: Callable[[int], None] = lambda _rows: None,
    should_cancel: Callable[[], bool] = lambda: False,
    check: Callable[[ImportResult], None] = lambda _result: None,
) -> ImportResult:
    """What `write` would do, with the catalogue as it is now: same errors and warnings, same counts, and what differs
    field by field. Writes nothing.

    ``check`` sees the result while it is there and may refuse it.
    """
    asked = _Asked(plan, studio_id, brand_id, upsert, clear_blank, also_edited)
    with transaction.atomic():
        findings, new_brands = _stage(asked, on_progress, should_cancel, is_rehearsal=True)
        result = _result(asked, findings, new_brands)
        result.differences = comparing.differences() if upsert else None
        result.fetching = pictures.count(upsert=upsert)
        check(result)
        transaction.set_rollback(True)
    return result


class _Asked(NamedTuple):
    plan: Plan
    studio_id: int
    brand_id: int
    upsert: bool
    clear_blank: bool
    also_edited: bool


def _stage(
    asked: _Asked, on_progress: Callable[[int], None], should_cancel: Callable[[], bool], *, is_rehearsal: bool
) -> tuple[Findings, list[int]]:
    """Everything up to the first write: rows in a temporary table with the products they mean, compared with those.

    Returns what was found on the way and the ids of brands that were made. Raises RowsRefused, Cancelled.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("write() needs the caller's transaction; the lineup belongs into the same one")
    # One import of a brand at a time: what was matched stays true until the commit.
    brand = Brand.objects.select_for_update(no_key=True).filter(pk=asked.brand_id, studio_id=asked.studio_id)
    brand_name = brand.values_list("name", flat=True).first()
    if brand_name is None:
        raise NotFound("There is no such brand in this studio.")
    findings = Findings()
    rows = asked.plan.rows(findings)
    staging.stage(
        rows,
        findings,
        brand=brand_name,
        clear_blank=asked.clear_blank,
        on_progress=on_progress,
        should_cancel=should_cancel,
    )
    new_brands = settle_brands(asked.studio_id, asked.brand_id)
    staging.match(asked.studio_id)
    staging.mark_taken_numbers(upsert=asked.upsert, also_edited=asked.also_edited)
    staging.find_errors(asked.brand_id, findings)
    if asked.upsert and not findings.errors.total:
        if not is_rehearsal:
            _lock()
        comparing.compare(also_edited=asked.also_edited)
        staging.find_crossed_prices(findings, asked.plan.currency)
    if findings.errors.total:
        raise RowsRefused(findings)
    staging.find_warnings(findings, upsert=asked.upsert)
    with connection.cursor() as cursor:
        cursor.execute(_NAME_NEW)
    return findings, new_brands


def _lock() -> None:
    """By a statement of its own: what is compared then is what an editor has just committed, and what they had before
    is not written back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM catalog_product WHERE id IN (SELECT product_id FROM catalog_import WHERE NOT is_new)"
            " ORDER BY id FOR UPDATE"
        )


def _apply(asked: _Asked, result: ImportResult, new_brands: list[int], *, title: str, by: int | None) -> int | None:
    """Returns the change set's id, if anything changes."""
    if not (result.new or result.updated or new_brands):
        return None
    change_set_id = open_set(asked.studio_id, "import", title, by=by, brands_made=new_brands)
    try:
        with connection.cursor() as cursor:
            if result.updated:
                cursor.execute(_NOTE_CHANGES, [change_set_id])
                cursor.execute(_UPDATE)  # first: it frees numbers that new products take
                cursor.execute(_MARK_CHANGED)
            if result.new:
                cursor.execute(_INSERT, [asked.studio_id])
                cursor.execute(_NOTE_NEW, [change_set_id])
    except IntegrityError as error:
        diagnostic = getattr(error.__cause__, "diag", None)
        if getattr(diagnostic, "constraint_name", None) not in _TAKEN_MEANWHILE:
            raise  # no other rule can be broken by others; then it is our mistake, and trying again would not help
        raise Conflict(
            "changed_meanwhile", "Somebody changed products while this import ran. Nothing was written; try again."
        ) from error
    return change_set_id


def _result(asked: _Asked, findings: Findings, new_brands: list[int]) -> ImportResult:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FILTER (WHERE is_new), count(*) FROM catalog_import")
        new, rows = cursor.fetchone()
        updated = 0
        if asked.upsert:
            cursor.execute("SELECT count(*) FROM catalog_wanted WHERE changed <> '{}'")
            [updated] = cursor.fetchone()
        cursor.execute(
            "SELECT product_id, line, image FROM catalog_import"
            " WHERE image IS NOT NULL AND (is_new OR %s) ORDER BY ordinal",
            [asked.upsert],
        )
        images = cursor.fetchall()
    existing = rows - new
    return ImportResult(
        new=new,
        updated=updated,
        unchanged=existing - updated if asked.upsert else 0,
        skipped=0 if asked.upsert else existing,
        rows=rows,
        warnings=findings.warnings.facts(),
        warnings_total=findings.warnings.total,
        images=images,
        new_brands=list(Brand.objects.filter(pk__in=new_brands).order_by("name").values_list("name", flat=True))
        if new_brands
        else [],
    )


def _tell(studio_id: int) -> None:
    """New products are in no lineup yet; whoever shows an updated one hears of it, in messages of bearable size."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM catalog_wanted WHERE changed <> '{}' ORDER BY id")
        while rows := cursor.fetchmany(IDS_PER_BROADCAST):
            broadcast(
                f"catalog:{studio_id}", "product_changed", {"product_ids": [product_id for (product_id,) in rows]}
            )
