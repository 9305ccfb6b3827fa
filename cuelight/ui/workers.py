"""Service workers: scripts under fixed names that answer for pages while the server is away."""

from django.conf import settings
from django.http import Http404, HttpResponse


def script(name: str, *, scope: str = "") -> HttpResponse:
    """What Vite built under this name; 404 before the first build. Never from a cache, so that a new build replaces it
    at the next visit. ``scope``: what it may answer for beyond the folder of its own address."""
    try:
        text = (settings.FRONTEND_DIST / name).read_bytes()
    except FileNotFoundError:
        raise Http404 from None
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    if scope:
        headers["Service-Worker-Allowed"] = scope
    return HttpResponse(text, content_type="text/javascript; charset=utf-8", headers=headers)
