"""From cells to one product as it would be stored, or to what is wrong with it. Pure."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from cuelight.catalog import identifiers, pricing
from cuelight.catalog.importing import html
from cuelight.catalog.importing.fields import Field, bare
from cuelight.catalog.importing.formats import without_id
from cuelight.catalog.importing.mapping import Columns
from cuelight.catalog.importing.problems import Findings
from cuelight.catalog.importing.records import LONGEST_CELL, Cell, Record, is_blank
from cuelight.errors import Invalid
from cuelight.ui import spreadsheet

LONGEST_NAME = 500
LONGEST_SHORT_NAME = 100
LONGEST_URL = 2000
LONGEST_BRAND = 200
LONGEST_KEY = 300
LONGEST_TAG = 50
MOST_TAGS = 50
_BULLET = re.compile(r"^\s*(?:[•●▪◦‣·–—]\s*|-(?=[^\s-]))(?=\S)")
"""What people write for a bullet and Markdown does not take for one; ``- like this``, nested or not, stays as it is."""

_TAG = re.compile(r'\s*"((?:[^"]|"")*)"\s*(?:[,;\n]|$)|([^,;\n]*)(?:[,;\n]|$)')
"""One of several tags in a cell: in quotes where it has a separator in it."""
MOST_VARIANTS = 2048
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Picture(NamedTuple):
    """A picture's address. ``position`` as the file counts; 0: it does not."""

    url: str
    alt: str
    position: int


@dataclass(slots=True)
class Part:
    """What a line says of itself, beside of the product: which variant or picture it is."""

    handle: str = ""
    variant_id: str = ""
    variant_title: str = ""
    option_names: list[str] = field(default_factory=list)
    option_values: list[str] = field(default_factory=list)
    image_position: int = 0
    image_alt: str = ""
    urls: list[str] = field(default_factory=list)
    variant_url: str = ""
    status: str = ""


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
    cleared: list[str] = field(default_factory=list)
    """Fields that the file says are empty: cleared in any case."""
    brand: str | None = None
    cost_cents: int | None = None
    barcode: str | None = None
    is_featured: bool | None = None
    variants: list[dict[str, Any]] | None = None
    """Each as `models.Product.variants` has them, without the keys that the file says nothing of."""
    external_key: str | None = None
    cuelight_id: int | None = None
    is_own_handle: bool = False
    """The key is one that an export of ours made up; it is no key where the product is found by its id."""
    charged_cents: int | None = None
    """What is charged, where the file does not know what is crossed out."""
    compare_at_cents: int | None = None
    points_draft: str | None = None
    """Talking points made of a description: only for a product that has none."""
    pictures: list[Picture] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    part: Part = field(default_factory=Part)


def parse(record: Record, columns: Columns, currency: str, findings: Findings, *, is_first: bool = True) -> Row:
    """The product of one row. What is wrong with it goes to ``findings``, all of it; such a row must not be stored.

    ``is_first``: not a further line of a product that began above, which may leave blank what was said there.
    """
    row = Row(line=record.line)
    for header, cell in _in_reading_order(record, columns):
        try:
            _read_cell(row, columns, header, cell, currency, is_first=is_first)
        except Invalid as error:
            findings.errors.add(record.line, header, error.message)
    _settle_prices(row, columns)
    _settle_pictures(row, columns, findings)
    if is_first:
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


def _read_cell(row: Row, columns: Columns, header: str, cell: Cell, currency: str, *, is_first: bool) -> None:
    found = columns.by_header[header] if header in columns.by_header else columns.meet(header)
    if found is Field.IGNORED:
        return
    if found is None:
        _keep_extra(row, columns, header, cell)
    elif is_blank(cell):
        if is_first:
            _note_blank(row, found, columns)
    else:
        if columns.format and columns.format.ids_end_in_tabs and isinstance(cell, str):
            cell = _without_end(cell, found)
        if found is Field.STOCK and columns.format and re.fullmatch(r"\s*-[0-9]+(?:\.0+)?\s*", str(cell)):
            cell = 0  # shops that go on selling count below nothing
        if found in _LINE_READERS:
            _LINE_READERS[found](row, _readable(cell), header)
        else:
            _READERS[found](row, _readable(cell), currency)


