"""What was changed together can be taken back together: edits of several products, imports, syncs, deletions.

Taking back is per field: a field that somebody has changed since stays as they left it, and is told of.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any, TypedDict, TypeVar

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from cuelight.accounts import audit
from cuelight.catalog import search_index, taking_back, uses
from cuelight.catalog.actions.removing import among, images_of, remove_products
from cuelight.catalog.actions.saving import found
from cuelight.catalog.actions.stored import delete, delete_after_commit, paths_of
from cuelight.catalog.models import Brand, ChangeSet, Product, ProductChange, ProductImage
from cuelight.errors import Conflict
from cuelight.live.broadcast import broadcast

Kind = ChangeSet.Kind
Thing = TypeVar("Thing")

#: Columns of a product that a change set keeps. The rest follows from them, or is a time.
TRACKED = (
    "brand_id", "display_number", "name", "short_name", "description", "talking_points_md", "original_price_cents",
    "sale_price_cents", "pid", "sku", "stock", "is_featured", "external_url", "tags", "extra", "cost_cents", "barcode",
    "variants", "external_key", "hand_edited",
)  # fmt: skip
#: Those that a product is found by.
WORDED = (
    "brand_id", "display_number", "name", "short_name", "description", "pid", "sku", "tags", "barcode", "variants",
)  # fmt: skip
IMAGE_COLUMNS = (
    "id", "position", "path", "thumbnail_path", "placeholder_path", "alt_text", "digest", "sizes", "source_url",
    "width", "height",
)  # fmt: skip
BATCH = 500
LARGE_BATCH = 5_000
MOST_REASONS = 20
#: How long an import can be taken back.
IMPORTS_KEPT = timedelta(days=30)
#: How long a deleted product can come back.
KEPT = timedelta(days=1)


class Reverted(TypedDict):
    """How many products got back what they had, were taken away again, came back, and were left as they are; and for
    the first of those why, a sentence each."""

    restored: int
    removed: int
    recreated: int
    left: int
    why: list[str]


def open_set(
    studio_id: int, kind: str, title: str = "", *, by: int | None = None, brands_made: Sequence[int] = ()
) -> int:
    """A new, empty change set; returns its id. Inside the transaction of what it is about."""
    return ChangeSet.objects.create(
        studio_id=studio_id, kind=kind, title=title[:300], made_by_id=by, brands_made=list(brands_made)
    ).pk


def values_of(product: Product) -> dict[str, Any]:
    """The tracked columns, JSON-ready."""
    return {name: getattr(product, name) for name in TRACKED}


def note_change(change_set_id: int, product_id: int, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Keeps what changed between two `values_of`; nothing if they are equal."""
    changed = [name for name in before if before[name] != after.get(name)]
    if changed:
        ProductChange.objects.create(
            change_set_id=change_set_id,
            product_id=product_id,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )


def note_deletions(change_set_id: int, products: Collection[Product]) -> None:
    """Keeps all of products that are about to be deleted, their pictures among it; their files stay for now."""
    images: dict[int, list[dict[str, Any]]] = {product.pk: [] for product in products}
    for row in images_of(images).values("product_id", *IMAGE_COLUMNS):
        images[row.pop("product_id")].append(row)
    ProductChange.objects.bulk_create(
        ProductChange(
            change_set_id=change_set_id,
            product_id=product.pk,
            before={**values_of(product), "images": images[product.pk]},
            after=None,
        )
        for product in products
    )


def revert(studio_id: int, change_set_id: int, *, by: int | None = None, token_id: int | None = None) -> Reverted:
    """Takes a change set back. Raises NotFound, and Conflict (``already_reverted``) the second time.

    Broadcasts ``product_changed``. What cannot be taken back (changed since, made and in a lineup now, made and edited
    since) is left alone. Brands that it made go when nothing is in them; what contexts above have put in use is
    released first (`taking_back`). 100,000 products take some seconds: set by set, one by one only where that fails.
    Fields that get back what they had before a sync are a person's from now on: the next sync would undo it.
    """
    result: Reverted = {"restored": 0, "removed": 0, "recreated": 0, "left": 0, "why": []}
    with transaction.atomic():
        change_set = found(ChangeSet.objects.select_for_update(), pk=change_set_id, studio_id=studio_id)
        if change_set.reverted_at is not None:
            raise Conflict("already_reverted", "This was taken back already.")
        result["why"] += taking_back.release(change_set_id, by)
        with connection.cursor() as cursor:
            # Numbers that were swapped are swapped back row by row.
            cursor.execute("SET CONSTRAINTS product_number_once_per_brand DEFERRED")
        # What was made goes first: it may hold the number or id of what comes back.
        changes = ProductChange.objects.filter(change_set=change_set)
        made = changes.filter(before__isnull=True).order_by("id").values_list("product_id", flat=True)
        for ids in _batches(made.iterator(LARGE_BATCH), LARGE_BATCH):
            _remove_batch(studio_id, ids, result)
        changed = changes.filter(before__isnull=False, after__isnull=False)
        last = 0
        while span := list(changed.filter(id__gt=last).order_by("id").values_list("id", flat=True)[:LARGE_BATCH]):
            _restore_batch(studio_id, change_set, (span[0], span[-1]), result)
            last = span[-1]
        deleted = changes.filter(after__isnull=True, before__isnull=False).order_by("id").iterator(BATCH)
        for batch in _batches(deleted, BATCH):
            for change in batch:
                _recreate(studio_id, change, result)
            _tell(studio_id, [change.product_id for change in batch])
        _settle_numbers()
        _remove_brands(change_set.brands_made)
        change_set.reverted_at = timezone.now()
        change_set.save(update_fields=["reverted_at"])
        taking_back.settled(change_set_id, result)
        audit.record(
            "changes_reverted", studio_id=studio_id, person_id=by, token_id=token_id, target=str(change_set.title)
        )
    return result


