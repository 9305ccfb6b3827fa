"""CSV that opens in a spreadsheet by a double click, and runs nothing there. Pure."""

import csv
import io
import re
from collections.abc import Iterable

#: Without it Excel reads UTF-8 as the machine's old code page.
BOM = "\ufeff"

#: What a spreadsheet writes where it could not work out a cell; as a text it is taken for that.
ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})

#: What a spreadsheet would take for a formula when a cell begins with it, and texts that look as if they were marked.
_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")

Cell = str | int | float | None


def safe(cell: Cell) -> Cell:
    """Text that a spreadsheet would run is marked as text; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and _needs_mark(cell) else cell


def unguarded(text: str) -> str:
    """The text of a cell without the mark that `safe` put in front."""
    return text[1:] if text[:1] == "'" and _needs_mark(text[1:]) else text


def _needs_mark(text: str) -> bool:
    return bool(_FORMULA.match(text)) or text.strip().lstrip("'").upper() in ERRORS


def lines(rows: Iterable[Iterable[Cell]]) -> str:
    """Rows as CSV, every cell of them safe."""
    file = io.StringIO()
    csv.writer(file).writerows([safe(cell) for cell in row] for row in rows)
    return file.getvalue()