def _without_end(cell: str, found: Field) -> str:
    """What the platform itself hangs on: a tab behind an id that is whole, an id behind a brand's name."""
    if found is Field.BRAND:
        return without_id(cell)
    if found in (Field.PID, Field.VARIANT_ID) and re.fullmatch(r"[0-9]{17,19}\t+", cell):
        return cell.rstrip("\t")
    return cell.rstrip("\t") if found is Field.SKU else cell


def _readable(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    if "#" in cell and cell.strip().upper() in spreadsheet.ERRORS:
        raise Invalid("spreadsheet_error", f"The spreadsheet could not work out this cell ({cell.strip()})")
    if _UNSTORABLE.search(cell):
        raise Invalid("unstorable_text", "This cell holds characters that are no text")
    return spreadsheet.unguarded(cell)


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
    words = [_tag(word) for word in cell] if isinstance(cell, list) else _apart(_long_text(cell))
    _add_tags(row, words)


def _read_tag(row: Row, cell: Cell, _currency: str) -> None:
    _add_tags(row, [_long_text(cell)])


def _add_tags(row: Row, words: list[str]) -> None:
    given = [*(row.tags or ()), *(" ".join(word.split()).lower() for word in words)]
    row.tags = list(dict.fromkeys(tag for tag in given if tag))
    if any(len(tag) > LONGEST_TAG for tag in row.tags):
        raise Invalid("long_tag", f"A tag has {LONGEST_TAG} characters at most")
    if len(row.tags) > MOST_TAGS:
        raise Invalid("many_tags", f"A product has {MOST_TAGS} tags at most")


def _apart(text: str) -> list[str]:
    """``gold, "red, dark"`` are two tags."""
    return [match[1].replace('""', '"') if match[1] is not None else match[2] for match in _TAG.finditer(text)]


def _tag(word: object) -> str:
    if not isinstance(word, str):
        raise Invalid("invalid_tag", "The tags must be a list of texts")
    return str(_readable(word))


def _read_html(row: Row, cell: Cell, _currency: str) -> None:
    """The text, and its list items as a draft of what to say."""
    text, items = html.text_of(_long_text(cell))
    row.description = text or None
    row.points_draft = "\n".join(f"- {item}" for item in items) or None


def _read_charged(row: Row, cell: Cell, currency: str) -> None:
    row.charged_cents = _price(cell, currency)


def _read_compare_at(row: Row, cell: Cell, currency: str) -> None:
    """Shops write 0 for none."""
    row.compare_at_cents = _price_or_none(cell, currency) or None


def _read_cost(row: Row, cell: Cell, currency: str) -> None:
    row.cost_cents = _price_or_none(cell, currency)


def _read_barcode(row: Row, cell: Cell, _currency: str) -> None:
    row.barcode = identifiers.parse_barcode(_scalar(cell)) or None


def _read_brand(row: Row, cell: Cell, _currency: str) -> None:
    row.brand = _short_text(cell, LONGEST_BRAND, "The brand")


def _read_featured(row: Row, cell: Cell, _currency: str) -> None:
    word = str(cell).strip().lower()
    if word not in ("yes", "no", "true", "false", "1", "0"):
        raise Invalid("invalid_flag", "This must be yes or no")
    row.is_featured = word in ("yes", "true", "1")


def _read_variants(row: Row, cell: Cell, _currency: str) -> None:
    found: Any
    try:
        found = json.loads(cell) if isinstance(cell, str) else cell
    except (ValueError, RecursionError) as error:
        raise Invalid("invalid_variants", "The variants must be a list as Cuelight exports it") from error
    if not isinstance(found, list) or not all(isinstance(each, dict) and "title" in each for each in found):
        raise Invalid("invalid_variants", "The variants must be a list as Cuelight exports it")
    if len(found) > MOST_VARIANTS:
        raise Invalid("many_variants", f"A product has {MOST_VARIANTS} variants at most")
    if _UNSTORABLE.search(written := json.dumps(found, ensure_ascii=False)) or "\\u0000" in written:
        raise Invalid("unstorable_text", "This cell holds characters that are no text")
    row.variants = [_checked_variant(each) for each in found]


def _checked_variant(given: dict[str, Any]) -> dict[str, Any]:
    for name in ("title", "sku", "barcode"):
        if not isinstance(given.get(name, ""), str):
            raise Invalid("invalid_variants", f"The {name} of a variant must be a text")
    for name in ("price_cents", "compare_at_cents", "stock"):
        value = given.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
            raise Invalid("invalid_variants", f"The {name} of a variant must be a whole number")
    return given


def _read_external_key(row: Row, cell: Cell, _currency: str) -> None:
    row.external_key = _short_text(cell, LONGEST_KEY, "The key")


def _read_cuelight_id(row: Row, cell: Cell, _currency: str) -> None:
    text = str(_scalar(cell)).strip()
    if not re.fullmatch(r"[1-9][0-9]{0,17}", text):
        raise Invalid("invalid_id", "This is no id of Cuelight; leave the cell blank for a new product")
    row.cuelight_id = int(text)


def _read_others(row: Row, cell: Cell, _currency: str) -> None:
    found: Any
    try:
        found = json.loads(cell) if isinstance(cell, str) else cell
    except (ValueError, RecursionError) as error:
        raise Invalid("invalid_others", "The other columns must be as Cuelight exports them") from error
    if not isinstance(found, dict):
        raise Invalid("invalid_others", "The other columns must be as Cuelight exports them")
    written = json.dumps(found, ensure_ascii=False)
    if _UNSTORABLE.search(written) or "\\u0000" in written:
        raise Invalid("unstorable_text", "This cell holds characters that are no text")
    row.extra |= found


def _read_status(row: Row, cell: Cell, _header: str) -> None:
    row.part.status = str(cell).strip().lower()


def _read_handle(row: Row, cell: Cell, _header: str) -> None:
    row.part.handle = _short_text(cell, 255, "The handle")


def _read_variant_id(row: Row, cell: Cell, _header: str) -> None:
    row.part.variant_id = identifiers.parse_pid(_scalar(cell))


def _read_variant_title(row: Row, cell: Cell, _header: str) -> None:
    row.part.variant_title = _short_text(cell, LONGEST_NAME, "The variant")


def _read_option_name(row: Row, cell: Cell, _header: str) -> None:
    row.part.option_names.append(_short_text(cell, 255, "The option"))


def _read_option_value(row: Row, cell: Cell, _header: str) -> None:
    row.part.option_values.append(_short_text(cell, 255, "The option"))


def _read_image_urls(row: Row, cell: Cell, _header: str) -> None:
    row.part.urls += _long_text(cell).split()


def _read_variant_image(row: Row, cell: Cell, _header: str) -> None:
    row.part.variant_url = _long_text(cell)


def _read_image_position(row: Row, cell: Cell, _header: str) -> None:
    row.part.image_position = identifiers.parse_whole(_scalar(cell), least=0, what="The picture's position")


def _read_image_alt(row: Row, cell: Cell, _header: str) -> None:
    row.part.image_alt = " ".join(_long_text(cell).split())[:300]


#: What a line says of itself; these get the header instead of the currency.
_LINE_READERS: dict[Field, Callable[[Row, Cell, str], None]] = {
    Field.STATUS: _read_status,
    Field.HANDLE: _read_handle,
    Field.VARIANT_ID: _read_variant_id,
    Field.VARIANT_TITLE: _read_variant_title,
    Field.OPTION_NAME: _read_option_name,
    Field.OPTION_VALUE: _read_option_value,
    Field.IMAGE_URL: _read_image_urls,
    Field.VARIANT_IMAGE: _read_variant_image,
    Field.IMAGE_POSITION: _read_image_position,
    Field.IMAGE_ALT: _read_image_alt,
}
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
    Field.TAG: _read_tag,
    Field.HTML: _read_html,
    Field.PRICE: _read_charged,
    Field.COMPARE_AT: _read_compare_at,
    Field.COST: _read_cost,
    Field.BARCODE: _read_barcode,
    Field.BRAND: _read_brand,
    Field.FEATURED: _read_featured,
    Field.VARIANTS: _read_variants,
    Field.EXTERNAL_KEY: _read_external_key,
    Field.CUELIGHT_ID: _read_cuelight_id,
    Field.OTHERS: _read_others,
}

