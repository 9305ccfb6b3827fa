"""Taking products away many at a time, in a few statements and without reading what goes with them."""

from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import CASCADE, PROTECT, SET_NULL, ForeignObjectRel, QuerySet
from django.db.models.expressions import RawSQL

from cuelight.catalog.models import Product, ProductImage


def remove_products(product_ids: Collection[int]) -> set[int]:
    """Deletes products with what belongs to them alone, but not the files of their pictures; returns the ids of those
    that stay because a session needs them.

    Inside the caller's transaction, which holds the rows (``select_for_update``): whoever takes one of them up
    meanwhile waits for its end.
    """
    staying = {pk for needed, field in _referring(product_ids, PROTECT) for pk in needed.values_list(field, flat=True)}
    going = set(product_ids) - staying
    for rows, field in _referring(going, SET_NULL):
        rows.update(**{field: None})
    for rows, _ in _referring(going, CASCADE):
        rows._raw_delete(rows.db)
    products = Product.objects.filter(pk__in=among(going))
    products._raw_delete(products.db)
    return staying


def among(ids: Collection[int]) -> RawSQL:
    """For ``__in``: one array, as a parameter for each of thousands took most of the time."""
    return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])


def images_of(product_ids: Collection[int]) -> QuerySet[ProductImage]:
    """The pictures of products, those of each in their order."""
    return ProductImage.objects.filter(product_id__in=among(product_ids)).order_by("product_id", "position")


def _referring(product_ids: Collection[int], rule: Any) -> Iterator[tuple[QuerySet[Any], str]]:
    """Of each table that refers to products by this rule: its rows of these, and the column's name."""
    for relation in Product._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and getattr(relation, "on_delete", None) is rule:
            field, model = relation.field.attname, relation.related_model
            yield model._default_manager.filter(**{f"{field}__in": among(product_ids)}), field
