"""``/dashboard``: every platform's chat and events in one place, for as long as a show lasts."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cuelight.accounts import access as accounts_access
from cuelight.accounts import queries as accounts
from cuelight.accounts import studios
from cuelight.accounts.gate import account_page, who_is


@never_cache
@require_safe
@account_page("account.here")
def dashboard(request: HttpRequest) -> HttpResponse:
    """The stream of the studio that is chosen. Whoever may not watch it is sent home: this address was everybody's.

    Pictures of emotes are loaded from where the platforms have them, by this page alone; an emote of another place is
    read as its word.
    """
    access = studios.current(request, accounts_access.accesses(who_is(request)))
    if access is None or not access.may("stream.watch"):
        return redirect("/home")
    props = {
        "studioId": access.studio_id,
        "mayConnect": access.may("stream.connect"),
        "mayReports": access.may("stream.reports"),
        "pictureOrigins": settings.EMOTE_ORIGINS,
    }
    response = render(request, "streams/dashboard.html", {"studio": accounts.studio(access.studio_id), "props": props})
    response._csp_update = {"img-src": settings.EMOTE_ORIGINS}  # type: ignore[attr-defined]
    return response
