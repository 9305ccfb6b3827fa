"""Products of a ``products.json``, one at a time: ``{"products": [{…}, …]}`` or a bare list. The text is never whole in
memory, so a catalogue of any length can be read."""

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TextIO

from cuelight.catalog.importing import encoding
from cuelight.catalog.importing.problems import FileRefused
from cuelight.catalog.importing.records import MOST_COLUMNS, BrokenRecord, Record

_PIECE = 1 << 16
_LONGEST_VALUE = 1 << 20


class JsonSource:
    """A JSON file of products; its header is the keys of the first one."""

    kind = "json"
    header_line = 1

    def __init__(self, path: Path) -> None:
        self._path = path
        self._encoding = encoding.detect(path)
        self.detail = encoding.name(self._encoding)
        self.header = next((list(record.cells) for record in self.records() if isinstance(record, Record)), [])

    def records(self) -> Iterator[Record | BrokenRecord]:
        with self._path.open(encoding=self._encoding) as file:
            window = _Window(file)
            try:
                _enter_products(window)
                yield from _objects(window)
            except (ValueError, RecursionError) as error:
                raise FileRefused(f"Line {window.line}: this is not valid JSON.") from error


def _objects(window: "_Window") -> Iterator[Record | BrokenRecord]:
    while window.peek() != "]":
        line = window.line
        value = window.value()
        if not isinstance(value, dict):
            yield BrokenRecord(line, "A product must be an object with its fields in braces")
        elif len(value) > MOST_COLUMNS:
            yield BrokenRecord(line, f"A product with {len(value)} fields; {MOST_COLUMNS} is the most")
        else:
            yield Record(line, value)
        if window.peek() != "]":
            window.take(",")


def _enter_products(window: "_Window") -> None:
    """Moves to the first product of the list; what stands before ``"products"`` is passed over."""
    if window.peek() == "[":
        window.take("[")
        return
    window.take("{")
    while window.peek() == '"':
        key = window.value()
        window.take(":")
        if key == "products":
            window.take("[")
            return
        window.value()
        if window.peek() != "}":
            window.take(",")
    raise FileRefused('There is no list named "products" in this file.')


class _Window:
    """The stretch of a JSON text that is being read."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text = ""
        self._at = 0
        self._ended = False
        self._decoder = json.JSONDecoder(parse_float=_number, parse_constant=_refuse_constant)
        self.line = 1

    def peek(self) -> str:
        """The next character that is no white space; ``""`` at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in " \t\r\n":
                self._advance(self._at + 1)
            if self._at < len(self._text) or not self._read_on():
                return self._text[self._at : self._at + 1]

    def take(self, character: str) -> None:
        if self.peek() != character:
            raise ValueError(f"expected {character}")
        self._advance(self._at + 1)

    def value(self) -> object:
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                # Either it goes on beyond the window, or it is wrong: more text decides.
                if len(self._text) - self._at > _LONGEST_VALUE or not self._read_on():
                    raise
                continue
            if end == len(self._text) and self._read_on():
                continue  # a number may go on in the next piece
            self._advance(end)
            return value

    def _advance(self, end: int) -> None:
        self.line += self._text.count("\n", self._at, end)
        self._at = end

    def _read_on(self) -> bool:
        piece = "" if self._ended else self._file.read(_PIECE)
        self._ended = not piece
        self._text = self._text[self._at :] + piece
        self._at = 0
        return bool(piece)


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("Infinity")  # an exponent of twenty digits: a number no field takes, told by line


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")
