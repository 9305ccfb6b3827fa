"""The invitations page: making them, their links, and taking them back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cuelight.accounts import actions, session_choices, studio_pages, studio_queries, words
from cuelight.accounts import invitations as rules
from cuelight.accounts.access import Access
from cuelight.accounts.gate import access_of, studio_page
from cuelight.accounts.models import Role
from cuelight.errors import CuelightError

LASTS = ((1, "1 hour"), (24, "1 day"), (168, "7 days"), (720, "30 days"))
GUEST = (("", "Yes, an account"), *((hours, f"No, a guest for {hours} hours") for hours in rules.GUEST_HOURS))


class InvitationForm(forms.Form):
    """By mail to one address, or a link to pass on. What does not belong to the way chosen is not looked at."""

    way = forms.ChoiceField(
        choices=[("link", "By link"), ("email", "By e-mail")], initial="link", widget=forms.RadioSelect
    )
    email = forms.EmailField(
        required=False,
        label="E-mail",
        help_text="Only somebody with this address can use it.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    roles = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, error_messages={"required": "Choose a role."}
    )
    max_uses = forms.IntegerField(
        min_value=1, max_value=rules.MOST_USES, initial=1, required=False, label="How many people"
    )
    lasts_hours = forms.TypedChoiceField(choices=LASTS, coerce=int, initial=rules.DEFAULT_LASTS_HOURS, label="Good for")
    guest_hours = forms.TypedChoiceField(
        choices=GUEST, coerce=int, required=False, empty_value=None, label="Account needed"
    )
    opens = forms.TypedChoiceField(coerce=int, required=False, empty_value=None, label="Leads to")

    def __init__(self, access: Access, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sessions = {one.id: one for one in session_choices.of_studio(access.studio_id)}
        allowed = [role for role in Role if actions.may_invite(access, [role.value])]
        roles, opens = self.fields["roles"], self.fields["opens"]
        assert isinstance(roles, forms.MultipleChoiceField)
        assert isinstance(opens, forms.ChoiceField)
        roles.choices = [(role.value, role.label) for role in allowed]
        roles.initial = [Role.HOST.value]
        opens.choices = [("", "The studio"), *((one.id, one.name) for one in self._sessions.values())]

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if values.get("way") == "email":
            values |= {"max_uses": 1, "guest_hours": None}
            if not values.get("email") and "email" not in self.errors:
                self.add_error("email", "Give the address to invite.")
        else:
            values["email"] = None
        return values

    def wanted(self) -> dict[str, Any]:
        """What ``actions.invite`` takes."""
        values = self.cleaned_data
        session = self._sessions.get(values["opens"] or 0)
        is_host = set(values["roles"]) == {Role.HOST.value}
        path = "" if session is None else session.host_path if is_host else session.crew_path
        named = ("email", "roles", "lasts_hours", "guest_hours")
        return {name: values[name] for name in named} | {"max_uses": values["max_uses"] or 1, "path": path}


@never_cache
@require_http_methods(["GET", "POST"])
@studio_page("studio.invite_hosts", of=studio_pages.located)
def invitations(request: HttpRequest, slug: str) -> HttpResponse:
    access = access_of(request)
    form = InvitationForm(access, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.invite(access, request=request, **form.wanted())
        except CuelightError as error:
            form.add_error("guest_hours" if error.reason == "invalid_guest" else None, error.message)
        else:
            said = (
                f"The invitation is on its way to {made.email}." if made.email else "The link is ready: copy it below."
            )
            messages.success(request, said)
            return redirect(f"/studios/{slug}/invitations")
    context = studio_pages.context(request) | {
        "form": form,
        "rows": studio_queries.open_invitations(access.studio_id, hosts_only=not access.may("studio.invite")),
        "hosts_only": not access.may("studio.invite"),
        "roles_say": words.ROLES,
    }
    return render(request, "accounts/invitations.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@studio_page("studio.invite_hosts", of=studio_pages.located)
def renew(request: HttpRequest, slug: str, invitation_id: int) -> HttpResponse:
    """A new link; the one before is worth nothing any more."""
    made = actions.renew_invitation(access_of(request), invitation_id, request=request)
    old = "The one before works no longer."
    messages.success(request, f"A new link is on its way to {made.email}. {old}" if made.email else f"New link. {old}")
    return redirect(f"/studios/{slug}/invitations")


@require_POST
@studio_page("studio.invite_hosts", of=studio_pages.located)
def revoke(request: HttpRequest, slug: str, invitation_id: int) -> HttpResponse:
    """Takes an invitation back, with a way to think again."""
    actions.revoke_invitation(access_of(request), invitation_id, request=request)
    path = f"/studios/{slug}/invitations/undo"
    studio_pages.offer_undo(request, "The invitation was taken back.", path=path, said=invitation_id)
    return redirect(f"/studios/{slug}/invitations")


@require_POST
@studio_page("studio.invite_hosts", of=studio_pages.located)
def undo(request: HttpRequest, slug: str) -> HttpResponse:
    """The invitation that was just taken back is open again."""
    actions.restore_invitation(access_of(request), studio_pages.undone(request), request=request)
    messages.success(request, "The invitation is open again.")
    return redirect(f"/studios/{slug}/invitations")
