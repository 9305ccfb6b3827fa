"""``/dock/{secret}``, the page inside OBS; ``/docks``, where they are made; ``/docks/scenes``, what they switch."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cuelight.accounts import queries as accounts
from cuelight.accounts import studio_pages
from cuelight.accounts.access import Access
from cuelight.accounts.gate import access_of, studio_page
from cuelight.errors import CuelightError
from cuelight.ui.public import public
from cuelight.widgets import dock_actions, dock_queries
from cuelight.widgets.models import Dock

#: Which field of the form a refusal is about.
_FIELDS = {"invalid_name": "name", "invalid_role": "role", "invalid_address": "obs_address"}


class DockForm(forms.Form):
    name = forms.CharField(
        max_length=60,
        label="Name",
        help_text="Who uses it, or where it is: Streaming PC.",
        error_messages={"required": "Give it a name, such as the place where it is used."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(choices=Dock.Role.choices, label="It", initial=Dock.Role.CONTROL)
    session = forms.TypedChoiceField(coerce=int, required=False, empty_value=None, label="Follows")
    obs_address = forms.CharField(
        max_length=120,
        required=False,
        label="Where OBS listens",
        help_text="Only if OBS is on another machine than the dock, such as 192.168.1.20:4455.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, access: Access, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        session = self.fields["session"]
        assert isinstance(session, forms.ChoiceField)
        choices = dock_queries.session_choices(access.studio_id)
        session.choices = [("", "Whichever show runs"), *((one.id, one.name) for one in choices)]


@public
@never_cache
@require_safe
def dock_page(request: HttpRequest, secret: str) -> HttpResponse:
    """Whoever has the address has the dock: it is a secret. No page may show it in a frame; OBS opens it by itself.

    It may connect to OBS: on the same machine, and at the one address that the dock is set to.
    """
    found = dock_queries.by_secret(secret)
    if found is None:
        return render(request, "widgets/no_dock.html", status=404)
    context = {"dock": found, "props": dock_queries.props(found, secret)}
    response = render(request, "widgets/dock.html", context)
    response._csp_update = {"connect-src": dock_queries.origins(found)}  # type: ignore[attr-defined]
    return response


@never_cache
@require_http_methods(["GET", "POST"])
@studio_page("dock.edit")
def docks(request: HttpRequest) -> HttpResponse:
    access = access_of(request)
    form = DockForm(access, request.POST or None)
    status = 200
    if request.method == "POST":
        if _make(access, form):
            messages.success(request, "The dock is made. Copy its address into OBS.")
            return redirect("/docks")
        status = 422
    return render(request, "widgets/docks.html", _listed(request, access) | {"form": form}, status=status)


@require_POST
@studio_page("dock.edit", of=dock_queries.studio_of)
def remove(request: HttpRequest, dock_id: int) -> HttpResponse:
    access = access_of(request)
    name = dock_queries.dock(access.studio_id, dock_id).name
    dock_actions.remove_dock(dock_id, access=access)
    studio_pages.offer_undo(request, f"{name} is removed.", path=f"/docks/{dock_id}/restore", said=dock_id)
    return redirect("/docks")


@require_POST
@studio_page("dock.edit", of=dock_queries.studio_of)
def restore(request: HttpRequest, dock_id: int) -> HttpResponse:
    studio_pages.undone(request)
    dock_actions.restore_dock(dock_id, access=access_of(request))
    messages.success(request, "The dock is back, under a new address.")
    return redirect("/docks")


@require_POST
@studio_page("dock.edit", of=dock_queries.studio_of)
def regenerate(request: HttpRequest, dock_id: int) -> HttpResponse:
    dock_actions.regenerate_address(dock_id, access=access_of(request))
    messages.success(request, "The dock has a new address. Whoever had the old one is out.")
    return redirect("/docks")


@never_cache
@require_safe
@studio_page("dock.edit")
def scenes(request: HttpRequest) -> HttpResponse:
    access = access_of(request)
    context = {
        "studio": accounts.studio(access.studio_id),
        "rows": dock_queries.scene_rows(access.studio_id),
        "undo": studio_pages.offered_undo(request),
    }
    return render(request, "widgets/dock_scenes.html", context)


@require_POST
@studio_page("dock.edit", of=dock_queries.studio_of_scene)
def remove_scene(request: HttpRequest, scene_id: int) -> HttpResponse:
    access = access_of(request)
    found = dock_queries.scene_to_restore(access.studio_id, scene_id)
    dock_actions.remove_scene(scene_id, access=access)
    said = f"OBS stays where it is for {found['called']}."
    studio_pages.offer_undo(request, said, path="/docks/scenes/restore", said=found)
    return redirect("/docks/scenes")


@require_POST
@studio_page("dock.edit")
def restore_scene(request: HttpRequest) -> HttpResponse:
    found = studio_pages.undone(request)
    dock_actions.set_scene(
        found["scene"], access=access_of(request), product_id=found["product_id"], section=found["section"]
    )
    return redirect("/docks/scenes")


def _make(access: Access, form: DockForm) -> bool:
    if not form.is_valid():
        return False
    values = form.cleaned_data
    try:
        dock_actions.create_dock(
            values["name"],
            values["role"],
            access=access,
            session_id=values["session"],
            obs_address=values["obs_address"],
        )
    except CuelightError as error:
        form.add_error(_FIELDS.get(error.reason), error.message)
        return False
    return True


def _listed(request: HttpRequest, access: Access) -> dict[str, Any]:
    names = {choice.id: choice.name for choice in dock_queries.session_choices(access.studio_id)}
    rows = [
        {
            "id": dock.pk,
            "name": dock.name,
            "role": dock.get_role_display(),
            "follows": "Whichever show runs" if dock.session_id is None else names.get(dock.session_id, "A past show"),
            "obs": dock.obs_address,
            "address": request.build_absolute_uri(f"/dock/{secret}")
            if (secret := dock_queries.secret_of(dock))
            else "",
        }
        for dock in dock_queries.docks(access.studio_id)
    ]
    return {
        "studio": accounts.studio(access.studio_id),
        "rows": rows,
        "undo": studio_pages.offered_undo(request),
    }
