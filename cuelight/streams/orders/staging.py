"""What is kept of an order file until it counts: files of our own by the import's id, which nobody else may read.

``7.upload`` is the file as it was sent, with everybody who ordered in it: it is here until it has been read, once.
``7.rows`` are its wanted columns, while they become lines or somebody must answer. ``7.jsonl`` are the lines. None of
the latter two has anything of who ordered. A file is there whole or not at all.
"""

import secrets
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from time import time
from typing import IO

import msgspec
from django.conf import settings

from cuelight.catalog.importing.records import BrokenRecord, Cell
from cuelight.errors import Conflict
from cuelight.streams.orders.columns import Row
from cuelight.streams.orders.lines import Line

#: What nobody read in within this time is forgotten.
KEPT_S = 24 * 3600
_GONE = "This file is not kept any more. Choose it again."


class _Kept(msgspec.Struct, array_like=True):
    """A row as it lies on the disk; ``broken`` says why it could not be read."""

    line: int
    #: A number of a workbook is no text, and is read by other rules: ``["int", "5"]``.
    cells: dict[str, str | tuple[str, str]]
    broken: str = ""


_encoder, _decoder = msgspec.json.Encoder(), msgspec.json.Decoder(Line)
_row_decoder = msgspec.json.Decoder(_Kept)


def keep_upload(import_id: int, chunks: Iterable[bytes]) -> Path:
    """Writes a file as it was sent; returns where it lies."""
    with _written(import_id, "upload") as file:
        file.writelines(chunks)
    return _path(import_id, "upload")


def upload(import_id: int) -> Path:
    """Where the file lies. Raises Conflict when it is not kept any more."""
    path = _path(import_id, "upload")
    if not path.exists():
        raise Conflict("file_gone", _GONE)
    return path


def keep_rows(import_id: int, source: str, rows: Iterable[Row | BrokenRecord]) -> None:
    """Writes the wanted columns of a file as its rows come. ``source``: whose file it is."""
    with _written(import_id, "rows") as file:
        file.write(source.encode() + b"\n")
        for row in rows:
            if isinstance(row, BrokenRecord):
                kept = _Kept(row.line, {}, row.message)
            else:
                kept = _Kept(row.line, {name: _text(cell) for name, cell in row.cells.items() if cell is not None})
            file.write(_encoder.encode(kept) + b"\n")


def has_rows(import_id: int) -> bool:
    return _path(import_id, "rows").exists()


def rows_bytes(import_id: int) -> int:
    """How large the rows are. Raises Conflict when they are not kept any more."""
    try:
        return _path(import_id, "rows").stat().st_size
    except FileNotFoundError as error:
        raise Conflict("file_gone", _GONE) from error


def source(import_id: int) -> str:
    """Whose file it is that has its rows here."""
    with _opened(import_id, "rows") as file:
        return file.readline().decode().strip()


def rows(import_id: int) -> Iterator[Row | BrokenRecord]:
    """The rows again. Raises Conflict when they are not kept any more."""
    with _opened(import_id, "rows") as file:
        file.readline()
        for text in file:
            kept = _row_decoder.decode(text)
            if kept.broken:
                yield BrokenRecord(kept.line, kept.broken)
            else:
                yield Row(kept.line, {name: _cell(cell) for name, cell in kept.cells.items()})


def rows_total(import_id: int) -> int:
    with _opened(import_id, "rows") as file:
        return sum(1 for _ in file) - 1


def keep(import_id: int, lines: Iterable[Line]) -> int:
    """Writes the lines of an import as they come; returns how many."""
    count = 0
    with _written(import_id, "jsonl") as file:
        for line in lines:
            file.write(_encoder.encode(line) + b"\n")
            count += 1
    return count


def kept(import_id: int) -> Iterator[Line]:
    """The lines again. Raises Conflict when they are not kept any more."""
    with _opened(import_id, "jsonl") as file:
        for text in file:
            yield _decoder.decode(text)


def forget_upload(import_id: int) -> None:
    _path(import_id, "upload").unlink(missing_ok=True)


def forget_rows(import_id: int) -> None:
    _path(import_id, "rows").unlink(missing_ok=True)


def forget(import_id: int) -> None:
    """Nothing of a file stays, nor of what was being written of it."""
    for path in _folder().glob(f"{import_id}.*"):
        path.unlink(missing_ok=True)


def forget_old(needed: Collection[int]) -> None:
    """Removes what is here too long, but for the imports that are ``needed``."""
    for path in _folder().glob("*.*"):
        whose = path.name.partition(".")[0]
        if path.stat().st_mtime < time() - KEPT_S and not (whose.isdecimal() and int(whose) in needed):
            path.unlink(missing_ok=True)


@contextmanager
def _written(import_id: int, suffix: str) -> Iterator[IO[bytes]]:
    """A file that is there once it is whole. Two that write the same one do not meet."""
    _folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    part = _folder() / f"{import_id}.{secrets.token_hex(4)}.part"
    try:
        part.touch(mode=0o600)
        with part.open("wb") as file:
            yield file
        part.replace(_path(import_id, suffix))
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@contextmanager
def _opened(import_id: int, suffix: str) -> Iterator[IO[bytes]]:
    try:
        file = _path(import_id, suffix).open("rb")
    except FileNotFoundError as error:
        raise Conflict("file_gone", _GONE) from error
    with file:
        yield file


def _text(cell: Cell) -> str | tuple[str, str]:
    if isinstance(cell, int) and not isinstance(cell, bool):
        return "int", str(cell)
    return ("decimal", str(cell)) if isinstance(cell, Decimal) else str(cell)


def _cell(kept: str | tuple[str, str]) -> Cell:
    if isinstance(kept, str):
        return kept
    kind, text = kept
    return int(text) if kind == "int" else Decimal(text)


def _path(import_id: int, suffix: str) -> Path:
    return _folder() / f"{import_id}.{suffix}"


def _folder() -> Path:
    folder: Path = settings.DATA_DIR / "orders"
    return folder
