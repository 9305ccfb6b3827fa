"""From cells to one product as it would be stored, or to what is wrong with it. Pure."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from cuelight.catalog import identifiers, pricing
from cuelight.catalog.importing.mapping import Columns, Field
from cuelight.catalog.importing.problems import Findings
from cuelight.catalog.importing.records import LONGEST_CELL, Cell, Record, is_blank
from cuelight.errors import Invalid

LONGEST_NAME = 500
LONGEST_SHORT_NAME = 100
LONGEST_URL = 2000
LONGEST_TAG = 50
MOST_TAGS = 50
_SPREADSHEET_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})
_BULLET = re.compile(r"^\s*(?:[•●▪◦‣·–—]\s*|-(?=[^\s-]))(?=\S)")
"""What people write for a bullet and Markdown does not take for one; ``- like this``, nested or not, stays as it is."""

_FORMULA_GUARD = re.compile(r"^'(?=[=+\-@\t\r])")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(slots=True)
class Row:
    """One product of a file. None means that the file says nothing about it: no such column, or a blank cell."""

    line: int
    ordinal: int = 0
    """Its place among the file's rows, from 1; a minified JSON has all of its products on line 1."""
    number: int | None = None
    name: str | None = None
    short_name: str | None = None
    description: str | None = None
    talking_points_md: str | None = None
    original_price_cents: int | None = None
    sale_price_cents: int | None = None
    pid: str | None = None
    sku: str | None = None
    stock: int | None = None
    tags: list[str] | None = None
    external_url: str | None = None
    image: str | None = None
    extra: dict[str, Cell] = field(default_factory=dict)
    blank: list[str] = field(default_factory=list)
    """Fields whose column is there and whose cell is blank; they are cleared only when asked."""


def parse(record: Record, columns: Columns, currency: str, findings: Findings) -> Row:
    """The product of one row. What is wrong with it goes to ``findings``, all of it; such a row must not be stored."""
    row = Row(line=record.line)
    for header, cell in _in_reading_order(record, columns):
        try:
            _read_cell(row, columns, header, cell, currency)
        except Invalid as error:
            findings.errors.add(record.line, header, error.message)
    _check_whole_row(row, record, columns, currency, findings)
    _warn(row, record, columns, currency, findings)
    return row


def as_points(text: str) -> str:
    """Talking points as Markdown: the two characters ``\\n`` break a line, lines begun like bullets become some."""
    lines = text.replace("\\r\\n", "\n").replace("\\n", "\n").splitlines()
    return "\n".join(_BULLET.sub("- ", line.rstrip()) for line in lines).strip()


def _in_reading_order(record: Record, columns: Columns) -> list[tuple[str, Cell]]:
    """The details last: what they are depends on whether the row has a name of its own."""
    cells = list(record.cells.items())
    details = columns.header_of(Field.DETAILS)
    return cells if details is None else sorted(cells, key=lambda cell: cell[0] == details)


def _read_cell(row: Row, columns: Columns, header: str, cell: Cell, currency: str) -> None:
    found = columns.by_header[header] if header in columns.by_header else columns.meet(header)
    if found is None:
        _keep_extra(row, header, cell)
    elif is_blank(cell):
        _note_blank(row, found, columns)
    else:
        _READERS[found](row, _readable(cell), currency)


