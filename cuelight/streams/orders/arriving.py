"""Orders that come as events of a platform (or of the simulator, marked as rehearsal)."""

from collections.abc import Sequence
from typing import Any

from cuelight.catalog import queries as catalog
from cuelight.live.db import run_db
from cuelight.streams.events import Event
from cuelight.streams.models import OrderLine
from cuelight.streams.orders.lines import LONGEST_NAME
from cuelight.streams.orders.matching import Products
from cuelight.streams.store import Stored

_LONGEST_ARTICLE = 100
#: What the columns hold: one absurd event must not stop those that came with it.
_MOST_PIECES, _MOST_CENTS = 2**31 - 1, 2**53


async def heed(studio_id: int, stored: Sequence[Stored]) -> None:
    """As `from_events`, beside the way in. Most of what comes is no order and costs nothing."""
    orders = [one for one in stored if one.incoming.event.kind == "order"]
    if orders:
        await run_db(from_events, studio_id, orders)


def from_events(studio_id: int, stored: Sequence[Stored]) -> int:
    """Writes the orders among events of a studio as order lines, and returns how many were new. Of others and of other
    studios nothing is written. Synchronous; may run twice.

    Who ordered is not kept. ``detail`` may name ``sku``, ``item`` and ``product_id``: ours as a number, the platform's
    as text. With ``order_id`` and ``line`` it names the line itself; else the event's own id is the order's.
    ``amount`` is what was paid for all ``count`` pieces; a platform's own unit is no money.
    """
    events = [one.incoming.event for one in stored if one.incoming.studio_id == studio_id]
    orders = [event for event in events if event.kind == "order"]
    if not orders:
        return 0
    products = Products(studio_id)
    products.ask({word for event in orders for word in (_text(event, "product_id"), _text(event, "sku"))})
    named = {ours for event in orders if (ours := _ours(event)) is not None}
    of_studio = catalog.products_of_studio(studio_id, named) if named else set()
    rows = [_row(studio_id, event, products, of_studio) for event in orders]
    before = _ids(studio_id, rows)
    OrderLine.objects.bulk_create(rows, ignore_conflicts=True)
    return len(_ids(studio_id, rows) - before)


def _row(studio_id: int, event: Event, products: Products, of_studio: set[int]) -> OrderLine:
    pid, sku, ours = _text(event, "product_id"), _text(event, "sku"), _ours(event)
    order_id, line = _identity(event)
    is_money = event.amount is not None and len(event.amount.currency) == 3 and event.amount.currency.isalpha()
    return OrderLine(
        studio_id=studio_id,
        source=event.platform,
        order_id=order_id,
        line=line,
        at=event.at,
        product_id=ours if ours in of_studio else products.of(pid, sku),
        sku=sku,
        pid=pid,
        name="".join(letter for letter in str(event.detail.get("item", ""))[:LONGEST_NAME] if letter.isprintable()),
        quantity=min(max(1, event.count), _MOST_PIECES),
        amount_cents=min(max(0, event.amount.value), _MOST_CENTS) if event.amount and is_money else 0,
        currency=event.amount.currency.upper() if event.amount and is_money else "",
        rehearsal=event.rehearsal,
    )


def _identity(event: Event) -> tuple[str, int]:
    order_id, line = _text(event, "order_id"), event.detail.get("line")
    if order_id and isinstance(line, int) and 0 <= line < 2**31:
        return order_id, line
    return event.platform_id, 0


def _ours(event: Event) -> int | None:
    value = event.detail.get("product_id")
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63 else None


def _text(event: Event, name: str) -> str:
    value: Any = event.detail.get(name)
    return value[:_LONGEST_ARTICLE] if isinstance(value, str) and value.isprintable() else ""


def _ids(studio_id: int, rows: Sequence[OrderLine]) -> set[int]:
    """Which of these lines are there, by their ids."""
    there = OrderLine.objects.filter(studio_id=studio_id, source__in={row.source for row in rows})
    keys = {(row.source, row.order_id, row.line) for row in rows}
    found = there.filter(order_id__in={row.order_id for row in rows}).values_list("id", "source", "order_id", "line")
    return {pk for pk, *key in found if tuple(key) in keys}
