"""A page that may be framed, as overlays will be, beside all others."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from cuelight.ui.public import public
from cuelight.ui.security import framed
from cuelight.urls import handler400, handler403, handler404, handler500
from cuelight.urls import urlpatterns as ours

__all__ = ["handler400", "handler403", "handler404", "handler500"]


@public
@framed
def widget(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<p>+ 1 follower</p>")


@public
def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


@public
def secret_page(request: HttpRequest, key: str) -> HttpResponse:
    return HttpResponse("Welcome")


urlpatterns = [
    path("widget", widget),
    path("broken", broken),
    path("invitation/<str:key>", secret_page),
    *ours,
]
