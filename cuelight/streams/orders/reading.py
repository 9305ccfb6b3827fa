"""An order file from its bytes to lines. Reads with the importer's own sources (`cuelight.catalog.importing`), which
know encodings, separators, quoted line breaks and workbooks, and know nothing of products."""

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cuelight.catalog.importing.csvfile import CsvSource
from cuelight.catalog.importing.kinds import checked
from cuelight.catalog.importing.problems import FileRefused
from cuelight.catalog.importing.records import BrokenRecord, Source
from cuelight.catalog.importing.xlsxfile import XlsxSource
from cuelight.streams.orders.columns import KINDS, SHOPIFY, Columns, Row, described, known
from cuelight.streams.orders.lines import Findings, Line
from cuelight.streams.orders.moments import Clock, Order, proof
from cuelight.streams.orders.shopify import ShopifyOrders
from cuelight.streams.orders.tiktok import TikTokOrders

MOST_BYTES = 128 << 20
MOST_LINES = 500_000
#: Bytes up to which nobody notices that a file is read; of a workbook, unpacked.
SMALL_TABLE, SMALL_WORKBOOK = 1 << 20, 4 << 20


class Answers(NamedTuple):
    """What a person says of a file where it does not say it itself. ``currency`` is TikTok's: its file names none."""

    order: Order
    zone: ZoneInfo | None
    currency: str


class Orders:
    """The rows of one kind of file, to be gone through as often as is needed."""

    def __init__(self, kind: Columns, rows: Callable[[], Iterator[Row | BrokenRecord]]) -> None:
        self.kind, self.rows = kind, rows

    def clock(self, answers: Answers) -> Clock:
        """How its dates are read. Goes through all rows. Raises Invalid with what must be answered first."""
        return proof(self._dates()).clock(answers.order, answers.zone)

    def lines(self, clock: Clock, answers: Answers, found: Findings) -> Iterator[Line]:
        """What was ordered; what is wrong or no sale goes to ``found``."""
        if self.kind is SHOPIFY:
            return ShopifyOrders(found, clock).lines(self.rows())
        return TikTokOrders(found, clock, answers.currency).lines(self.rows())

    def _dates(self) -> Iterator[tuple[int, str]]:
        for place, row in enumerate(self.rows()):
            if isinstance(row, BrokenRecord) or (place == 0 and described(row, next(iter(self.kind.needed)))):
                continue
            if text := row.text(self.kind.date):
                yield row.line, text


class OrderFile(Orders):
    """A file whose kind is known. Raises FileRefused for what is no order file, or lacks a column that is needed; its
    rows do when they are too many."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._source = _opened(path)
        kind = next((each for each in KINDS if each.fits(self._source.header)), None)
        if kind is None:
            raise FileRefused("This is no list of orders we know. Export the orders from Shopify or TikTok Shop.")
        if missing := kind.missing(self._source.header):
            columns = ", ".join(missing)
            raise FileRefused(f"This file has no column {columns}. Export the orders again with all columns.")
        self._places = kind.places(self._source.header)
        super().__init__(kind, self._rows)

    def last_line(self) -> int | None:
        """The number of its last line, about; None where only reading it all would tell."""
        if self._source.kind != "csv":
            return None
        with self._path.open("rb") as file:
            return sum(piece.count(b"\n") for piece in iter(lambda: file.read(1 << 20), b"")) or None

    def _rows(self) -> Iterator[Row | BrokenRecord]:
        for place, record in enumerate(self._source.records()):
            if place >= MOST_LINES:
                raise FileRefused(f"This file has more than {MOST_LINES:,} lines. Export a shorter time.")
            yield record if isinstance(record, BrokenRecord) else Row.of(record, self._places)


def is_small(path: Path) -> bool:
    """Whether a file is looked at in the blink of an eye: some two thousand lines. Raises FileRefused for no table."""
    if _kind(path) == "workbook":
        with zipfile.ZipFile(path) as archive:
            return sum(part.file_size for part in archive.infolist()) <= SMALL_WORKBOOK
    return path.stat().st_size <= SMALL_TABLE


def _opened(path: Path) -> Source:
    return XlsxSource(path, known) if _kind(path) == "workbook" else CsvSource(path, known)


def _kind(path: Path) -> str:
    kind = checked(path)
    if kind not in ("workbook", "table"):
        raise FileRefused("This is no table. Choose the CSV or XLSX that the shop gave you.")
    return kind
