"""Which column of a file is which field of a product. Pure."""

import hashlib
from dataclasses import dataclass, field

from cuelight.catalog.importing.fields import MANY, Field, bare
from cuelight.catalog.importing.formats import Format, sniff
from cuelight.errors import Invalid

_KNOWN_NAMES: dict[Field, str] = {
    Field.NUMBER: "# № index no nr num number displaynumber productnumber",
    Field.NAME: "name productname title producttitle",
    Field.SHORT_NAME: "shortname",
    Field.DESCRIPTION: "description",
    Field.HTML: "bodyhtml descriptionhtml",
    Field.TALKING_POINTS: "talkingpoints",
    Field.TALKING_POINTS_MD: "talkingpointsmd",
    Field.DETAILS: "detailstalkingpoints details",
    Field.ORIGINAL_PRICE: "originalprice",
    Field.SALE_PRICE: "saleprice",
    Field.ORIGINAL_PRICE_CENTS: "originalpricecents",
    Field.SALE_PRICE_CENTS: "salepricecents",
    Field.PID: "pid productid",
    Field.SKU: "sku sellersku",
    Field.STOCK: "stock",
    Field.TAGS: "tags",
    Field.EXTERNAL_URL: "externalurl",
    Field.IMAGE: "pic picture image imagefilename",
    Field.COMPARE_AT: "compareatprice",
    Field.COST: "cost costperitem",
    Field.BARCODE: "barcode",
    Field.BRAND: "brand vendor",
    Field.FEATURED: "featured",
    Field.IMAGE_URL: "imageurl imageurls pictureaddresses",
    Field.VARIANTS: "variants",
    Field.EXTERNAL_KEY: "externalkey",
    Field.CUELIGHT_ID: "cuelightid",
    Field.OTHERS: "othercolumns",
}
_BY_NAME = {name: each for each, names in _KNOWN_NAMES.items() for name in names.split()}
_PRICES = (Field.ORIGINAL_PRICE, Field.ORIGINAL_PRICE_CENTS, Field.SALE_PRICE, Field.SALE_PRICE_CENTS, Field.PRICE)
_SAME_THING = {
    Field.ORIGINAL_PRICE_CENTS: Field.ORIGINAL_PRICE,
    Field.SALE_PRICE_CENTS: Field.SALE_PRICE,
    Field.TALKING_POINTS_MD: Field.TALKING_POINTS,
    Field.HTML: Field.DESCRIPTION,
}


@dataclass(slots=True)
class Columns:
    """The columns that were understood. A header that is in neither dict has not been met yet (JSON)."""

    layout: str
    by_header: dict[str, Field | None] = field(default_factory=dict)
    """None: we have no field for it, the cell goes to ``extra``."""
    format: Format | None = None
    currency: str = ""

    def header_of(self, wanted: Field) -> str | None:
        return next((header for header, found in self.by_header.items() if found is wanted), None)

    def headers_of(self, *wanted: Field) -> list[str]:
        return [header for header, found in self.by_header.items() if found in wanted]

    def has(self, *wanted: Field) -> bool:
        return any(found in wanted for found in self.by_header.values())

    def meet(self, header: str) -> Field | None:
        """The field of a header that the first rows did not have."""
        found = self.format.field_of(header, self.currency) if self.format else None
        if found is None and (self.format is None or not self.format.columns):
            found = known_field(header)
        self.by_header[header] = None if found is None or self._taken(found) else found
        return self.by_header[header]

    def take_price(self) -> None:
        """A column that is called "Price" is what is charged, where no other column is known as a price."""
        if self.has(*_PRICES):
            return
        for header, found in self.by_header.items():
            if found is None and bare(header) == "price":
                self.by_header[header] = Field.PRICE
                return

    def _taken(self, wanted: Field) -> bool:
        if wanted in MANY:
            return False
        return _plain(wanted) in {_plain(found) for found in self.by_header.values() if found}


def known_field(header: str) -> Field | None:
    """The field that a header names by itself, blind to case, spaces and punctuation."""
    name = bare(header)
    if found := _BY_NAME.get(name):
        return found
    # "PAVOI SKU": the team puts the brand's name in front.
    return Field.SKU if name.endswith("sku") and header.upper().rstrip().endswith(" SKU") else None


def known_headers(headers: list[str]) -> int:
    """How many of a row's cells are headers we know; two or more make it the header row. A row that is the header of
    another system's file is before all others."""
    return len({found for header in headers if (found := known_field(header))}) + (1000 if sniff(headers) else 0)


def resolve(
    headers: list[str],
    kind: str,
    own: dict[str, str] | None = None,
    *,
    known: Format | None = None,
    currency: str = "",
) -> Columns:
    """The columns of a file of a ``known`` format, or a plain table. ``own`` is a person's mapping, header → field name
    or ``""`` for none; it goes first.

    Raises Invalid for a field we do not have, a header the file does not have, and a field given twice.
    """
    chosen = _own_choices(headers, own or {})
    columns = Columns(layout="", by_header=dict.fromkeys(headers), format=known, currency=currency)
    for header, found in chosen.items():
        columns.by_header[header] = found
    for header in headers:
        if header not in chosen:
            columns.meet(header)
    if not chosen:
        columns.take_price()
    columns.layout = known.key if known else _layout(columns, kind, own=bool(chosen))
    return columns


def fingerprint(headers: list[str]) -> str:
    """SHA-256 of the headers in their order, however they are spaced and written."""
    return hashlib.sha256("\n".join(bare(header) for header in headers).encode()).hexdigest()


def missing(columns: Columns) -> list[str]:
    """The fields that a new product cannot do without and that no column gives."""
    lacking = []
    if not columns.has(Field.NAME, Field.DETAILS):
        lacking.append(str(Field.NAME))
    if not columns.has(Field.ORIGINAL_PRICE, Field.ORIGINAL_PRICE_CENTS, Field.PRICE):
        lacking.append(str(Field.ORIGINAL_PRICE))
    return lacking


def _own_choices(headers: list[str], own: dict[str, str]) -> dict[str, Field | None]:
    by_bare = {bare(header): header for header in reversed(headers)}
    chosen: dict[str, Field | None] = {}
    for given, name in own.items():
        header = given if given in headers else by_bare.get(bare(given))
        if header is None:
            raise Invalid("unknown_column", f'There is no column "{given}" in this file.')
        if name and name not in set(Field):
            raise Invalid("unknown_field", f'"{name}" is no field of a product; it can be one of: {", ".join(Field)}.')
        found = Field(name) if name else None
        if found and found not in MANY and _plain(found) in {_plain(other) for other in chosen.values() if other}:
            raise Invalid("field_twice", f'Two columns are mapped to "{name}".')
        chosen[header] = found
    return chosen


def _layout(columns: Columns, kind: str, *, own: bool) -> str:
    if own:
        return "own"
    if kind == "json":
        return "products-json"
    if columns.has(Field.DETAILS):
        return "team-sheet"
    if columns.has(Field.NAME) and columns.has(Field.NUMBER, Field.PID, Field.SKU):
        return "import-csv"
    return "unknown"


def _plain(found: Field) -> Field:
    return _SAME_THING.get(found, found)