_STORED_AS = {
    Field.TALKING_POINTS: "talking_points_md",
    Field.ORIGINAL_PRICE: "original_price_cents",
    Field.SALE_PRICE: "sale_price_cents",
    Field.HTML: "description",
    Field.COST: "cost_cents",
}
_MUST_BE_FILLED = {
    Field.NUMBER: "Number missing",
    Field.NAME: "Name missing",
    Field.DETAILS: "Name missing",
    Field.ORIGINAL_PRICE: pricing.MISSING,
    Field.ORIGINAL_PRICE_CENTS: pricing.MISSING,
    Field.PRICE: pricing.MISSING,
    Field.HANDLE: "Handle missing",
}


def _note_blank(row: Row, found: Field, columns: Columns) -> None:
    if found is Field.DETAILS and columns.has(Field.NAME):
        found = Field.TALKING_POINTS
    if found is Field.NUMBER and columns.has(Field.CUELIGHT_ID):
        return  # known again by its id; a number is a matter of the sheet
    if sentence := _MUST_BE_FILLED.get(found):
        raise Invalid("blank", sentence)
    row.blank.append(_STORED_AS.get(found, str(found)))


def _keep_extra(row: Row, columns: Columns, header: str, cell: Cell) -> None:
    if is_blank(cell):
        return
    if columns.format and columns.format.defaults.get(bare(header)) == cell:
        return
    # Once through JSON, so that decimals inside a nested value become text as well.
    written = json.dumps(cell, default=str, ensure_ascii=False)
    if _UNSTORABLE.search(written) or "\\u0000" in written or len(written) > LONGEST_CELL:
        raise Invalid("unstorable_text", "This cell is too long, or holds characters that are no text")
    row.extra[header] = spreadsheet.unguarded(cell) if isinstance(cell, str) else json.loads(written)


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


