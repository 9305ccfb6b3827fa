"""Going through a whole shop, page by page, one run at a time. A run that was broken off goes on where it stopped."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from cuelight.accounts import queries as accounts
from cuelight.catalog.models import ShopifyDelivery, ShopifyProduct, ShopifyRun, ShopifyShop
from cuelight.catalog.shopify import faults, graphql, subscribing
from cuelight.catalog.shopify.applying import Applying, counts_of_nothing, newest_of
from cuelight.catalog.shopify.client import Client
from cuelight.catalog.shopify.locks import held, let_go
from cuelight.catalog.shopify.products import Remote, Unusable, remote
from cuelight.catalog.shopify.status import tell
from cuelight.catalog.shopify.tokens import ShopTokens
from cuelight.errors import Conflict, NotFound
from cuelight.jobs import enqueue

log = structlog.get_logger(__name__)

Kind, State = ShopifyRun.Kind, ShopifyShop.State

#: The shop's search is behind its products by some seconds; what falls into both runs changes nothing twice.
OVERLAP = timedelta(minutes=10)
EVERY, FULL_EVERY = timedelta(hours=1), timedelta(hours=23)
#: A run that has not got on for so long is not there any more.
LOST_AFTER = timedelta(minutes=30)
#: Runs that one minute begins: after a night without a worker all shops are due at once.
PER_MINUTE = 5
KEPT_RUNS, KEPT_DELIVERIES = 30, timedelta(days=7)
#: When more than this share of the products seems to be gone, a person is asked.
MOST_GONE, FEW = 0.5, 5
BATCH = 100


def ask(studio_id: int, *, full: bool = False, by: int | None = None, may_remove: bool = False) -> int:
    """Asks for a run; returns its id. ``may_remove``: also when most of the products are gone.

    Raises NotFound without a shop, Conflict while it is paused (``shop_paused``) or synced already (``sync_running``).
    Broadcasts ``changed``.
    """
    with transaction.atomic():
        shop = ShopifyShop.objects.select_for_update().filter(studio_id=studio_id, disconnected_at=None).first()
        if shop is None:
            raise NotFound("No shop is connected.")
        if shop.state == State.PAUSED:
            raise Conflict("shop_paused", "The sync is paused. Resume it first.")
        _close_lost(shop)
        if ShopifyRun.objects.filter(shop=shop, finished_at=None).exists():
            raise Conflict("sync_running", "A sync is running already.")
        kind = Kind.FULL if full or may_remove or _is_full_due(shop) else Kind.CHANGES
        run = ShopifyRun.objects.create(
            shop=shop, kind=kind, asked_by_id=by, may_remove=may_remove, counts=counts_of_nothing()
        )
        enqueue("catalog.sync_shopify", run_id=run.pk)
        tell(studio_id)
    return run.pk


def ask_due() -> int:
    """Asks for a run of each shop that had none for an hour, a few at a time; returns how many."""
    since = timezone.now() - EVERY
    recent = ShopifyRun.objects.filter(shop=OuterRef("pk"), started_at__gt=since).exclude(kind=Kind.WEBHOOK)
    shops = ShopifyShop.objects.filter(
        ~Exists(recent), state=State.CONNECTED, disconnected_at=None, studio__deleted_at=None
    )
    asked = 0
    for studio_id in shops.order_by("last_synced_at").values_list("studio_id", flat=True)[:PER_MINUTE]:
        try:
            ask(studio_id)
        except (Conflict, NotFound):
            continue  # a person was faster
        asked += 1
    return asked


def run_now(run_id: int) -> None:
    """The job behind ``ask``. Run twice it goes on; run at the same time as another it does nothing."""
    run = ShopifyRun.objects.select_related("shop").filter(pk=run_id, finished_at=None).first()
    if run is None or not held("sync", run.shop_id):
        return
    try:
        _run(run)
    finally:
        let_go("sync", run.shop_id)


def forget_old() -> None:
    """Deliveries of more than a week, and all but the newest runs of a shop. The change sets of those stay."""
    ShopifyDelivery.objects.filter(received_at__lt=timezone.now() - KEPT_DELIVERIES).delete()
    for shop_id in ShopifyShop.objects.values_list("pk", flat=True):
        runs = ShopifyRun.objects.filter(shop_id=shop_id).exclude(finished_at=None).order_by("-pk")
        last_full = runs.filter(kind=Kind.FULL, is_failed=False).values_list("pk", flat=True)[:1]
        kept = {*runs.values_list("pk", flat=True)[:KEPT_RUNS], *last_full}
        runs.exclude(pk__in=kept).delete()


def _run(run: ShopifyRun) -> None:
    try:
        with Client(run.shop.domain, ShopTokens(run.shop_id)) as client:
            _look_at_shop(client, run)
            _go_through(client, run)
            if run.kind == Kind.FULL:
                _reconcile(run)
                subscribing.ensure(client, run.shop_id)
            _done(run, client)
    except faults.ShopError as error:
        fail(run, error)
    except _TakenOver:
        log.info("another worker goes on with a sync", run=run.pk)
    except (OperationalError, InterfaceError):
        raise  # the job is tried again, and goes on where this stopped
    except Exception:
        fail(run, faults.broken())
        raise


def _look_at_shop(client: Client, run: ShopifyRun) -> None:
    name, currency = graphql.shop_facts(client)
    ours = accounts.studio(run.shop.studio_id)["currency"]
    if currency != ours:
        raise faults.other_currency(currency, ours)
    run.total = graphql.how_many(client, since(run))
    run.shop.name = name
    ShopifyShop.objects.filter(pk=run.shop_id).update(name=name)
    ShopifyRun.objects.filter(pk=run.pk).update(total=run.total, beat_at=timezone.now())
    tell(run.shop.studio_id)


def _go_through(client: Client, run: ShopifyRun) -> None:
    currency = accounts.studio(run.shop.studio_id)["currency"]
    try:
        for found, after in graphql.pages(client, since(run), run.cursor):
            _take(run.pk, found, currency, begins=run.cursor, after=after)
            run.refresh_from_db(fields=["cursor"])
    except faults.ShopError as error:
        if error.reason != "refused" or not run.cursor:
            raise
        # Where a run of yesterday stopped is no place any more: from the beginning.
        run.cursor = ""
        ShopifyRun.objects.filter(pk=run.pk).update(cursor="", done=0)
        for found, after in graphql.pages(client, since(run)):
            _take(run.pk, found, currency, begins=run.cursor, after=after)
            run.refresh_from_db(fields=["cursor"])


class _TakenOver(Exception):
    """Another worker has gone on with this run."""


def _take(run_id: int, found: Sequence[dict[str, Any]], currency: str, *, begins: str, after: str) -> None:
    """One page, its place and its counts in one transaction: whatever breaks, none is written twice or left out."""
    with transaction.atomic():
        run, shop = locked(run_id)
        if run.cursor != begins or run.finished_at is not None:
            raise _TakenOver
        if not begins:  # or what a run that is begun anew had counted would count twice
            run.done, run.counts, run.notes = 0, counts_of_nothing(), []
        applying = Applying(shop, run)
        applying.apply(usable(found, shop, currency, applying, run))
        run.done += len(found)
        run.cursor = after
        run.save(update_fields=["done", "cursor", "counts", "notes", "newest", "beat_at", "change_set"])
        tell(shop.studio_id)


def locked(run_id: int) -> tuple[ShopifyRun, ShopifyShop]:
    """A run and its shop, locked in this order everywhere: shop, run."""
    of_run = ShopifyRun.objects.filter(pk=run_id).values("shop_id")
    shop = ShopifyShop.objects.select_for_update(no_key=True).filter(pk__in=of_run, disconnected_at=None).first()
    run = ShopifyRun.objects.select_for_update(no_key=True).filter(pk=run_id).first()
    if shop is None or run is None:
        raise faults.ShopError("disconnected", "The shop was disconnected.", is_permanent=False)
    return run, shop


def usable(
    found: Sequence[dict[str, Any]], shop: ShopifyShop, currency: str, applying: Applying, run: ShopifyRun
) -> list[Remote]:
    """What of an answer can be a product here; the rest is noted."""
    remotes: dict[str, Remote] = {}
    for node in found:
        try:
            one = remote(node, domain=shop.domain, currency=currency)
        except Unusable as error:
            ShopifyProduct.objects.filter(shop=shop, gid=str(node.get("id"))[:100]).update(seen_in=run.pk)
            applying.note(f'"{" ".join(str(node.get("title") or "A product").split())[:100]}" was left out. {error}')
        else:
            remotes[one.gid] = one
    newest_of(run, list(remotes.values()))
    return list(remotes.values())


def since(run: ShopifyRun) -> str:
    """What is asked of the shop's search: nothing for all products."""
    if run.kind == Kind.FULL or run.shop.synced_to is None:
        return ""
    return f"updated_at:>='{_stamp(run.shop.synced_to - OVERLAP)}'"


