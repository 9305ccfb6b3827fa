"""What a shop says by itself. A webhook is a hint: it is signed, but may come twice, late or in the wrong order, so
what it is about is read anew before anything is written. Nothing in it is parsed before its signature is right."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import orjson
import structlog
from django.db import transaction
from django.utils import timezone

from cuelight.accounts import queries as accounts
from cuelight.catalog.models import ShopifyDelivery, ShopifyProduct, ShopifyRun, ShopifyShop
from cuelight.catalog.shopify import faults, graphql, syncing
from cuelight.catalog.shopify.applying import Applying, counts_of_nothing
from cuelight.catalog.shopify.client import Client
from cuelight.catalog.shopify.products import Unusable, gid_of, moment
from cuelight.catalog.shopify.status import tell
from cuelight.catalog.shopify.tokens import ShopTokens, opened
from cuelight.errors import NotFound
from cuelight.jobs import enqueue

log = structlog.get_logger(__name__)

#: How long the old secret may still sign after a change.
OLD_SECRET_FOR = timedelta(hours=1)
PRODUCT_TOPICS = ("products/create", "products/update", "products/delete")
#: We keep nothing of a shop's customers, so there is nothing to hand out and nothing to erase.
CUSTOMER_TOPICS = ("customers/data_request", "customers/redact")
SHOP_TOPICS = ("app/uninstalled", "shop/redact")


class Unsigned(Exception):
    """Not from the shop, as far as we can tell."""


def signature(secret: str, body: bytes) -> str:
    """``X-Shopify-Hmac-SHA256`` of a body."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


def is_signed(secrets: Iterable[str], body: bytes, given: str) -> bool:
    """Whether one of the secrets has signed this, in a time that does not tell which bytes were right."""
    given_bytes = given.encode("utf-8", "surrogateescape")
    matches = [hmac.compare_digest(signature(secret, body).encode(), given_bytes) for secret in secrets if secret]
    return any(matches)


def secrets_of(shop: ShopifyShop) -> list[str]:
    """Those that may have signed: the present ones, and for an hour after a change those before."""
    found = [shop.client_secret, shop.webhook_secret]
    if shop.secrets_changed_at is not None and shop.secrets_changed_at > timezone.now() - OLD_SECRET_FOR:
        found += shop.former_secrets.split()
    return [secret for sealed in found if (secret := _opened(sealed))]


def take(key: str, body: bytes, *, signed: str, topic: str, domain: str, webhook_id: str) -> None:
    """Notes a delivery and asks for what follows from it, in one transaction. Raises NotFound, Unsigned."""
    shop = ShopifyShop.objects.filter(key=key).first()
    if shop is None:
        raise NotFound
    if not is_signed(secrets_of(shop), body, signed) or domain.lower() != shop.domain:
        raise Unsigned
    # No id is no delivery of Shopify's, but the same body twice is.
    delivery = webhook_id[:100] or hashlib.sha256(topic.encode() + body).hexdigest()
    with transaction.atomic():
        _, is_new = ShopifyDelivery.objects.get_or_create(
            shop=shop, webhook_id=_text(delivery), defaults={"topic": _text(topic[:100])}
        )
        if is_new and shop.disconnected_at is None:
            _follow(shop, topic, body)


def _follow(shop: ShopifyShop, topic: str, body: bytes) -> None:
    if topic in PRODUCT_TOPICS and shop.state != ShopifyShop.State.PAUSED:
        gid, updated_at = _about(body)
        if gid:
            enqueue("catalog.hear_shopify", shop_id=shop.pk, gid=gid, updated_at=updated_at)
    elif topic in SHOP_TOPICS:
        enqueue("catalog.look_after_shopify", shop_id=shop.pk, forget=topic == "shop/redact")
    elif topic not in CUSTOMER_TOPICS:
        log.info("a webhook of a topic nobody asked for", topic=topic[:60])