def purge_deleted() -> int:
    """Deletes the files of products that were deleted more than a day ago, and forgets what would bring those back.
    Returns how many files. May run twice."""
    before = timezone.now() - KEPT
    changes = ProductChange.objects.filter(change_set__made_at__lt=before, after__isnull=True, before__isnull=False)
    purged = 0
    for change in changes.iterator(BATCH):
        if change.change_set.reverted_at is None:
            images = [ProductImage(**image) for image in (change.before or {}).get("images", ())]
            # A picture that is shown again has its row again.
            kept = set(ProductImage.objects.filter(product_id=change.product_id).values_list("path", flat=True))
            paths = [path for image in images if image.path not in kept for path in paths_of(image)]
            delete(paths)
            purged += len(paths)
        change.delete()
    return purged


def prune_imports() -> int:
    """Forgets what imports of more than 30 days ago have changed: they cannot be taken back any more. Returns how many
    changes. May run twice."""
    old = ChangeSet.objects.filter(kind=Kind.IMPORT, made_at__lt=timezone.now() - IMPORTS_KEPT)
    pruned = 0
    while ids := list(old.order_by("id").values_list("id", flat=True)[:100]):
        changes = ProductChange.objects.filter(change_set_id__in=ids)
        pruned += changes._raw_delete(changes.db)
        ChangeSet.objects.filter(pk__in=ids).delete()
    return pruned


def _remove_batch(studio_id: int, ids: Sequence[int], result: Reverted) -> None:
    """What was made goes again, unless it is in use or somebody has edited it since."""
    there = Product.objects.select_for_update().filter(pk__in=among(ids), studio_id=studio_id).order_by("id")
    products = {pk: (name, bool(edited)) for pk, name, edited in there.values_list("id", "name", "hand_edited")}
    used = {pk for query in uses.product_ids(studio_id) for pk in query.filter(product_id__in=among(ids))}
    going = {pk for pk, (_, is_edited) in products.items() if not is_edited} - used
    pictures = [(image.product_id, path) for image in images_of(going) for path in paths_of(image)]
    used |= remove_products(going)
    for product_id, (name, _) in products.items():
        if product_id in used:
            _leave(result, f'"{name}" is in the lineup of a session now, so it stays.')
        elif product_id not in going:
            _leave(result, f'"{name}" was edited here since, so it stays.')
    gone = going - used
    delete_after_commit([path for product_id, path in pictures if product_id in gone])
    result["removed"] += len(gone)
    _tell(studio_id, ids)


def _restore_batch(studio_id: int, change_set: ChangeSet, span: tuple[int, int], result: Reverted) -> None:
    """Gives the products of a span of changes back what they had; a field that changed since stays as it is."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.catalog_reverted")
        cursor.execute(
            "SELECT 1 FROM catalog_product WHERE studio_id = %s AND id IN (SELECT product_id FROM"
            " catalog_productchange WHERE change_set_id = %s AND id BETWEEN %s AND %s) ORDER BY id FOR UPDATE",
            [studio_id, change_set.pk, *span],
        )
        cursor.execute(_COMPARE, [studio_id, change_set.pk, *span])
        cursor.execute(
            "SELECT count(*) FILTER (WHERE same), count(*) FILTER (WHERE differs), count(*) FROM catalog_reverted"
        )
        same, differing, there = cursor.fetchone()
        cursor.execute("SELECT name FROM catalog_reverted WHERE differs ORDER BY id LIMIT %s", [MOST_REASONS])
        names = [name for (name,) in cursor.fetchall()]
        try:
            with transaction.atomic():
                cursor.execute(_RESTORE)
                if change_set.kind == Kind.SYNC:
                    cursor.execute(_KEEP)
        except IntegrityError:
            _restore_one_by_one(studio_id, change_set, span, result)
            return
        cursor.execute("SELECT id FROM catalog_reverted ORDER BY id")
        ids = [product_id for (product_id,) in cursor.fetchall()]
        cursor.execute("SELECT id FROM catalog_reverted WHERE same AND patch ?| %s::text[]", [list(WORDED)])
        search_index.refresh_products(studio_id, [product_id for (product_id,) in cursor.fetchall()])
    for name in names:
        _say(result, f'"{name}" was changed since; what was changed stays.')
    gone = ProductChange.objects.filter(change_set=change_set, id__range=span).count() - there
    if gone:
        _say(result, "A product was deleted since." if gone == 1 else f"{gone:,} products were deleted since.")
    result["restored"] += same
    result["left"] += differing + gone
    _tell(studio_id, ids)


#: ``patch``: of what the change set changed, what is still as it left it, as it was before.
_COMPARE = """
    CREATE TEMPORARY TABLE catalog_reverted ON COMMIT DROP AS
    SELECT p.id, p.name, found.patch, found.patch IS NOT NULL AS same, found.differs
    FROM catalog_productchange c JOIN catalog_product p ON p.id = c.product_id AND p.studio_id = %s, LATERAL (
        SELECT to_jsonb(p) AS now OFFSET 0
    ) whole, LATERAL (
        SELECT jsonb_object_agg(k, c.before -> k) FILTER (WHERE whole.now -> k = c.after -> k) AS patch,
            bool_or(whole.now -> k IS DISTINCT FROM c.after -> k) AS differs
        FROM jsonb_object_keys(c.before) k
    ) found
    WHERE c.change_set_id = %s AND c.id BETWEEN %s AND %s
