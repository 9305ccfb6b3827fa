"""What a studio is taken out in: a zip that is written from front to back, a piece at a time.

Each context has ``export_size(studio_id)``, the things it will count, and ``export_studio(studio_id, archive)``.
"""

import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

import orjson
from django.utils import timezone

from cuelight.ui.spreadsheet import BOM, Cell, lines

#: Rows of a table that are read at once.
PIECE = 500


class Archive:
    """One zip. Files are named by us: letters that people typed never become a name in it unless they are a slug's."""

    def __init__(self, path: Path, *, tell: Callable[[int], None] = lambda _done: None) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self._tell = tell
        self._at = timezone.now().timetuple()[:6]
        self.done = 0

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def count(self, things: int = 1) -> None:
        """So many more things are in it."""
        self.done += things
        self._tell(self.done)

    def text(self, name: str, text: str) -> None:
        with self._entry(name) as file:
            file.write(text.encode())

    def json(self, name: str, value: object) -> None:
        with self._entry(name) as file:
            file.write(orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str) + b"\n")

    def json_lines(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """One JSON object a line."""
        with self._entry(name) as file:
            for row in rows:
                file.write(orjson.dumps(row, option=orjson.OPT_NON_STR_KEYS, default=str) + b"\n")

    def csv(self, name: str, head: Sequence[str], rows: Iterable[Iterable[Cell]]) -> None:
        """A table that opens in a spreadsheet, and runs nothing there."""
        with self._entry(name) as file:
            file.write((BOM + lines([head])).encode())
            for row in rows:
                file.write(lines([row]).encode())

    def file(self, name: str, opened: IO[bytes]) -> None:
        """A file as it is; pictures are packed already."""
        with self._entry(name, zipfile.ZIP_STORED) as file:
            shutil.copyfileobj(opened, file, 1 << 18)

    @contextmanager
    def _entry(self, name: str, compression: int = zipfile.ZIP_DEFLATED) -> Iterator[IO[bytes]]:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name:
            raise ValueError(f"{name!r} is no name in an archive")
        info = zipfile.ZipInfo(name, self._at)
        info.compress_type = compression
        info.external_attr = 0o600 << 16
        # Nobody knows before how large it becomes.
        with self._zip.open(info, "w", force_zip64=True) as file:
            yield file
