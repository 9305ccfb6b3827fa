"""The token of a shop: good for a day, renewed before it ends or when the shop refuses it, by one process at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic, sleep
from typing import Any

from django.utils import timezone

from cuelight.catalog.models import ShopifyShop
from cuelight.catalog.shopify import faults
from cuelight.catalog.shopify.client import Client
from cuelight.catalog.shopify.locks import held, let_go
from cuelight.sealing import Unsealable, seal, unseal

PURPOSE = "shopify"
#: It is renewed so long before its end.
MARGIN = timedelta(minutes=10)
#: Either of these lets us read; "write" includes it.
SCOPES = frozenset(("read_products", "write_products"))
#: Seconds that somebody waits for another process that renews the same token.
LOCK_WAIT_S, POLL_S = 90, 0.1


def sealed(text: str) -> str:
    return seal(text, purpose=PURPOSE) if text else ""


def opened(text: str) -> str:
    """What was sealed. Raises ShopError when it cannot be read: the installation's secret was changed."""
    try:
        return unseal(text, purpose=PURPOSE) if text else ""
    except Unsealable as error:
        raise faults.unsealable() from error


class ShopTokens:
    """The tokens of one shop, for its client."""

    def __init__(self, shop_id: int) -> None:
        self._shop_id = shop_id

    def current(self) -> str:
        """One that is good for a while. Raises ShopError."""
        return self._good() or self._renew(refused="")

    def renewed(self, refused: str) -> str:
        """Another one than that which the shop has just refused. Raises ShopError."""
        return self._renew(refused=refused)

    def _good(self, besides: str = "") -> str:
        row = ShopifyShop.objects.values("token", "token_ends_at").get(pk=self._shop_id)
        if not row["token"] or row["token_ends_at"] is None or row["token_ends_at"] - MARGIN < timezone.now():
            return ""
        try:
            token = opened(row["token"])
        except faults.ShopError:
            return ""
        return token if token != besides else ""

    def _renew(self, *, refused: str) -> str:
        with _alone(self._shop_id):
            # Whoever waited for the lock finds what the other one got.
            if token := self._good(besides=refused):
                return token
            shop = ShopifyShop.objects.get(pk=self._shop_id)
            with Client(shop.domain) as client:
                granted = client.grant(shop.client_id, opened(shop.client_secret))
            require_scope(granted)
            keep(self._shop_id, granted)
            return str(granted["access_token"])


class GivenToken:
    """A token just granted, for trying a connection that is not kept yet."""

    def __init__(self, token: str, domain: str) -> None:
        self._token = token
        self._domain = domain

    def current(self) -> str:
        return self._token

    def renewed(self, refused: str) -> str:
        raise faults.not_installed(self._domain)


def keep(shop_id: int, granted: dict[str, Any]) -> None:
    """Keeps a granted token, sealed."""
    seconds = granted.get("expires_in")
    lasts = seconds if isinstance(seconds, int) and 0 < seconds <= 7 * 86_400 else 86_399
    ends_at = timezone.now() + timedelta(seconds=lasts)
    ShopifyShop.objects.filter(pk=shop_id).update(token=sealed(str(granted["access_token"])), token_ends_at=ends_at)


def require_scope(granted: dict[str, Any]) -> None:
    """Raises ShopError for a token that may not read products. One that does not say what it may is tried."""
    scope = granted.get("scope")
    if isinstance(scope, str) and SCOPES.isdisjoint(part.strip() for part in scope.split(",")):
        raise faults.scope_missing()


@contextmanager
def _alone(shop_id: int) -> Iterator[None]:
    """One renewal of a shop's token at a time, in all processes. Not a row's lock: that would need a transaction
    around the request. Raises ShopError when the others take too long."""
    give_up_at = monotonic() + LOCK_WAIT_S
    while not held("token", shop_id):
        if monotonic() > give_up_at:
            raise faults.busy()
        sleep(POLL_S)
    try:
        yield
    finally:
        let_go("token", shop_id)
