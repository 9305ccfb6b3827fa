"""Signing in and out, and one's own account. What allauth has a page for is in ``entrance_pages.py``."""

from typing import Any, cast

from allauth.account.models import EmailAddress
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import get_adapter as sites_adapter
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cuelight.accounts import actions, audit, devices, links, sign_ins
from cuelight.accounts.adapter import DevicesAdapter
from cuelight.accounts.forms import EraseForm, RenameForm
from cuelight.accounts.gate import account_page, who_is
from cuelight.accounts.models import Person
from cuelight.errors import Invalid, Refused
from cuelight.live.broadcast import sign_out as end_sockets
from cuelight.ui.public import public


@public
@never_cache
@require_safe
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """A signed link: signs its person in and leads to its page."""
    link = links.read(token)
    person = Person.objects.filter(id=link.person_id, is_active=True).first()
    if person is None:
        raise Invalid("link_invalid", "The person of this link can no longer sign in.")
    login(request, person, backend=sign_ins.BACKEND)
    audit.record("sign_in", request=request, person_id=person.pk, method="link")
    return redirect(link.path)


@require_POST
@account_page("account.here")
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the sockets of this sign-in, and takes from the browser what it had kept of the person's shows."""
    via = who_is(request).via
    audit.record("sign_out", request=request)
    UserSession.objects.filter(session_key=request.session.session_key).delete()
    logout(request)
    end_sockets(via)
    return _empties_the_browser(redirect("/sign-in"))


@public
@never_cache
@require_safe
def signed_in(request: HttpRequest) -> HttpResponse:
    """Whether anybody is: what a page asks whose socket is not let in any more."""
    return JsonResponse({"signed_in": request.user.is_authenticated})


@never_cache
@require_http_methods(["GET", "POST"])
@account_page("account.manage")
def account(request: HttpRequest) -> HttpResponse:
    """``/account``: what one is called, and the way to everything else of one's own."""
    person = _person(request)
    form = RenameForm(request.POST if request.method == "POST" else None, initial={"name": person.name})
    if request.method == "POST" and form.is_valid():
        actions.rename_person(person.pk, form.cleaned_data["name"])
        messages.success(request, "Your name was changed.")
        return redirect("/account")
    status = 422 if form.errors else 200
    return render(request, "accounts/account.html", {"form": form, **_overview(person)}, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
@account_page("account.manage")
def account_devices(request: HttpRequest) -> HttpResponse:
    """Where one is signed in; ends one sign-in, all others, or all."""
    person = _person(request)
    rows = UserSession.objects.filter(user=person)
    if request.method == "POST":
        here = request.session.session_key
        chosen = request.POST.get("device", "")
        if chosen == "others":
            ending = rows.exclude(session_key=here)
        elif chosen == "all":
            ending = rows
        else:
            ending = rows.filter(id=int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0)
        return _ended(request, list(ending))
    sessions = sorted(UserSession.objects.purge_and_list(person), key=lambda row: row.last_seen_at, reverse=True)
    listed = [{"row": row, "name": devices.called(row.user_agent), "here": _is_here(request, row)} for row in sessions]
    return render(request, "usersessions/usersession_list.html", {"devices": listed})


@never_cache
@require_http_methods(["GET", "POST"])
@account_page("account.manage")
def erase(request: HttpRequest) -> HttpResponse:
    """Erases one's account. There is no way back, so it wants the password."""
    person = _person(request)
    if refusal := ratelimit.consume_or_429(request, action="reauthenticate", user=person):
        return cast(HttpResponse, refusal)
    form = EraseForm(request.POST if request.method == "POST" else None, person=person)
    if request.method == "POST" and form.is_valid():
        try:
            for key in actions.erase_person(person.pk):
                SessionStore(key).delete()
        except Refused as error:
            form.add_error(None, error.message)
        else:
            logout(request)
            messages.success(request, "Your account was erased.")
            return _empties_the_browser(redirect("/sign-in"))
    return render(request, "accounts/erase.html", {"form": form}, status=422 if form.errors else 200)


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user


def _overview(person: Person) -> dict[str, Any]:
    return {
        "addresses": EmailAddress.objects.filter(user=person).order_by("-primary", "email"),
        "codes_on": Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists(),
        "device_count": len(UserSession.objects.purge_and_list(person)),
        "connected": [site.get_provider().name for site in SocialAccount.objects.filter(user=person)]
        if sites_adapter().list_providers(None)
        else [],
    }


def _is_here(request: HttpRequest, row: UserSession) -> bool:
    return bool(row.session_key == request.session.session_key)


def _ended(request: HttpRequest, ending: list[UserSession]) -> HttpResponse:
    this_one_too = any(_is_here(request, row) for row in ending)
    DevicesAdapter().end_sessions(ending)
    for row in ending:
        audit.record("sign_out", request=request, target=devices.called(row.user_agent))
    if this_one_too:
        logout(request)
        return _empties_the_browser(redirect("/sign-in"))
    messages.success(request, "Signed out there." if ending else "That device was signed out already.")
    return redirect("/account/devices")


def _empties_the_browser(response: HttpResponse) -> HttpResponse:
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response
