"""Ways in that a studio gives: an invitation's link, and the passphrase of a device."""

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from cuelight.accounts import actions, invitations, links, sign_ins, studios, words
from cuelight.accounts.actions.invitations import GUEST_NAME_LETTERS
from cuelight.accounts.actions.studios import SLUG_LETTERS
from cuelight.accounts.gate import account_page, person_of
from cuelight.accounts.identity import PersonIdentity
from cuelight.accounts.invitations import Shown
from cuelight.accounts.lockout import LockedOut
from cuelight.accounts.models import Invitation, Person, Role
from cuelight.accounts.passphrases import LONGEST
from cuelight.errors import CuelightError, Forbidden
from cuelight.ui.public import public

#: Where a sign-in and a sign-up find the invitation they began with.
PENDING = "invitation"
DEVICE_COOKIE = "cuelight-device"
DEVICE_COOKIE_S = 365 * 24 * 3600


class GuestForm(forms.Form):
    name = forms.CharField(
        max_length=GUEST_NAME_LETTERS,
        label="Your name",
        help_text="The crew sees it.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Give your name."},
    )


class StationForm(forms.Form):
    studio = forms.SlugField(
        max_length=SLUG_LETTERS,
        label="Studio",
        help_text="Its short name.",
        widget=forms.TextInput(attrs={"autocomplete": "organization", "autocapitalize": "none", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(choices=[(role.value, role.label) for role in Role], label="Role", initial=Role.HOST)
    passphrase = forms.CharField(
        max_length=LONGEST,
        strip=False,
        label="Passphrase",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


@public
@never_cache
@require_safe
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites to what, and what is to be done to accept it: that depends on who looks."""
    shown = invitations.read(token)
    if not invitations.is_good(shown.invitation):
        return _over(request, shown.invitation)
    person = _person(request)
    if person is None:
        _remember(request, shown)
    return _page(request, token, shown, GuestForm(), person=person)


@never_cache
@require_http_methods(["GET", "POST"])
@account_page("account.join")
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """The person signed in comes in."""
    if request.method == "GET":  # back from a sign-in that began here
        return redirect(f"/invitation/{token}")
    shown = invitations.read(token)
    if not invitations.is_good(shown.invitation):
        return _over(request, shown.invitation)
    accepted = actions.accept(token, person_of(request).person_id, request=request)
    request.session.pop(PENDING, None)
    studios.choose(request, accepted.studio_id)
    return redirect(links.local(accepted.path, "/home"))


@public
@never_cache
@require_http_methods(["GET", "POST"])
def guest(request: HttpRequest, token: str) -> HttpResponse:
    """Somebody comes in by name, where the invitation is for guests."""
    if request.method == "GET":
        return redirect(f"/invitation/{token}")
    shown, form = invitations.read(token), GuestForm(request.POST)
    if not invitations.is_good(shown.invitation):
        return _over(request, shown.invitation)
    if _person(request) is not None:
        raise Forbidden("You are signed in already. Accept as yourself.")
    if form.is_valid():
        accepted, person = actions.accept_as_guest(token, form.cleaned_data["name"], request=request)
        sign_ins.begin(request, person)
        request.session.set_expiry((accepted.guest_hours or 0) * 3600)
        studios.choose(request, accepted.studio_id)
        return redirect(links.local(accepted.path, "/home"))
    return _page(request, token, shown, form, person=None, status=422)


@sensitive_post_parameters("passphrase")
@public
@never_cache
@require_http_methods(["GET", "POST"])
def station_login(request: HttpRequest) -> HttpResponse:
    """A device of a studio signs in by the passphrase of a role. It remembers both names for the next time."""
    studio, _, role = request.COOKIES.get(DEVICE_COOKIE, "").partition(":")
    form = StationForm(request.POST or None, initial={"studio": studio, "role": role or Role.HOST})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            values: dict[str, Any] = form.cleaned_data
            try:
                return _sign_in(request, values["studio"].lower(), values["role"], values["passphrase"])
            except CuelightError as error:
                form.add_error(None, error.message)
                status = error.status
                wait = error.seconds if isinstance(error, LockedOut) else 0
    answer = render(request, "accounts/login.html", {"form": form}, status=status)
    if status == LockedOut.status:
        answer["Retry-After"] = str(wait)
    return answer


def _sign_in(request: HttpRequest, studio: str, role: str, passphrase: str) -> HttpResponse:
    station = actions.check_passphrase(studio, role, passphrase, request=request)
    sign_ins.begin(request, station)
    answer = redirect("/home")
    answer.set_cookie(
        DEVICE_COOKIE,
        f"{studio}:{role}",
        max_age=DEVICE_COOKIE_S,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return answer


def _person(request: HttpRequest) -> PersonIdentity | None:
    """Who is signed in by a cookie, of whatever kind."""
    who = getattr(request, "identity", None)
    return who if isinstance(who, PersonIdentity) else None


def _remember(request: HttpRequest, shown: Shown) -> None:
    """For the sign-in or sign-up that comes now. Only a link out of the mailbox itself proves whose that is."""
    request.session[PENDING] = shown.invitation.pk
    if shown.is_mailed and shown.invitation.email:
        get_adapter(request).stash_verified_email(request, shown.invitation.email)


def _page(
    request: HttpRequest,
    token: str,
    shown: Shown,
    form: GuestForm,
    *,
    person: PersonIdentity | None,
    status: int = 200,
) -> HttpResponse:
    invited = shown.invitation
    has_account = person is not None and person.kind == Person.Kind.PERSON
    context = {
        "invitation": invited,
        "studio": invited.studio.name,
        "inviter": invited.created_by.name if invited.created_by else "",
        "roles": [(words.role(role), words.ROLES[role]) for role in invited.roles],
        "path": f"/invitation/{token}",
        "email": invitations.masked(invited.email) if invited.email else "",
        "form": form,
        "has_account": has_account,
        "is_device": person is not None and not has_account,
        "is_for_them": person is not None and has_account and invitations.is_for(invited, person.person_id),
    }
    return render(request, "accounts/invitation.html", context, status=status)


def _over(request: HttpRequest, invited: Invitation) -> HttpResponse:
    """Used, run out or taken back. The studio's name is for whoever may still come in."""
    return render(request, "accounts/invitation_over.html", {"why": invitations.why_over(invited)}, status=410)