def _readable(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    if cell.strip().upper() in _SPREADSHEET_ERRORS:
        raise Invalid("spreadsheet_error", f"The spreadsheet could not work out this cell ({cell.strip()})")
    if _UNSTORABLE.search(cell):
        raise Invalid("unstorable_text", "This cell holds characters that are no text")
    return _FORMULA_GUARD.sub("", cell)


def _read_number(row: Row, cell: Cell, _currency: str) -> None:
    row.number = identifiers.parse_whole(_scalar(cell), least=1, what="The number")


def _read_stock(row: Row, cell: Cell, _currency: str) -> None:
    row.stock = identifiers.parse_whole(_scalar(cell), least=0, what="Stock")


def _read_pid(row: Row, cell: Cell, _currency: str) -> None:
    row.pid = identifiers.parse_pid(_scalar(cell)) or None


def _read_sku(row: Row, cell: Cell, _currency: str) -> None:
    row.sku = identifiers.parse_sku(_scalar(cell)) or None


def _read_name(row: Row, cell: Cell, _currency: str) -> None:
    row.name = _short_text(cell, LONGEST_NAME, "The name")


def _read_short_name(row: Row, cell: Cell, _currency: str) -> None:
    row.short_name = _short_text(cell, LONGEST_SHORT_NAME, "The short name")


def _read_url(row: Row, cell: Cell, _currency: str) -> None:
    url = _short_text(cell, LONGEST_URL, "The address")
    if not re.match(r"https?://[^\s/]", url, re.IGNORECASE):
        raise Invalid("invalid_url", "The address must begin with http:// or https://")
    row.external_url = url


def _read_description(row: Row, cell: Cell, _currency: str) -> None:
    row.description = _long_text(cell)


def _read_markdown(row: Row, cell: Cell, _currency: str) -> None:
    row.talking_points_md = _long_text(cell)


def _read_points(row: Row, cell: Cell, _currency: str) -> None:
    row.talking_points_md = as_points(_long_text(cell))


def _read_details(row: Row, cell: Cell, _currency: str) -> None:
    """The team's cell: first the name, below it the points. With a column for the name, all of it is points."""
    first, _, rest = as_points(_long_text(cell)).partition("\n")
    if row.name is None:
        row.name = _short_text(first.removeprefix("- "), LONGEST_NAME, "The name (the cell's first line)")
    else:
        rest = f"{first}\n{rest}"
    if row.talking_points_md is None:
        row.talking_points_md = rest.strip() or None


def _read_original_price(row: Row, cell: Cell, currency: str) -> None:
    row.original_price_cents = _price(cell, currency)


def _read_sale_price(row: Row, cell: Cell, currency: str) -> None:
    row.sale_price_cents = _price(cell, currency)


def _read_original_cents(row: Row, cell: Cell, _currency: str) -> None:
    row.original_price_cents = pricing.price_from_minor_units(cell)


def _read_sale_cents(row: Row, cell: Cell, _currency: str) -> None:
    row.sale_price_cents = pricing.price_from_minor_units(cell)


def _read_image(row: Row, cell: Cell, _currency: str) -> None:
    row.image = _short_text(cell, 255, "The picture's name")


def _read_tags(row: Row, cell: Cell, _currency: str) -> None:
    words = [_tag(word) for word in cell] if isinstance(cell, list) else re.split(r"[,;\n]", _long_text(cell))
    row.tags = list(dict.fromkeys(tag for word in words if (tag := " ".join(word.split()).lower())))
    if any(len(tag) > LONGEST_TAG for tag in row.tags):
        raise Invalid("long_tag", f"A tag has {LONGEST_TAG} characters at most")
    if len(row.tags) > MOST_TAGS:
        raise Invalid("many_tags", f"A product has {MOST_TAGS} tags at most")


def _tag(word: object) -> str:
    if not isinstance(word, str):
        raise Invalid("invalid_tag", "The tags must be a list of texts")
    return str(_readable(word))


_READERS: dict[Field, Callable[[Row, Cell, str], None]] = {
    Field.NUMBER: _read_number,
    Field.NAME: _read_name,
    Field.SHORT_NAME: _read_short_name,
    Field.DESCRIPTION: _read_description,
    Field.TALKING_POINTS: _read_points,
    Field.TALKING_POINTS_MD: _read_markdown,
    Field.DETAILS: _read_details,
    Field.ORIGINAL_PRICE: _read_original_price,
    Field.SALE_PRICE: _read_sale_price,
    Field.ORIGINAL_PRICE_CENTS: _read_original_cents,
    Field.SALE_PRICE_CENTS: _read_sale_cents,
    Field.PID: _read_pid,
    Field.SKU: _read_sku,
    Field.STOCK: _read_stock,
    Field.TAGS: _read_tags,
    Field.EXTERNAL_URL: _read_url,
    Field.IMAGE: _read_image,
}

_STORED_AS = {
    Field.TALKING_POINTS: "talking_points_md",
    Field.ORIGINAL_PRICE: "original_price_cents",
    Field.SALE_PRICE: "sale_price_cents",
}
_MUST_BE_FILLED = {
    Field.NUMBER: "Number missing",
    Field.NAME: "Name missing",
    Field.DETAILS: "Name missing",
    Field.ORIGINAL_PRICE: pricing.MISSING,
    Field.ORIGINAL_PRICE_CENTS: pricing.MISSING,
}


def _note_blank(row: Row, found: Field, columns: Columns) -> None:
    if found is Field.DETAILS and columns.has(Field.NAME):
        found = Field.TALKING_POINTS
    if sentence := _MUST_BE_FILLED.get(found):
        raise Invalid("blank", sentence)
    row.blank.append(_STORED_AS.get(found, str(found)))


def _keep_extra(row: Row, header: str, cell: Cell) -> None:
    if is_blank(cell):
        return
    # Once through JSON, so that decimals inside a nested value become text as well.
    written = json.dumps(cell, default=str, ensure_ascii=False)
    if _UNSTORABLE.search(written) or "\\u0000" in written or len(written) > LONGEST_CELL:
        raise Invalid("unstorable_text", "This cell is too long, or holds characters that are no text")
    row.extra[header] = cell if isinstance(cell, str) else json.loads(written)


def _check_whole_row(row: Row, record: Record, columns: Columns, currency: str, findings: Findings) -> None:
    if columns.layout == "products-json":
        given = {columns.by_header[header] for header in record.cells}
        for wanted in (Field.NUMBER, Field.NAME):
            if wanted not in given:
                findings.errors.add(row.line, columns.header_of(wanted) or str(wanted), _MUST_BE_FILLED[wanted])
    original, sale = row.original_price_cents, row.sale_price_cents
    if original is not None and sale is not None and sale > original:
        header = columns.header_of(Field.SALE_PRICE) or columns.header_of(Field.SALE_PRICE_CENTS) or "sale price"
        findings.errors.add(row.line, header, sale_above_original(sale, original, currency))


def sale_above_original(sale_cents: int, original_cents: int, currency: str) -> str:
    sale, original = pricing.format_price(sale_cents, currency), pricing.format_price(original_cents, currency)
    return f"The sale price ({sale}) is above the original price ({original})"


def _warn(row: Row, record: Record, columns: Columns, currency: str, findings: Findings) -> None:
    if row.pid and identifiers.looks_rounded(row.pid):
        findings.warnings.add(
            row.line, columns.header_of(Field.PID) or "pid", f"{row.pid} may have been rounded by a spreadsheet"
        )
    for wanted in (Field.ORIGINAL_PRICE, Field.SALE_PRICE):
        header = columns.header_of(wanted)
        cell = record.cells.get(header) if header else None
        if header and isinstance(cell, str) and (mark := pricing.foreign_mark(cell, currency)):
            findings.warnings.add(row.line, header, f"{mark} is not {currency}; the amount is kept as it is")


def _price(cell: Cell, currency: str) -> int:
    if isinstance(cell, str):
        return pricing.parse_price(cell, currency)
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        return pricing.price_from_number(cell, currency)
    raise Invalid("invalid_price", pricing.MALFORMED)


def _scalar(cell: Cell) -> str | int | Decimal:
    if isinstance(cell, str | int | Decimal) and not isinstance(cell, bool):
        return cell
    raise Invalid("invalid_cell", "This must be a number or a text")


def _short_text(cell: Cell, longest: int, what: str) -> str:
    text = " ".join(str(_scalar(cell)).split())
    if not text:
        raise Invalid("blank", f"{what} is missing")
    if len(text) > longest:
        raise Invalid("long_text", f"{what} has {len(text)} characters; {longest} is the most")
    return text


def _long_text(cell: Cell) -> str:
    text = str(_scalar(cell))
    if len(text) > LONGEST_CELL:
        raise Invalid("long_text", f"This text has {len(text)} characters; {LONGEST_CELL} is the most")
    return text.replace("\r\n", "\n").strip()
