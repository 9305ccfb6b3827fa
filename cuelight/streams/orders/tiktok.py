"""TikTok Shop's export of orders: a row per article, all of the order on each; below the header a row that describes
the columns, and a tab behind each id. Pure."""

from collections.abc import Iterable, Iterator

from cuelight.catalog.importing.records import BrokenRecord
from cuelight.errors import Invalid
from cuelight.streams.orders.columns import Row, described
from cuelight.streams.orders.lines import LONGEST_NAME, Findings, Line, OrderNumbers
from cuelight.streams.orders.moments import Clock, moment

_CANCELLED = frozenset({"canceled", "cancelled", "cancel"})


class TikTokOrders:
    """Reads rows into lines; what is wrong goes to ``found``. The file names no currency: it comes from the form."""

    def __init__(self, found: Findings, clock: Clock, currency: str) -> None:
        self._found, self._clock, self._currency = found, clock, currency
        self._numbers = OrderNumbers()

    def lines(self, rows: Iterable[Row | BrokenRecord]) -> Iterator[Line]:
        for place, row in enumerate(rows):
            if place == 0 and isinstance(row, Row) and described(row, "orderid"):
                continue
            self._found.lines += 1
            if isinstance(row, BrokenRecord):
                self._found.errors.add(row.line, "", row.message)
                self._numbers.pass_over()
                continue
            try:
                yield self._line(row)
            except Invalid as error:
                self._found.errors.add(row.line, "", error.message)

    def _line(self, row: Row) -> Line:
        order_id = row.order_id("orderid")
        if not order_id:
            raise Invalid("no_order", "The order's id is missing")
        number = self._numbers.next_line(order_id)
        at = moment(row.text("createdtime"), self._clock)
        ordered = row.whole("quantity")
        returned = 0 if row.is_blank("skuquantityofreturn") else min(row.whole("skuquantityofreturn"), ordered)
        why = self._no_sale(row) or ("refunded" if ordered and returned == ordered else "")
        if why:
            self._found.skipped[why] += 1
        quantity = 0 if why else ordered - returned
        paid = row.amount("skusubtotalafterdiscount", self._currency)
        name = " · ".join(part for part in (row.text("productname"), row.text("variation")) if part)
        return Line(
            file_line=row.line,
            order_id=order_id,
            line=number,
            at=at,
            sku=self._article(row, "sellersku", "Seller SKU"),
            pid=self._article(row, "skuid", "SKU ID"),
            name=name[:LONGEST_NAME],
            quantity=quantity,
            amount_cents=paid * quantity // ordered if ordered else 0,
            currency=self._currency,
        )

    def _no_sale(self, row: Row) -> str:
        """Why this is no sale: cancelled, refunded whole, or never paid."""
        status, kind = row.text("orderstatus").casefold(), row.text("cancelationreturntype").casefold()
        if status in _CANCELLED or kind in _CANCELLED:
            return "cancelled"
        if status == "unpaid":
            return "unpaid"
        ordered = row.amount("orderamount", self._currency)
        refunded = row.amount("orderrefundamount", self._currency)
        return "refunded" if refunded and refunded >= ordered else ""

    def _article(self, row: Row, name: str, header: str) -> str:
        try:
            return row.sku(name)
        except Invalid as error:
            self._found.warnings.add(row.line, header, f"{error.message}; the line is read without it")
            return ""
