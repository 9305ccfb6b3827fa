"""What the catalogue's actions share: rows found, checked and saved, with sentences for what the database refuses."""

from collections.abc import Collection
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models

from cuelight.errors import Conflict, Invalid, NotFound
from cuelight.live.broadcast import broadcast

Row = TypeVar("Row", bound=models.Model)

_TAKEN = {
    "product_pid_once_per_studio": ("pid_taken", "Another product has this product id."),
    "product_number_once_per_brand": ("number_taken", "Another product of this brand has this number."),
    "brand_slug_once_per_studio": ("slug_taken", "There is a brand with this name or short name already."),
}
_BROKEN = {
    "product_sale_not_above_original": "The sale price is above the original price.",
    "product_original_price_positive": "Price must be positive",
    "product_sale_price_positive": "Price must be positive",
    "product_stock_not_negative": "Stock must be 0 or more.",
    "product_cost_not_negative": "The cost must be 0 or more.",
}


def found(rows: models.QuerySet[Row], **lookup: object) -> Row:
    """The one row. Raises NotFound."""
    row = rows.filter(**lookup).first()
    if row is None:
        raise NotFound
    return row


def only_fields(given: Collection[str], allowed: frozenset[str]) -> None:
    if unknown := set(given) - allowed:
        raise TypeError(f"No such field: {', '.join(sorted(unknown))}")


def saved(row: models.Model) -> None:
    """Checks and inserts a row, inside the caller's transaction. Raises Invalid, Conflict."""
    _checked(row, exclude=())
    _written(row, None)


def changed(row: models.Model, changes: dict[str, Any]) -> None:
    """Sets, checks and saves these columns and no other, inside the caller's transaction. Raises Invalid, Conflict."""
    for field, value in changes.items():
        setattr(row, field, value)
    others = [field.name for field in row._meta.concrete_fields if field.name not in changes]
    _checked(row, exclude=others)
    stamp = ["updated_at"] if any(field.name == "updated_at" for field in row._meta.concrete_fields) else []
    _written(row, [*changes, *stamp])


def tell(studio_id: int, product_id: int) -> None:
    """Says after the commit that what a lineup shows of a product may have changed."""
    broadcast(f"catalog:{studio_id}", "product_changed", {"product_ids": [product_id]})


def _checked(row: models.Model, exclude: Collection[str]) -> None:
    """Field by field; the rules between rows are the database's, which does not race."""
    try:
        row.clean_fields(exclude=set(exclude))
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        name = field.replace("_cents", "").replace("_md", "").replace("_", " ").capitalize()
        raise Invalid(f"invalid_{field}", f"{name}: {sentences[0]}") from error


def _written(row: models.Model, update_fields: list[str] | None) -> None:
    try:
        row.save(update_fields=update_fields)
    except IntegrityError as error:
        diagnostic = getattr(error.__cause__, "diag", None)
        constraint = getattr(diagnostic, "constraint_name", None) or ""
        if constraint in _TAKEN:
            raise Conflict(*_TAKEN[constraint]) from error
        if constraint in _BROKEN:
            raise Invalid(constraint, _BROKEN[constraint]) from error
        raise