def _price_or_none(cell: Cell, currency: str) -> int | None:
    """As `_price`, and 0 as well."""
    if re.fullmatch(r"\D{0,3}0+(?:\.0+)?", str(cell).strip()):
        return 0
    return _price(cell, currency)


def _settle_prices(row: Row, columns: Columns) -> None:
    """Shops have what is charged and what is crossed out; we have the price it had and the one it is sold for."""
    if row.charged_cents is None or not columns.has(Field.COMPARE_AT):
        return
    charged, crossed = row.charged_cents, row.compare_at_cents or 0
    row.original_price_cents = max(charged, crossed)
    if crossed > charged:
        row.sale_price_cents = charged
    else:
        row.cleared.append("sale_price_cents")


def _settle_pictures(row: Row, columns: Columns, findings: Findings) -> None:
    part = row.part
    for url in (*part.urls, part.variant_url):
        if not url:
            continue
        if len(url) > LONGEST_URL or not re.match(r"https?://[^\s/]", url, re.IGNORECASE):
            header = next(iter(columns.headers_of(Field.IMAGE_URL, Field.VARIANT_IMAGE)), "")
            findings.warnings.add(row.line, header, f"{url[:80]} is no address of a picture, so it is left out")
        elif url not in {picture.url for picture in row.pictures}:
            own = url != part.variant_url
            row.pictures.append(Picture(url, part.image_alt if own else "", part.image_position if own else 0))


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
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
