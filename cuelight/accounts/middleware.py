"""``Authorization: Bearer``: a token instead of a sign-in cookie."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from cuelight.accounts import tokens
from cuelight.accounts.models import Person


class BearerMiddleware:
    """Makes the person of a valid token the request's user. Such a request needs no CSRF token: it sent no cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            person_id = tokens.read(token.strip())
            person = Person.objects.filter(id=person_id, is_active=True).first() if person_id else None
            if person is None:
                return HttpResponse("This token is not valid.", status=401, headers={"WWW-Authenticate": "Bearer"})
            request.user = person
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        return self._get_response(request)
