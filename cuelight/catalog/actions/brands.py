"""Writing brands. Callers have checked access."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.text import slugify

from cuelight.catalog.actions.saving import changed, found, only_fields, saved
from cuelight.catalog.models import Brand, Product
from cuelight.errors import Conflict

_FIELDS = frozenset({"name", "slug", "notes"})


def create_brand(studio_id: int, *, name: str, slug: str = "", notes: str = "") -> int:
    """A new brand's id; without ``slug`` one is made of the name. Raises Invalid, Conflict if the slug is taken."""
    brand = Brand(studio_id=studio_id, name=name.strip(), slug=slug or slugify(name)[:60] or "brand", notes=notes)
    with transaction.atomic():
        saved(brand)
    return brand.pk


def update_brand(studio_id: int, brand_id: int, **changes: Any) -> None:
    """Changes name, slug or notes. Raises NotFound, Invalid, Conflict if the slug is taken."""
    only_fields(changes, _FIELDS)
    with transaction.atomic():
        brand = found(Brand.objects.select_for_update(), pk=brand_id, studio_id=studio_id)
        changed(brand, changes)


def delete_brand(studio_id: int, brand_id: int) -> None:
    """Raises NotFound, and Conflict (``brand_in_use``) for a brand that has products."""
    brand = found(Brand.objects.all(), pk=brand_id, studio_id=studio_id)
    try:
        with transaction.atomic():
            brand.delete()
    except (ProtectedError, IntegrityError) as error:
        count = Product.objects.filter(brand_id=brand_id).count()
        what = "1 product" if count == 1 else f"{count} products"
        raise Conflict("brand_in_use", f'"{brand.name}" still has {what}; move or delete them first.') from error
