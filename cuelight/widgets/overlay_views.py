"""Pages of overlays: the list, a new one, its address, its layout, and the check of what is connected."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cuelight.accounts.gate import access_of, studio_page
from cuelight.errors import CuelightError
from cuelight.ui import manifest
from cuelight.widgets import actions, layout, qr, queries
from cuelight.widgets.kinds import KINDS
from cuelight.widgets.models import Overlay
from cuelight.widgets.starts import STARTS

LIST = "/overlays"
#: Where the next page of the list finds what it offers to take back.
UNDO = "overlay_undo"
#: Of the data that a preview plays: the same at each visit.
SEED = 7


@never_cache
@require_safe
@studio_page("overlay.edit")
def overlay_list(request: HttpRequest) -> HttpResponse:
    """The studio's overlays with their addresses; which are connected the page learns from the socket."""
    access = access_of(request)
    context = {
        "rows": [_row(request, one) for one in queries.overlays(access.studio_id)],
        "most": actions.MOST_OVERLAYS,
        "undo": request.session.pop(UNDO, None),
        "props": {"studioId": access.studio_id},
    }
    return render(request, "widgets/overlays.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@studio_page("overlay.edit")
def overlay_new(request: HttpRequest) -> HttpResponse:
    """``name``, ``canvas`` as 1920x1080, ``start``. Leads to its layout."""
    typed = {name: request.POST.get(name, "") for name in ("name", "canvas", "start")}
    error = ""
    if request.method == "POST":
        try:
            return redirect(f"{LIST}/{actions.begin_overlay(**typed, access=access_of(request)).pk}")
        except CuelightError as refused:
            error = refused.message
    canvases = [(f"{width}x{height}", width, height, words) for (width, height), words in layout.CANVASES.items()]
    context = {
        "error": error,
        "typed": {**typed, "canvas": typed["canvas"] or canvases[0][0], "start": typed["start"] or "selling"},
        "canvases": canvases,
        "starts": [(key, *words) for key, words in STARTS.items()],
    }
    return render(request, "widgets/overlay_new.html", context, status=422 if error else 200)


@never_cache
@require_safe
@studio_page("overlay.edit", of=queries.studio_of)
def overlay_layout(request: HttpRequest, overlay_id: int) -> HttpResponse:
    """The editor of what stands where."""
    access = access_of(request)
    found = queries.overlay(access.studio_id, overlay_id)
    kinds = [
        {
            **{name: getattr(kind, name) for name in ("type", "name", "says", "width", "height")},
            "frames": [frame._asdict() for frame in kind.fake(SEED)],
        }
        for kind in KINDS.values()
    ]
    props = {
        "studioId": access.studio_id,
        "overlay": queries.overlay_row(found),
        "configs": queries.configs(access.studio_id, set(KINDS)),
        "kinds": kinds,
        "pictureOrigins": settings.EMOTE_ORIGINS,
    }
    return render(request, "widgets/overlay_layout.html", {"overlay": found, "props": props})


@never_cache
@require_safe
@studio_page("overlay.edit", of=queries.studio_of)
def overlay_address(request: HttpRequest, overlay_id: int) -> HttpResponse:
    """The secret address, as text and as a picture to be read by a phone, and what to do with it in OBS."""
    found = queries.overlay(access_of(request).studio_id, overlay_id)
    row = _row(request, found)
    return render(request, "widgets/overlay_address.html", {"row": row, "qr": qr.picture(row["address"])})


@never_cache
@require_safe
@studio_page("overlay.edit")
def overlay_check(request: HttpRequest) -> HttpResponse:
    """Which overlays are connected and how they are."""
    access = access_of(request)
    rows = [queries.overlay_row(one) for one in queries.overlays(access.studio_id)]
    overlays = [{name: row[name] for name in ("id", "name", "width", "height")} for row in rows]
    props = {"studioId": access.studio_id, "overlays": overlays, "build": manifest.build()}
    return render(request, "widgets/overlay_check.html", {"props": props})


@require_POST
@studio_page("overlay.edit", of=queries.studio_of)
def rename(request: HttpRequest, overlay_id: int) -> HttpResponse:
    """``title``."""
    try:
        actions.rename_overlay(overlay_id, request.POST.get("title", ""), access=access_of(request))
    except CuelightError as refused:
        messages.error(request, refused.message)
    return redirect(LIST)


@require_POST
@studio_page("overlay.edit", of=queries.studio_of)
def duplicate(request: HttpRequest, overlay_id: int) -> HttpResponse:
    try:
        made = actions.duplicate_overlay(overlay_id, access=access_of(request))
        messages.success(request, f"“{made.name}” has the same widgets and an address of its own.")
    except CuelightError as refused:
        messages.error(request, refused.message)
    return redirect(LIST)


@require_POST
@studio_page("overlay.edit", of=queries.studio_of)
def delete(request: HttpRequest, overlay_id: int) -> HttpResponse:
    """OBS shows nothing under its address from now on; the list offers to take that back."""
    access = access_of(request)
    name = queries.overlay(access.studio_id, overlay_id).name
    actions.delete_overlay(overlay_id, access=access)
    said = f"“{name}” is deleted; OBS shows nothing of it. Taken back, it gets a new address."
    request.session[UNDO] = {"message": said, "path": f"{LIST}/{overlay_id}/restore"}
    return redirect(LIST)


@require_POST
@studio_page("overlay.edit", of=queries.studio_of_any)
def restore(request: HttpRequest, overlay_id: int) -> HttpResponse:
    """Takes a deletion back."""
    found = actions.restore_overlay(overlay_id, access=access_of(request))
    messages.success(request, f"“{found.name}” is back under a new address. Give OBS the new one.")
    return redirect(f"{LIST}/{overlay_id}/address")


@require_POST
@studio_page("overlay.edit", of=queries.studio_of)
def regenerate(request: HttpRequest, overlay_id: int) -> HttpResponse:
    actions.regenerate_address(overlay_id, access=access_of(request))
    messages.success(request, "The address is a new one. The old one shows nothing any more; give OBS the new one.")
    return redirect(f"{LIST}/{overlay_id}/address")


def _row(request: HttpRequest, overlay: Overlay) -> dict[str, Any]:
    """One line of the list."""
    secret = queries.secret_of(overlay)
    row = queries.overlay_row(overlay)
    return {
        "id": overlay.pk,
        "name": overlay.name,
        "width": overlay.width,
        "height": overlay.height,
        "canvas": layout.CANVASES.get((overlay.width, overlay.height), f"{overlay.width} × {overlay.height}"),
        "widgets": len(row["boxes"]),
        "seen_at": overlay.seen_at,
        "address": request.build_absolute_uri(f"/w/{secret}") if secret else "",
    }
