"""Writing brands. Callers have checked access."""

import itertools
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.text import slugify

from cuelight.accounts import audit
from cuelight.catalog.actions.saving import changed, found, only_fields, saved
from cuelight.catalog.models import Brand, Product
from cuelight.errors import Conflict
from cuelight.jobs import enqueue

_FIELDS = frozenset({"name", "slug", "notes"})


def create_brand(studio_id: int, *, name: str, slug: str = "", notes: str = "") -> int:
    """A new brand's id; without ``slug`` one is made of the name, with a number behind it if it is taken.

    Raises Invalid, Conflict (``slug_taken``) if the slug that was given, or the name, is taken.
    """
    name = name.strip()
    with transaction.atomic():
        if not slug and Brand.objects.filter(studio_id=studio_id, name__iexact=name).exists():
            raise Conflict("slug_taken", f'There is a brand "{name}" already.')
        brand = Brand(studio_id=studio_id, name=name, slug=slug or _slug_of(studio_id, name), notes=notes)
        saved(brand)
    return brand.pk


def update_brand(studio_id: int, brand_id: int, **changes: Any) -> None:
    """Changes name, slug or notes; a job has the brand's products found by its new name. Raises NotFound, Invalid,
    Conflict if the slug is taken."""
    only_fields(changes, _FIELDS)
    with transaction.atomic():
        brand = found(Brand.objects.select_for_update(), pk=brand_id, studio_id=studio_id)
        before = brand.name
        changed(brand, changes)
        if brand.name != before:
            enqueue("catalog.refresh_brand", brand_id=brand_id)


def delete_brand(studio_id: int, brand_id: int, *, by: int | None = None, token_id: int | None = None) -> None:
    """Deletes a brand, as ``by``. Raises NotFound, and Conflict (``brand_in_use``) for a brand that has products."""
    brand = found(Brand.objects.all(), pk=brand_id, studio_id=studio_id)
    try:
        with transaction.atomic():
            brand.delete()
            audit.record("brand_deleted", studio_id=studio_id, person_id=by, token_id=token_id, target=brand.name)
    except (ProtectedError, IntegrityError) as error:
        count = Product.objects.filter(brand_id=brand_id).count()
        what = "1 product" if count == 1 else f"{count} products"
        raise Conflict("brand_in_use", f'"{brand.name}" still has {what}; move or delete them first.') from error


def _slug_of(studio_id: int, name: str) -> str:
    """One that is free. A name of other letters than Latin ones has none of its own: ``brand``, ``brand-2`` …"""
    base = slugify(name)[:60] or "brand"
    taken = set(Brand.objects.filter(studio_id=studio_id, slug__startswith=base[:50]).values_list("slug", flat=True))
    numbered = (f"{base[:50]}-{number}" for number in itertools.count(2))
    return next(slug for slug in itertools.chain([base], numbered) if slug not in taken)
