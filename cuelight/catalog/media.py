"""The stored pictures, as screens and overlays fetch them."""

import re
from collections.abc import Callable

from django.core.files.storage import storages
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.http import require_safe

from cuelight.catalog.storage import FOR_EVER, TYPES, PlaceAway
from cuelight.ui.public import public

_STORED = re.compile(r"products/[0-9]+/(?:full|thumb|lqip|sized)/[0-9a-f]{32}\.(?P<suffix>jpg|png|webp)")
_PATH = "/media/"


class MediaMiddleware:
    """Answers pictures before anything asks who is asking: a lineup of hundreds of them costs no query, and they are
    there while the database is away."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(_PATH):
            return media(request, stored=request.path_info.removeprefix(_PATH))
        return self._get_response(request)


@public
@require_safe
def media(request: HttpRequest, stored: str) -> HttpResponse:
    """One picture, for anybody who knows its random name: overlays and screens fetch it without signing in.

    Only names that we give are served, so there is no way to another file and nothing to list. What a name holds never
    changes, so it is cached for a year and asked for once.
    """
    match = _STORED.fullmatch(stored)
    try:
        data = stored_bytes(stored) if match else None
    except PlaceAway:
        return HttpResponse(status=503, headers={"Retry-After": "5", "Cache-Control": "no-store"})
    if match is None or data is None:
        return HttpResponseNotFound()  # bare: nobody reads a page in the place of a picture
    tag = f'"{stored.rsplit("/", 1)[1]}"'
    if _has(request.headers.get("If-None-Match", ""), tag):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(data, content_type=TYPES[match["suffix"]])
        response["Content-Length"] = str(len(data))  # for HEAD, too
    response["ETag"] = tag
    response["Cache-Control"] = FOR_EVER
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    # OBS and pages of others may show it, as overlays are framed there.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _has(known: str, tag: str) -> bool:
    """Whether a browser (or a proxy, which may have made the tag a weak one) says that it has this."""
    return any(one.strip().removeprefix("W/") in (tag, "*") for one in known.split(","))


def stored_bytes(stored: str) -> bytes | None:
    """A stored file; None when it is not there."""
    # Whole, not streamed: a few megabytes at most, and under ASGI a file response would be read whole anyway.
    try:
        with storages["default"].open(stored) as file:
            data: bytes = file.read()
    except PlaceAway:
        raise
    except OSError:
        return None
    return data
