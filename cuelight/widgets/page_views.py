"""``/w/{secret}``: the page in OBS."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cuelight.ui import manifest
from cuelight.ui.public import public
from cuelight.ui.security import framed
from cuelight.widgets import queries
from cuelight.widgets.kinds import KINDS

#: Of the data that a page shows with ``?test=1``.
SEED = 7


@public
@framed
@never_cache
@require_safe
def overlay_page(request: HttpRequest, secret: str) -> HttpResponse:
    """Whoever has the address sees the overlay: it is a secret, and shows only what the public may see.

    An address that leads nowhere is an empty, transparent page: an error page would be on the stream. An open page
    asks with HEAD whether it is still good: only ``Cuelight-Overlay: gone`` says no, not any 404 on the way.
    """
    found = queries.by_secret(secret)
    if found is None:
        response = render(request, "widgets/no_overlay.html", status=404)
        response["Cuelight-Overlay"] = "gone"
    else:
        row = queries.overlay_row(found)
        types = sorted({box["type"] for box in row["boxes"]})
        props = {
            "studioId": found.studio_id,
            "overlay": row,
            "configs": queries.configs(found.studio_id, set(types)),
            "token": secret,
            "pictureOrigins": settings.EMOTE_ORIGINS,
            "build": manifest.build(),
        }
        if request.GET.get("test") == "1":
            props["frames"] = {one: [frame._asdict() for frame in KINDS[one].fake(SEED)] for one in types}
        response = render(request, "widgets/overlay.html", {"overlay": found, "kinds": types, "props": props})
        response._csp_update = {"img-src": settings.EMOTE_ORIGINS, "media-src": ["'self'"]}  # type: ignore[attr-defined]
    return response
