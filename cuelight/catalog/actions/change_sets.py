"""What was changed together can be taken back together: edits of several products, imports, syncs, deletions.

Taking back is per field: a field that somebody has changed since stays as they left it, and is told of.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any, TypedDict

from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from cuelight.accounts import audit
from cuelight.catalog import search_index
from cuelight.catalog.actions.saving import found
from cuelight.catalog.actions.stored import delete, delete_after_commit, paths_of
from cuelight.catalog.models import ChangeSet, Product, ProductChange, ProductImage
from cuelight.errors import Conflict
from cuelight.live.broadcast import broadcast

Kind = ChangeSet.Kind

#: Columns of a product that a change set keeps. The rest follows from them, or is a time.
TRACKED = (
    "brand_id", "display_number", "name", "short_name", "description", "talking_points_md", "original_price_cents",
    "sale_price_cents", "pid", "sku", "stock", "is_featured", "external_url", "tags", "extra", "cost_cents", "barcode",
    "variants", "external_key", "hand_edited",
)  # fmt: skip
IMAGE_COLUMNS = (
    "id", "position", "path", "thumbnail_path", "placeholder_path", "alt_text", "digest", "sizes", "source_url",
    "width", "height",
)  # fmt: skip
BATCH = 500
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


def open_set(studio_id: int, kind: str, title: str = "", *, by: int | None = None) -> int:
    """A new, empty change set; returns its id. Inside the transaction of what it is about."""
    return ChangeSet.objects.create(studio_id=studio_id, kind=kind, title=title[:300], made_by_id=by).pk


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


def note_deletion(change_set_id: int, product: Product) -> None:
    """Keeps all of a product that is about to be deleted, its pictures among it; their files stay for now."""
    images = list(ProductImage.objects.filter(product=product).order_by("position").values(*IMAGE_COLUMNS))
    ProductChange.objects.create(
        change_set_id=change_set_id, product_id=product.pk, before={**values_of(product), "images": images}, after=None
    )


def revert(studio_id: int, change_set_id: int, *, by: int | None = None, token_id: int | None = None) -> Reverted:
    """Takes a change set back. Raises NotFound, and Conflict (``already_reverted``) the second time.

    Broadcasts ``product_changed``. What cannot be taken back (changed since, made and in a lineup now) is left alone.
    Fields that get back what they had before a sync are a person's from now on: the next sync would undo it.
    """
    result: Reverted = {"restored": 0, "removed": 0, "recreated": 0, "left": 0, "why": []}
    with transaction.atomic():
        change_set = found(ChangeSet.objects.select_for_update(), pk=change_set_id, studio_id=studio_id)
        if change_set.reverted_at is not None:
            raise Conflict("already_reverted", "This was taken back already.")
        with connection.cursor() as cursor:
            # Numbers that were swapped are swapped back row by row.
            cursor.execute("SET CONSTRAINTS product_number_once_per_brand DEFERRED")
        changes = ProductChange.objects.filter(change_set=change_set).order_by("id").iterator(BATCH)
        for batch in _batches(changes):
            _revert_batch(studio_id, batch, result, keep=change_set.kind == Kind.SYNC)
        _settle_numbers()
        change_set.reverted_at = timezone.now()
        change_set.save(update_fields=["reverted_at"])
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


def _revert_batch(studio_id: int, changes: Sequence[ProductChange], result: Reverted, *, keep: bool) -> None:
    ids = [change.product_id for change in changes]
    products = {
        product.pk: product
        for product in Product.objects.select_for_update().filter(pk__in=ids, studio_id=studio_id).order_by("id")
    }
    for change in changes:
        product = products.get(change.product_id)
        if change.after is None:
            _recreate(studio_id, change, result)
        elif product is None:
            _leave(result, "A product was deleted since.")
        elif change.before is None:
            _remove(product, result)
        else:
            _restore(product, change.before, change.after, result, keep=keep)
    texts = Product.objects.filter(pk__in=ids, studio_id=studio_id).values_list("search_text", flat=True)
    search_index.note_later(studio_id, texts)
    broadcast(f"catalog:{studio_id}", "product_changed", {"product_ids": ids})


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


def _remove(product: Product, result: Reverted) -> None:
    paths = [path for image in product.images.all() for path in paths_of(image)]
    name = product.name
    try:
        with transaction.atomic():
            product.delete()
    except (ProtectedError, IntegrityError):
        _leave(result, f'"{name}" is in the lineup of a session now, so it stays.')
        return
    delete_after_commit(paths)
    result["removed"] += 1


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
    if len(result["why"]) < 20:
        result["why"].append(why)


def _batches(changes: Iterable[ProductChange]) -> Iterable[list[ProductChange]]:
    coming = iter(changes)
    while batch := list(islice(coming, BATCH)):
        yield batch
