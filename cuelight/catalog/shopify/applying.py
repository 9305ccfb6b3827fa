"""What a shop says of its products, written to ours: only what changed, never what a person has changed here.

Each function runs inside the caller's transaction, in which the shop's row is locked: a run and a webhook do not mix.
"""

from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from cuelight.catalog import actions, uses
from cuelight.catalog.actions.change_sets import note_deletions, values_of
from cuelight.catalog.models import Brand, Product, ProductChange, ShopifyProduct, ShopifyRun, ShopifyShop
from cuelight.catalog.shopify.products import FIELDS, GONE, STATUS, Picture, Remote, bare
from cuelight.errors import CuelightError
from cuelight.jobs import enqueue
from cuelight.live.broadcast import broadcast

PRICES = frozenset(("original_price_cents", "sale_price_cents"))
MOST_NOTES = 50
COUNTED = ("new", "updated", "unchanged", "kept", "away", "gone", "removed", "problems")


def counts_of_nothing() -> dict[str, Any]:
    """What a run begins with. ``kept``: fields that differ and are a person's; ``away``: products that were taken away
    here; ``gone``: those no longer in the shop that a session shows; ``fields``: changed products by field."""
    return {**dict.fromkeys(COUNTED, 0), "fields": {}}


class Applying:
    """One batch of products of one run. The caller saves ``run`` afterwards, in the same transaction."""

    def __init__(self, shop: ShopifyShop, run: ShopifyRun) -> None:
        self._shop = shop
        self._run = run
        self._brands: dict[str, int] = {}

    def apply(self, remotes: Sequence[Remote]) -> None:
        """Makes and changes products. One that cannot be written is noted and does not keep the others."""
        links = {
            link.gid: link
            for link in ShopifyProduct.objects.select_related("product")
            .filter(shop=self._shop, gid__in=[remote.gid for remote in remotes])
            .order_by("id")
        }
        for remote in remotes:
            counts, change_set_id = deepcopy(self._run.counts), self._run.change_set_id
            try:
                with transaction.atomic():
                    self._apply(remote, links.get(remote.gid))
            except CuelightError as error:
                # What was written is taken back, so what was counted is, too, and a brand or set made for it is none.
                self._run.counts, self._run.change_set_id = counts, change_set_id
                self._brands.clear()
                self.note(f'"{remote.values["name"]}": {error.message}')

    def note(self, sentence: str) -> None:
        """A product that could not be taken over, and why."""
        self._run.counts["problems"] += 1
        if len(self._run.notes) < MOST_NOTES:
            self._run.notes.append(sentence[:500])

    def take_away(self, links: Iterable[ShopifyProduct]) -> None:
        """These are not in the shop any more: deleted, or marked sold out where a session has them."""
        found = list(links)
        used = uses.of_products(self._shop.studio_id, [link.product_id for link in found if link.product_id])
        for link in found:
            if link.product is None:
                link.delete()
            elif link.product_id in used or not self._delete(link):
                self._mark_gone(link, link.product)

    def _apply(self, remote: Remote, link: ShopifyProduct | None) -> None:
        if link is not None and link.remote_updated_at > remote.updated_at:
            self._seen(link)  # a webhook was faster than this page
            self._count("unchanged")
            return
        product = link.product if link is not None else None
        adopted = self._adopted(remote) if product is None else None
        if product is None and adopted is None:
            self._new(remote, link)
            return
        link = self._linked(remote, link, adopted)
        self._update(product or adopted, remote)  # type: ignore[arg-type]
        self._pictures(link, remote)

    def _new(self, remote: Remote, link: ShopifyProduct | None) -> None:
        if link is not None:
            link.remote_updated_at, link.handle = remote.updated_at, remote.handle
            self._seen(link)
            self._count("away")
            return
        if remote.is_archived:
            self._count("unchanged")
            return
        values = dict(remote.values)
        name, price = values.pop("name"), values.pop("original_price_cents")
        product_id = actions.create_product(
            self._shop.studio_id,
            self._brand(remote.vendor),
            name=name,
            original_price_cents=price,
            talking_points_md=remote.points,
            **values,
        )
        product = Product.objects.get(pk=product_id)
        ProductChange.objects.create(
            change_set_id=self._change_set(), product_id=product_id, before=None, after=values_of(product)
        )
        self._count("new")
        self._pictures(self._linked(remote, None, product), remote)

    def _update(self, product: Product, remote: Remote) -> None:
        before = values_of(product)
        wanted = {**remote.values, "brand_id": self._brand(remote.vendor) if remote.vendor else product.brand_id}
        wanted["extra"] = _extra(product.extra, "archived" if remote.is_archived else "")
        if not product.talking_points_md.strip() and remote.points:
            wanted["talking_points_md"] = remote.points
        if wanted["external_key"] != product.external_key and self._is_taken(wanted["external_key"], product.pk):
            del wanted["external_key"]
        differs = {name for name, value in wanted.items() if before[name] != value}
        mine = _by_hand(product.hand_edited)
        self._count("kept", len({FIELDS[name] for name in differs & mine}))
        self._write(product, {name: wanted[name] for name in differs - mine})

    def _write(self, product: Product, changes: dict[str, Any]) -> None:
        if not changes:
            self._count("unchanged")
            return
        actions.update_product(self._shop.studio_id, product.pk, change_set_id=self._change_set(), **changes)
        self._count("updated")
        fields = self._run.counts["fields"]
        for label in {FIELDS[name] for name in changes}:
            fields[label] = fields.get(label, 0) + 1

    def _linked(self, remote: Remote, link: ShopifyProduct | None, product: Product | None) -> ShopifyProduct:
        """The link, pointing at ``product`` where that is given, as new as what was just read."""
        if link is None:
            link = ShopifyProduct(shop=self._shop, gid=remote.gid)
        if product is not None:
            link.product = product
        link.handle, link.remote_updated_at, link.is_gone = remote.handle, remote.updated_at, False
        link.seen_in = self._run.pk
        link.save()
        return link

    def _seen(self, link: ShopifyProduct) -> None:
        link.seen_in = self._run.pk
        link.save(update_fields=["seen_in", "remote_updated_at", "handle"])

    def _pictures(self, link: ShopifyProduct, remote: Remote) -> None:
        """Has pictures copied where they are others than last time; the product does not wait for them."""
        now = [{"url": picture.url, "alt": picture.alt} for picture in remote.pictures]
        if _told_apart(now) != _told_apart(link.copied):
            link.pictures = now
            link.save(update_fields=["pictures"])
            enqueue("catalog.copy_shopify_pictures", link_id=link.pk)

    def _adopted(self, remote: Remote) -> Product | None:
        """A product that an import made of the same one, which nothing in the shop is linked with yet."""
        key = remote.values["external_key"]
        linked = ShopifyProduct.objects.filter(product__isnull=False).values("product_id")
        unlinked = Product.objects.filter(studio_id=self._shop.studio_id).exclude(pk__in=linked)
        return unlinked.filter(external_key=key).first() if key else None

    def _is_taken(self, key: str, product_id: int) -> bool:
        others = Product.objects.filter(studio_id=self._shop.studio_id, external_key=key).exclude(pk=product_id)
        return bool(key) and others.exists()

    def _delete(self, link: ShopifyProduct) -> bool:
        """Whether it could be deleted; a session may have taken it a moment ago."""
        product, product_id = link.product, link.product_id
        assert product is not None
        change_set_id = self._change_set()
        try:
            with transaction.atomic():
                note_deletions(change_set_id, [product])
                product.delete()
                link.delete()
        except ProtectedError:
            return False
        broadcast(f"catalog:{self._shop.studio_id}", "product_changed", {"product_ids": [product_id]})
        self._count("removed")
        return True

    def _mark_gone(self, link: ShopifyProduct, product: Product) -> None:
        before, mine = values_of(product), _by_hand(product.hand_edited)
        wanted = {"stock": 0, "extra": _extra(product.extra, GONE)}
        changes: dict[str, Any] = {
            name: value for name, value in wanted.items() if before[name] != value and name not in mine
        }
        if changes:
            actions.update_product(self._shop.studio_id, product.pk, change_set_id=self._change_set(), **changes)
        link.is_gone = True
        link.save(update_fields=["is_gone"])
        self._count("gone")

    def _brand(self, vendor: str) -> int:
        """The brand of this name, made if there is none; without a name the one for such products."""
        if not vendor and self._shop.fallback_brand_id is not None:
            return self._shop.fallback_brand_id
        name = vendor or self._shop.name or "Shopify"
        if name.casefold() not in self._brands:
            found = Brand.objects.filter(studio_id=self._shop.studio_id, name__iexact=name).order_by("id").first()
            made = found.pk if found else actions.create_brand(self._shop.studio_id, name=name)
            self._brands[name.casefold()] = made
        return self._brands[name.casefold()]

    def _change_set(self) -> int:
        """The run's change set, opened with its first change."""
        if self._run.change_set_id is None:
            title, by = f"Shopify: {self._shop.name or self._shop.domain}", self._run.asked_by_id
            self._run.change_set_id = actions.open_set(self._shop.studio_id, "sync", title, by=by)
            ShopifyRun.objects.filter(pk=self._run.pk).update(change_set_id=self._run.change_set_id)
        return self._run.change_set_id

    def _count(self, what: str, by: int = 1) -> None:
        self._run.counts[what] += by


def newest_of(run: ShopifyRun, remotes: Sequence[Remote]) -> None:
    """Notes how far the shop's own clock has come, and that the run got on."""
    moments = [remote.updated_at for remote in remotes] + ([run.newest] if run.newest else [])
    run.newest = max(moments, default=None)
    run.beat_at = timezone.now()


def _by_hand(fields: Sequence[str]) -> set[str]:
    """Fields to be left alone. A price is two columns: who has changed one of them means both."""
    mine = set(fields)
    if "brand" in mine:
        mine.add("brand_id")
    return mine | PRICES if mine & PRICES else mine


def _extra(extra: dict[str, Any], status: str) -> dict[str, Any]:
    rest = {name: value for name, value in extra.items() if name != STATUS}
    return {**rest, STATUS: status} if status else rest


def _told_apart(pictures: Sequence[dict[str, str]]) -> list[Picture]:
    return [Picture(bare(picture["url"]), picture["alt"]) for picture in pictures]
