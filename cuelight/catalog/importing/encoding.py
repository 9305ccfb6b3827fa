"""Which encoding a text file has. The whole file is looked at, a piece at a time: the first "é" may be its last row."""

import codecs
from pathlib import Path

from cuelight.catalog.importing.problems import FileRefused

_PIECE = 1 << 18
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NAMES = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "cp1252": "Windows-1252"}


def detect(path: Path) -> str:
    """Python's name of the encoding: UTF-8 (with or without BOM), UTF-16, else Windows-1252.

    Raises FileRefused for bytes that are none of these, with the line.
    """
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise FileRefused("This text is UTF-32; save it as UTF-8.")
    for bom, encoding in _BOMS:
        if start.startswith(bom):
            return _if_it_decodes(path, encoding)
    bare = _utf16_without_bom(start)
    return _if_it_decodes(path, bare) if bare else _utf8_or_windows(path)


def name(encoding: str) -> str:
    """The encoding as people call it."""
    return _NAMES.get(encoding, "UTF-16")


def _utf16_without_bom(start: bytes) -> str | None:
    """In UTF-16 every other byte of Latin text is zero; no text in another encoding has zeros."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if max(even, odd) <= len(start) // 8:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _utf8_or_windows(path: Path) -> str:
    fault, beyond_ascii = _first_fault(path, "utf-8")
    if fault is None:
        return "utf-8"
    if beyond_ascii:
        # Windows-1252 text does not decode as UTF-8 letter for letter and then stop; this is UTF-8 that was damaged.
        raise FileRefused(f"Line {fault}: damaged text (the file is UTF-8, but not here). Save it again as UTF-8.")
    return _if_it_decodes(path, "cp1252")


def _if_it_decodes(path: Path, encoding: str) -> str:
    fault, _ = _first_fault(path, encoding)
    if fault is not None:
        raise FileRefused(f"Line {fault}: this is no readable text. Save the file as UTF-8.")
    return encoding


def _first_fault(path: Path, encoding: str) -> tuple[int | None, bool]:
    """The line of the first byte that does not decode, if any, and whether letters beyond ASCII decoded before it."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, beyond_ascii = 1, False
    with path.open("rb") as file:
        while True:
            piece = file.read(_PIECE)
            try:
                text = decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                good = error.object[: error.start]
                return line + good.count(b"\n"), beyond_ascii or not good.isascii()
            if not piece:
                return None, beyond_ascii
            line += text.count("\n")
            beyond_ascii = beyond_ascii or not text.isascii()
