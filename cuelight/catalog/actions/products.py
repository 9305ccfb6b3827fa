"""Writing products. Callers have checked access; prices are minor units."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from cuelight.accounts import audit
from cuelight.catalog import identifiers, search_index, uses
from cuelight.catalog.actions.change_sets import Kind, note_change, note_deletions, open_set, values_of
from cuelight.catalog.actions.saving import changed, found, only_fields, saved, tell
from cuelight.catalog.models import Brand, Product
from cuelight.errors import Conflict, Invalid
from cuelight.jobs import enqueue
from cuelight.live.broadcast import broadcast

LONGEST_TAG = 50
MOST_TAGS = 50
MOST_VARIANTS = 500
HIGHEST_STOCK = 2**31 - 1
#: Seconds for which a product that was asked for twice is made once.
ONCE_S = 24 * 3600
_FIELDS = frozenset(
    {
        "brand_id",
        "name",
        "short_name",
        "description",
        "display_number",
        "talking_points_md",
        "original_price_cents",
        "sale_price_cents",
        "pid",
        "sku",
        "stock",
        "is_featured",
        "external_url",
        "tags",
        "extra",
        "cost_cents",
        "barcode",
        "variants",
        "external_key",
    }
)
#: What the copy of a product does not get: what must be one product's alone, and where it comes from.
_OWN = frozenset({"display_number", "pid", "sku", "barcode", "external_key", "hand_edited", "extra"})


def create_product(studio_id: int, brand_id: int, *, name: str, original_price_cents: int, **fields: Any) -> int:
    """A new product's id. ``fields``: any other column of `models.Product` but ids and times; prices in minor units.

    Raises NotFound for a brand of another studio, Invalid, Conflict if pid or number are taken.
    """
    only_fields(fields, _FIELDS)
    with transaction.atomic():
        brand = found(Brand.objects.all(), pk=brand_id, studio_id=studio_id)
        values = _tidied({"name": name, "original_price_cents": original_price_cents, **fields})
        product = Product(studio_id=studio_id, brand=brand, **values)
        product.search_text = search_index.text_of(values_of(product))
        saved(product)
        search_index.note_words(studio_id, product.search_text.split())
        tell(studio_id, product.pk)
    return product.pk


def update_product(
    studio_id: int, product_id: int, *, by_hand: bool = False, change_set_id: int | None = None, **changes: Any
) -> None:
    """Changes the named columns only. ``by_hand``: a person did, so imports and syncs leave these fields alone from now
    on. ``change_set_id``: part of that change set. Raises NotFound (also for a brand of another studio), Invalid,
    Conflict if pid or number are taken."""
    only_fields(changes, _FIELDS)
    with transaction.atomic():
        product = found(Product.objects.select_for_update(), pk=product_id, studio_id=studio_id)
        if "brand_id" in changes:
            found(Brand.objects.all(), pk=changes["brand_id"], studio_id=studio_id)
        before = values_of(product)
        values = _tidied(changes)
        if by_hand:
            touched = {name for name, value in values.items() if before[name] != value}
            values["hand_edited"] = sorted(touched.union(product.hand_edited))
        text = search_index.text_of({**before, **values})
        if text != product.search_text:
            search_index.note_words(studio_id, text.split())
        changed(product, {**values, "search_text": text})
        if change_set_id is not None:
            note_change(change_set_id, product_id, before, values_of(product))
        tell(studio_id, product_id)


def create_once(studio_id: int, brand_id: int, key: UUID, **fields: Any) -> int:
    """As `create_product`; asked again with the same ``key``, because the answer was lost, it answers the product that
    there is. Raises the same."""
    name = f"product-made:{studio_id}:{key}"
    with transaction.atomic():
        with connection.cursor() as cursor:
            # The second of two that come at once waits for the first.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        made = cache.get(name)
        if made is not None and Product.objects.filter(pk=made, studio_id=studio_id).exists():
            return int(made)
        product_id = create_product(studio_id, brand_id, **fields)
        cache.set(name, product_id, ONCE_S)
    return product_id


def edit_product(
    studio_id: int,
    product_id: int,
    changes: Mapping[str, Any],
    *,
    expected: Mapping[str, Any],
    by: int | None,
    name: str = "",
    page: str = "",
) -> None:
    """What somebody typed into a product's form, ``page``. ``expected``: what the fields were when they began to type.

    Broadcasts ``product_changed``, and for other forms ``product_edited {product_id, updated_at, values, hand_edited,
    person_id, name, page}``. Raises Conflict (``changed_meanwhile``) if a field is neither what was expected nor what
    it shall become, and else as `update_product`.
    """
    with transaction.atomic():
        product = found(Product.objects.select_for_update(), pk=product_id, studio_id=studio_id)
        now, wanted = values_of(product), _tidied(dict(changes))
        if moved := [one for one, was in expected.items() if now[one] not in (was, wanted.get(one, was))]:
            raise Conflict("changed_meanwhile", f"The {_called(moved[0])} was changed meanwhile.")
        update_product(studio_id, product_id, by_hand=True, **changes)
        _tell_forms(product, changes, by, name, page)


def follow_source(
    studio_id: int, product_id: int, field: str, *, by: int | None = None, name: str = "", page: str = ""
) -> None:
    """Lets imports and syncs write a field again that somebody had changed by hand. Broadcasts ``product_edited``.
    Raises NotFound."""
    with transaction.atomic():
        product = found(Product.objects.select_for_update(), pk=product_id, studio_id=studio_id)
        changed(product, {"hand_edited": [one for one in product.hand_edited if one != field]})
        _tell_forms(product, (), by, name, page)


def duplicate_product(studio_id: int, product_id: int) -> int:
    """A copy's id: all that is not one product's alone, with "(copy)" behind the name. A job copies its pictures.
    Raises NotFound."""
    with transaction.atomic():
        product = found(Product.objects.all(), pk=product_id, studio_id=studio_id)
        values = {name: value for name, value in values_of(product).items() if name not in _OWN}
        values["name"] = f"{product.name[:493]} (copy)"
        values["variants"] = [one | {"sku": "", "barcode": ""} for one in product.variants]
        copy_id = create_product(studio_id, values.pop("brand_id"), **values)
        enqueue("catalog.copy_images", from_id=product_id, to_id=copy_id)
    return copy_id


def delete_product(studio_id: int, product_id: int, *, by: int | None = None, token_id: int | None = None) -> int:
    """Deletes a product and its pictures, as ``by``; returns the change set that brings them back (`revert`). The files
    go a day later (`purge_deleted`). Raises NotFound, and Conflict (``product_in_use``) if a session has it."""
    with transaction.atomic():
        product = found(Product.objects.select_for_update(), pk=product_id, studio_id=studio_id)
        change_set_id = open_set(studio_id, Kind.DELETION, product.name, by=by)
        note_deletions(change_set_id, [product])
        try:
            with transaction.atomic():
                product.delete()
        except (ProtectedError, IntegrityError) as error:
            raise Conflict("product_in_use", _in_use(studio_id, product)) from error
        audit.record("product_deleted", studio_id=studio_id, person_id=by, token_id=token_id, target=product.name)
        tell(studio_id, product_id)
    return change_set_id


def _tidied(values: dict[str, Any]) -> dict[str, Any]:
    """The values as they are stored. Raises Invalid for an id that a spreadsheet spoiled and for bad tags."""
    tidied = dict(values)
    for field in ("name", "short_name"):
        if field in tidied:
            tidied[field] = " ".join(str(tidied[field]).split())
    if "pid" in tidied:
        tidied["pid"] = identifiers.parse_pid(tidied["pid"] or "") or None
    if "sku" in tidied:
        tidied["sku"] = identifiers.parse_sku(tidied["sku"] or "")
    if "barcode" in tidied:
        tidied["barcode"] = " ".join(str(tidied["barcode"] or "").split())
    if "tags" in tidied:
        tidied["tags"] = tags_of(tidied["tags"])
    if "variants" in tidied:
        tidied["variants"] = _variants(tidied["variants"])
    return tidied


def _variants(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The variants as they are stored. Raises Invalid that names the one that breaks a rule."""
    if len(rows) > MOST_VARIANTS:
        raise Invalid("many_variants", f"A product has {MOST_VARIANTS} variants at most.")
    return [_variant(number, row) for number, row in enumerate(rows, start=1)]


