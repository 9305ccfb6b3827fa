"""An order file from its bytes to lines. Reads with the importer's own sources (`cuelight.catalog.importing`), which
know encodings, separators, quoted line breaks and workbooks, and know nothing of products."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile

from cuelight.catalog.importing.csvfile import CsvSource
from cuelight.catalog.importing.kinds import checked
from cuelight.catalog.importing.problems import FileRefused
from cuelight.catalog.importing.records import BrokenRecord, Source
from cuelight.catalog.importing.xlsxfile import XlsxSource
from cuelight.errors import Invalid
from cuelight.streams.orders.columns import KINDS, SHOPIFY, Columns, Row, described, known
from cuelight.streams.orders.lines import Findings, Line
from cuelight.streams.orders.moments import Clock, Order, proof
from cuelight.streams.orders.shopify import ShopifyOrders
from cuelight.streams.orders.tiktok import TikTokOrders

MOST_BYTES = 128 << 20
MOST_LINES = 500_000


class Answers(NamedTuple):
    """What a person says of a file where it does not say it itself. ``currency`` is TikTok's: its file names none."""

    order: Order
    zone: ZoneInfo | None
    currency: str


class OrderFile:
    """A file whose kind is known. Raises FileRefused for what is no order file, or lacks a column that is needed."""

    def __init__(self, path: Path) -> None:
        self._source = _opened(path)
        kind = next((each for each in KINDS if each.fits(self._source.header)), None)
        if kind is None:
            raise FileRefused("This is no list of orders we know. Export the orders from Shopify or TikTok Shop.")
        if missing := kind.missing(self._source.header):
            columns = ", ".join(missing)
            raise FileRefused(f"This file has no column {columns}. Export the orders again with all columns.")
        self.kind: Columns = kind
        self._places = kind.places(self._source.header)

    def clock(self, answers: Answers) -> Clock:
        """How its dates are read. Goes through the whole file. Raises Invalid with what must be answered first."""
        return proof(self._dates()).clock(answers.order, answers.zone)

    def lines(self, clock: Clock, answers: Answers, found: Findings) -> Iterator[Line]:
        """What was ordered; what is wrong or no sale goes to ``found``."""
        if self.kind is SHOPIFY:
            return ShopifyOrders(found, clock).lines(self._rows())
        return TikTokOrders(found, clock, answers.currency).lines(self._rows())

    def _rows(self) -> Iterator[Row | BrokenRecord]:
        for record in self._source.records():
            yield record if isinstance(record, BrokenRecord) else Row(record, self._places)

    def _dates(self) -> Iterator[tuple[int, str]]:
        for place, row in enumerate(self._rows()):
            if place >= MOST_LINES:
                raise FileRefused(f"This file has more than {MOST_LINES:,} lines. Export a shorter time.")
            if isinstance(row, BrokenRecord) or (place == 0 and described(row, next(iter(self.kind.needed)))):
                continue
            if text := row.text(self.kind.date):
                yield row.line, text


@contextmanager
def on_disk(upload: "UploadedFile[Any]") -> Iterator[Path]:
    """Where an upload lies while it is read; afterwards nothing of it is there. Raises Invalid for one too large."""
    if (upload.size or 0) > MOST_BYTES:
        raise Invalid("file_too_large", f"This file is larger than {MOST_BYTES >> 20} MB.")
    if isinstance(upload, TemporaryUploadedFile):
        yield Path(upload.temporary_file_path())
        return
    with TemporaryDirectory(prefix="cuelight-orders-") as folder:
        path = Path(folder) / "orders"
        with path.open("wb") as kept:
            for chunk in upload.chunks():
                kept.write(chunk)
        yield path


def _opened(path: Path) -> Source:
    kind = checked(path)
    if kind == "workbook":
        return XlsxSource(path, known)
    if kind == "table":
        return CsvSource(path, known)
    raise FileRefused("This is no table. Choose the CSV or XLSX that the shop gave you.")
