"""Pages that belong to no context."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from cuelight.ui.errors import TITLES


@login_not_required
def look(request: HttpRequest) -> HttpResponse:
    """``/dev/look``: every piece of the look in every state; not in production."""
    if settings.PRODUCTION:
        raise Http404
    return render(request, "ui/look.html", {"titles": TITLES})
