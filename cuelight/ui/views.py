"""Pages that belong to no context."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cuelight.ui.errors import TITLES


@login_not_required
def look(request: HttpRequest) -> HttpResponse:
    """``/dev/look``: every piece of the look in every state; not in production."""
    if settings.PRODUCTION:
        raise Http404
    return render(request, "ui/look.html", {"titles": TITLES})


@login_not_required
@require_safe
def offline_worker(request: HttpRequest) -> HttpResponse:
    """``/sw.js``: what lets a host's page be loaded again while the server is away. At the root, so that it may answer
    for the pages; never from a cache, so that a new build replaces it at the next visit. 404 before the first build."""
    try:
        script = (settings.FRONTEND_DIST / "sw.js").read_bytes()
    except FileNotFoundError:
        raise Http404 from None
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(script, content_type="text/javascript; charset=utf-8", headers=headers)