def _about(body: bytes) -> tuple[str, str]:
    """Which product, and its time of change as it says; blanks for what does not say."""
    try:
        said: Any = orjson.loads(body)
        said = said if isinstance(said, dict) else {}
        gid = gid_of(said.get("admin_graphql_api_id") or f"gid://shopify/Product/{int(said['id'])}")
        updated_at = moment(said["updated_at"]).isoformat() if said.get("updated_at") else ""
    except (orjson.JSONDecodeError, Unusable, KeyError, TypeError, ValueError, OverflowError):
        log.warning("a webhook says of no product")
        return "", ""
    return gid, updated_at


def hear(shop_id: int, gid: str, updated_at: str) -> None:
    """The job behind a product's webhook: reads the product and writes what changed. May run twice.

    Raises ShopError while the shop does not answer, so that the job is tried again; the hourly sync is behind it.
    """
    shop = ShopifyShop.objects.filter(pk=shop_id, disconnected_at=None).first()
    if shop is None or shop.state != ShopifyShop.State.CONNECTED or _is_known(shop_id, gid, updated_at):
        return
    try:
        with Client(shop.domain, ShopTokens(shop_id)) as client:
            found = graphql.one(client, gid)
    except faults.ShopError as error:
        if not error.is_permanent:
            raise
        with transaction.atomic():
            syncing.note_fault(shop_id, error)
            tell(shop.studio_id)
        return
    _write(shop, gid, found)


def look_after(shop_id: int, *, forget: bool) -> None:
    """The job behind ``app/uninstalled`` and ``shop/redact``: asks whether the app is there, and believes only that.

    Gone, it needs somebody; ``forget``: it is forgotten altogether, the products stay.
    """
    shop = ShopifyShop.objects.filter(pk=shop_id, disconnected_at=None).first()
    if shop is None:
        return
    try:
        with Client(shop.domain) as client:
            client.grant(shop.client_id, opened(shop.client_secret))
        return
    except faults.ShopError as error:
        if not error.is_permanent:
            raise
    with transaction.atomic():
        if forget:
            ShopifyShop.objects.filter(pk=shop_id).delete()
        else:
            ShopifyShop.objects.filter(pk=shop_id).update(token="", token_ends_at=None)
            syncing.note_fault(shop_id, faults.not_installed(shop.domain))
        tell(shop.studio_id)


def _write(shop: ShopifyShop, gid: str, found: dict[str, Any] | None) -> None:
    currency = accounts.studio(shop.studio_id)["currency"]
    now = timezone.now()
    with transaction.atomic():
        made = ShopifyRun.objects.create(
            shop=shop, kind=ShopifyRun.Kind.WEBHOOK, finished_at=now, counts=counts_of_nothing(), done=1, total=1
        )
        run, shop = syncing.locked(made.pk)
        applying = Applying(shop, run)
        if found is None:
            links = ShopifyProduct.objects.select_related("product")
            applying.take_away(links.filter(shop=shop, gid=gid, is_gone=False))
        else:
            applying.apply(syncing.usable([found], shop, currency, applying, run))
        # It was met by no full run: it must not count as one that has seen it.
        if run.change_set_id is None and not run.counts["problems"]:
            run.delete()
            return
        run.save(update_fields=["counts", "notes", "newest", "change_set"])
        tell(shop.studio_id)


def _is_known(shop_id: int, gid: str, updated_at: str) -> bool:
    """Whether what the webhook tells of is here already: it came late, or behind a sync."""
    if not updated_at:
        return False
    links = ShopifyProduct.objects.filter(shop_id=shop_id, gid=gid, is_gone=False)
    return links.filter(remote_updated_at__gte=datetime.fromisoformat(updated_at)).exists()


def _opened(sealed: str) -> str:
    try:
        return opened(sealed)
    except faults.ShopError:
        return ""


def _text(given: str) -> str:
    """What PostgreSQL can keep of a header."""
    return given.encode("ascii", "replace").decode().replace("\0", "?")
