"""Beginning, changing and ending the connection with a shop. Callers have checked access."""

import re
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from cuelight.accounts import audit
from cuelight.accounts import queries as accounts
from cuelight.catalog import actions
from cuelight.catalog.models import Brand, Product, ShopifyProduct, ShopifyRun, ShopifyShop
from cuelight.catalog.shopify import faults, graphql, syncing
from cuelight.catalog.shopify.client import DOMAIN, Client
from cuelight.catalog.shopify.status import shop_of, tell
from cuelight.catalog.shopify.tokens import GivenToken, keep, opened, require_scope, sealed
from cuelight.errors import Conflict, Invalid, NotFound

#: So long an ended connection can be taken up again; then its secrets are forgotten.
UNDO_FOR = timedelta(hours=1)
_ADMIN = re.compile(r"admin\.shopify\.com/store/([a-z0-9-]+)")


def domain_of(text: str) -> str:
    """A shop's own address, of what people paste: ``pavoi``, ``https://pavoi.myshopify.com/admin``. Raises Invalid."""
    given = text.strip().lower().removeprefix("https://").removeprefix("http://")
    if in_admin := _ADMIN.match(given):
        given = in_admin[1]
    given = given.partition("/")[0]
    domain = given if "." in given else f"{given}.myshopify.com"
    if not DOMAIN.fullmatch(domain):
        raise Invalid("invalid_domain", "Give the address that ends in .myshopify.com, such as pavoi.myshopify.com.")
    return domain


def connect(
    studio_id: int,
    *,
    domain: str,
    client_id: str,
    client_secret: str,
    webhook_secret: str = "",
    fallback_brand_id: int | None = None,
    by: int | None = None,
    request: HttpRequest | None = None,
) -> None:
    """Tries the connection and keeps it if it works; its first sync begins. A blank secret is the one that is kept.

    Raises Invalid for an address that is none, ShopError with what does not work: nothing is changed then.
    """
    domain = domain_of(domain)
    present = ShopifyShop.objects.filter(studio_id=studio_id).first()
    same = present if present is not None and present.domain == domain else None
    if not client_secret and same is not None and same.client_id == client_id:
        client_secret = opened(same.client_secret)
    if not client_secret:
        raise Invalid("secret_missing", "Enter the client secret.")
    granted, name, warning = _tried(studio_id, domain, client_id, client_secret)
    values = {
        "name": name,
        "client_id": client_id,
        "fallback_brand": _brand(studio_id, fallback_brand_id),
        "warning": warning,
    }
    with transaction.atomic():
        shop = _kept(studio_id, domain, values, client_secret, webhook_secret, by)
        keep(shop.pk, granted)
        audit.record("shop_connected", request=request, studio_id=studio_id, person_id=by, target=domain)
        tell(studio_id)
    with suppress(Conflict):  # one is under way; it takes the new secret with its next request
        syncing.ask(studio_id, full=True, by=by)


def disconnect(studio_id: int, *, by: int | None = None, request: HttpRequest | None = None) -> int:
    """Ends the connection; returns its id, for ``reconnect``. The products stay. Raises NotFound."""
    with transaction.atomic():
        shop = _shop(studio_id)
        _end_runs(shop)
        ShopifyShop.objects.filter(pk=shop.pk).update(disconnected_at=timezone.now())
        audit.record("shop_disconnected", request=request, studio_id=studio_id, person_id=by, target=shop.domain)
        tell(studio_id)
    return shop.pk


def reconnect(studio_id: int, shop_id: int, *, by: int | None = None, request: HttpRequest | None = None) -> None:
    """Takes up a connection again that was just ended. Raises Invalid when it is too late."""
    with transaction.atomic():
        ended = ShopifyShop.objects.filter(pk=shop_id, studio_id=studio_id, disconnected_at__isnull=False)
        if not ended.update(disconnected_at=None):
            raise Invalid("too_late", "It is too late to undo this. Connect the shop again.")
        domain = ShopifyShop.objects.values_list("domain", flat=True).get(pk=shop_id)
        audit.record("shop_connected", request=request, studio_id=studio_id, person_id=by, target=domain)
        tell(studio_id)


def set_paused(studio_id: int, *, paused: bool) -> None:
    """Stops the hourly sync and what webhooks do, or lets them go on. Raises NotFound."""
    with transaction.atomic():
        shop = _shop(studio_id)
        if paused:
            _end_runs(shop)
        state = ShopifyShop.State.PAUSED if paused else ShopifyShop.State.CONNECTED
        ShopifyShop.objects.filter(pk=shop.pk).update(state=state)
        tell(studio_id)


