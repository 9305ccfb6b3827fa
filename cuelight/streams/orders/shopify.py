"""Shopify's export of orders: a row per line item, the order's own fields on its first row only. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from msgspec import structs

from cuelight.catalog.importing.records import BrokenRecord
from cuelight.catalog.pricing import HIGHEST_MINOR_UNITS
from cuelight.errors import Invalid
from cuelight.streams.orders.columns import Row
from cuelight.streams.orders.lines import LONGEST_NAME, LONGEST_ORDER, Findings, Line, OrderNumbers
from cuelight.streams.orders.moments import Clock, moment

#: An order has a few lines; beyond so many it is none.
MOST_LINES = 2_000
_NO_SALE = {"refunded": "refunded", "voided": "cancelled", "expired": "cancelled"}


@dataclass(slots=True)
class _Order:
    """An order as far as it was read. ``subtotal`` is what was paid for all its lines; None: the file does not say."""

    name: str
    order_id: str
    at: datetime
    currency: str
    no_sale: str
    subtotal: int | None
    refunded: int
    is_whole: bool = True
    lines: list[Line] = field(default_factory=list)


class ShopifyOrders:
    """Reads rows into lines; what is wrong goes to ``found``. ``clock`` is for files that a spreadsheet has touched:
    Shopify itself writes each time with its distance from UTC."""

    def __init__(self, found: Findings, clock: Clock) -> None:
        self._found, self._clock = found, clock
        self._numbers = OrderNumbers()
        self._order: _Order | None = None
        #: The order whose first row was refused: the rest of it is no use either.
        self._refused = ""

    def lines(self, rows: Iterable[Row | BrokenRecord]) -> Iterator[Line]:
        for row in rows:
            self._found.lines += 1
            if isinstance(row, BrokenRecord):
                self._broken(row)
                continue
            name = row.text("name")
            if self._order and name != self._order.name:
                yield from self._ended()
            try:
                self._add(row, name)
            except Invalid as error:
                self._found.errors.add(row.line, "", error.message)
                if self._order:
                    self._order.is_whole = False
        yield from self._ended()

    def _broken(self, row: BrokenRecord) -> None:
        self._found.errors.add(row.line, "", row.message)
        self._numbers.pass_over()
        if self._order:
            self._order.is_whole = False

    def _add(self, row: Row, name: str) -> None:
        if not name:
            raise Invalid("no_order", "The name of the order is missing")
        if self._order is None:
            self._order = self._begun(row, name)
        number = self._numbers.next_line(self._order.order_id)
        if len(self._order.lines) >= MOST_LINES:
            raise Invalid("too_long", f"This order has more than {MOST_LINES} lines")
        self._order.lines.append(self._line(row, self._order, number))

    def _begun(self, row: Row, name: str) -> _Order:
        if row.is_blank("createdat"):
            why = "The first line of this order could not be read" if name == self._refused else ""
            raise Invalid("no_order", why or "This line has no date, and does not follow the first line of its order")
        self._refused = name
        currency = row.text("currency").upper()
        if not re.fullmatch(r"[A-Z]{3}", currency):
            raise Invalid("no_currency", "The currency is missing")
        order = _Order(
            name=name,
            order_id=row.order_id("id") or name[:LONGEST_ORDER],
            at=moment(row.text("createdat"), self._clock),
            currency=currency,
            no_sale="cancelled" if not row.is_blank("cancelledat") else _no_sale(row),
            subtotal=None if row.is_blank("subtotal") else row.amount("subtotal", currency),
            refunded=row.amount("refundedamount", currency),
        )
        self._refused = ""
        return order

    def _line(self, row: Row, order: _Order, number: int) -> Line:
        quantity = row.whole("lineitemquantity")
        price = row.amount("lineitemprice", order.currency)
        discount = row.amount("lineitemdiscount", order.currency)
        if price * quantity > HIGHEST_MINOR_UNITS:
            raise Invalid("too_much", "Quantity and price together are no amount that anybody pays")
        sku = ""
        try:
            sku = row.sku("lineitemsku")
        except Invalid as error:
            self._found.warnings.add(row.line, "Lineitem sku", f"{error.message}; the line is read without it")
        return Line(
            file_line=row.line,
            order_id=order.order_id,
            line=number,
            at=order.at,
            sku=sku,
            pid="",
            name=row.text("lineitemname")[:LONGEST_NAME],
            quantity=0 if order.no_sale else quantity,
            amount_cents=0 if order.no_sale else max(0, price * quantity - discount),
            currency=order.currency,
        )

    def _ended(self) -> Iterator[Line]:
        order, self._order = self._order, None
        if order is None:
            return
        if order.no_sale:
            self._found.skipped[order.no_sale] += len(order.lines)
            yield from order.lines
            return
        own = [line.amount_cents for line in order.lines]
        paid = sum(own) if order.subtotal is None or not order.is_whole else min(sum(own), order.subtotal)
        if order.is_whole:
            paid = max(0, paid - order.refunded)
        for line, share in zip(order.lines, spread(paid, own), strict=True):
            yield structs.replace(line, amount_cents=share)


def _no_sale(row: Row) -> str:
    return _NO_SALE.get(row.text("financialstatus").lower(), "")


def spread(total: int, over: Sequence[int]) -> list[int]:
    """A total in whole units by these weights; what rounding leaves goes to the largest remainders. The parts add up to
    the total."""
    whole = sum(over)
    if not whole:
        return [0] * len(over)
    parts = [total * weight // whole for weight in over]
    by_remainder = sorted(range(len(over)), key=lambda place: (-(total * over[place] % whole), place))
    for place in by_remainder[: total - sum(parts)]:
        parts[place] += 1
    return parts
