"""Which item of a lineup something is counted for. Pure.

The rule for orders, each counted once, however close to a border it came:

1. Only what came while the show was on air or within `TAIL` after it counts at all.
2. An order belongs to the item that shows its product, if that was on air when it came or within `TAIL` before; of
   several stays of it, or of several items with one product, the one that began last.
3. Else (the product is unknown, or was not on air then) it belongs to whatever was on air when it came; behind the end
   of the show, to what was on air last.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

#: People need so long to order what they have seen.
TAIL = timedelta(seconds=90)


class Span(NamedTuple):
    """One stay of an item on the screen, from its beginning until just before its end. ``item_id`` None: nothing was
    to be seen."""

    item_id: int | None
    product_id: int | None
    starts_at: datetime
    ends_at: datetime


class Timeline:
    """The stays of a show, in their order; they do not overlap."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self.spans = sorted((span for span in spans if span.ends_at > span.starts_at), key=lambda span: span.starts_at)
        self._starts = [span.starts_at for span in self.spans]
        self._by_product: dict[int, list[Span]] = {}
        for span in self.spans:
            if span.product_id is not None and span.item_id is not None:
                self._by_product.setdefault(span.product_id, []).append(span)

    @property
    def seconds(self) -> float:
        return sum((span.ends_at - span.starts_at).total_seconds() for span in self.spans)

    def holds(self, at: datetime, tail: timedelta = TAIL) -> bool:
        """Whether the show was on air then, or had been within ``tail``."""
        span = self._last_begun(at)
        return span is not None and at < span.ends_at + tail

    def at(self, at: datetime) -> Span | None:
        """What was on air then, or last within `TAIL`; None: the show was not on."""
        span = self._last_begun(at)
        return span if span is not None and at < span.ends_at + TAIL else None

    def ordered(self, at: datetime, product_id: int | None) -> Span | None:
        """Whose an order is; None: it is none of this show's."""
        if not self.holds(at):
            return None
        stays = self._by_product.get(product_id or 0, [])
        shown = [span for span in stays if span.starts_at <= at < span.ends_at + TAIL]
        return shown[-1] if shown else self.at(at)

    def is_near(self, item_id: int, at: datetime) -> bool:
        """Whether an item was on air then, or within `TAIL` before."""
        return any(span.item_id == item_id and span.starts_at <= at < span.ends_at + TAIL for span in self.spans)

    def _last_begun(self, at: datetime) -> Span | None:
        place = bisect_right(self._starts, at)
        return self.spans[place - 1] if place else None


def tails(spans: Iterable[Span]) -> list[tuple[datetime, datetime]]:
    """The times behind one item's stays, up to `TAIL` long, without those at which it was on air again."""
    ordered = sorted(spans, key=lambda span: span.starts_at)
    ends = [min(span.ends_at + TAIL, after.starts_at) for span, after in pairwise(ordered)]
    ends += [span.ends_at + TAIL for span in ordered[-1:]]
    return [(span.ends_at, end) for span, end in zip(ordered, ends, strict=True) if end > span.ends_at]
