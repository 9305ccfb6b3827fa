"""A zip (or an unpacked folder) with one list of products and the pictures beside it, in ``images/``."""

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

from cuelight.catalog.importing.problems import FileRefused

MOST_FILES = 20_000
MOST_UNPACKED = 4 << 30
MOST_LIST_BYTES = 512 << 20
LARGEST_PICTURE = 25 << 20
_LISTS = (".json", ".csv", ".tsv", ".txt", ".xlsx")
_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif")
_OTHER_PICTURES = (".svg", ".heic", ".heif", ".avif", ".tif", ".tiff", ".bmp", ".jxl", ".psd")
_PIECE = 1 << 18
_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, EOFError, OSError, RuntimeError)


class Archive:
    """The pictures by name, and the list of products unpacked to a temporary file. Close it when done."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except zipfile.BadZipFile as error:
            raise FileRefused("This zip is damaged.") from error
        parts = [part for part in self._zip.infolist() if not part.is_dir() and _is_content(part.filename)]
        if len(parts) > MOST_FILES or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise FileRefused(f"This zip is too large: {MOST_FILES} files and 4 GB unpacked are the most.")
        if any(part.flag_bits & 1 for part in parts):
            raise FileRefused("This zip has a password. Pack it again without one.")
        self._list = _the_list(parts)
        base = PurePosixPath(self._list.filename).parent
        self._pictures = {key: part for part in parts for key in _picture_keys(part, base, _PICTURES)}
        self._others = {key for part in parts for key in _picture_keys(part, base, _OTHER_PICTURES)}
        self._folder = TemporaryDirectory(prefix="cuelight-import-")

    def unpacked_list(self) -> Path:
        """The list of products as a file of its own. Raises FileRefused if it is damaged or absurdly large."""
        target = Path(self._folder.name) / f"list{PurePosixPath(self._list.filename).suffix.lower()}"
        if self._list.file_size > MOST_LIST_BYTES:
            raise FileRefused("The list of products in this zip is too large.")
        with target.open("wb") as file:
            for piece in self._pieces(self._list):
                file.write(piece)
        return target

    def has_picture(self, name: str) -> bool:
        return _key(name) in self._pictures

    def picture_named(self, stem: str) -> str | None:
        """A picture by its name without the ending: ``7`` finds ``images/7.png``."""
        return next((name for suffix in _PICTURES if self.has_picture(name := f"{stem}{suffix}")), None)

    def has_other(self, name: str) -> bool:
        """Whether it is there and a picture, but of a kind that browsers do not all show."""
        return _key(name) in self._others

    def other_named(self, stem: str) -> str | None:
        """As `picture_named`, of a kind that is not taken."""
        return next((name for suffix in _OTHER_PICTURES if self.has_other(name := f"{stem}{suffix}")), None)

    def picture_count(self) -> int:
        return len({part.filename for part in self._pictures.values()})

    @contextmanager
    def picture(self, name: str) -> Iterator[IO[bytes]]:
        """One picture's bytes. Raises FileRefused if it is not there, damaged or too large."""
        part = self._pictures.get(_key(name))
        if part is None:
            raise FileRefused(f"There is no picture {name} in this zip.")
        if part.file_size > LARGEST_PICTURE:
            raise FileRefused(f"The picture {name} is larger than {LARGEST_PICTURE >> 20} MB.")
        try:
            with self._zip.open(part) as file:
                yield file
        except _DAMAGED as error:
            raise FileRefused(f"The picture {name} is damaged in this zip.") from error

    def close(self) -> None:
        self._zip.close()
        self._folder.cleanup()

    def _pieces(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        # A part that unpacks to more than it claims is cut there by zipfile and then fails its checksum.
        try:
            with self._zip.open(part) as file:
                while piece := file.read(_PIECE):
                    yield piece
        except _DAMAGED as error:
            raise FileRefused("This zip is damaged.") from error


def is_workbook(path: Path) -> bool:
    """Whether a zip is in truth an XLSX workbook. Raises FileRefused for a damaged one."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.lower() == "xl/workbook.xml" for name in archive.namelist())
    except zipfile.BadZipFile as error:
        raise FileRefused("This file is damaged.") from error


def _is_content(name: str) -> bool:
    """Not what macOS packs along, and nothing hidden. Names never become paths on this machine."""
    return not any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)


def _the_list(parts: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    named = [part for part in parts if PurePosixPath(part.filename).name.lower() == "products.json"]
    lists = named or [part for part in parts if part.filename.lower().endswith(_LISTS)]
    if not lists:
        raise FileRefused("There is no products.json, CSV or XLSX in this zip.")
    if len(lists) > 1:
        names = ", ".join(sorted(part.filename for part in lists)[:5])
        raise FileRefused(f"There are {len(lists)} lists in this zip ({names}); leave the one to import.")
    return lists[0]


def _picture_keys(part: zipfile.ZipInfo, base: PurePosixPath, kinds: tuple[str, ...]) -> Iterator[str]:
    """``1.jpg`` and ``images/1.jpg`` both mean the picture beside the list; upper case does not matter."""
    path = PurePosixPath(part.filename)
    if path.suffix.lower() not in kinds or not path.is_relative_to(base):
        return
    inside = path.relative_to(base)
    yield _key(str(inside))
    if inside.parent.name.lower() == "images" and len(inside.parts) == 2:
        yield _key(inside.name)


def _key(name: str) -> str:
    return name.strip().replace("\\", "/").removeprefix("./").casefold()
