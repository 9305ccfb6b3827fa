"""Pages of the products: the list, the form that saves itself, edits of several."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cuelight.accounts import queries as accounts
from cuelight.accounts.gate import access_of, studio_page, who_is
from cuelight.catalog import actions, editing, forms, queries
from cuelight.catalog.search_views import filters_of
from cuelight.catalog.searching import SORTS
from cuelight.errors import Conflict, Invalid
from cuelight.live.payload import require_text

#: Beyond it nobody pages; a longer way is a narrower list.
LAST_PAGE = 2_000


@never_cache
@require_safe
@studio_page("catalog.read")
def product_list(request: HttpRequest) -> HttpResponse:
    """The list, or two ways in where there is no product yet. What narrows it stands in the address."""
    access = access_of(request)
    if not editing.has_products(access.studio_id):
        context = {"may_edit": access.may("catalog.edit"), "may_import": access.may("catalog.import")}
        return render(request, "catalog/no_products.html", context)
    props = {
        **_common(request),
        "listed": _listed(request),
        "mayImport": access.may("catalog.import"),
    }
    return render(request, "catalog/products.html", {"props": props})


@never_cache
@require_safe
@studio_page("catalog.read")
def product_rows(request: HttpRequest) -> JsonResponse:
    """A page of the list, `editing.Listed`, for the address of the list."""
    return JsonResponse(_listed(request))


@never_cache
@require_safe
@studio_page("catalog.read")
def product_ids(request: HttpRequest) -> JsonResponse:
    """All that the list shows on all its pages, `editing.Ids`, as far as one edit goes."""
    text, filters = request.GET.get("q", ""), filters_of(request)
    return JsonResponse(editing.matching_ids(access_of(request).studio_id, text, filters, most=forms.MOST_IDS))


@never_cache
@require_http_methods(["GET", "POST"])
@studio_page("catalog.edit")
def new_product(request: HttpRequest) -> HttpResponse:
    """The empty form; posted to as JSON ``{op_id, fields}`` once there are a brand, a name and a price, it answers the
    new product as `saved` does."""
    if request.method == "GET":
        props = {**_common(request), "productId": None, "product": None, "uses": []}
        return render(request, "catalog/product.html", {"props": props, "title": "New product"})
    sent = forms.body(request)
    fields = forms.fields(sent, "fields")
    if missing := {"brand_id", "name", "original_price_cents"} - fields.keys():
        raise Invalid("incomplete", f"A product needs a brand, a name and a price: {min(missing)} is missing.")
    studio_id = access_of(request).studio_id
    product_id = actions.create_once(studio_id, fields.pop("brand_id"), forms.key_of(sent), **fields)
    return JsonResponse({"product": editing.product_form(studio_id, product_id)}, status=201)


@require_safe
@studio_page("catalog.read", of=editing.studio_of_product)
def product(request: HttpRequest, product_id: int) -> HttpResponse:
    """A product's address; its page is its form."""
    return redirect(f"/products/{product_id}/edit")


@never_cache
@require_safe
@studio_page("catalog.read", of=editing.studio_of_product)
def edit_product(request: HttpRequest, product_id: int) -> HttpResponse:
    """The form of a product."""
    studio_id = access_of(request).studio_id
    found = editing.product_form(studio_id, product_id)
    uses = editing.sessions_using(studio_id, product_id)
    props = {**_common(request), "productId": product_id, "product": found, "uses": uses}
    return render(request, "catalog/product.html", {"props": props, "title": found["name"]})


@never_cache
@require_http_methods(["GET", "POST"])
@studio_page("catalog.read", of=editing.studio_of_product)
def product_fields(request: HttpRequest, product_id: int) -> JsonResponse:
    """``{product}`` as the form has it. Posted to, it saves ``{fields, expected, page}``: what the fields shall be, and
    what they were when somebody began to type; 409 ``changed_meanwhile`` with the product where that is no longer so.
    """
    access = access_of(request)
    status, refused = 200, {}
    if request.method == "POST":
        access.require("catalog.edit")
        sent = forms.body(request)
        changes, expected = forms.fields(sent, "fields"), forms.fields(sent, "expected")
        try:
            actions.edit_product(access.studio_id, product_id, changes, expected=expected, **_teller(request, sent))
        except Conflict as error:
            if error.reason != "changed_meanwhile":
                raise
            status, refused = error.status, {"reason": error.reason, "message": error.message}
    return JsonResponse({**refused, "product": editing.product_form(access.studio_id, product_id)}, status=status)


