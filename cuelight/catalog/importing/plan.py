"""A file that was opened and understood: its layout, its columns, and its rows as often as they are asked for."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Self, TypedDict

from cuelight.catalog.importing.archive import Archive, is_workbook
from cuelight.catalog.importing.csvfile import CsvSource
from cuelight.catalog.importing.duplicates import Duplicates
from cuelight.catalog.importing.jsonfile import JsonSource
from cuelight.catalog.importing.kinds import HEAD_BYTES, is_json, refuse_long_directory, refuse_no_list
from cuelight.catalog.importing.mapping import Columns, Field, known_headers, missing, resolve
from cuelight.catalog.importing.problems import FileRefused, Findings, ProblemFacts
from cuelight.catalog.importing.records import BrokenRecord, Record, Source
from cuelight.catalog.importing.rows import Row, parse
from cuelight.catalog.importing.xlsxfile import XlsxSource

PREVIEW_ROWS = 20
_FIELD_NAMES = {Field.NAME: "the name", Field.ORIGINAL_PRICE: "the original price"}


class ColumnFacts(TypedDict):
    header: str
    field: str | None
    """A value of `mapping.Field`; None: kept in ``extra`` under its header."""


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


class Preview(TypedDict):
    """JSON-ready. ``layout`` is import-csv, team-sheet, products-json, own or unknown; ``missing`` the fields that new
    products need and no column gives; the lists of errors and warnings are capped, the totals are not."""

    layout: str
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

    def __init__(self, source: Source, columns: Columns, currency: str, archive: Archive | None = None) -> None:
        self.source = source
        self.columns = columns
        self.currency = currency
        self.archive = archive

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
        with Duplicates(by_line=self.source.kind != "json") as duplicates:
            for record in self.source.records():
                findings.rows += 1
                errors_before = findings.errors.total
                row = self._row(record, findings)
                if row:
                    duplicates.check(row, self.columns, findings)
                if record.line == line_before:
                    findings.errors.name_product(findings.rows, since=errors_before)
                line_before = record.line
                if row and findings.errors.total == errors_before:
                    yield row
        if not findings.rows:
            findings.errors.add(self.source.header_line, "", "There are no products in this file")

    def preview(self) -> Preview:
        """The dry run on the file alone: reads all of it, writes nothing."""
        findings = Findings()
        self._warn_of_missing_columns(findings)
        first: list[PreviewRow] = []
        for row in self.rows(findings):
            if len(first) < PREVIEW_ROWS:
                first.append(_preview_row(row))
        return {
            "layout": self.columns.layout,
            "detail": self.source.detail,
            "header_line": self.source.header_line,
            "currency": self.currency,
            "columns": [
                {"header": header, "field": str(found) if found else None}
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

    def _warn_of_missing_columns(self, findings: Findings) -> None:
        for lacking in missing(self.columns):
            sentence = (
                f"No column gives {_FIELD_NAMES[Field(lacking)]}; only products that exist already can be updated"
            )
            findings.warnings.add(self.source.header_line, "", sentence)


def read(path: Path, mapping: dict[str, str] | None = None, *, currency: str = "USD") -> Plan:
    """Opens a CSV, XLSX, ``products.json`` or a zip of one with its pictures, and finds header, encoding and layout.

    ``mapping`` is a person's own choice, header → field name of `mapping.Field` or ``""`` for none; columns that it
    leaves out are recognised by their names. ``currency`` (ISO 4217) says how many decimals a price has.
    Raises FileRefused for what cannot be read, Invalid for a mapping that does not fit. Rows are not looked at yet.
    """
    refuse_long_directory(path)
    archive = _archive(path)
    try:
        source = _source(archive.unpacked_list() if archive else path)
        return Plan(source, resolve(source.header, source.kind, mapping), currency, archive)
    except BaseException:
        if archive:
            archive.close()
        raise


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
    }
