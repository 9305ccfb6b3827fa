"""Numbers and product ids that a file has twice, with both lines."""

import sqlite3
from contextlib import closing
from types import TracebackType
from typing import Self

from cuelight.catalog.importing.fields import Field
from cuelight.catalog.importing.mapping import Columns
from cuelight.catalog.importing.problems import Findings
from cuelight.catalog.importing.rows import Row


class Duplicates:
    """Remembers on disk what it has seen, so that a file of any length takes the same memory.

    SQLite's nameless database is a temporary file that vanishes when closed; nothing else is kept there.
    """

    def __init__(self, *, by_line: bool) -> None:
        """``by_line``: whether a line tells people which row is meant; else it is the n-th product."""
        self._by_line = by_line
        self._seen = sqlite3.connect("", isolation_level=None)
        self._seen.execute("PRAGMA journal_mode = OFF")
        self._seen.execute("CREATE TABLE seen (value PRIMARY KEY, place) WITHOUT ROWID")
        self._seen.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._seen.close()

    def check(self, row: Row, columns: Columns, findings: Findings) -> None:
        """Adds an error to ``findings`` for a number or pid that an earlier row has."""
        # Each brand counts for itself.
        number = ("number", f"{row.brand.lower()}\0{row.number}") if row.brand and row.number else row.number
        if number is not None and (earlier := self._earlier(number, row)):
            header = columns.header_of(Field.NUMBER) or "number"
            findings.errors.add(row.line, header, f"The number {row.number} is {earlier} already")
        # Numbers and ids share the table: SQLite keeps 12 and "12" apart.
        if row.pid is not None and (earlier := self._earlier(row.pid, row)):
            header = columns.header_of(Field.PID) or "pid"
            findings.errors.add(row.line, header, f"The product id {row.pid} is {earlier} already")

        if row.external_key and (earlier := self._earlier(("key", row.external_key), row)):
            header = columns.header_of(Field.HANDLE) or columns.header_of(Field.EXTERNAL_KEY) or "key"
            name = row.part.handle or row.external_key
            findings.errors.add(
                row.line, header, f'"{name}" is {earlier} already; the lines of one product must stand together'
            )

    def _earlier(self, value: str | int | tuple[str, str], row: Row) -> str | None:
        """Where this value was first; None if it is here."""
        value = "\0".join(value) if isinstance(value, tuple) else value
        place = row.line if self._by_line else row.ordinal
        with closing(self._seen.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (value, place))) as cursor:
            if cursor.rowcount:
                return None
        [first] = self._seen.execute("SELECT place FROM seen WHERE value = ?", (value,)).fetchone()
        return f"on line {first}" if self._by_line else f"that of product {first} in this file"
