"""The members page: roles as switches, guests, and taking somebody out."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cuelight.accounts import actions, queries, studio_pages, studio_queries, words
from cuelight.accounts.gate import access_of, studio_page
from cuelight.accounts.models import Role
from cuelight.errors import CuelightError, Invalid, NotFound


class RoleForm(forms.Form):
    """One switch of one member: what it shall be."""

    role = forms.ChoiceField(choices=Role.choices)
    on = forms.TypedChoiceField(choices=[("1", "on"), ("0", "off")], coerce=lambda value: value == "1")


@never_cache
@require_safe
@studio_page("studio.members", of=studio_pages.located)
def members(request: HttpRequest, slug: str) -> HttpResponse:
    studio_id = access_of(request).studio_id
    context = studio_pages.context(request) | {
        "members": studio_queries.members(studio_id),
        "guests": studio_queries.guests(studio_id),
        "stations": [row for row in studio_queries.passphrases(studio_id) if row.is_set],
        "roles": words.ROLES.items(),
    }
    return render(request, "accounts/members.html", context)


@require_POST
@studio_page("studio.members", of=studio_pages.located)
def set_role(request: HttpRequest, slug: str, person_id: int) -> HttpResponse:
    """Gives or takes one role of a member."""
    studio_id, name = access_of(request).studio_id, _member(request, person_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise Invalid("invalid_role", "There is no such role.")
    role, on = form.cleaned_data["role"], form.cleaned_data["on"]
    try:
        if on:
            actions.grant(person_id, studio_id, role, request=request)
        elif [role] == list(queries.roles(person_id, studio_id)):
            _remove(request, slug, person_id, name)
        else:
            actions.revoke(person_id, studio_id, role, request=request)
    except CuelightError as error:
        messages.error(request, error.message)
    return redirect(f"/studios/{slug}/members")


@require_POST
@studio_page("studio.members", of=studio_pages.located)
def remove(request: HttpRequest, slug: str, person_id: int) -> HttpResponse:
    """Takes a member out of the studio, with a way back."""
    name = _member(request, person_id)
    try:
        _remove(request, slug, person_id, name)
    except CuelightError as error:
        messages.error(request, error.message)
    return redirect(f"/studios/{slug}/members")


@require_POST
@studio_page("studio.members", of=studio_pages.located)
def undo(request: HttpRequest, slug: str) -> HttpResponse:
    """Gives back the roles that ``remove`` has just taken."""
    person_id, roles = studio_pages.undone(request)
    for role, until in roles.items():
        ends_at = datetime.fromisoformat(until) if until else None
        actions.grant(person_id, access_of(request).studio_id, role, ends_at=ends_at, request=request)
    messages.success(request, f"{_name(person_id)} is back.")
    return redirect(f"/studios/{slug}/members")


@require_POST
@studio_page("studio.members", of=studio_pages.located)
def end_guest(request: HttpRequest, slug: str, person_id: int) -> HttpResponse:
    """Ends a guest's time now."""
    actions.end_guest(person_id, access_of(request).studio_id, request=request)
    messages.success(request, f"{_name(person_id)} is out.")
    return redirect(f"/studios/{slug}/members")


def _member(request: HttpRequest, person_id: int) -> str:
    """The name of a member of this studio. Raises NotFound for anybody else."""
    if not studio_queries.is_member(access_of(request).studio_id, person_id):
        raise NotFound("There is no such member.")
    return _name(person_id)


def _remove(request: HttpRequest, slug: str, person_id: int, name: str) -> None:
    taken = actions.remove_member(person_id, access_of(request).studio_id, request=request)
    path = f"/studios/{slug}/members/undo"
    roles = {role: ends_at and ends_at.isoformat() for role, ends_at in taken.items()}
    studio_pages.offer_undo(request, f"{name} is no longer in the studio.", path=path, said=[person_id, roles])


def _name(person_id: int) -> str:
    return queries.names([person_id])[person_id]