def revert(studio_id: int, run_id: int, *, by: int | None = None, token_id: int | None = None) -> actions.Reverted:
    """Takes back what a run changed; fields that get back what they had are a person's from now on, products that it
    made go and stay away. Raises NotFound, Conflict the second time."""
    run = ShopifyRun.objects.filter(pk=run_id, shop__studio_id=studio_id, change_set__isnull=False).first()
    if run is None or run.change_set_id is None:
        raise NotFound("There is nothing to take back.")
    with transaction.atomic():
        reverted = actions.revert(studio_id, run.change_set_id, by=by, token_id=token_id)
        tell(studio_id)
    return reverted


def bring_back(studio_id: int) -> int:
    """Products that were taken away here come again with the next full sync; returns how many."""
    with transaction.atomic():
        shop = _shop(studio_id)
        count, _ = ShopifyProduct.objects.filter(shop=shop, product=None).delete()
        tell(studio_id)
    return count


def follow_again(studio_id: int) -> int:
    """The shop leads again in all fields of its products, whoever changed them here; returns of how many products."""
    with transaction.atomic():
        shop = _shop(studio_id)
        linked = ShopifyProduct.objects.filter(shop=shop, product__isnull=False).values("product_id")
        products = Product.objects.filter(studio_id=studio_id, pk__in=linked).exclude(hand_edited=[])
        count = products.update(hand_edited=[])
        tell(studio_id)
    return count


def hand_edited(studio_id: int) -> int:
    """How many of the shop's products have fields that people have changed here."""
    linked = ShopifyProduct.objects.filter(shop__studio_id=studio_id, product__isnull=False).values("product_id")
    return Product.objects.filter(pk__in=linked).exclude(hand_edited=[]).count()


def forget_ended() -> int:
    """Forgets connections that were ended, with their secrets; returns how many."""
    ended = ShopifyShop.objects.filter(disconnected_at__lt=timezone.now() - UNDO_FOR)
    count = ended.count()
    ended.delete()
    return count


def _tried(studio_id: int, domain: str, client_id: str, client_secret: str) -> tuple[dict[str, Any], str, str]:
    """A token, the shop's name and a warning, if there is one. Raises ShopError."""
    with Client(domain, is_waited_for=True) as client:
        granted = client.grant(client_id, client_secret)
        require_scope(granted)
    given = GivenToken(str(granted["access_token"]), domain)
    with Client(domain, given, is_waited_for=True) as client:
        name, currency = graphql.shop_facts(client)
        ours = accounts.studio(studio_id)["currency"]
        if currency != ours:
            raise faults.other_currency(currency, ours)
        graphql.how_many(client, "")  # what is read for each product needs the scope
        return granted, name, syncing.warning(client)


def _kept(
    studio_id: int, domain: str, values: dict[str, Any], client_secret: str, webhook_secret: str, by: int | None
) -> ShopifyShop:
    shop = ShopifyShop.objects.select_for_update().filter(studio_id=studio_id).first()
    if shop is not None and shop.domain != domain:
        shop.delete()  # another shop: nothing there is what it was here
        shop = None
    if shop is None:
        shop = ShopifyShop(studio_id=studio_id, domain=domain)
    present = [_or_nothing(shop.client_secret), _or_nothing(shop.webhook_secret)]
    wanted = [client_secret, webhook_secret or present[1]]
    if shop.pk is not None and present != wanted:
        shop.former_secrets = " ".join(sealed(secret) for secret in present if secret)
        shop.secrets_changed_at = timezone.now()
    shop.client_secret, shop.webhook_secret = sealed(wanted[0]), sealed(wanted[1])
    shop.connected_by_id, shop.disconnected_at = by, None
    shop.state, shop.sentence = ShopifyShop.State.CONNECTED, ""
    for name, value in values.items():
        setattr(shop, name, value)
    shop.save()
    return shop


def _or_nothing(text: str) -> str:
    try:
        return opened(text)
    except faults.ShopError:
        return ""


def _brand(studio_id: int, brand_id: int | None) -> Brand | None:
    return Brand.objects.filter(studio_id=studio_id, pk=brand_id).first() if brand_id is not None else None


def _shop(studio_id: int) -> ShopifyShop:
    shop = shop_of(studio_id)
    if shop is None:
        raise NotFound("No shop is connected.")
    return ShopifyShop.objects.select_for_update().get(pk=shop.pk)


def _end_runs(shop: ShopifyShop) -> None:
    ShopifyRun.objects.filter(shop=shop, finished_at=None).update(
        finished_at=timezone.now(), is_failed=True, sentence="It was stopped."
    )
