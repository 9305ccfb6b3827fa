"""Signing in and out."""

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cuelight.accounts import links, queries
from cuelight.accounts.actions import DEMO_PEOPLE
from cuelight.accounts.gate import account_page, who_is
from cuelight.accounts.models import Person
from cuelight.errors import Invalid, NotFound
from cuelight.live.broadcast import sign_out as end_sockets
from cuelight.ui.public import public

BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignInForm(forms.Form):
    email = forms.EmailField(widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}))
    password = forms.CharField(widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), strip=False)


@public
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """E-mail and password; in a demo studio one click for each role."""
    target = links.local(request.POST.get("next") or request.GET.get("next"))
    form = SignInForm(request.POST or None) if "role" not in request.POST else SignInForm()
    if request.method == "POST":
        person = _demo_person(request.POST["role"]) if "role" in request.POST else _by_password(request, form)
        if person is not None:
            login(request, person, backend=BACKEND)  # also gives the session a new key
            return redirect(target)
    roles = [role.value for _, _, role in DEMO_PEOPLE] if settings.DEMO else []
    return render(request, "accounts/sign_in.html", {"form": form, "roles": roles, "next": target})


@public
@never_cache
@require_safe
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """A signed link: signs its person in and leads to its page."""
    link = links.read(token)
    person = Person.objects.filter(id=link.person_id, is_active=True).first()
    if person is None:
        raise Invalid("link_invalid", "The person of this link can no longer sign in.")
    login(request, person, backend=BACKEND)
    return redirect(link.path)


@require_POST
@account_page("account.here")
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the sockets of this sign-in, and takes from the browser what it had kept of the person's shows."""
    via = who_is(request).via
    logout(request)
    end_sockets(via)
    response = redirect("/sign-in")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@public
@never_cache
@require_safe
def signed_in(request: HttpRequest) -> HttpResponse:
    """Whether anybody is: what a page asks whose socket is not let in any more."""
    return JsonResponse({"signed_in": request.user.is_authenticated})


def _demo_person(role: str) -> Person:
    """The demo studio's person of a role. There is none anywhere else."""
    if not settings.DEMO:
        raise NotFound()
    person_id, _ = queries.person_with_role(queries.studio_by_slug()["id"], role)
    return Person.objects.get(id=person_id)


def _by_password(request: HttpRequest, form: SignInForm) -> Person | None:
    if not form.is_valid():
        return None
    values = form.cleaned_data
    person = authenticate(request, email=values["email"].lower(), password=values["password"])
    if not isinstance(person, Person):
        form.add_error(None, "E-mail or password is wrong.")
        return None
    return person