"""
_RESTORE = "UPDATE catalog_product p SET ({columns}, updated_at) = ({values}, now()) {rest}".format(  # noqa: S608
    columns=", ".join(TRACKED),
    values=", ".join(f"r.{column}" for column in TRACKED),
    rest="""FROM (
        SELECT was.* FROM catalog_reverted g JOIN catalog_product now ON now.id = g.id,
            LATERAL jsonb_populate_record(now, g.patch) was WHERE g.same
    ) r WHERE p.id = r.id""",
)

_KEEP = """
    UPDATE catalog_product p SET hand_edited = ARRAY(
        SELECT unnest(p.hand_edited) UNION SELECT jsonb_object_keys(g.patch) ORDER BY 1
    ) FROM catalog_reverted g WHERE g.id = p.id AND g.same
"""


def _restore_one_by_one(studio_id: int, change_set: ChangeSet, span: tuple[int, int], result: Reverted) -> None:
    """Something of the span clashes with what others have now: only that stays."""
    for change in ProductChange.objects.filter(change_set=change_set, id__range=span).order_by("id").iterator(BATCH):
        product = Product.objects.select_for_update().filter(pk=change.product_id, studio_id=studio_id).first()
        if product is None:
            _leave(result, "A product was deleted since.")
        else:
            keep = change_set.kind == Kind.SYNC
            _restore(product, change.before or {}, change.after or {}, result, keep=keep)
            _tell(studio_id, [change.product_id])


def _remove_brands(ids: Sequence[int]) -> None:
    for brand in Brand.objects.filter(pk__in=ids, products__isnull=True):
        brand.delete()


def _tell(studio_id: int, product_ids: Sequence[int]) -> None:
    """In messages of bearable size."""
    for start in range(0, len(product_ids), BATCH):
        broadcast(f"catalog:{studio_id}", "product_changed", {"product_ids": list(product_ids[start : start + BATCH])})


def _restore(product: Product, before: dict[str, Any], after: dict[str, Any], result: Reverted, *, keep: bool) -> None:
    same = [name for name in before if getattr(product, name) == after[name]]
    if len(same) < len(before):
        _leave(result, f'"{product.name}" was changed since; what was changed stays.')
    if not same:
        return
    for name in same:
        setattr(product, name, before[name])
    if keep:
        product.hand_edited = sorted({*product.hand_edited, *same})
    product.search_text = search_index.text_of(values_of(product))
    try:
        with transaction.atomic():
            product.save(update_fields=list({*same, "hand_edited", "search_text", "updated_at"}))
    except IntegrityError:
        _leave(result, f'"{product.name}" could not get back what it had: another product has its id now.')
        return
    result["restored"] += 1


def _recreate(studio_id: int, change: ProductChange, result: Reverted) -> None:
    values = dict(change.before or {})
    images = values.pop("images", [])
    product = Product(id=change.product_id, studio_id=studio_id, search_text=search_index.text_of(values), **values)
    try:
        with transaction.atomic():
            product.save(force_insert=True)
            ProductImage.objects.bulk_create(ProductImage(product=product, **image) for image in images)
    except IntegrityError:
        _leave(result, f'"{values.get("name", "")}" could not come back: its id or its brand is taken or gone.')
        return
    result["recreated"] += 1


def _settle_numbers() -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS product_number_once_per_brand IMMEDIATE")
    except IntegrityError as error:
        raise Conflict(
            "number_taken", "Another product has one of these numbers now; give it another one, then try again."
        ) from error


def _leave(result: Reverted, why: str) -> None:
    result["left"] += 1
    _say(result, why)


def _say(result: Reverted, why: str) -> None:
    if len(result["why"]) < MOST_REASONS:
        result["why"].append(why)


def _batches(things: Iterable[Thing], size: int) -> Iterator[list[Thing]]:
    coming = iter(things)
    while batch := list(islice(coming, size)):
        yield batch
