"""Where products are used. Sessions are a context above: it registers what it knows."""

from collections.abc import Callable, Collection
from typing import Any, NamedTuple, TypedDict

from django.db.models import QuerySet


class Use(TypedDict):
    """One session that has a product in its lineup. ``number`` is its place there; ``href`` where it is edited."""

    session_id: int
    name: str
    status: str
    number: int
    href: str


class _Source(NamedTuple):
    of_products: Callable[[int, Collection[int]], dict[int, list[Use]]]
    product_ids: Callable[[int, int | None], QuerySet[Any, int]]


_sources: list[_Source] = []


def register(
    *,
    of_products: Callable[[int, Collection[int]], dict[int, list[Use]]],
    product_ids: Callable[[int, int | None], QuerySet[Any, int]],
) -> None:
    """``of_products(studio_id, ids)`` gives each used product's uses; ``product_ids(studio_id, session_id)`` a query of
    the ids used in one session, or (None) in any."""
    _sources.append(_Source(of_products, product_ids))


def of_products(studio_id: int, product_ids: Collection[int]) -> dict[int, list[Use]]:
    """Product id → where it is used, the newest session first; products that nobody uses are absent."""
    found: dict[int, list[Use]] = {}
    for source in _sources:
        for product_id, uses in source.of_products(studio_id, product_ids).items():
            found.setdefault(product_id, []).extend(uses)
    return found


def product_ids(studio_id: int, session_id: int | None = None) -> list[QuerySet[Any, int]]:
    """Queries of the ids of products used in one session, or in any."""
    return [source.product_ids(studio_id, session_id) for source in _sources]
