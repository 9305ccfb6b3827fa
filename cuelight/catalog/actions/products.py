"""Writing products. Callers have checked access; prices are minor units."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from cuelight.accounts import audit
from cuelight.catalog import identifiers, search_index
from cuelight.catalog.actions.change_sets import Kind, note_change, note_deletion, open_set, values_of
from cuelight.catalog.actions.saving import changed, found, only_fields, saved, tell
from cuelight.catalog.models import Brand, Product
from cuelight.errors import Conflict, Invalid

LONGEST_TAG = 50
MOST_TAGS = 50
_FIELDS = frozenset(
    {
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
    on. ``change_set_id``: part of that change set. Raises NotFound, Invalid, Conflict if pid or number are taken."""
    only_fields(changes, _FIELDS)
    with transaction.atomic():
        product = found(Product.objects.select_for_update(), pk=product_id, studio_id=studio_id)
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


def delete_product(studio_id: int, product_id: int, *, by: int | None = None, token_id: int | None = None) -> int:
    """Deletes a product and its pictures, as ``by``; returns the change set that brings them back (`revert`). The files
    go a day later (`purge_deleted`). Raises NotFound, and Conflict (``product_in_use``) if a session has it."""
    with transaction.atomic():
        product = found(Product.objects.select_for_update(), pk=product_id, studio_id=studio_id)
        change_set_id = open_set(studio_id, Kind.DELETION, product.name, by=by)
        note_deletion(change_set_id, product)
        try:
            with transaction.atomic():
                product.delete()
        except (ProtectedError, IntegrityError) as error:
            sentence = f'"{product.name}" is in the lineup of a session; remove it there first.'
            raise Conflict("product_in_use", sentence) from error
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
    if "tags" in tidied:
        tidied["tags"] = _tags(tidied["tags"])
    return tidied


def _tags(words: list[str]) -> list[str]:
    """Lower-case and each once, so that a search finds them however they were typed."""
    tags = list(dict.fromkeys(tag for word in words if (tag := " ".join(word.split()).lower())))
    if any(len(tag) > LONGEST_TAG for tag in tags):
        raise Invalid("long_tag", f"A tag has {LONGEST_TAG} characters at most.")
    if len(tags) > MOST_TAGS:
        raise Invalid("many_tags", f"A product has {MOST_TAGS} tags at most.")
    return tags
