"""Which columns of an order file are read. Everything else of a row is dropped here, as it comes. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from cuelight.catalog import identifiers, pricing
from cuelight.catalog.importing.fields import bare
from cuelight.catalog.importing.records import Cell, Record
from cuelight.errors import Invalid

OTHER_CURRENCY = "This amount is in another currency than the one chosen"
_BLANKS = " \t\r\n\u00a0\ufeff"


@dataclass(frozen=True)
class Columns:
    """The columns of one kind of file by their bare names. ``needed`` maps to how people write them; without one of
    these nothing can be read."""

    source: str
    says: str
    marks: frozenset[str]
    needed: Mapping[str, str]
    more: frozenset[str]
    date: str
    also: Mapping[str, str]
    """Other spellings → the one used here."""

    def fits(self, headers: Iterable[str]) -> bool:
        return self.marks <= self._names(headers).keys()

    def missing(self, headers: Iterable[str]) -> list[str]:
        """The needed columns that are not there, as people write them."""
        there = self._names(headers).keys()
        return [says for name, says in self.needed.items() if name not in there]

    def places(self, headers: Iterable[str]) -> dict[str, str]:
        """Bare name → header, of those that are read and of no other."""
        wanted = self.needed.keys() | self.more
        return {name: header for name, header in self._names(headers).items() if name in wanted}

    def _names(self, headers: Iterable[str]) -> dict[str, str]:
        names: dict[str, str] = {}
        for header in headers:
            name = bare(header)
            names.setdefault(self.also.get(name, name), header)
        return names


SHOPIFY = Columns(
    source="shopify",
    says="Shopify orders",
    marks=frozenset({"name", "lineitemquantity", "lineitemname", "financialstatus"}),
    needed={
        "name": "Name",
        "financialstatus": "Financial Status",
        "currency": "Currency",
        "createdat": "Created at",
        "lineitemquantity": "Lineitem quantity",
        "lineitemname": "Lineitem name",
        "lineitemprice": "Lineitem price",
        "cancelledat": "Cancelled at",
    },
    more=frozenset({"id", "subtotal", "refundedamount", "lineitemsku", "lineitemdiscount"}),
    date="createdat",
    also={"canceledat": "cancelledat"},
)
TIKTOK = Columns(
    source="tiktok_shop",
    says="TikTok Shop orders",
    marks=frozenset({"orderid", "orderstatus", "skuid", "createdtime"}),
    needed={
        "orderid": "Order ID",
        "orderstatus": "Order Status",
        "skuid": "SKU ID",
        "quantity": "Quantity",
        "skusubtotalafterdiscount": "SKU Subtotal After Discount",
        "createdtime": "Created Time",
    },
    more=frozenset(
        {
            "cancelationreturntype", "sellersku", "productname", "variation", "skuquantityofreturn", "orderamount",
            "orderrefundamount",
        }
    ),
    date="createdtime",
    also={
        "cancellationreturntype": "cancelationreturntype",
        "skuquantityofreturned": "skuquantityofreturn",
        "createtime": "createdtime",
    },
)  # fmt: skip
KINDS = (SHOPIFY, TIKTOK)


def known(headers: Collection[str]) -> int:
    """How many of these headers are known: finds the header's row and the separator of a file."""
    return max(len(kind.places(headers)) for kind in KINDS)


class Row:
    """What is wanted of one record, by its bare names. The record itself is not kept."""

    __slots__ = ("cells", "line")

    def __init__(self, line: int, cells: Mapping[str, Cell]) -> None:
        self.line, self.cells = line, cells

    @classmethod
    def of(cls, record: Record, places: Mapping[str, str]) -> "Row":
        return cls(record.line, {name: record.cells.get(header) for name, header in places.items()})

    def text(self, name: str) -> str:
        cell = self.cells.get(name)
        # No database takes a NUL, and no shop means one.
        return "" if cell is None else str(cell).replace("\0", "").strip(_BLANKS)

    def is_blank(self, name: str) -> bool:
        return not self.text(name)

    def order_id(self, name: str) -> str:
        """An id without which a line cannot be told from another. Raises Invalid for one a spreadsheet has spoiled."""
        try:
            return identifiers.parse_pid(self._id(name))
        except Invalid as error:
            raise Invalid("spoiled_id", "This id was turned into a number; export the file again") from error

    def sku(self, name: str) -> str:
        """Raises Invalid for one that a spreadsheet has spoiled."""
        try:
            return identifiers.parse_sku(self._id(name))
        except Invalid as error:
            raise Invalid("spoiled_id", "This article number was turned into a number, or is none") from error

    def whole(self, name: str) -> int:
        return identifiers.parse_whole(self._id(name), least=0, what="The quantity")

    def amount(self, name: str, currency: str) -> int:
        """Minor units; nothing is 0. Raises Invalid, also for what is in another currency."""
        return amount(self.cells.get(name), currency)

    def _id(self, name: str) -> str | int | Decimal:
        cell = self.cells.get(name)
        # A tab behind an id is TikTok's own doing.
        return cell if isinstance(cell, int | Decimal) and not isinstance(cell, bool) else self.text(name)


def amount(cell: Cell, currency: str) -> int:
    """What a cell of money says, in minor units of this currency; a blank one is 0. Raises Invalid."""
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        return 0 if cell == 0 else pricing.price_from_number(cell, currency)
    text = "" if cell is None else str(cell).strip(_BLANKS)
    if not text:
        return 0
    if pricing.foreign_mark(text, currency):
        raise Invalid("other_currency", OTHER_CURRENCY)
    whole, point, part = text.rpartition(".")
    if point and part and not part.strip("0"):
        text = whole  # "1200.00" of yen
    if not text.strip("0$£€¥ ").removeprefix(currency).strip():
        return 0
    return pricing.parse_price(text, currency)


def described(row: Row, name: str) -> bool:
    """Whether a row tells what its columns mean instead of having an id: TikTok's second row."""
    text = row.text(name)
    return bool(text) and not any(letter.isdigit() for letter in text)
