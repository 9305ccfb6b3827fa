"""Pages that span all contexts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cuelight.accounts.gate import access_of, studio_page


@never_cache
@require_safe
@studio_page("studio.enter")
def dashboard(request: HttpRequest) -> HttpResponse:
    """Where one begins: the sessions, or the imports for who may not see sessions (a cataloger)."""
    return redirect("/sessions" if access_of(request).may("session.list") else "/imports")
