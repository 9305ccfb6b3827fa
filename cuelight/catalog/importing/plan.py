"""A file that was opened and understood: its layout, its columns, and its rows as often as they are asked for."""

import zipfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Self, TypedDict

from cuelight.catalog.importing import formats
from cuelight.catalog.importing.archive import Archive, is_workbook
from cuelight.catalog.importing.csvfile import CsvSource
from cuelight.catalog.importing.duplicates import Duplicates
from cuelight.catalog.importing.fields import Field
from cuelight.catalog.importing.formats import CHOICES, PLAIN, Format
from cuelight.catalog.importing.grouping import folded, grouped, without_descriptions
from cuelight.catalog.importing.jsonfile import JsonSource
from cuelight.catalog.importing.kinds import HEAD_BYTES, is_json, refuse_long_directory, refuse_no_list
from cuelight.catalog.importing.mapping import Columns, fingerprint, known_headers, missing, resolve
from cuelight.catalog.importing.problems import FileRefused, Findings, ProblemFacts
from cuelight.catalog.importing.records import BrokenRecord, Record, Source
from cuelight.catalog.importing.rows import Row, parse
from cuelight.catalog.importing.xlsxfile import XlsxSource
from cuelight.errors import Invalid

PREVIEW_ROWS = 20
SAMPLED_ROWS = 50
SAMPLES = 3
LONGEST_SAMPLE = 60
Remembered = tuple[str, dict[str, str]]
"""(key of a format or "", mapping) as a person chose them."""
_FIELD_NAMES = {Field.NAME: "the name", Field.ORIGINAL_PRICE: "the original price"}


class ColumnFacts(TypedDict):
    header: str
    field: str | None
    """A value of `mapping.Field`; None: kept in ``extra`` under its header."""

    samples: list[str]
    """The first different texts that stand in it, shortened."""


class PreviewRow(TypedDict):
    """A product as it would be stored; None where the file says nothing."""

    line: int
    number: int | None
    name: str | None
    short_name: str | None
    description: str | None
    talking_points_md: str | None
    original_price_cents: int | None
    sale_price_cents: int | None
    pid: str | None
    sku: str | None
    stock: int | None
    tags: list[str] | None
    external_url: str | None
    image: str | None
    extra: dict[str, object]
    brand: str | None
    charged_cents: int | None
    barcode: str | None
    cost_cents: int | None
    external_key: str | None
    variants: list[dict[str, object]] | None
    pictures: list[str]


class Preview(TypedDict):
    """JSON-ready. ``format`` is a key of `formats.CHOICES`, ``found`` the one that was recognised; ``layout`` says more
    of a plain table: import-csv, team-sheet, products-json, own or unknown. ``is_remembered``: the columns are as a
    person chose them the last time. ``missing`` are the fields that new products need and no column gives; the lists of
    errors and warnings are capped, the totals are not. ``rows_total`` counts products."""

    layout: str
    format: str
    found: str
    is_remembered: bool
    detail: str
    header_line: int
    currency: str
    columns: list[ColumnFacts]
    missing: list[str]
    rows: list[PreviewRow]
    rows_total: int
    images_found: int
    errors: list[ProblemFacts]
    errors_total: int
    warnings: list[ProblemFacts]
    warnings_total: int