def _variant(number: int, row: dict[str, Any]) -> dict[str, Any]:
    title = " ".join(str(row.get("title") or "").split())
    if not title or len(title) > 200:
        raise Invalid("invalid_variants", f"Variant {number}: a title has 1 to 200 characters.")
    for field, least, what in (("price_cents", 0, "price"), ("compare_at_cents", 0, "price"), ("stock", 0, "stock")):
        value = row.get(field)
        if value is not None and (not isinstance(value, int) or not least <= value <= 10**12):
            raise Invalid("invalid_variants", f"Variant {number} ({title}): its {what} must be {least} or more.")
    try:
        sku = identifiers.parse_sku(row.get("sku") or "")
    except Invalid as error:
        raise Invalid(error.reason, f"Variant {number} ({title}): {error.message}") from error
    barcode = " ".join(str(row.get("barcode") or "").split())[:64]
    rest = {"price_cents": None, "compare_at_cents": None, "stock": None, **row}
    return {**rest, "title": title, "sku": sku, "barcode": barcode}


def _in_use(studio_id: int, product: Product) -> str:
    """Why it stays, with the sessions that have it."""
    used = uses.of_products(studio_id, [product.pk]).get(product.pk, [])
    names = list(dict.fromkeys(f'"{use["name"]}"' for use in used))
    if not names:
        return f'"{product.name}" is in the lineup of a session; remove it there first.'
    named = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    of = "a session" if len(names) == 1 else f"{len(names)} sessions"
    return f'"{product.name}" is in the lineup of {of} ({named}); remove it there first.'


def _called(field: str) -> str:
    return field.replace("_cents", "").replace("_md", "").replace("_id", "").replace("_", " ")


def _tell_forms(product: Product, fields: Iterable[str], by: int | None, name: str, page: str) -> None:
    product.refresh_from_db()
    now = values_of(product)
    told = {
        "product_id": product.pk,
        "updated_at": product.updated_at.isoformat(timespec="microseconds"),
        "values": {field: now[field] for field in fields},
        "hand_edited": product.hand_edited,
        "person_id": by,
        "name": name,
        "page": page,
    }
    broadcast(f"catalog:{product.studio_id}", "product_edited", told)


def tags_of(words: list[str]) -> list[str]:
    """Lower-case and each once, so that a search finds them however they were typed."""
    tags = list(dict.fromkeys(tag for word in words if (tag := " ".join(word.split()).lower())))
    if any(len(tag) > LONGEST_TAG for tag in tags):
        raise Invalid("long_tag", f"A tag has {LONGEST_TAG} characters at most.")
    if len(tags) > MOST_TAGS:
        raise Invalid("many_tags", f"A product has {MOST_TAGS} tags at most.")
    return tags
