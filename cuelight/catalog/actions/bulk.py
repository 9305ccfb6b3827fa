"""Editing many products in one step that one step takes back. Callers have checked access."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, TypedDict

import orjson
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from cuelight.accounts import audit
from cuelight.catalog import repricing, search_index, uses, words
from cuelight.catalog.actions.change_sets import BATCH, Kind, note_deletions, open_set, values_of
from cuelight.catalog.actions.products import MOST_TAGS, tags_of
from cuelight.catalog.actions.removing import remove_products
from cuelight.catalog.actions.saving import found
from cuelight.catalog.models import Brand, ChangeSet, Product, ProductChange
from cuelight.catalog.repricing import Edit, Put, Tag
from cuelight.errors import Conflict, Invalid
from cuelight.live.broadcast import broadcast

#: Products of one edit: it is one transaction, and what takes longer than some seconds is a matter of a file.
MOST = 5_000
MOST_REASONS = 20
#: What an edit writes, as PostgreSQL has it.
_TYPES = {
    "id": "bigint",
    "brand_id": "bigint",
    "tags": "varchar[]",
    "stock": "integer",
    "is_featured": "boolean",
    "original_price_cents": "bigint",
    "sale_price_cents": "bigint",
    "hand_edited": "varchar[]",
    "search_text": "text",
}


class Done(TypedDict):
    """What an edit of several did. ``change_set_id`` takes it back (`revert`); None: nothing was changed. ``left``: how
    many could not be changed, and for the first of them why, a sentence each."""

    change_set_id: int | None
    changed: int
    unchanged: int
    left: int
    why: list[str]


def edit_products(
    studio_id: int, product_ids: Collection[int], edit: Edit, *, title: str = "", by: int | None = None
) -> Done:
    """Makes one edit of many products, as a person does by hand: all in one change set, one transaction.

    A product that the edit would break a rule of stays as it is, and is told of. Broadcasts ``product_changed``.
    Raises Invalid (``too_many_products``, a bad tag), NotFound for a brand of another studio, and Conflict
    (``number_taken``) if somebody gave one of the numbers away meanwhile.
    """
    ids, done = _bounded(product_ids), _nothing()
    edit = _readied(studio_id, edit)
    with transaction.atomic():
        change_set_id = open_set(studio_id, Kind.BULK, title, by=by)
        taken = _numbers_of(edit)
        for batch in _batches(ids):
            try:
                with transaction.atomic():
                    _edit_batch(studio_id, batch, edit, change_set_id, taken, done)
            except IntegrityError as error:
                raise Conflict("number_taken", "Somebody else changed these products too; try again.") from error
        return _closed(change_set_id, done)


def delete_products(
    studio_id: int, product_ids: Collection[int], *, by: int | None = None, token_id: int | None = None
) -> Done:
    """Deletes many products, as ``by``, in one change set that brings them back (`revert`). What a session uses stays,
    and is told of. Broadcasts ``product_changed``. Raises Invalid (``too_many_products``)."""
    ids, done = _bounded(product_ids), _nothing()
    with transaction.atomic():
        change_set_id = open_set(studio_id, Kind.DELETION, by=by)
        for batch in _batches(ids):
            _delete_batch(studio_id, batch, change_set_id, done)
        if done["changed"]:
            title = _counted(done["changed"])
            ChangeSet.objects.filter(pk=change_set_id).update(title=title)
            audit.record("product_deleted", studio_id=studio_id, person_id=by, token_id=token_id, target=title)
        return _closed(change_set_id, done)


def _edit_batch(
    studio_id: int, ids: Sequence[int], edit: Edit, change_set_id: int, taken: set[int], done: Done
) -> None:
    rows = Product.objects.select_for_update().filter(studio_id=studio_id, pk__in=ids).order_by("id")
    edited: list[Product] = []
    notes: list[ProductChange] = []
    columns: set[str] = set()
    products = list(rows)
    brands = dict(Brand.objects.filter(studio_id=studio_id).values_list("id", "name"))
    _leave(done, "It was deleted meanwhile.", len(ids) - len(products))
    for product in products:
        before = values_of(product)
        try:
            changes = _changes(edit, product, before, taken)
        except Invalid as error:
            _leave(done, f'"{product.name}" stays: {error.message}.')
            continue
        if not changes:
            done["unchanged"] += 1
            continue
        notes.append(_applied(product, before, changes, change_set_id))
        product.search_text = words.search_text(values_of(product), brands.get(product.brand_id, ""))
        columns |= changes.keys()
        edited.append(product)
    if edited:
        _write(edited, [*sorted(columns), "hand_edited", "search_text"])
        ProductChange.objects.bulk_create(notes)
        search_index.note_later(studio_id, (product.search_text for product in edited))
        done["changed"] += len(edited)
        _tell(studio_id, [product.pk for product in edited])


def _changes(edit: Edit, product: Product, before: dict[str, Any], taken: set[int]) -> dict[str, Any]:
    """What the edit changes of one product. Raises Invalid with why it stays."""
    changes = repricing.changes(edit, before)
    if len(changes.get("tags", ())) > MOST_TAGS:
        raise Invalid("many_tags", f"it has {MOST_TAGS} tags already")
    if "brand_id" in changes and product.display_number is not None:
        if product.display_number in taken:
            raise Invalid("number_taken", f"the brand has another product with number {product.display_number}")
        taken.add(product.display_number)
    return changes


def _applied(product: Product, before: dict[str, Any], changes: dict[str, Any], change_set_id: int) -> ProductChange:
    for field, value in changes.items():
        setattr(product, field, value)
    product.hand_edited = sorted({*product.hand_edited, *changes})
    after = values_of(product)
    names = [name for name in before if before[name] != after[name]]
    return ProductChange(
        change_set_id=change_set_id,
        product_id=product.pk,
        before={name: before[name] for name in names},
        after={name: after[name] for name in names},
    )


def _write(products: list[Product], columns: list[str]) -> None:
    # One plain statement: bulk_update's CASE per column and row took most of the time of an edit of thousands.
    values = [{"id": one.pk} | {column: getattr(one, column) for column in columns} for one in products]
    sets = ", ".join(f"{column} = given.{column}" for column in columns)
    types = ", ".join(f"{column} {_TYPES[column]}" for column in ("id", *columns))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE catalog_product SET {sets}, updated_at = %s"  # noqa: S608  (columns of ours)
            f" FROM jsonb_to_recordset(%s::jsonb) AS given({types}) WHERE catalog_product.id = given.id",
            [timezone.now(), orjson.dumps(values).decode()],
        )


def _delete_batch(studio_id: int, ids: Sequence[int], change_set_id: int, done: Done) -> None:
    rows = Product.objects.select_for_update().filter(studio_id=studio_id, pk__in=ids).order_by("id")
    products = {product.pk: product for product in rows}
    _leave(done, "It was deleted already.", len(ids) - len(products))
    used = uses.of_products(studio_id, list(products))
    going = {pk: product for pk, product in products.items() if pk not in used}
    note_deletions(change_set_id, going.values())
    staying = remove_products(going)  # a session may have taken it up a moment ago
    if staying:
        ProductChange.objects.filter(change_set_id=change_set_id, product_id__in=staying).delete()
    for product_id, product in products.items():
        if product_id in used or product_id in staying:
            named = "".join(f" of {use['name']}" for use in used.get(product_id, ())[:1])
            _leave(done, f'"{product.name}" stays: it is in the lineup{named}.')
    deleted = [product_id for product_id in going if product_id not in staying]
    if deleted:
        done["changed"] += len(deleted)
        _tell(studio_id, deleted)


def _readied(studio_id: int, edit: Edit) -> Edit:
    """The edit with its values as they are stored. Raises Invalid, NotFound."""
    match edit:
        case Tag(tag, on):
            tags = tags_of([tag])
            if not tags:
                raise Invalid("no_tag", "Type a tag first.")
            return Tag(tags[0], on)
        case Put("brand_id", brand_id):
            found(Brand.objects.all(), pk=brand_id, studio_id=studio_id)
    return edit


def _numbers_of(edit: Edit) -> set[int]:
    """The numbers that products have in the brand that others come to."""
    if not isinstance(edit, Put) or edit.field != "brand_id":
        return set()
    numbers = Product.objects.filter(brand_id=edit.value, display_number__isnull=False)
    return set(numbers.values_list("display_number", flat=True))  # type: ignore[arg-type]


def _closed(change_set_id: int, done: Done) -> Done:
    """An empty change set is none."""
    if done["changed"]:
        return {**done, "change_set_id": change_set_id}
    ChangeSet.objects.filter(pk=change_set_id).delete()
    return done


def _bounded(product_ids: Collection[int]) -> list[int]:
    # In one order for everybody: two edits of the same products wait for each other and not in a circle.
    ids = sorted(set(product_ids))
    if len(ids) > MOST:
        raise Invalid("too_many_products", f"{MOST:,} products at most are changed in one step; narrow the list.")
    return ids


def _batches(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


def _leave(done: Done, why: str, count: int = 1) -> None:
    done["left"] += count
    if count and len(done["why"]) < MOST_REASONS:
        done["why"].append(why)


def _nothing() -> Done:
    return {"change_set_id": None, "changed": 0, "unchanged": 0, "left": 0, "why": []}


def _counted(count: int) -> str:
    return "1 product" if count == 1 else f"{count:,} products"


def _tell(studio_id: int, product_ids: list[int]) -> None:
    broadcast(f"catalog:{studio_id}", "product_changed", {"product_ids": product_ids})
