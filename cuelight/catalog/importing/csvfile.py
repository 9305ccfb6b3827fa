"""Rows of a CSV file, read as they come: separator sniffed, quoted line breaks, line numbers of the file itself."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

from cuelight.catalog.importing import encoding
from cuelight.catalog.importing.problems import FileRefused
from cuelight.catalog.importing.records import (
    LONGEST_CELL,
    MOST_COLUMNS,
    BrokenRecord,
    Cell,
    Record,
    assembled,
    without_blank_end,
)
from cuelight.catalog.importing.records import unique_headers as unique

SEPARATORS = (",", ";", "\t", "|")
HEADER_WITHIN = 10
"""A sheet may open with a title and a date; the header is looked for in so many rows."""

csv.field_size_limit(LONGEST_CELL)  # a quote that is never closed must not swallow a gigabyte


class CsvSource:
    """A CSV file. ``score`` says how many headers of a row are known; it decides the separator and the header's row."""

    kind = "csv"

    def __init__(self, path: Path, score: Callable[[list[str]], int]) -> None:
        self._path = path
        self._encoding = encoding.detect(path)
        self._separator, self._skip = self._declared_separator()
        self._header_row = 0
        self.header_line, self.header = self._find_header(score)
        mark = {"\t": "tabs"}.get(self._separator, f'"{self._separator}"')
        self.detail = f"{encoding.name(self._encoding)}, separated by {mark}"

    def records(self) -> Iterator[Record | BrokenRecord]:
        for place, (line, cells) in enumerate(self._rows(self._separator)):
            if place <= self._header_row:
                continue
            if isinstance(cells, str):
                yield BrokenRecord(line, cells)
            elif record := assembled(line, self.header, list[Cell](cells), width=self._width):
                yield record

    def _declared_separator(self) -> tuple[str, int]:
        """Spreadsheets write ``sep=;`` in front when asked for a separator of their own; that line is no row."""
        with self._path.open(encoding=self._encoding, newline="") as file:
            first = file.readline(64).rstrip("\r\n")
        declared = first[4:] if first.lower().startswith("sep=") else ""
        return (declared, 1) if declared in SEPARATORS else ("", 0)

    def _find_header(self, score: Callable[[list[str]], int]) -> tuple[int, list[str]]:
        best: tuple[int, int, int, str, int, list[str]] | None = None
        for separator in [self._separator] if self._separator else SEPARATORS:
            for place, (line, cells) in enumerate(self._rows(separator)):
                if place >= HEADER_WITHIN:
                    break
                if isinstance(cells, str) or not any(cell.strip() for cell in cells):
                    continue
                # Most known headers, then most cells, then the earliest row.
                found = (score(cells), len(cells) if place == 0 else 0, -place, separator, line, cells)
                best = max(best, found, key=lambda candidate: candidate[:3]) if best else found
        if best is None:
            raise FileRefused("This file is empty.")
        _, _, place_back, self._separator, line, cells = best
        self._header_row = -place_back
        self._width = len(cells)
        if self._width > MOST_COLUMNS:
            raise FileRefused(f"This file has {self._width} columns; {MOST_COLUMNS} is the most.")
        return line, unique(without_blank_end(cells))

    def _rows(self, separator: str) -> Iterator[tuple[int, list[str] | str]]:
        """Each row with the line it begins on; a row that cannot be read is a sentence instead of cells."""
        with self._path.open(encoding=self._encoding, newline="") as file:
            for _ in range(self._skip):
                file.readline()
            reader = csv.reader(file, delimiter=separator, strict=True)
            while True:
                line = self._skip + reader.line_num + 1
                try:
                    yield line, next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield line, _sentence(error)


def _sentence(error: csv.Error) -> str:
    text = str(error)
    if "field larger" in text or "unexpected end of data" in text:
        return "A quote is opened here and never closed"
    if "expected after" in text:
        return 'A quote inside a quoted text must be doubled ("")'
    return f"This line cannot be read: {text}"
