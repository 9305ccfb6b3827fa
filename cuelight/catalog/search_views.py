"""Finding products from a page: the builder's picker, the search of the catalogue."""

from collections.abc import Mapping

from django.http import HttpRequest, JsonResponse, QueryDict
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cuelight.accounts.gate import access_of, studio_page
from cuelight.catalog import facets, searching
from cuelight.catalog.queries import MOST_LISTED
from cuelight.catalog.searching import Filters
from cuelight.errors import Invalid

_YES_NO = {"": None, "yes": True, "no": False}
_STOCKS = ("", "in", "out", "unknown")
LONGEST_TAG = 50
LONGEST_SEARCH = 500
HIGHEST_ID = 2**63 - 1
HIGHEST_PRICE = 10**12


@never_cache
@require_safe
@studio_page("catalog.read")
def search(request: HttpRequest) -> JsonResponse:
    """``{products, more, meant, as_typed}`` for ``?q=`` with the filters ``brand``, ``tag``, ``stock`` (in, out,
    unknown), ``least`` and ``most`` (minor units), ``picture`` and ``featured`` (yes, no), ``used`` (yes, no, a
    session's id), ``sort`` (number, name, newest, price, stock), ``limit`` (200 at most) and ``offset``. 422
    with a sentence for whatever else they are."""
    given = request.GET
    found = searching.find_products(
        access_of(request).studio_id,
        _text(given, "q", LONGEST_SEARCH),
        filters_of(request),
        sort=_one_of(given, "sort", searching.SORTS, "number"),
        limit=_whole(given, "limit", MOST_LISTED, least=1) or 50,
        offset=_whole(given, "offset", searching.LAST_LISTED) or 0,
    )
    return JsonResponse(found)


@never_cache
@require_safe
@studio_page("catalog.read")
def facet_counts(request: HttpRequest) -> JsonResponse:
    """What a list can be narrowed to: ``{brands: [{id, name, count}], tags: [{tag, count}], …}`` (`facets.Facets`)."""
    return JsonResponse(facets.of_studio(access_of(request).studio_id))


def filters_of(request: HttpRequest) -> Filters:
    """The filters that an address names. Raises Invalid."""
    given = request.GET
    least, most = _whole(given, "least", HIGHEST_PRICE), _whole(given, "most", HIGHEST_PRICE)
    if least is not None and most is not None and least > most:
        raise Invalid("invalid_most", "The highest price (most) is below the lowest one (least).")
    return Filters(
        brand_id=_whole(given, "brand", HIGHEST_ID),
        tag=_text(given, "tag", LONGEST_TAG),
        stock=_one_of(given, "stock", _STOCKS),
        price_least=least,
        price_most=most,
        has_picture=_YES_NO[_one_of(given, "picture", _YES_NO)],
        is_featured=_YES_NO[_one_of(given, "featured", _YES_NO)],
        used=_used(given),
    )


def _used(given: QueryDict) -> str:
    used = given.get("used", "")
    if used in _YES_NO:
        return used
    if not used.isdecimal():
        raise Invalid("invalid_used", '"used" must be yes, no or the id of a session.')
    return str(_whole(given, "used", HIGHEST_ID))


def _text(given: QueryDict, name: str, longest: int) -> str:
    text = given.get(name, "")
    if "\0" in text:
        raise Invalid(f"invalid_{name}", f'"{name}" holds a character that no text has (NUL).')
    if len(text) > longest:
        raise Invalid(f"invalid_{name}", f'"{name}" has {longest} characters at most.')
    return text.strip()


def _one_of(given: QueryDict, name: str, allowed: Mapping[str, object] | tuple[str, ...], default: str = "") -> str:
    text = given.get(name) or default
    if text not in allowed:
        known = ", ".join(value for value in allowed if value)
        raise Invalid(f"invalid_{name}", f'"{name}" must be one of: {known}.')
    return text


def _whole(given: QueryDict, name: str, most: int, least: int = 0) -> int | None:
    """None: it is not given."""
    text = given.get(name, "")
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 19 or not least <= int(text) <= most:
        raise Invalid(f"invalid_{name}", f'"{name}" must be a whole number from {least} to {most}.')
    return int(text)
