"""A Word file as the parts that a text is read from: a zip of XML, opened within bounds. Pure.

Only the parts that are asked for are unpacked, each up to a bound of its own; pictures and fonts never are. XML of a
Word file has no document type, so one that has is refused before anything could expand. python-docx is not used here:
it unpacks every part at once, and gives up where a file names a part that is missing.
"""

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import unquote

from lxml import etree

from cuelight.errors import Invalid

#: Bytes of a file, most of which are pictures; of the text's part and of any other when unpacked.
MOST_BYTES = 32 << 20
MOST_TEXT = 48 << 20
MOST_OTHER = 8 << 20
#: Files in the zip; and bytes of its table of contents, of which Python makes an object for each line.
MOST_PARTS = 5_000
MOST_DIRECTORY = 1 << 20
#: Elements in one paragraph or table, all of which are in memory; and in a whole text.
MOST_TOGETHER = 100_000
MOST_ELEMENTS = 1_000_000

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, RuntimeError, ValueError, OverflowError,
)  # fmt: skip
_OTHERS = {
    "xl/workbook.xml": "This is a workbook, not a Word document. Nothing was imported.",
    "ppt/presentation.xml": "This is a presentation, not a Word document. Nothing was imported.",
    "META-INF/manifest.xml": "This is an OpenDocument file. Save it as .docx, then import that. Nothing was imported.",
}

Element = Any  # lxml has no types of its own


class Relation(NamedTuple):
    """What an id in a part stands for; ``target`` is an address when ``outside``, else the name of a part."""

    kind: str
    target: str
    outside: bool


class Package:
    """An opened Word file. Raises Invalid with a sentence for what is none."""

    def __init__(self, data: bytes) -> None:
        _refuse_other_files(data)
        try:
            end = zipfile._EndRecData(BytesIO(data))  # type: ignore[attr-defined]
            if end and end[zipfile._ECD_SIZE] > MOST_DIRECTORY:  # type: ignore[attr-defined]
                raise _too_large()
            self._zip = zipfile.ZipFile(BytesIO(data))
        except _DAMAGED:
            raise damaged() from None
        self._parts = {_plain(part.filename): part for part in self._zip.infolist()}
        if len(self._zip.infolist()) > MOST_PARTS:
            raise _too_large()
        if any(part.flag_bits & 1 for part in self._parts.values()):
            raise _protected()
        for name, says in _OTHERS.items():
            if _plain(name) in self._parts:
                raise Invalid("not_word", says)
        self.main = self._main_part()

    def relations(self, part: str) -> dict[str, Relation]:
        """By id; none where a part has none."""
        folder, _, name = part.rpartition("/")
        path = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
        root = self.tree(path)
        found: dict[str, Relation] = {}
        for one in root if root is not None else ():
            if not isinstance(one.tag, str):
                continue
            outside = one.get("TargetMode", "").lower() == "external"
            target = one.get("Target", "")
            kind = one.get("Type", "").rpartition("/")[2]
            found[one.get("Id", "")] = Relation(kind, target if outside else _resolved(folder, target), outside)
        return found

    def related(self, kind: str) -> Element | None:
        """The root of the part that the text calls its ``styles``, ``numbering`` and so on; None without one."""
        names = (one.target for one in self.relations(self.main).values() if one.kind == kind and not one.outside)
        name = next(names, posixpath.join(posixpath.dirname(self.main), f"{kind}.xml"))
        return self.tree(name)

    def tree(self, name: str) -> Element | None:
        """The root of a part; None when it is not there."""
        data = self._read(name, MOST_OTHER)
        if data is None:
            return None
        try:
            return etree.fromstring(_without_type(data), _parser())
        except (etree.XMLSyntaxError, ValueError):
            raise damaged() from None

    def blocks(self) -> Iterator[Element]:
        """The paragraphs, tables and the like that stand right in the text, one after another, each let go behind."""
        data = self._read(self.main, MOST_TEXT)
        if data is None:
            raise damaged()
        options = {"resolve_entities": False, "no_network": True, "huge_tree": False, "remove_comments": True}
        total = together = depth = 0
        body_seen = False
        try:
            for event, element in etree.iterparse(
                BytesIO(_without_type(data)), events=("start", "end"), encoding="utf-8", **options
            ):
                if event == "start":
                    depth += 1
                    total, together = total + 1, together + 1
                    if together > MOST_TOGETHER or total > MOST_ELEMENTS:
                        raise _too_large()
                    body_seen = body_seen or (depth == 2 and local(element) == "body")
                    continue
                depth -= 1
                if depth != 2:
                    continue
                if local(element.getparent()) == "body":
                    yield element
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
                together = 0
        except (etree.XMLSyntaxError, ValueError):
            raise damaged() from None
        if not body_seen:
            raise damaged()

    def _read(self, name: str, most: int) -> bytes | None:
        part = self._parts.get(_plain(name))
        if part is None:
            return None
        if part.file_size > most:
            raise _too_large()
        try:
            with self._zip.open(part) as file:
                # What unpacks to more than it claims is cut there and then fails its checksum.
                return file.read(most)
        except _DAMAGED:
            raise damaged() from None

    def _main_part(self) -> str:
        named = (one.target for one in self.relations("").values() if one.kind == "officeDocument" and not one.outside)
        name = next(named, "word/document.xml")
        if _plain(name) not in self._parts:
            raise Invalid("not_word", "This zip is not a Word document: its text is missing. Nothing was imported.")
        return name


