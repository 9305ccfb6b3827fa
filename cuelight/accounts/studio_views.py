"""Making, choosing, leaving a studio, and its profile."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cuelight.accounts import actions, queries, studio_pages, studios
from cuelight.accounts.actions.studios import NAME_LETTERS, SLUG_LETTERS
from cuelight.accounts.currencies import CURRENCIES
from cuelight.accounts.gate import access_of, account_page, person_of, studio_page
from cuelight.errors import CuelightError


class NewStudioForm(forms.Form):
    name = forms.CharField(
        max_length=NAME_LETTERS,
        label="Name",
        help_text="What the crew calls it. You can change it later.",
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "organization"}),
        error_messages={"required": "Give the studio a name."},
    )


class ProfileForm(forms.Form):
    name = forms.CharField(max_length=NAME_LETTERS, label="Name", error_messages={"required": "Give it a name."})
    slug = forms.CharField(
        max_length=SLUG_LETTERS,
        label="Short name",
        help_text="In addresses, and typed when a studio device signs in.",
        error_messages={"required": "Give it a short name."},
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    currency = forms.ChoiceField(
        choices=CURRENCIES, label="Currency", help_text="Prices keep their digits: nothing is converted."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present = self.initial.get("currency", "")
        if present not in dict(CURRENCIES):  # made on the command line, or by somebody's import
            currency = self.fields["currency"]
            assert isinstance(currency, forms.ChoiceField)
            currency.choices = [(present, present), *CURRENCIES]


@never_cache
@require_http_methods(["GET", "POST"])
@account_page("account.manage")
def new(request: HttpRequest) -> HttpResponse:
    """A studio of one's own, with oneself as its admin."""
    form = NewStudioForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            studio = actions.found_studio(form.cleaned_data["name"], person_of(request).person_id, request=request)
        except CuelightError as error:
            form.add_error("name", error.message)
        else:
            studios.choose(request, studio.pk)
            messages.success(request, f"{studio.name} is yours. Invite somebody, or begin with your products.")
            return redirect(f"/studios/{studio.slug}/invitations")
    return render(request, "accounts/studio_new.html", {"form": form}, status=_status(request))


@require_POST
@studio_page("studio.enter", of=studio_pages.located)
def switch(request: HttpRequest, slug: str) -> HttpResponse:
    """From now on pages of no particular studio are of this one."""
    studios.choose(request, access_of(request).studio_id)
    return redirect("/home")


@never_cache
@require_http_methods(["GET", "POST"])
@studio_page("studio.leave", of=studio_pages.located)
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    """Asks first: nobody but the studio can take one back."""
    access = access_of(request)
    studio = queries.studio(access.studio_id)
    problem = ""
    if request.method == "POST":
        try:
            actions.leave(person_of(request).person_id, access.studio_id, request=request)
        except CuelightError as error:
            problem = error.message
        else:
            messages.success(request, f"You have left {studio['name']}.")
            return redirect("/")
    status = 409 if problem else 200
    return render(request, "accounts/studio_leave.html", {"studio": studio, "problem": problem}, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
@studio_page("studio.settings", of=studio_pages.located)
def settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Name, short name, currency."""
    access = access_of(request)
    studio = queries.studio(access.studio_id)
    form = ProfileForm(request.POST or None, initial=dict(studio))
    if request.method == "POST" and form.is_valid():
        values: dict[str, Any] = form.cleaned_data
        try:
            changed = actions.change_studio(access.studio_id, request=request, **values)
        except CuelightError as error:
            form.add_error("name" if error.reason == "invalid_name" else "slug", error.message)
        else:
            messages.success(request, "Saved." if changed else "Nothing was changed.")
            return redirect(f"/studios/{values['slug']}/settings")
    context = studio_pages.context(request) | {"form": form}
    return render(request, "accounts/settings.html", context, status=_status(request))


def _status(request: HttpRequest) -> int:
    """A form that comes back has something wrong with it."""
    return 422 if request.method == "POST" else 200
