"""Products as a file, for a spreadsheet or another shop."""

from collections.abc import AsyncIterator, Iterator

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cuelight.accounts import queries as accounts
from cuelight.accounts.gate import access_of, studio_page
from cuelight.catalog import files
from cuelight.catalog.search_views import filters_of
from cuelight.errors import Invalid
from cuelight.live.db import run_db


@never_cache
@require_safe
@studio_page("catalog.read")
def export(request: HttpRequest) -> StreamingHttpResponse:
    """``?format=`` cuelight, shopify or whatnot; with ``?session=`` the lineup of a session in its order, else what the
    list shows: ``?q=`` and the filters of `search_views.search`, or all. It is sent while it is made."""
    studio = accounts.studio(access_of(request).studio_id)
    format_key = request.GET.get("format", "cuelight")
    if format_key not in files.FORMATS:
        raise Invalid("unknown_format", f"The format is one of: {', '.join(files.FORMATS)}.")
    session = request.GET.get("session", "")
    if session and (not session.isascii() or not session.isdecimal() or len(session) > 18):
        raise Invalid("invalid_number", "This must be a whole number")
    chosen = files.choose(
        studio["id"],
        base=request.build_absolute_uri("/").rstrip("/"),
        text=request.GET.get("q", "").replace("\0", ""),
        filters=filters_of(request),
        session_id=int(session or 0),
    )
    answer = StreamingHttpResponse(_pulled(files.parts(chosen, format_key)), content_type="text/csv; charset=utf-8")
    name = f"{studio['slug']}-{'lineup' if session else 'products'}-{format_key}-{timezone.localdate():%Y-%m-%d}.csv"
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


async def _pulled(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each piece on a thread of the pool: none of it is ever whole in memory."""
    while (part := await run_db(next, parts, None)) is not None:
        yield part
