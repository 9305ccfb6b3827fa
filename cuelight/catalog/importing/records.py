"""One row of any kind of file, before anything in it is understood."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import Protocol

Cell = str | int | bool | Decimal | list[object] | dict[str, object] | None

MOST_COLUMNS = 200
LONGEST_CELL = 100_000


@dataclass(frozen=True, slots=True)
class Record:
    """``line`` is where the row begins in the file; ``cells`` by header, in the file's order."""

    line: int
    cells: dict[str, Cell]


@dataclass(frozen=True, slots=True)
class BrokenRecord:
    """A row that could not be read. Reading goes on behind it."""

    line: int
    message: str


class Source(Protocol):
    """A file that was opened and whose header was found. Each call of `records` reads it from the start."""

    kind: str
    """``csv``, ``xlsx`` or ``json``."""
    detail: str
    """What else was found out, for people: ``UTF-8, separated by ";"``."""
    header: list[str]
    header_line: int

    def records(self) -> Iterator[Record | BrokenRecord]: ...


def unique_headers(cells: list[str]) -> list[str]:
    """Headers as keys: trimmed, a repeated one numbered (``Price (2)``), an empty one named by its place."""
    headers: list[str] = []
    for place, cell in enumerate(cells, start=1):
        name = " ".join(cell.split()) or unnamed(place)
        header, again = name, 1
        while header in headers:
            again += 1
            header = f"{name} ({again})"
        headers.append(header)
    return headers


def unnamed(place: int) -> str:
    return f"Column {place}"


def is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip()) or cell == []


def without_blank_end(cells: list[str]) -> list[str]:
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def assembled(line: int, header: list[str], cells: list[Cell], *, width: int) -> Record | BrokenRecord | None:
    """The row under its headers; None if it is blank. Missing cells at the end are blank.

    Cells right of the last header are kept under ``Column 9``; those beyond ``width`` can only be a text that was torn
    at a separator, and are an error.
    """
    if all(is_blank(cell) for cell in cells):
        return None
    beside = {
        unnamed(place): cell
        for place, cell in enumerate(cells[len(header) :], start=len(header) + 1)
        if not is_blank(cell)
    }
    if any(not is_blank(cell) for cell in cells[width:]):
        return BrokenRecord(
            line,
            f"This line has {len(cells)} cells, the header has {width}; a text with the separator in it needs quotes",
        )
    return Record(line, dict(zip_longest(header, cells[: len(header)])) | beside)