def local(element: Element) -> str:
    """The name of an element without its namespace: strict files have others than common ones."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Element, name: str) -> str | None:
    """The value of an attribute in whatever namespace."""
    for key, value in element.attrib.items():
        if key == name or key.rpartition("}")[2] == name:
            return str(value)
    return None


def child(element: Element | None, *names: str) -> Element | None:
    """The first child called so; with several names the child of that child, and so on."""
    for name in names:
        if element is None:
            return None
        element = next((one for one in element if local(one) == name), None)
    return element


def value(element: Element | None, *names: str) -> str | None:
    """What ``child`` has as its ``val``."""
    found = child(element, *names)
    return None if found is None else attribute(found, "val")


def whole(text: str | None) -> int | None:
    """A number of a file, if it is one of any sense. Half points and the like may have a fraction."""
    try:
        number = float(text or "")
    except ValueError:
        return None
    return int(number) if abs(number) < 1_000_000 else None


def damaged() -> Invalid:
    says = "This Word file is damaged. Open it in Word and save it again, then import that. Nothing was imported."
    return Invalid("damaged_file", says)


def _too_large() -> Invalid:
    return Invalid("file_too_long", "This Word file is too large when unpacked. Nothing was imported.")


def _protected() -> Invalid:
    says = "This Word file has a password. Save it without one, then import that. Nothing was imported."
    return Invalid("protected_file", says)


def _refuse_other_files(data: bytes) -> None:
    """By the first bytes: what a file is called says nothing."""
    if len(data) > MOST_BYTES:
        raise Invalid("file_too_long", f"The file has more than {MOST_BYTES >> 20} MB; nothing was imported.")
    if not data:
        raise Invalid("not_word", "This file is empty. Nothing was imported.")
    if data.startswith(_OLD_OFFICE):
        # A protected file is a container of the old kind around the new one, and says so in its directory.
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise _protected()
        raise Invalid("old_word", "This is an old Word file (.doc). Save it as .docx, then import that.")
    if data.startswith(b"{\\rtf"):
        raise Invalid("not_word", "This is an RTF file. Save it as .docx, then import that.")
    if not data.startswith(b"PK"):
        raise Invalid("not_word", "This is not a Word file (.docx), whatever its name says. Nothing was imported.")


def _plain(name: str) -> str:
    """Names of parts are the same in upper case; old programs wrote them with backslashes."""
    return name.replace("\\", "/").lstrip("/").lower()


def _resolved(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")


def _without_type(data: bytes) -> bytes:
    """The part in UTF-8. Raises Invalid when it has a document type, which is where entities are made.

    The parsers here are told that it is UTF-8, so no declaration can hide one in another encoding.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            data = data.decode("utf-16").encode()
        except UnicodeError:
            raise damaged() from None
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Invalid("not_word", "This Word file has a document type in it, which none may have; it was not read.")
    return data


def _parser() -> Any:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8",
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
