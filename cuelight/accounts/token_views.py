"""The tokens page: making one, its secret once, and taking one back."""

import secrets
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cuelight.accounts import actions, session_choices, studio_pages, studio_queries, words
from cuelight.accounts.access import Access
from cuelight.accounts.gate import access_of, studio_page
from cuelight.errors import CuelightError

EXPIRES = (("", "Never"), (1, "In a day"), (7, "In 7 days"), (30, "In 30 days"), (365, "In a year"))
#: Forms that have made their token, so that a reload of the page with its secret does not make another.
_MADE = "tokens_made"
_REMEMBERED = 20


class TokenForm(forms.Form):
    name = forms.CharField(
        max_length=60,
        label="Name",
        help_text="Where it is used: OBS main scene, Stream Deck left.",
        error_messages={"required": "Give it a name, such as the place where it is used."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        choices=[(scope, title) for scope, (title, _) in words.SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
        label="It may",
        error_messages={"required": "Choose what it may do."},
    )
    session = forms.TypedChoiceField(coerce=int, required=False, empty_value=None, label="Good for")
    expires = forms.TypedChoiceField(choices=EXPIRES, coerce=int, required=False, empty_value=None, label="Ends")
    once = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, access: Access, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        session = self.fields["session"]
        assert isinstance(session, forms.ChoiceField)
        choices = session_choices.of_studio(access.studio_id)
        session.choices = [("", "All sessions"), *((one.id, one.name) for one in choices)]


@never_cache
@require_http_methods(["GET", "POST"])
@studio_page("studio.tokens", of=studio_pages.located)
def tokens(request: HttpRequest, slug: str) -> HttpResponse:
    """The secret is in the answer to the form and nowhere else: no address, no cookie, no row holds it."""
    access = access_of(request)
    form = TokenForm(access, request.POST or None, initial={"once": secrets.token_urlsafe(16)})
    secret, status = "", 200
    if request.method == "POST":
        status = 422
        if _was_made(request):
            return redirect(f"/studios/{slug}/tokens")
        secret = _make(request, access, form)
        if secret:
            form, status = TokenForm(access, initial={"once": secrets.token_urlsafe(16)}), 201
    context = studio_pages.context(request) | {
        "form": form,
        "secret": secret,
        "rows": studio_queries.tokens(access.studio_id),
        "scopes_say": {scope: says for scope, (_, says) in words.SCOPES.items()},
    }
    return render(request, "accounts/tokens.html", context, status=status)


@require_POST
@studio_page("studio.tokens", of=studio_pages.located)
def revoke(request: HttpRequest, slug: str, token_id: int) -> HttpResponse:
    access = access_of(request)
    actions.revoke_token(access.studio_id, token_id, by=access.person_id, request=request)
    messages.success(request, "The token is revoked. What used it is cut off.")
    return redirect(f"/studios/{slug}/tokens")


def _make(request: HttpRequest, access: Access, form: TokenForm) -> str:
    """The secret of the token that was asked for; nothing when the form has mistakes."""
    if not form.is_valid():
        return ""
    values = form.cleaned_data
    expires_at = timezone.now() + timedelta(days=values["expires"]) if values["expires"] else None
    try:
        _, secret = actions.create_token(
            access.studio_id,
            name=values["name"],
            scopes=values["scopes"],
            by=access.person_id,
            session_id=values["session"],
            expires_at=expires_at,
            request=request,
        )
    except CuelightError as error:
        form.add_error("name" if error.reason == "invalid_name" else "scopes", error.message)
        return ""
    request.session[_MADE] = [*request.session.get(_MADE, []), values["once"]][-_REMEMBERED:]
    return secret


def _was_made(request: HttpRequest) -> bool:
    once = request.POST.get("once", "")
    return bool(once) and once in request.session.get(_MADE, [])
