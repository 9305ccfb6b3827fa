"""Every failure a user can meet, as a page in the house look, or as JSON for who asks for JSON."""

import sys
from collections.abc import Callable

import structlog
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from cuelight.errors import CuelightError, Unavailable
from cuelight.ui.manifest import NotBuilt

log = structlog.get_logger(__name__)

TITLES = {
    400: "That request could not be read",
    403: "You may not do this",
    404: "There is nothing here",
    409: "That no longer fits",
    410: "This was deleted",
    422: "That could not be read",
    500: "Something broke on our side",
    503: "The studio is not reachable right now",
}

#: Seconds after which a page that could not be made is asked for again by itself.
AGAIN_S = 3


class ErrorsMiddleware:
    """Turns our own errors into pages; everything else goes on to the handlers below."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, CuelightError):
            return answer(request, error.status, error.message, error.reason)
        if isinstance(error, OperationalError):
            return database_away(request, error)
        if isinstance(error, NotBuilt):
            return HttpResponse(str(error), status=503, content_type="text/plain; charset=utf-8")
        return None


def database_away(request: HttpRequest, error: OperationalError) -> HttpResponse:
    log.error("the database is away", path=request.path, error=str(error))
    away = Unavailable()
    return answer(request, away.status, away.message, away.reason)


def answer(request: HttpRequest, status: int, message: str, reason: str) -> HttpResponse:
    """The page or JSON of an error."""
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"reason": reason, "message": message}, status=status)
    context = {"status": status, "title": TITLES.get(status, "That did not work"), "message": message}
    page = render(request, "ui/error.html", context, status=status)
    if status == 503 and request.method == "GET":
        page["Refresh"] = str(AGAIN_S)
    return page


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, 400, "The address or the form was not complete.", "bad_request")


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    return answer(request, 403, "Your role does not allow it. Ask an admin of your studio.", "forbidden")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, 404, "The address is wrong, or what was here is not yours to see.", "not_found")


def server_error(request: HttpRequest) -> HttpResponse:
    # Who is signed in is read before any view is called, and middleware is told of the exceptions of views only.
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError):
        return database_away(request, error)
    return answer(
        request, 500, "It is written down. Nothing of yours was lost; try again in a moment.", "internal_error"
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return answer(request, 403, "The page was open for too long. Go back, reload it and try again.", "csrf")