class Plan:
    """What `read` returns. Usable as a context manager: it holds a temporary folder if the file is a zip."""

    def __init__(
        self,
        source: Source,
        columns: Columns,
        currency: str,
        archive: Archive | None = None,
        *,
        found: str = PLAIN,
        is_remembered: bool = False,
    ) -> None:
        self.source = source
        self.columns = columns
        self.currency = currency
        self.archive = archive
        self.found = found
        self.is_remembered = is_remembered

    @property
    def format(self) -> str:
        """A key of `formats.CHOICES`."""
        return self.columns.format.key if self.columns.format else PLAIN

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self.archive:
            self.archive.close()

    def rows(self, findings: Findings) -> Iterator[Row]:
        """The good rows, one at a time; what is wrong with the others gathers in ``findings``. Memory stays flat."""
        line_before = 0
        errors_before = 0
        with Duplicates(by_line=self.source.kind != "json") as duplicates:
            for line, row in self._products(findings):
                if row:
                    duplicates.check(row, self.columns, findings)
                if line == line_before:
                    findings.errors.name_product(findings.rows, since=errors_before)
                line_before = line
                if row and findings.errors.total == errors_before:
                    yield row
                errors_before = findings.errors.total
        if not findings.rows:
            findings.errors.add(self.source.header_line, "", "There are no products in this file")

    def _products(self, findings: Findings) -> Iterator[tuple[int, Row | None]]:
        """Each with the line it begins on; None for one that could not be read."""
        known = self.columns.format
        if known and known.group:
            for row in grouped(self.source.records(), self.columns, known, findings):
                findings.rows += 1
                row.ordinal = findings.rows
                yield row.line, row
            return
        records = self.source.records()
        for record in without_descriptions(records, self.columns, known) if known else records:
            findings.rows += 1
            yield record.line, self._row(record, findings)

    def preview(self) -> Preview:
        """The dry run on the file alone: reads all of it, writes nothing."""
        findings = Findings()
        self._warn_of_missing_columns(findings)
        self._warn_of_missing_stock(findings)
        first: list[PreviewRow] = []
        for row in self.rows(findings):
            if len(first) < PREVIEW_ROWS:
                first.append(_preview_row(row))
        samples = self._samples()
        return {
            "layout": self.columns.layout,
            "format": self.format,
            "found": self.found,
            "is_remembered": self.is_remembered,
            "detail": self.source.detail,
            "header_line": self.source.header_line,
            "currency": self.currency,
            "columns": [
                {"header": header, "field": str(found) if found else None, "samples": samples.get(header, [])}
                for header, found in self.columns.by_header.items()
            ],
            "missing": missing(self.columns),
            "rows": first,
            "rows_total": findings.rows,
            "images_found": self.archive.picture_count() if self.archive else 0,
            "errors": findings.errors.facts(),
            "errors_total": findings.errors.total,
            "warnings": findings.warnings.facts(),
            "warnings_total": findings.warnings.total,
        }

    def _row(self, record: Record | BrokenRecord, findings: Findings) -> Row | None:
        if isinstance(record, BrokenRecord):
            findings.errors.add(record.line, "", record.message)
            return None
        row = parse(record, self.columns, self.currency, findings)
        row.ordinal = findings.rows
        if known := self.columns.format:
            row = folded([row], self.columns, known, findings)
        if row.image:
            self._settle_image(row, findings)
        elif self.archive and row.number and not self.columns.has(Field.IMAGE):
            row.image = self.archive.picture_named(str(row.number))
            if row.image is None and (other := self.archive.other_named(str(row.number))):
                findings.warnings.add(row.line, "", _unsupported(other))
        return row

    def _settle_image(self, row: Row, findings: Findings) -> None:
        """A picture's name is only of use with the picture; without a zip it stays as what the cell says."""
        name, header = str(row.image), self.columns.header_of(Field.IMAGE) or ""
        if self.archive is None:
            row.extra[header] = name
            row.image = None
        elif not self.archive.has_picture(name):
            absent = f"The picture {name} is not in the zip"
            findings.warnings.add(row.line, header, _unsupported(name) if self.archive.has_other(name) else absent)
            row.image = None

    def _samples(self) -> dict[str, list[str]]:
        """What stands in the first rows of each column."""
        found: dict[str, list[str]] = {}
        for record in islice(self.source.records(), SAMPLED_ROWS):
            for header, cell in record.cells.items() if isinstance(record, Record) else ():
                texts = found.setdefault(header, [])
                text = " ".join(str("" if cell is None else cell).split())[:LONGEST_SAMPLE]
                if text and text not in texts and len(texts) < SAMPLES:
                    texts.append(text)
        return found

    def _warn_of_missing_stock(self, findings: Findings) -> None:
        known = self.columns.format
        if known and known.group and not self.columns.has(Field.STOCK):
            findings.warnings.add(self.source.header_line, "", "No column gives the stock; what is known of it stays")

    def _warn_of_missing_columns(self, findings: Findings) -> None:
        for lacking in missing(self.columns):
            sentence = (
                f"No column gives {_FIELD_NAMES[Field(lacking)]}; only products that exist already can be updated"
            )
            findings.warnings.add(self.source.header_line, "", sentence)


