"""The gate before every page: each view says what one must be allowed to do, and is not reached without.

A view without such a word is reached by nobody: ``GateMiddleware`` sees to it.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

import structlog
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from cuelight.accounts import access as accounts_access
from cuelight.accounts import identity, policy, stations, studios, tokens
from cuelight.accounts.access import Access
from cuelight.accounts.identity import AnyIdentity, PersonIdentity
from cuelight.errors import Forbidden, NotFound
from cuelight.ui.public import Needs, View

log = structlog.get_logger(__name__)

#: Finds the studio that a page is of, from what its path says; None or NotFound: there is no such thing.
Locate = Callable[..., int | None]


def account_page(action: str) -> Callable[[View], View]:
    """A page of one's own account. The view finds the person in ``request.user``."""

    def gated(request: HttpRequest) -> None:
        who = _who(request)
        held = accounts_access.in_no_studio(who)
        if not policy.allows(held, policy.row(action).under):
            raise NotFound()
        if not policy.allows(held, action):
            raise Forbidden("This is for people with an account of their own.")

    return _gated(Needs(action, "account"), gated)


def studio_page(
    action: str, *, of: Locate | None = None, reads: Callable[[AnyIdentity, int], Access] = accounts_access.read_access
) -> Callable[[View], View]:
    """A page of a studio: the one ``of(**path arguments)`` finds, else the one that is chosen just now.

    The view finds the access it was let in with in ``request.access``. ``reads`` is another way to read it: roles in a
    deleted studio do not count anywhere but on the page that restores it.
    """

    def gated(request: HttpRequest, **arguments: Any) -> None:
        who = _who(request)
        found = _of_current(request, who) if of is None else _of_located(who, of(**arguments), reads)
        session_id = arguments.get("session_id")
        if session_id is not None and not found.reaches(session_id):
            raise NotFound()
        found.require(action)
        request.access = found  # type: ignore[attr-defined]

    return _gated(Needs(action, "studio"), gated)


def page_within(action: str, check: Callable[..., None]) -> Callable[[View], View]:
    """A page of something in a studio that has rights of its own, such as a document. ``check(request, **path
    arguments)`` raises NotFound for what one may not see, Forbidden for what one may see but not do."""
    return _gated(Needs(action, "studio"), check)


class IdentityMiddleware:
    """Says in ``request.identity`` who asks: a token's bearer, the person signed in, or None.

    A request with a token needs no CSRF token: nothing a browser adds by itself lets it in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            found = tokens.by_secret(secret.strip())
            if found is None:
                return HttpResponse("This token is not valid.", status=401, headers={"WWW-Authenticate": "Bearer"})
            request.identity = found  # type: ignore[attr-defined]
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        elif request.user.is_authenticated and not _is_over(request):
            request.identity = identity.of_person(request.user, request.session.session_key)  # type: ignore[attr-defined]
        else:
            request.identity = None  # type: ignore[attr-defined]
        return self._get_response(request)


class GateMiddleware:
    """Denies whatever view does not say what it needs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Iterable[Any], kwargs: dict[str, Any]
    ) -> None:
        if needs_of(view) is None:
            log.error("a page has no row in the policy", path=request.path)
            raise NotFound()


def _is_over(request: HttpRequest) -> bool:
    """Signs a studio device out that nobody has used for hours; a use of any other is written down."""
    if getattr(request.user, "kind", "") != "station":
        return False
    if stations.is_over(request.session.session_key):
        logout(request)
        return True
    stations.seen(request.session.session_key)
    return False


def needs_of(view: Callable[..., Any]) -> Needs | None:
    """What a view says it needs; None: it says nothing."""
    return getattr(view, "needs", None)


class SignInFirst(Exception):
    """Nobody is signed in, and the page is not for everybody."""


def _gated(needs: Needs, check: Callable[..., None]) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                check(request, **kwargs) if needs.of == "studio" else check(request)
            except SignInFirst:
                return _to_sign_in(request)
            response: HttpResponse = view(request, *args, **kwargs)
            return response

        return _marked(guarded, needs)  # type: ignore[return-value]

    return decorate


def _marked(view: View, needs: Needs) -> View:
    view.needs = needs  # type: ignore[attr-defined]
    return view


def access_of(request: HttpRequest) -> Access:
    """What the request was let in with; for the views of ``studio_page``."""
    found: Access = request.access  # type: ignore[attr-defined]
    return found


def who_is(request: HttpRequest) -> AnyIdentity:
    """Who asks; for views behind the gate."""
    return _who(request)


def person_of(request: HttpRequest) -> PersonIdentity:
    """The person signed in; for views behind the gate that a token never passes."""
    who = _who(request)
    assert isinstance(who, PersonIdentity)
    return who


def _who(request: HttpRequest) -> AnyIdentity:
    who: AnyIdentity | None = request.identity  # type: ignore[attr-defined]
    if who is None:
        raise SignInFirst
    return who


def _of_located(who: AnyIdentity, studio_id: int | None, reads: Callable[[AnyIdentity, int], Access]) -> Access:
    if studio_id is None:
        raise NotFound()
    return reads(who, studio_id)


def _of_current(request: HttpRequest, who: AnyIdentity) -> Access:
    found = studios.current(request, accounts_access.accesses(who))
    if found is None:
        raise NotFound("You belong to no studio yet. Ask a colleague for an invitation.", "no_studio")
    return found


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"reason": "signed_out", "message": "Sign in first."}, status=401)
    return redirect(f"/sign-in?{urlencode({'next': request.get_full_path()}, safe='/')}")
