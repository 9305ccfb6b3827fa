"""Files of widgets: uploaded and removed by who edits overlays, fetched by any page in OBS."""

import re

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.views.decorators.http import require_POST, require_safe

from cuelight.accounts.gate import access_of, studio_page
from cuelight.catalog.storage import FOR_EVER, PlaceAway
from cuelight.errors import Invalid
from cuelight.ui.public import public
from cuelight.widgets import files
from cuelight.widgets.files_reading import LARGEST_FILE, TYPES

_STORED = re.compile(rf"[0-9a-f]{{32}}\.(?P<suffix>{'|'.join(TYPES)})")


@public
@require_safe
def widget_file(request: HttpRequest, stored: str) -> HttpResponse:
    """One sound or picture, for anybody who knows its random name. What a name holds never changes, so it is kept for a
    year by whoever fetched it; only names that we give are looked for, and nothing served can run."""
    match = _STORED.fullmatch(stored)
    try:
        data = files.stored_bytes(stored) if match else None
    except PlaceAway:
        return HttpResponse(status=503, headers={"Retry-After": "5", "Cache-Control": "no-store"})
    if match is None or data is None:
        return HttpResponseNotFound()  # bare: nobody reads a page in the place of a sound
    response = HttpResponse(data, content_type=TYPES[match["suffix"]])
    response["Content-Length"] = str(len(data))
    response["Cache-Control"] = FOR_EVER
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    # OBS and pages of others may show it, as overlays are framed there.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_POST
@studio_page("overlay.edit")
def add_file(request: HttpRequest) -> JsonResponse:
    """Multipart: ``file``, and ``kind``: ``sound`` or ``image``. Answers the file, 201."""
    given = request.FILES.get("file")
    if given is None:
        raise Invalid("no_file", "Choose a file first.")
    data = given.read(LARGEST_FILE + 1)
    made = files.put_file(request.POST.get("kind", ""), given.name or "", data, access=access_of(request))
    return JsonResponse(files.row_of(made), status=201)


@require_POST
@studio_page("overlay.edit", of=files.studio_of)
def remove_file(request: HttpRequest, file_id: int) -> JsonResponse:
    """Takes a file out; for a day `restore_file` puts it back. Refused while a widget uses it."""
    files.remove_file(file_id, access=access_of(request))
    return JsonResponse({})


@require_POST
@studio_page("overlay.edit", of=files.studio_of)
def restore_file(request: HttpRequest, file_id: int) -> JsonResponse:
    return JsonResponse(files.row_of(files.restore_file(file_id, access=access_of(request))))