def read(
    path: Path,
    mapping: dict[str, str] | None = None,
    *,
    currency: str = "USD",
    format_key: str = "",
    recall: Callable[[str], Remembered | None] = lambda _fingerprint: None,
) -> Plan:
    """Opens a CSV, XLSX, ``products.json`` or a zip of one with its pictures, and finds header, encoding and format.

    ``mapping`` is a person's own choice, header → field name of `fields.Field` or ``""`` for none; columns that it
    leaves out are recognised by their names. ``format_key``, a key of `formats.CHOICES`, overrides what is recognised.
    ``recall`` gives what a person chose for a file with these headers the last time; it counts where nothing is chosen
    now. ``currency`` (ISO 4217) says how many decimals a price has.
    Raises FileRefused for what cannot be read, Invalid for a mapping that does not fit. Rows are not looked at yet.
    """
    if format_key and format_key not in CHOICES:
        raise Invalid("unknown_format", f"There is no format {format_key!r}")
    refuse_long_directory(path)
    archive = _archive(path)
    try:
        source = _source(archive.unpacked_list() if archive else path)
        found = formats.sniff(source.header) if source.kind != "json" else None
        remembered = None if mapping or format_key else recall(fingerprint(source.header))
        if remembered:
            format_key, mapping = remembered
        known = formats.named(format_key) if format_key else found
        columns = _columns(source, mapping, known, currency, is_remembered=bool(remembered))
        return Plan(
            source, columns, currency, archive, found=found.key if found else PLAIN, is_remembered=bool(remembered)
        )
    except BaseException:
        if archive:
            archive.close()
        raise


def _columns(
    source: Source, mapping: dict[str, str] | None, known: Format | None, currency: str, *, is_remembered: bool
) -> Columns:
    try:
        return resolve(source.header, source.kind, mapping, known=known, currency=currency)
    except Invalid:
        if not is_remembered:
            raise
        return resolve(source.header, source.kind, known=known, currency=currency)


def _archive(path: Path) -> Archive | None:
    return Archive(path) if zipfile.is_zipfile(path) and not is_workbook(path) else None


def _source(path: Path) -> Source:
    with path.open("rb") as file:
        start = file.read(HEAD_BYTES)
    if start.startswith(b"PK"):
        if not is_workbook(path):
            raise FileRefused("There is another zip in this zip.")
        return XlsxSource(path, known_headers)
    refuse_no_list(start)
    if is_json(start):
        return JsonSource(path)
    return CsvSource(path, known_headers)


def _unsupported(name: str) -> str:
    return f"The picture {name} is of a kind that is not supported; use JPEG, PNG, WebP or GIF"


def _preview_row(row: Row) -> PreviewRow:
    return {
        "line": row.line,
        "number": row.number,
        "name": row.name,
        "short_name": row.short_name,
        "description": row.description,
        "talking_points_md": row.talking_points_md,
        "original_price_cents": row.original_price_cents,
        "sale_price_cents": row.sale_price_cents,
        "pid": row.pid,
        "sku": row.sku,
        "stock": row.stock,
        "tags": row.tags,
        "external_url": row.external_url,
        "image": row.image,
        "extra": dict(row.extra),
        "brand": row.brand,
        "charged_cents": row.charged_cents,
        "barcode": row.barcode,
        "cost_cents": row.cost_cents,
        "external_key": row.external_key,
        "variants": row.variants,
        "pictures": [picture.url for picture in row.pictures],
    }
