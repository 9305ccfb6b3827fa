"""Preparing a show: the session builder, and the search of its product picker."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cuelight.accounts import queries as accounts
from cuelight.accounts.gate import access_of, studio_page
from cuelight.catalog import queries as catalog
from cuelight.catalog import search_views, searching
from cuelight.sessions import queries

#: Products in one answer of the picker; the next page is asked for when somebody scrolls there.
PAGE = 50


@never_cache
@require_safe
@studio_page("session.edit_lineup", of=queries.studio_of)
def builder(request: HttpRequest, session_id: int) -> HttpResponse:
    """Where the lineup is made."""
    access = access_of(request)
    session = queries.session_in([access.studio_id], session_id)
    members = accounts.members(access.studio_id)
    props = {
        "sessionId": session["id"],
        "sessionName": session["name"],
        "personId": access.person_id,
        "members": [{"id": person_id, "name": name} for person_id, name in members.items()],
        "brands": [{"id": brand["id"], "name": brand["name"]} for brand in catalog.list_brands(access.studio_id)],
    }
    return render(request, "sessions/builder.html", {"session": session, "props": props})


@never_cache
@require_safe
@studio_page("session.edit_lineup", of=queries.studio_of)
def products(request: HttpRequest, session_id: int) -> JsonResponse:
    """As `/products/search` answers it, of the session's studio whichever one is chosen."""
    found = searching.find_products(
        access_of(request).studio_id,
        request.GET.get("q", ""),
        search_views.filters_of(request),
        limit=PAGE,
        offset=_offset(request.GET.get("offset", "")),
    )
    return JsonResponse(found)


def _offset(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0
