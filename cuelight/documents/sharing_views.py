"""The panel of a document's sharing: every answer is JSON, and has how it stands now."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cuelight.documents import actions
from cuelight.documents.forms import EveryoneForm, InviteForm, LinkForm, RevokeForm, RightForm, read
from cuelight.documents.gate import document_of, document_page
from cuelight.documents.sharing import sharing


@never_cache
@require_safe
@document_page("document.read")
def panel(request: HttpRequest, document_id: int) -> JsonResponse:
    """``Sharing``: to whoever does not manage it without people and ways in."""
    return _answer(request)


@never_cache
@require_POST
@document_page("document.manage")
def everyone(request: HttpRequest, document_id: int) -> JsonResponse:
    """``right``: what everyone of the studio may; empty: nothing."""
    actions.open_to_everyone(document_of(request), read(EveryoneForm(request.POST))["right"], request=request)
    return _answer(request)


@never_cache
@require_POST
@document_page("document.manage")
def invite(request: HttpRequest, document_id: int) -> JsonResponse:
    """``email``, ``right``. Adds ``invited``: "member" is in already, "letter" is on its way."""
    typed = read(InviteForm(request.POST))
    person_id = actions.invite(document_of(request), **typed, request=request)
    return _answer(request, invited="letter" if person_id is None else "member")


@never_cache
@require_POST
@document_page("document.manage")
def person(request: HttpRequest, document_id: int, person_id: int) -> JsonResponse:
    """``right``: what somebody may from now on."""
    right = read(RightForm(request.POST))["right"]
    actions.change_right(document_of(request), person_id, right, request=request)
    return _answer(request)


@never_cache
@require_POST
@document_page("document.manage")
def remove(request: HttpRequest, document_id: int, person_id: int) -> JsonResponse:
    """Takes somebody's right back. Adds ``undo``, which ``undo`` takes within ten minutes."""
    return _answer(request, undo=actions.unshare(document_of(request), person_id, request=request))


@never_cache
@require_POST
@document_page("document.manage")
def undo(request: HttpRequest, document_id: int) -> JsonResponse:
    """``undo``, as ``remove`` has told it: the right is given back."""
    actions.share_again(document_of(request), request.POST.get("undo", ""), request=request)
    return _answer(request)


@never_cache
@require_POST
@document_page("document.manage")
def links(request: HttpRequest, document_id: int) -> JsonResponse:
    """``right``, ``days``. Adds ``link``: the address, which is told only here."""
    typed = read(LinkForm(request.POST))
    path = actions.make_link(document_of(request), **typed, request=request)
    return _answer(request, link=f"{settings.PUBLIC_URL}{path}")


@never_cache
@require_POST
@document_page("document.manage")
def revoke(request: HttpRequest, document_id: int, link_id: int) -> JsonResponse:
    """Ends a link or letter; with ``shares`` also the rights that people have by it."""
    typed = read(RevokeForm(request.POST))
    actions.revoke_link(document_of(request), link_id, shares=typed["shares"], request=request)
    return _answer(request)


@require_POST
@document_page("document.read")
def leave(request: HttpRequest, document_id: int) -> HttpResponse:
    """Somebody gives up their own right."""
    access = document_of(request)
    actions.leave(access, request=request)
    messages.success(request, f"You have left “{access.title}”.")
    return redirect("/documents?tab=shared")


def _answer(request: HttpRequest, **more: Any) -> JsonResponse:
    return JsonResponse({**sharing(document_of(request)), **more})
