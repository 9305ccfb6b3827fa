"""``/healthz``: what is up, for whoever watches over the studio."""

from django.db import Error
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cuelight.jobs.housekeeping import health
from cuelight.ui.public import public


@public
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the database answers, 503 otherwise. ``jobs.ok``: a worker has been heard of lately."""
    try:
        jobs = health()
    except Error:
        return JsonResponse({"status": "down", "database": False, "jobs": {"ok": False}}, status=503)
    return JsonResponse({"status": "ok" if jobs["ok"] else "degraded", "database": True, "jobs": jobs})