def _stamp(moment: datetime) -> str:
    return re.sub(r"\+00:00$", "Z", moment.isoformat(timespec="seconds"))


def _reconcile(run: ShopifyRun) -> None:
    """What the shop did not name is not in it any more."""
    links = ShopifyProduct.objects.filter(shop_id=run.shop_id)
    missing = links.exclude(seen_in=run.pk).filter(is_gone=False)
    gone, known = missing.filter(product__isnull=False).count(), links.filter(product__isnull=False).count()
    if gone > max(FEW, known * MOST_GONE) and not run.may_remove:
        say = f"{gone:,} of {known:,} products are not in the shop any more. So many are not removed by themselves."
        with transaction.atomic():
            held_run, _ = locked(run.pk)
            held_run.counts["missing"] = gone
            held_run.sentence = say
            held_run.save(update_fields=["counts", "sentence"])
        return
    while batch := list(missing.select_related("product").order_by("pk")[:BATCH]):
        with transaction.atomic():
            held_run, shop = locked(run.pk)
            Applying(shop, held_run).take_away(batch)
            held_run.beat_at = timezone.now()
            held_run.save(update_fields=["counts", "change_set", "beat_at"])
            tell(shop.studio_id)


def _done(run: ShopifyRun, client: Client) -> None:
    with transaction.atomic():
        done, shop = locked(run.pk)
        done.finished_at = timezone.now()
        done.save(update_fields=["finished_at"])
        shop.state = State.PAUSED if shop.state == State.PAUSED else State.CONNECTED
        shop.sentence, shop.warning = "", warning(client)
        shop.last_synced_at = done.finished_at
        shop.synced_to = max(filter(None, (shop.synced_to, done.newest)), default=None)
        shop.save(update_fields=["state", "sentence", "warning", "last_synced_at", "synced_to"])
        tell(shop.studio_id)


