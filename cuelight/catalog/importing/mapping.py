"""Which column of a file is which field of a product. Pure."""

import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

from cuelight.errors import Invalid


class Field(StrEnum):
    """What a column can be. ``details`` is the team sheet's cell: first line the name, below it talking points."""

    NUMBER = "number"
    NAME = "name"
    SHORT_NAME = "short_name"
    DESCRIPTION = "description"
    TALKING_POINTS = "talking_points"
    TALKING_POINTS_MD = "talking_points_md"
    DETAILS = "details"
    ORIGINAL_PRICE = "original_price"
    SALE_PRICE = "sale_price"
    ORIGINAL_PRICE_CENTS = "original_price_cents"
    SALE_PRICE_CENTS = "sale_price_cents"
    PID = "pid"
    SKU = "sku"
    STOCK = "stock"
    TAGS = "tags"
    EXTERNAL_URL = "external_url"
    IMAGE = "image"


_KNOWN_NAMES: dict[Field, str] = {
    Field.NUMBER: "# № index no nr num number displaynumber productnumber",
    Field.NAME: "name productname title producttitle",
    Field.SHORT_NAME: "shortname",
    Field.DESCRIPTION: "description",
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
}
_BY_NAME = {name: each for each, names in _KNOWN_NAMES.items() for name in names.split()}
_SAME_THING = {
    Field.ORIGINAL_PRICE_CENTS: Field.ORIGINAL_PRICE,
    Field.SALE_PRICE_CENTS: Field.SALE_PRICE,
    Field.TALKING_POINTS_MD: Field.TALKING_POINTS,
}


@dataclass(slots=True)
class Columns:
    """The columns that were understood. A header that is in neither dict has not been met yet (JSON)."""

    layout: str
    by_header: dict[str, Field | None] = field(default_factory=dict)
    """None: we have no field for it, the cell goes to ``extra``."""

    def header_of(self, wanted: Field) -> str | None:
        return next((header for header, found in self.by_header.items() if found is wanted), None)

    def has(self, *wanted: Field) -> bool:
        return any(found in wanted for found in self.by_header.values())

    def meet(self, header: str) -> Field | None:
        """The field of a header that the first rows did not have."""
        found = known_field(header)
        self.by_header[header] = None if found is None or self._taken(found) else found
        return self.by_header[header]

    def _taken(self, wanted: Field) -> bool:
        return _plain(wanted) in {_plain(found) for found in self.by_header.values() if found}


def known_field(header: str) -> Field | None:
    """The field that a header names by itself, blind to case, spaces and punctuation."""
    name = _bare(header)
    if found := _BY_NAME.get(name):
        return found
    # "PAVOI SKU": the team puts the brand's name in front.
    return Field.SKU if name.endswith("sku") and header.upper().rstrip().endswith(" SKU") else None


def known_headers(headers: list[str]) -> int:
    """How many of a row's cells are headers we know; two or more make it the header row."""
    return len({found for header in headers if (found := known_field(header))})


def resolve(headers: list[str], kind: str, own: dict[str, str] | None = None) -> Columns:
    """The columns of a file. ``own`` is a person's mapping, header → field name or ``""`` for none; it goes first.

    Raises Invalid for a field we do not have, a header the file does not have, and a field given twice.
    """
    chosen = _own_choices(headers, own or {})
    columns = Columns(layout="", by_header=dict.fromkeys(headers))
    for header, found in chosen.items():
        columns.by_header[header] = found
    for header in headers:
        if header not in chosen:
            columns.meet(header)
    columns.layout = _layout(columns, kind, own=bool(chosen))
    return columns


def missing(columns: Columns) -> list[str]:
    """The fields that a new product cannot do without and that no column gives."""
    lacking = []
    if not columns.has(Field.NAME, Field.DETAILS):
        lacking.append(str(Field.NAME))
    if not columns.has(Field.ORIGINAL_PRICE, Field.ORIGINAL_PRICE_CENTS):
        lacking.append(str(Field.ORIGINAL_PRICE))
    return lacking


def _own_choices(headers: list[str], own: dict[str, str]) -> dict[str, Field | None]:
    by_bare = {_bare(header): header for header in reversed(headers)}
    chosen: dict[str, Field | None] = {}
    for given, name in own.items():
        header = given if given in headers else by_bare.get(_bare(given))
        if header is None:
            raise Invalid("unknown_column", f'There is no column "{given}" in this file.')
        if name and name not in set(Field):
            raise Invalid("unknown_field", f'"{name}" is no field of a product; it can be one of: {", ".join(Field)}.')
        found = Field(name) if name else None
        if found and _plain(found) in {_plain(other) for other in chosen.values() if other}:
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


def _bare(header: str) -> str:
    text = unicodedata.normalize("NFKC", header).casefold()
    return "".join(character for character in text if character.isalnum()) or text.strip()