@require_POST
@studio_page("catalog.edit", of=editing.studio_of_product)
def follow_source(request: HttpRequest, product_id: int) -> JsonResponse:
    """Imports and syncs may write the field of ``{field, page}`` again."""
    sent, studio_id = forms.body(request), access_of(request).studio_id
    field = require_text(sent, "field", most=40)
    actions.follow_source(studio_id, product_id, field, **_teller(request, sent))
    return JsonResponse({"product": editing.product_form(studio_id, product_id)})


@require_POST
@studio_page("catalog.edit", of=editing.studio_of_product)
def duplicate(request: HttpRequest, product_id: int) -> HttpResponse:
    """Makes a copy and leads to it."""
    copy_id = actions.duplicate_product(access_of(request).studio_id, product_id)
    if forms.wants_json(request):
        return JsonResponse({"product_id": copy_id}, status=201)
    return redirect(f"/products/{copy_id}/edit")


@require_POST
@studio_page("catalog.edit", of=editing.studio_of_product)
def delete(request: HttpRequest, product_id: int) -> JsonResponse:
    """Deletes a product: ``{change_set_id}`` brings it back. One that sessions use stays: 409 with ``uses``."""
    access = access_of(request)
    try:
        change_set_id = actions.delete_product(
            access.studio_id, product_id, by=access.person_id, token_id=access.token_id
        )
    except Conflict as error:
        uses = editing.sessions_using(access.studio_id, product_id)
        refused = {"reason": error.reason, "message": error.message, "uses": uses}
        return JsonResponse(refused, status=error.status)
    return JsonResponse({"change_set_id": change_set_id})


@require_POST
@studio_page("catalog.edit")
def bulk(request: HttpRequest) -> JsonResponse:
    """One edit of many products, ``{product_ids, edit, value, field}`` as `forms.edit_of` reads it, or their deletion
    (``edit: "delete"``). Answers `actions.Done`."""
    access, sent = access_of(request), forms.body(request)
    ids = forms.product_ids(sent)
    if sent.get("edit") == "delete":
        return JsonResponse(
            actions.delete_products(access.studio_id, ids, by=access.person_id, token_id=access.token_id)
        )
    edit, title = forms.edit_of(sent)
    return JsonResponse(actions.edit_products(access.studio_id, ids, edit, title=title, by=access.person_id))


@require_POST
@studio_page("catalog.read")
def points(request: HttpRequest) -> JsonResponse:
    """``{html}`` of ``{text}``: talking points as the host will see them."""
    text = require_text(forms.body(request), "text", most=forms.LONGEST["talking_points_md"], empty=True)
    return JsonResponse({"html": queries.talking_points_html(text)})


def _common(request: HttpRequest) -> dict[str, Any]:
    access = access_of(request)
    return {
        "studioId": access.studio_id,
        "currency": accounts.studio(access.studio_id)["currency"],
        "brands": editing.brand_names(access.studio_id),
        "tags": editing.tags_in_use(access.studio_id),
        "mayEdit": access.may("catalog.edit"),
        "personId": access.person_id,
    }


def _listed(request: HttpRequest) -> editing.Listed:
    given = request.GET
    sort = given.get("sort", "")
    page = given.get("page", "1")
    number = int(page) if page.isascii() and page.isdecimal() and len(page) <= 6 else 1
    return editing.listed(
        access_of(request).studio_id,
        given.get("q", ""),
        filters_of(request),
        sort=sort if sort in SORTS else "number",
        page=min(max(number, 1), LAST_PAGE),
    )


def _teller(request: HttpRequest, sent: dict[str, Any]) -> dict[str, Any]:
    """Whose change it is, for the forms of others."""
    page = require_text({"page": sent.get("page") or ""}, "page", most=60, empty=True)
    return {"by": access_of(request).person_id, "name": who_is(request).name, "page": page}
