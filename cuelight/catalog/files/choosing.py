"""Which products a file gets, and in which order."""

from typing import NamedTuple

from django.db.models import F

from cuelight.accounts import queries as accounts
from cuelight.catalog import searching, uses
from cuelight.catalog.searching import Filters

_PAGE = 200


class Chosen(NamedTuple):
    """``base``: in front of the path of a picture it makes an address that others can fetch."""

    studio_id: int
    currency: str
    base: str
    ids: list[int]


def choose(studio_id: int, *, base: str, text: str = "", filters: Filters | None = None, session_id: int = 0) -> Chosen:
    """The studio's products: those of a session's lineup in its order, those that a search finds, or all of them by
    brand and number."""
    currency = accounts.studio(studio_id)["currency"]
    if session_id:
        ids = _of_lineup(studio_id, session_id)
    elif text.strip():
        ids = _found(studio_id, text, filters or Filters())
    else:
        products = searching.narrowed(studio_id, filters or Filters())
        by_number = F("display_number").asc(nulls_last=True)
        ids = list(products.order_by("brand__name", "brand_id", by_number, "id").values_list("id", flat=True))
    return Chosen(studio_id, currency, base, ids)


def _of_lineup(studio_id: int, session_id: int) -> list[int]:
    used = {pk for query in uses.product_ids(studio_id, session_id) for pk in query}
    numbers = {
        product_id: min(use["number"] for use in found if use["session_id"] == session_id)
        for product_id, found in uses.of_products(studio_id, used).items()
    }
    return sorted(numbers, key=numbers.__getitem__)


def _found(studio_id: int, text: str, filters: Filters) -> list[int]:
    ids: list[int] = []
    more = True
    while more:
        page = searching.find_products(studio_id, text, filters, limit=_PAGE, offset=len(ids))
        ids += [product["id"] for product in page["products"]]
        more = page["more"] and bool(page["products"])
    return ids
