"""CSV that opens in a spreadsheet by a double click, and runs nothing there. Pure."""

import csv
import io
from collections.abc import Iterable

#: Without it Excel reads UTF-8 as the machine's old code page.
BOM = "\ufeff"

#: What a spreadsheet would take for a formula when a cell begins with it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Cell = str | int | float | None


def safe(cell: Cell) -> Cell:
    """Text that a spreadsheet would run is marked as text; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def lines(rows: Iterable[Iterable[Cell]]) -> str:
    """Rows as CSV, every cell of them safe."""
    file = io.StringIO()
    csv.writer(file).writerows([safe(cell) for cell in row] for row in rows)
    return file.getvalue()
