"""``/w/{secret}``: the page in OBS."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cuelight.ui import manifest, workers
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
    asks with HEAD whether it is still good, and its worker keeps a copy of it: ``Cuelight-Overlay: here`` or ``gone``
    is the studio's own word, not any answer on the way.
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
        response["Cuelight-Overlay"] = "here"
        response._csp_update = {"img-src": settings.EMOTE_ORIGINS, "media-src": ["'self'"]}  # type: ignore[attr-defined]
    return response


@public
@require_safe
def overlay_worker(request: HttpRequest) -> HttpResponse:
    """``/w/sw.js``: what lets an overlay be opened while the server is away. It stands among the overlays, so that it
    may answer for them and for no other page. 404 before the first build."""
    return workers.script("overlay-sw.js")
