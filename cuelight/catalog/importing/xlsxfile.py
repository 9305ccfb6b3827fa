"""Rows of an XLSX workbook, streamed. The line is the sheet's own row number."""

import datetime
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook

from cuelight.catalog.importing.problems import FileRefused
from cuelight.catalog.importing.records import MOST_COLUMNS, BrokenRecord, Cell, Record, assembled, without_blank_end
from cuelight.catalog.importing.records import unique_headers as unique

HEADER_WITHIN = 10
MOST_BLANK_ROWS = 5_000
"""After so many the sheet is over. A stray row number in the file must not keep us counting for years."""
MOST_UNPACKED = 512 << 20
MOST_SHARED_TEXT = 128 << 20
"""The table of shared texts is the one part of a workbook that must be in memory whole."""

_BROKEN = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OSError,
    EOFError,
)


class XlsxSource:
    """A workbook's first sheet with known headers, else its first sheet."""

    kind = "xlsx"

    def __init__(self, path: Path, score: Callable[[list[str]], int]) -> None:
        self._path = path
        _refuse_bomb(path)
        self._sheet = ""
        self.header_line = 1
        self.header: list[str] = []
        self._find_header(score)
        self.detail = f'sheet "{self._sheet}"'

    def records(self) -> Iterator[Record | BrokenRecord]:
        for line, cells in self._rows(self._sheet):
            if line > self.header_line and (record := assembled(line, self.header, cells, width=MOST_COLUMNS)):
                yield record

    def _find_header(self, score: Callable[[list[str]], int]) -> None:
        best = -1
        for sheet in self._sheet_names():
            for line, cells in self._rows(sheet):
                if line > HEADER_WITHIN:
                    break
                texts = ["" if cell is None else str(cell) for cell in cells]
                if any(texts) and score(texts) > best:
                    best = score(texts)
                    self._sheet, self.header_line, self.header = sheet, line, unique(without_blank_end(texts))
        if best < 0:
            raise FileRefused("This workbook is empty.")

    def _sheet_names(self) -> list[str]:
        with closing(_opened(self._path)) as book:
            return [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]

    def _rows(self, sheet: str) -> Iterator[tuple[int, list[Cell]]]:
        with closing(_opened(self._path)) as book:
            rows = book[sheet]
            if hasattr(rows, "reset_dimensions"):
                rows.reset_dimensions()  # the size a file claims to have may be wrong, or a million columns
            blank = 0
            try:
                for line, values in enumerate(rows.iter_rows(values_only=True), start=1):
                    blank = 0 if any(value is not None for value in values) else blank + 1
                    if blank > MOST_BLANK_ROWS:
                        return
                    if not blank:
                        yield line, [_cell(value) for value in values[:MOST_COLUMNS]]
            except _BROKEN as error:
                raise FileRefused("This workbook is damaged. Open and save it again, or save it as CSV.") from error


def _cell(value: object) -> Cell:
    if isinstance(value, float):
        # A spreadsheet shows and means 15 digits; what a sum leaves behind them is noise.
        return Decimal(format(value, ".15g"))
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


def _opened(path: Path) -> Workbook:
    try:
        return load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except _BROKEN as error:
        raise FileRefused("This workbook is damaged. Open and save it again, or save it as CSV.") from error


def _refuse_bomb(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise FileRefused("This workbook is damaged. Open and save it again, or save it as CSV.") from error
    shared = sum(part.file_size for part in parts if part.filename.lower().endswith("sharedstrings.xml"))
    if sum(part.file_size for part in parts) > MOST_UNPACKED or shared > MOST_SHARED_TEXT:
        raise FileRefused("This workbook is too large when unpacked. Save it as CSV.")
