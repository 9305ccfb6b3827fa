"""Lines that belong together become one product: its first line, then variants of it and more pictures. Pure.

The lines of a product stand together in the files of all shops, so never more than one product is held in memory.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from cuelight.catalog.importing.fields import Field
from cuelight.catalog.importing.formats import Format, is_description
from cuelight.catalog.importing.mapping import Columns
from cuelight.catalog.importing.problems import Findings
from cuelight.catalog.importing.records import BrokenRecord, Cell, Record, is_blank
from cuelight.catalog.importing.rows import LONGEST_KEY, MOST_VARIANTS, Picture, Row, parse

MOST_LINES = MOST_VARIANTS + 300
MOST_PICTURES = 50
MOST_DESCRIPTIONS = 5
_OWN_HANDLE = re.compile(r"(?:.*-)?cuelight-([1-9][0-9]{0,17})")
"""What an export calls a product that came from nowhere (`files.shopify.handle_of`)."""
_STATUSES = {"draft": "draft", "archived": "archived", "unlisted": "draft", "proposed": "draft", "rejected": "draft"}
_ONLY_ONE = frozenset({"", "default title", "default", "default variant"})


@dataclass(slots=True)
class _Group:
    key: str
    rows: list[Row] = field(default_factory=list)


def grouped(
    records: Iterable[Record | BrokenRecord], columns: Columns, known: Format, findings: Findings
) -> Iterator[Row]:
    """One row for each product. A row whose lines are wrong is passed on as far as it was understood:
    ``findings.errors`` has grown then."""
    group: _Group | None = None
    for record in without_descriptions(records, columns, known):
        if isinstance(record, BrokenRecord):
            findings.errors.add(record.line, "", record.message)
            continue
        key = _key(record, columns, known)
        if group is None or key != group.key or not key:
            if group is not None:
                yield folded(group.rows, columns, known, findings)
            group = _Group(key)
        if len(group.rows) == MOST_LINES:
            findings.errors.add(record.line, "", f"More than {MOST_LINES} lines for one product")
        if len(group.rows) < MOST_LINES:
            group.rows.append(parse(record, columns, columns.currency, findings, is_first=not group.rows))
    if group is not None:
        yield folded(group.rows, columns, known, findings)


def without_descriptions(
    records: Iterable[Record | BrokenRecord], columns: Columns, known: Format
) -> Iterator[Record | BrokenRecord]:
    """Without the rows below a header that tell of its columns."""
    headers = columns.headers_of(Field.PID, Field.VARIANT_ID, Field.PRICE)
    passed = 0 if known.has_descriptions else MOST_DESCRIPTIONS
    for record in records:
        if passed < MOST_DESCRIPTIONS and isinstance(record, Record) and is_description(record.cells, headers):
            passed += 1
            continue
        passed = MOST_DESCRIPTIONS
        yield record


def folded(rows: list[Row], columns: Columns, known: Format, findings: Findings) -> Row:
    """The product of these lines. Its price, SKU and barcode are those of its first variant, its stock the sum."""
    product = rows[0]
    settle_key(product, known)
    settle_status(product, columns)
    _gather_pictures(product, rows, findings)
    lines = [row for row in rows if _is_variant(row)]
    if known.group is None or not lines:
        return product
    variants = [_variant(row, columns) for row in lines]
    if len(lines) > MOST_VARIANTS:
        findings.errors.add(product.line, "", f"A product has {MOST_VARIANTS} variants at most")
    first = lines[0]
    for name in (
        "original_price_cents",
        "sale_price_cents",
        "charged_cents",
        "cleared",
        "sku",
        "barcode",
        "cost_cents",
    ):
        setattr(product, name, getattr(first, name))
    stocks = [row.stock for row in lines if row.stock is not None]
    product.stock = sum(stocks) if stocks else None
    if columns.has(Field.OPTION_VALUE, Field.VARIANT_TITLE):
        alone = len(variants) == 1 and variants[0]["title"].lower() in _ONLY_ONE
        product.variants = [] if alone else variants
        _note_options(product)
    return product


def settle_key(product: Row, known: Format) -> None:
    """What the product is called where it comes from. A handle that an export of ours made up names our product."""
    if known.key == "whatnot" and product.sku and (own := _OWN_HANDLE.fullmatch(product.sku)):
        product.cuelight_id, product.is_own_handle, product.sku = int(own[1]), True, None
    handle = product.part.handle
    if not handle or not known.prefix:
        return
    product.external_key = f"{known.prefix}{handle}"[:LONGEST_KEY]
    if own := _OWN_HANDLE.fullmatch(handle):
        product.cuelight_id, product.is_own_handle = int(own[1]), True


def settle_status(product: Row, columns: Columns) -> None:
    """Drafts and what is archived come in as well, and have it as a tag: nobody shows them unawares."""
    mark = _STATUSES.get(product.part.status)
    if not columns.has(Field.STATUS, Field.TAGS, Field.TAG) or not product.part.status:
        return
    tags = [tag for tag in product.tags or () if tag not in _STATUSES.values()]
    if mark:
        product.tags = [*tags, mark]
    elif product.tags is not None:
        product.tags = tags


def _key(record: Record, columns: Columns, known: Format) -> str:
    header = columns.header_of(known.group) if known.group else None
    cell: Cell = record.cells.get(header) if header else None
    return "" if is_blank(cell) else str(cell).strip()


def _is_variant(row: Row) -> bool:
    """A line that only adds a picture has neither option nor price nor SKU."""
    part = row.part
    return bool(
        part.option_values or part.variant_title or row.sku or row.charged_cents is not None
        or row.original_price_cents is not None or row.stock is not None
    )  # fmt: skip


def _variant(row: Row, columns: Columns) -> dict[str, Any]:
    """Without the keys that the file says nothing of: what is known of them stays."""
    title = " / ".join(row.part.option_values) or row.part.variant_title
    charged = row.charged_cents if row.charged_cents is not None else row.sale_price_cents or row.original_price_cents
    found: dict[str, Any] = {
        "title": title, "sku": row.sku, "barcode": row.barcode, "price_cents": charged, "stock": row.stock,
    }  # fmt: skip
    found = {name: value for name, value in found.items() if value is not None}
    if charged is not None and columns.has(Field.COMPARE_AT):
        crossed = row.compare_at_cents
        found["compare_at_cents"] = crossed if crossed and crossed > charged else None
    return found


def _note_options(product: Row) -> None:
    """What the options are called is kept with the columns that we have no field for, to be written back."""
    for place, name in enumerate(product.part.option_names, start=1):
        if name.lower() != "title" and product.variants:
            product.extra[f"Option{place} name"] = name


def _gather_pictures(product: Row, rows: list[Row], findings: Findings) -> None:
    found: dict[str, Picture] = {}
    for picture in (picture for row in rows for picture in row.pictures):
        found.setdefault(picture.url, picture)
    ordered = sorted(found.values(), key=lambda picture: picture.position or MOST_LINES)
    if len(ordered) > MOST_PICTURES:
        findings.warnings.add(
            product.line, "", f"{len(ordered)} pictures; a product has {MOST_PICTURES} at most, so the first come in"
        )
    product.pictures = ordered[:MOST_PICTURES]