def warning(client: Client) -> str:
    """What works still, but not for ever."""
    if not client.served or client.served == client.version:
        return ""
    return (
        f"Shopify does not serve version {client.version} of its API any more and answers as {client.served} does. "
        "Whoever runs Cuelight updates it, or sets CUELIGHT_SHOPIFY_API_VERSION."
    )


def fail(run: ShopifyRun, error: faults.ShopError) -> None:
    """Ends a run with the sentence of what went wrong. What it has written stays, and can be taken back."""
    with transaction.atomic():
        ended = ShopifyRun.objects.filter(pk=run.pk, finished_at=None)
        ended.update(finished_at=timezone.now(), is_failed=True, sentence=error.message[:500])
        note_fault(run.shop_id, error)
        tell(run.shop.studio_id)


def note_fault(shop_id: int, error: faults.ShopError) -> None:
    """What a person must see to stops the hourly sync; the rest is tried again."""
    shops = ShopifyShop.objects.filter(pk=shop_id)
    shops.update(sentence=error.message[:500])
    if error.is_permanent:
        shops.exclude(state=State.PAUSED).update(state=State.ERROR)


def _is_full_due(shop: ShopifyShop) -> bool:
    """Each day once, and until the first one was through."""
    full = ShopifyRun.objects.filter(shop=shop, kind=Kind.FULL, is_failed=False, finished_at__isnull=False)
    return shop.synced_to is None or not full.filter(started_at__gt=timezone.now() - FULL_EVERY).exists()


def _close_lost(shop: ShopifyShop) -> None:
    lost = ShopifyRun.objects.filter(shop=shop, finished_at=None, beat_at__lt=timezone.now() - LOST_AFTER)
    lost.update(finished_at=timezone.now(), is_failed=True, sentence="It was broken off.")
