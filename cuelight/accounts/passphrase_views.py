"""The passphrases page: one for each role, and the devices that are signed in by them."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from cuelight.accounts import actions, studio_pages, studio_queries, words
from cuelight.accounts import passphrases as rules
from cuelight.accounts.gate import access_of, studio_page
from cuelight.accounts.models import Role
from cuelight.errors import CuelightError


class PassphraseForm(forms.Form):
    """Sets the passphrase of one role."""

    role = forms.ChoiceField(choices=Role.choices, widget=forms.HiddenInput)
    passphrase = forms.CharField(
        strip=False,
        label="New passphrase",
        help_text=f"{rules.SHORTEST} characters or more. It is not shown again.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Type a passphrase."},
    )


@sensitive_post_parameters("passphrase")
@never_cache
@require_http_methods(["GET", "POST"])
@studio_page("studio.passphrases", of=studio_pages.located)
def passphrases(request: HttpRequest, slug: str) -> HttpResponse:
    access = access_of(request)
    sent = PassphraseForm(request.POST) if request.method == "POST" else None
    if sent is not None and sent.is_valid():
        role = sent.cleaned_data["role"]
        try:
            secret = sent.cleaned_data["passphrase"]
            actions.set_passphrase(access.studio_id, role, secret, by=access.person_id, request=request)
        except CuelightError as error:
            sent.add_error("passphrase", error.message)
        else:
            messages.success(request, f"The {role} passphrase is set. Devices sign in with it at /login.")
            return redirect(f"/studios/{slug}/passphrases")
    rows = studio_queries.passphrases(access.studio_id)
    context = studio_pages.context(request) | {"rows": [(row, _form(row.role, sent)) for row in rows]}
    return render(request, "accounts/passphrases.html", context, status=200 if sent is None else 422)


@require_POST
@studio_page("studio.passphrases", of=studio_pages.located)
def remove(request: HttpRequest, slug: str, role: str) -> HttpResponse:
    access = access_of(request)
    actions.remove_passphrase(access.studio_id, role, by=access.person_id, request=request)
    messages.success(request, f"The {words.role(role).lower()} passphrase is gone. Its devices are signed out.")
    return redirect(f"/studios/{slug}/passphrases")


@require_POST
@studio_page("studio.passphrases", of=studio_pages.located)
def end_device(request: HttpRequest, slug: str, device_id: int) -> HttpResponse:
    actions.end_device(access_of(request).studio_id, device_id, request=request)
    messages.success(request, "The device is signed out.")
    return redirect(f"/studios/{slug}/passphrases")


def _form(role: str, sent: PassphraseForm | None) -> PassphraseForm:
    """The form of one role: the one that was sent, with what is wrong with it, else a new one."""
    if sent is not None and sent.data.get("role") == role:
        sent.auto_id = f"{role}_%s"
        return sent
    return PassphraseForm(initial={"role": role}, auto_id=f"{role}_%s")
