"""How a studio's shop stands: what its page shows, and what is broadcast on ``shopify:{studio_id}`` as ``changed``."""

from typing import Any, TypedDict

from cuelight.catalog.models import ShopifyProduct, ShopifyRun, ShopifyShop
from cuelight.live.broadcast import broadcast

SHOWN = 10


class RunRow(TypedDict):
    """One sync. ``says`` is its counts in words; ``can_revert``: it changed something that was not taken back."""

    id: int
    kind: str
    at: str
    by: str
    state: str
    says: str
    sentence: str
    notes: list[str]
    problems: int
    missing: int
    can_revert: bool
    reverted: bool


class Progress(TypedDict):
    done: int
    total: int | None


class Status(TypedDict):
    """``state``: connected, error, paused, or none without a shop."""

    state: str
    domain: str
    name: str
    sentence: str
    warning: str
    last_synced_at: str | None
    products: int
    away: int
    running: Progress | None
    runs: list[RunRow]


def status(studio_id: int) -> Status:
    """How it stands. A studio without a shop has the state ``none``."""
    shop = shop_of(studio_id)
    if shop is None:
        return _none()
    links = ShopifyProduct.objects.filter(shop=shop)
    runs = list(
        ShopifyRun.objects.filter(shop=shop).select_related("asked_by", "change_set").order_by("-pk")[: SHOWN + 1]
    )
    running = next((run for run in runs if run.finished_at is None), None)
    return {
        "state": shop.state,
        "domain": shop.domain,
        "name": shop.name,
        "sentence": shop.sentence,
        "warning": shop.warning,
        "last_synced_at": shop.last_synced_at.isoformat() if shop.last_synced_at else None,
        "products": links.filter(product__isnull=False, is_gone=False).count(),
        "away": links.filter(product__isnull=True).count(),
        "running": {"done": running.done, "total": running.total} if running else None,
        "runs": [_row(run) for run in runs if run.finished_at is not None][:SHOWN],
    }


def shop_of(studio_id: int) -> ShopifyShop | None:
    """The shop that is connected, if there is one."""
    return ShopifyShop.objects.filter(studio_id=studio_id, disconnected_at=None).first()


def tell(studio_id: int) -> None:
    """Says after the commit how it stands."""
    broadcast(f"shopify:{studio_id}", "changed", {**status(studio_id)})


def words(counts: dict[str, Any]) -> str:
    """ "price 3, new 5, unchanged 32"; nothing is not mentioned."""
    fields = sorted(counts.get("fields", {}).items(), key=lambda one: (-one[1], one[0]))
    said = [f"{label} {count:,}" for label, count in fields]
    named = (
        ("new", "new"),
        ("removed", "removed"),
        ("gone", "no longer sold"),
        ("unchanged", "unchanged"),
        ("away", "left out"),
        ("kept", "left as you have it"),
    )
    said += [f"{label} {counts[name]:,}" for name, label in named if counts.get(name)]
    return ", ".join(said) or "nothing to do"


def _row(run: ShopifyRun) -> RunRow:
    change_set = run.change_set
    return {
        "id": run.pk,
        "kind": ShopifyRun.Kind(run.kind).label,
        "at": run.started_at.isoformat(),
        "by": run.asked_by.name if run.asked_by else "",
        "state": "failed" if run.is_failed else "done",
        "says": words(run.counts),
        "sentence": run.sentence,
        "notes": run.notes[:SHOWN],
        "problems": run.counts.get("problems", 0),
        "missing": run.counts.get("missing", 0),
        "can_revert": change_set is not None and change_set.reverted_at is None,
        "reverted": change_set is not None and change_set.reverted_at is not None,
    }


def _none() -> Status:
    return {
        "state": "none",
        "domain": "",
        "name": "",
        "sentence": "",
        "warning": "",
        "last_synced_at": None,
        "products": 0,
        "away": 0,
        "running": None,
        "runs": [],
    }
