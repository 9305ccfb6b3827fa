"""Every address breaks, and says what it held."""

from django.http import HttpRequest, HttpResponse
from django.urls import re_path

from cuelight.ui.public import public
from cuelight.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500"]


@public
def broken(request: HttpRequest, rest: str) -> HttpResponse:
    raise RuntimeError(f"broke while it held {request.get_full_path()} and {request.META.get('HTTP_COOKIE')}")


urlpatterns = [re_path(r"^(?P<rest>.*)$", broken)]
