"""Numbers and product ids that a file has twice, with both lines."""

import sqlite3
from contextlib import closing
from types import TracebackType
from typing import Self

from cuelight.catalog.importing.mapping import Columns, Field
from cuelight.catalog.importing.problems import Findings
from cuelight.catalog.importing.rows import Row


class Duplicates:
    """Remembers on disk what it has seen, so that a file of any length takes the same memory.

    SQLite's nameless database is a temporary file that vanishes when closed; nothing else is kept there.
    """

    def __init__(self) -> None:
        self._seen = sqlite3.connect("", isolation_level=None)
        self._seen.execute("PRAGMA journal_mode = OFF")
        self._seen.execute("CREATE TABLE seen (value PRIMARY KEY, line) WITHOUT ROWID")
        self._seen.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._seen.close()

    def check(self, row: Row, columns: Columns, findings: Findings) -> None:
        """Adds an error to ``findings`` for a number or pid that an earlier row has."""
        earlier = self._line_of(row.number, row.line) if row.number is not None else None
        if earlier is not None:
            header = columns.header_of(Field.NUMBER) or "number"
            findings.errors.add(row.line, header, f"The number {row.number} is on line {earlier} already")
        # Numbers and ids share the table: SQLite keeps 12 and "12" apart.
        earlier_pid = self._line_of(row.pid, row.line) if row.pid is not None else None
        if earlier_pid is not None:
            header = columns.header_of(Field.PID) or "pid"
            findings.errors.add(row.line, header, f"The product id {row.pid} is on line {earlier_pid} already")

    def _line_of(self, value: str | int, line: int) -> int | None:
        """The line that had this value first; None if it is this one."""
        with closing(self._seen.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (value, line))) as cursor:
            if cursor.rowcount:
                return None
        first: tuple[int] = self._seen.execute("SELECT line FROM seen WHERE value = ?", (value,)).fetchone()
        return first[0]
