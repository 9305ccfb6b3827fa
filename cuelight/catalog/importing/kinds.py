"""What an uploaded file is, by its content and not by its name, and how large each kind may be."""

import zipfile
from pathlib import Path
from typing import NamedTuple

from cuelight.catalog.importing.archive import is_workbook
from cuelight.catalog.importing.problems import FileRefused


class Kind(NamedTuple):
    says: str
    most_bytes: int


#: The one table of limits for what is uploaded. What is inside of a zip or a workbook has more of its own, where it is
#: unpacked: ``archive.py``, ``xlsxfile.py``, ``pictures.py``.
KINDS = {
    "zip": Kind("A zip", 512 << 20),
    "workbook": Kind("A workbook", 128 << 20),
    "json": Kind("A products.json", 256 << 20),
    "table": Kind("A table", 256 << 20),
}
#: Of a zip's table of contents, which Python reads whole and makes an object of each line: 20,000 files need 4 MB.
MOST_DIRECTORY = 8 << 20
HEAD_BYTES = 4096
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_OTHERS = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF", b"II*\0", b"MM\0*", b"\0\0\1\0", b"%PDF", b"%!PS", b"{\\rtf",
    b"\x7fELF", b"MZ", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"\x28\xb5\x2f\xfd", b"OggS", b"ID3",
    b"fLaC", b"\x1aE\xdf\xa3", b"SQLite format", b"\xca\xfe\xba\xbe",
)  # fmt: skip
_NO_LIST = "This is no table. Choose a CSV, XLSX, products.json or a zip."


def checked(path: Path) -> str:
    """A key of ``KINDS``. Raises FileRefused for what is none of them, or too large for what it is."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    kind = _kind(path, head)
    if path.stat().st_size > KINDS[kind].most_bytes:
        raise FileRefused(f"{KINDS[kind].says} may have {KINDS[kind].most_bytes >> 20} MB at most.")
    return kind


def refuse_no_list(head: bytes) -> None:
    """By the first bytes of a file. Raises FileRefused for a picture, a program, a page and the like."""
    if not head:
        raise FileRefused("This file is empty.")
    if head.startswith(OLD_OFFICE):
        raise FileRefused("This is an old Excel file (.xls) or a protected one. Save it as .xlsx or CSV.")
    if head.startswith(_OTHERS) or head[4:8] == b"ftyp" or _is_markup(head) or _is_binary(head):
        raise FileRefused(_NO_LIST)


def refuse_long_directory(path: Path) -> None:
    """Before anything reads a zip's table of contents: half a gigabyte of it would take many of memory."""
    with path.open("rb") as file:
        # zipfile's own reading of where the table is, which is what counts; it has no public name.
        end = zipfile._EndRecData(file)  # type: ignore[attr-defined]
    if end and end[zipfile._ECD_SIZE] > MOST_DIRECTORY:  # type: ignore[attr-defined]
        raise FileRefused("This zip holds too many files: 20,000 are the most.")


def is_json(head: bytes) -> bool:
    """By its first character; no header of a table begins with a brace or bracket."""
    return _first_letter(head) in (b"{", b"[")


def _kind(path: Path, head: bytes) -> str:
    if zipfile.is_zipfile(path):
        refuse_long_directory(path)
        return "workbook" if is_workbook(path) else "zip"
    if head.startswith(b"PK\x03\x04"):
        raise FileRefused("This zip is damaged.")
    refuse_no_list(head)
    return "json" if is_json(head) else "table"


def _is_markup(head: bytes) -> bool:
    """HTML, SVG, XML: a table with one column of such cells is nobody's list."""
    return _first_letter(head) == b"<"


def _is_binary(head: bytes) -> bool:
    """Every tenth byte is one that no text has; a stray NUL is told by its line. UTF-16 is half NULs, all in a row."""
    fewer, more = sorted((head[0::2].count(0), head[1::2].count(0)))
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or (more > len(head) // 4 and fewer < len(head) // 16):
        return False
    return sum(byte < 32 and byte not in b"\t\n\v\f\r\x1b" for byte in head) > len(head) // 10


def _first_letter(head: bytes) -> bytes:
    letters = head.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    return letters.replace(b"\x00", b"").lstrip()[:1]
