"""Finding products from a page: the builder's picker, the search of the catalogue."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cuelight.accounts.gate import access_of, studio_page
from cuelight.catalog import searching
from cuelight.catalog.searching import Filters
from cuelight.errors import Invalid


@never_cache
@require_safe
@studio_page("catalog.read")
def search(request: HttpRequest) -> JsonResponse:
    """``{products, more}`` for ``?q=`` with the filters ``brand``, ``tag``, ``stock`` (in, out, unknown), ``least`` and
    ``most`` (minor units), ``picture`` and ``used`` (yes, no; ``used`` also a session's id), ``sort``, ``limit``,
    ``offset``."""
    given = request.GET
    found = searching.find_products(
        access_of(request).studio_id,
        given.get("q", ""),
        filters_of(request),
        sort=given.get("sort", "number"),
        limit=_whole(given.get("limit", "50"), most=200),
        offset=_whole(given.get("offset", "0"), most=1_000_000),
    )
    return JsonResponse(found)


def filters_of(request: HttpRequest) -> Filters:
    """The filters that an address names. Raises Invalid."""
    given = request.GET
    return Filters(
        brand_id=_whole(given["brand"]) if given.get("brand") else None,
        tag=given.get("tag", "").replace("\0", "")[:50],
        stock=given.get("stock", ""),
        price_least=_whole(given["least"], most=10**12) if given.get("least") else None,
        price_most=_whole(given["most"], most=10**12) if given.get("most") else None,
        has_picture={"yes": True, "no": False}.get(given.get("picture", "")),
        is_featured={"yes": True, "no": False}.get(given.get("featured", "")),
        used=given.get("used", "")[:18],
    )


def _whole(text: str, most: int = 2**62) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 19 or int(text) > most:
        raise Invalid("invalid_number", "This must be a whole number")
    return int(text)
