"""The page of a studio's shop, and where the shop's webhooks come in."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from cuelight.accounts import studio_pages
from cuelight.accounts.gate import access_of, studio_page
from cuelight.catalog import queries
from cuelight.catalog.models import ShopifyProduct, ShopifyShop
from cuelight.catalog.shopify import connecting, subscribing, webhooks
from cuelight.catalog.shopify.status import shop_of, status
from cuelight.errors import CuelightError
from cuelight.ui.public import public

studio_pages.register_tab("Shopify", "shopify", "catalog.import", before="audit")

#: Fields of the form by what was wrong.
_WRONG = {
    "invalid_domain": "domain",
    "no_such_shop": "domain",
    "moved": "domain",
    "secret_missing": "client_secret",
    "wrong_secret": "client_secret",
    "unsealable": "client_secret",
}


class ConnectForm(forms.Form):
    domain = forms.CharField(
        max_length=200,
        label="Address of the shop",
        help_text="The one that ends in .myshopify.com; Shopify shows it under Settings, Domains.",
        error_messages={"required": "Give the shop's address."},
        widget=forms.TextInput(
            attrs={"placeholder": "pavoi.myshopify.com", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    client_id = forms.CharField(
        max_length=200,
        label="Client ID",
        error_messages={"required": "Give the app's client ID."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    client_secret = forms.CharField(
        max_length=200,
        label="Client secret",
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    fallback_brand = forms.TypedChoiceField(
        coerce=int,
        required=False,
        empty_value=None,
        label="Brand of products without a vendor",
    )
    webhook_secret = forms.CharField(
        max_length=200,
        label="Secret of webhooks made by hand",
        required=False,
        help_text="Only for webhooks made in the shop's own settings; the page there shows it.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, studio_id: int, shop: ShopifyShop | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        brand = self.fields["fallback_brand"]
        assert isinstance(brand, forms.ChoiceField)
        brand.choices = [("", "Named after the shop"), *((b["id"], b["name"]) for b in queries.list_brands(studio_id))]
        said = "It is kept sealed and never shown again."
        self.fields["client_secret"].help_text = f"{said} Leave it blank to keep the present one." if shop else said


@never_cache
@require_safe
@studio_page("catalog.import", of=studio_pages.located)
def shop(request: HttpRequest, slug: str) -> HttpResponse:
    """How the shop stands, its syncs, and for admins the connection itself."""
    return _page(request)


@never_cache
@require_POST
@studio_page("catalog.connect", of=studio_pages.located)
def connect(request: HttpRequest, slug: str) -> HttpResponse:
    """Tries what was typed; what does not work is said at its field, and nothing is changed then."""
    access = access_of(request)
    form = ConnectForm(access.studio_id, shop_of(access.studio_id), request.POST)
    if not form.is_valid():
        return _page(request, form)
    values = form.cleaned_data
    try:
        connecting.connect(
            access.studio_id,
            domain=values["domain"],
            client_id=values["client_id"],
            client_secret=values["client_secret"],
            webhook_secret=values["webhook_secret"],
            fallback_brand_id=values["fallback_brand"],
            by=access.person_id,
            request=request,
        )
    except CuelightError as error:
        form.add_error(_WRONG.get(error.reason), error.message)
        return _page(request, form)
    messages.success(request, "The shop is connected. Its products are on their way.")
    return redirect(_path(slug))


@require_POST
@studio_page("catalog.connect", of=studio_pages.located)
def disconnect(request: HttpRequest, slug: str) -> HttpResponse:
    access = access_of(request)
    shop_id = connecting.disconnect(access.studio_id, by=access.person_id, request=request)
    studio_pages.offer_undo(
        request, "The shop is disconnected. Its products stay.", path=f"{_path(slug)}/undo", said=shop_id
    )
    return redirect(_path(slug))


@require_POST
@studio_page("catalog.connect", of=studio_pages.located)
def undo(request: HttpRequest, slug: str) -> HttpResponse:
    access = access_of(request)
    shop_id = studio_pages.undone(request)
    connecting.reconnect(access.studio_id, int(shop_id), by=access.person_id, request=request)
    messages.success(request, "The shop is connected again.")
    return redirect(_path(slug))


@require_POST
@studio_page("catalog.connect", of=studio_pages.located)
def pause(request: HttpRequest, slug: str) -> HttpResponse:
    """Stops the sync, or lets it go on (``paused`` is "0")."""
    connecting.set_paused(access_of(request).studio_id, paused=request.POST.get("paused") != "0")
    return redirect(_path(slug))


@require_POST
@studio_page("catalog.connect", of=studio_pages.located)
def follow(request: HttpRequest, slug: str) -> HttpResponse:
    """Lets the shop lead again where people have led: in fields, or (``what`` is "products") in products taken away."""
    studio_id = access_of(request).studio_id
    if request.POST.get("what") == "products":
        said = f"{connecting.bring_back(studio_id):,} left out come again with the next full sync."
    else:
        said = f"The shop leads again in {connecting.follow_again(studio_id):,} products, from the next full sync on."
    messages.success(request, said)
    return redirect(_path(slug))


@csrf_exempt
@require_POST
@public
def webhook(request: HttpRequest, shop: UUID) -> HttpResponse:
    """Where a shop says what changed. Its signature is the way in; what is wrong with one is not told."""
    try:
        body = request.body
    except RequestDataTooBig:
        return HttpResponse(status=413)
    except ValueError:  # a length that is no number
        return HttpResponse(status=400)
    except (RawPostDataException, UnreadablePostError):
        body = b""  # a form, or half a request: nothing that a shop has signed
    try:
        webhooks.take(
            str(shop),
            body,
            signed=request.headers.get("X-Shopify-Hmac-SHA256", ""),
            topic=request.headers.get("X-Shopify-Topic", ""),
            domain=request.headers.get("X-Shopify-Shop-Domain", ""),
            webhook_id=request.headers.get("X-Shopify-Webhook-Id", ""),
        )
    except webhooks.Unsigned:
        return HttpResponse(status=401)
    return HttpResponse(status=200)


def _page(request: HttpRequest, form: ConnectForm | None = None) -> HttpResponse:
    access = access_of(request)
    found = shop_of(access.studio_id)
    may_connect = access.may("catalog.connect")
    props = {"studioId": access.studio_id, "status": status(access.studio_id), "mayRevert": access.may("catalog.edit")}
    context = studio_pages.context(request) | {
        "shop": found,
        "props": props,
        "may_connect": may_connect,
        "form": form or _form(access.studio_id, found),
        "webhooks_at": subscribing.address_of(found) if found and may_connect else "",
        "webhooks_reach_us": subscribing.is_reachable(),
        "topics": [topic.lower().replace("_", "/", 1) for topic in subscribing.TOPICS],
        "hand_edited": connecting.hand_edited(access.studio_id) if found else 0,
        "picture_problems": _picture_problems(found) if found else [],
    }
    return render(request, "catalog/shopify.html", context, status=422 if form is not None else 200)


def _form(studio_id: int, found: ShopifyShop | None) -> ConnectForm:
    initial = {}
    if found is not None:
        initial = {
            "domain": found.domain,
            "client_id": found.client_id,
            "fallback_brand": found.fallback_brand_id or "",
        }
    return ConnectForm(studio_id, found, initial=initial)


def _picture_problems(found: ShopifyShop) -> list[ShopifyProduct]:
    links = ShopifyProduct.objects.filter(shop=found, product__isnull=False).exclude(pictures_sentence="")
    return list(links.select_related("product").order_by("product__name", "pk")[:10])


def _path(slug: str) -> str:
    return f"/studios/{slug}/shopify"
