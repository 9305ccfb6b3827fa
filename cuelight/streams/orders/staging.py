"""What was read of an order file, until somebody says that it shall count: a file of our own, one line each, without
anything of who ordered."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from time import time

import msgspec
from django.conf import settings

from cuelight.errors import Conflict
from cuelight.streams.orders.lines import Line

#: What nobody read in within this time is forgotten.
KEPT_S = 24 * 3600
_encoder, _decoder = msgspec.json.Encoder(), msgspec.json.Decoder(Line)


def keep(import_id: int, lines: Iterable[Line]) -> None:
    """Writes the lines of an import as they come."""
    path = _path(import_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("wb") as file:
            for line in lines:
                file.write(_encoder.encode(line) + b"\n")
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def kept(import_id: int) -> Iterator[Line]:
    """The lines again. Raises Conflict when they are not kept any more."""
    try:
        file = _path(import_id).open("rb")
    except FileNotFoundError as error:
        raise Conflict("file_gone", "This file is not kept any more. Choose it again.") from error
    with file:
        for text in file:
            yield _decoder.decode(text)


def forget(import_id: int) -> None:
    _path(import_id).unlink(missing_ok=True)


def forget_old() -> list[int]:
    """Removes what nobody read in; returns whose it was."""
    old = [path for path in _folder().glob("*.jsonl") if path.stat().st_mtime < time() - KEPT_S]
    for path in old:
        path.unlink(missing_ok=True)
    return [int(path.stem) for path in old if path.stem.isdecimal()]


def _path(import_id: int) -> Path:
    return _folder() / f"{import_id}.jsonl"


def _folder() -> Path:
    folder: Path = settings.DATA_DIR / "orders"
    return folder
