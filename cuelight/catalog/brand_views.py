"""Pages of the brands."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cuelight.accounts import studio_pages
from cuelight.accounts.gate import access_of, studio_page
from cuelight.catalog import actions, editing, forms, queries
from cuelight.catalog.forms import BrandForm
from cuelight.errors import CuelightError
from cuelight.live.payload import require_text

BACK = "/brands/undo"


@never_cache
@require_http_methods(["GET", "POST"])
@studio_page("catalog.read")
def brand_list(request: HttpRequest) -> HttpResponse:
    """The brands with a form for another; posted to by an island as JSON ``{name}``, it answers ``{id, name}``."""
    access = access_of(request)
    form, status = BrandForm(), 200
    if request.method == "POST":
        access.require("catalog.edit")
        if forms.wants_json(request):
            return _made_by_island(request)
        form = BrandForm(request.POST)
        made = _saved(form, lambda values: actions.create_brand(access.studio_id, **values))
        if made:
            messages.success(request, f"{form.cleaned_data['name']} is a brand now.")
            return redirect("/brands")
        status = 422
    context = {
        "brands": queries.list_brands(access.studio_id),
        "form": form,
        "may_edit": access.may("catalog.edit"),
        "undo": request.session.pop("undo", None),
    }
    return render(request, "catalog/brands.html", context, status=status)


@require_safe
@studio_page("catalog.read", of=editing.studio_of_brand)
def brand(request: HttpRequest, brand_id: int) -> HttpResponse:
    """A brand's address: its products."""
    return redirect(f"/products?brand={brand_id}")


@never_cache
@require_http_methods(["GET", "POST"])
@studio_page("catalog.edit", of=editing.studio_of_brand)
def edit_brand(request: HttpRequest, brand_id: int) -> HttpResponse:
    """Name, short name and notes of a brand."""
    studio_id, found = access_of(request).studio_id, editing.brand(brand_id)
    form = BrandForm(initial={"name": found.name, "slug": found.slug, "notes": found.notes})
    if request.method == "POST":
        form = BrandForm(request.POST)

        def save(values: dict[str, Any]) -> bool:
            kept = values | {"slug": values["slug"] or found.slug}
            actions.update_brand(studio_id, brand_id, **kept)
            return True

        if _saved(form, save):
            messages.success(request, f"{form.cleaned_data['name']} is saved.")
            return redirect("/brands")
    context = {"brand": found, "form": form}
    return render(request, "catalog/brand.html", context, status=422 if form.errors else 200)


@require_POST
@studio_page("catalog.edit", of=editing.studio_of_brand)
def delete_brand(request: HttpRequest, brand_id: int) -> HttpResponse:
    """Deletes a brand without products, with a way back."""
    access, found = access_of(request), editing.brand(brand_id)
    try:
        actions.delete_brand(access.studio_id, brand_id, by=access.person_id, token_id=access.token_id)
    except CuelightError as error:
        messages.error(request, error.message)
    else:
        said = {"name": found.name, "slug": found.slug, "notes": found.notes}
        studio_pages.offer_undo(request, f"{found.name} is deleted.", path=BACK, said=said)
    return redirect("/brands")


@require_POST
@studio_page("catalog.edit")
def undo(request: HttpRequest) -> HttpResponse:
    """Makes the brand again that was deleted a moment ago."""
    said = studio_pages.undone(request)
    try:
        actions.create_brand(access_of(request).studio_id, **said)
    except CuelightError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"{said['name']} is back.")
    return redirect("/brands")


def _made_by_island(request: HttpRequest) -> JsonResponse:
    name = require_text(forms.body(request), "name", most=200).strip()
    brand_id = actions.create_brand(access_of(request).studio_id, name=name)
    return JsonResponse({"id": brand_id, "name": name}, status=201)


def _saved(form: BrandForm, save: Callable[[dict[str, Any]], object]) -> object:
    """What ``save`` answers; nothing where the form says what is wrong instead."""
    if not form.is_valid():
        return None
    try:
        return save(form.cleaned_data)
    except CuelightError as error:
        form.add_error("slug" if error.reason == "slug_taken" and form.cleaned_data["slug"] else "name", error.message)
        return None
