"""Asking a shop to say when something changes; it can only reach a studio whose address it can resolve."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings

from cuelight.catalog.models import ShopifyShop
from cuelight.catalog.shopify import faults, graphql
from cuelight.catalog.shopify.client import Client

TOPICS = ("PRODUCTS_CREATE", "PRODUCTS_UPDATE", "PRODUCTS_DELETE", "APP_UNINSTALLED")


def address_of(shop: ShopifyShop) -> str:
    """Where this shop's webhooks come in."""
    return f"{settings.PUBLIC_URL}/shopify/webhooks/{shop.key}"


def is_reachable() -> bool:
    """Whether a shop could reach us: encrypted, and by a name that is not only this machine's."""
    parts = urlsplit(settings.PUBLIC_URL)
    host = parts.hostname or ""
    try:
        return parts.scheme == "https" and ip_address(host).is_global
    except ValueError:
        return parts.scheme == "https" and "." in host and not host.endswith((".localhost", ".local"))


def ensure(client: Client, shop_id: int) -> None:
    """Registers what is missing; Shopify deletes what failed for hours. A refusal is shown, and the sync goes on."""
    if not is_reachable():
        return
    shop = ShopifyShop.objects.get(pk=shop_id)
    try:
        wrong = graphql.subscribe(client, TOPICS, address_of(shop))
    except faults.ShopError as error:
        wrong = [error.message]
    ShopifyShop.objects.filter(pk=shop_id).update(has_webhooks=not wrong, webhooks_sentence=" ".join(wrong)[:500])
