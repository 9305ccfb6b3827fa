"""A Word file as a document, as people have them from Word, Google Docs and LibreOffice. Pure.

A row of a table is a line, its cells parted by tabs, as in HTML; a table of one cell is a frame around what is in it.
What has no equal here is left out and counted, and a sentence says so: pictures, footnotes, comments, text boxes.
"""

import re
from collections.abc import Iterator

from cuelight.documents.delta import Attributes, Delta
from cuelight.documents.docx_package import Element, Package, attribute, child, local, value
from cuelight.documents.docx_runs import Runs, align_of, is_deleted, joined, left_indent
from cuelight.documents.docx_styles import (
    Numbering,
    Styles,
    box_of,
    header_of,
    indented,
    is_code,
    is_contents,
    is_quote,
)
from cuelight.documents.lines import Line, Piece, document_of
from cuelight.errors import Invalid

#: A script of a thousand pages; what has more would keep a process busy for longer than anybody waits.
MOST_LINES = 50_000
#: What else holds paragraphs, and means nothing for them.
_AROUND = {"sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"}
_NOTES = {
    "pictures": ("1 picture was left out.", "{} pictures were left out."),
    "boxes": ("1 text box was left out.", "{} text boxes were left out."),
    "footnotes": ("1 footnote was left out.", "{} footnotes were left out."),
    "comments": ("1 comment was left out.", "{} comments were left out."),
    "tables": (
        "1 table became lines: a line for each row, its cells parted by tabs.",
        "{} tables became lines: a line for each row, their cells parted by tabs.",
    ),
    "changes": ("1 tracked change was taken as accepted.", "{} tracked changes were taken as accepted."),
    "hidden": ("Hidden text was left out.", "Hidden text was left out."),
    "contents": ("The table of contents was left out.", "The table of contents was left out."),
    "running": ("What stands at the top and bottom of each page was left out.",) * 2,
}
_EMPTY = Line([], {})
_BOX = re.compile(r"([☐☑☒])[ \t\u00a0]+")


def read(data: bytes) -> tuple[Delta, list[str]]:
    """The document, and a sentence for each kind of thing that was left out or changed.

    Raises Invalid with a sentence about what is wrong with the file.
    """
    reading = _Reading(Package(data))
    return document_of(_bounded(reading.lines())), reading.notes()


def _bounded(lines: Iterator[Line]) -> Iterator[Line]:
    for number, line in enumerate(lines):
        if number >= MOST_LINES:
            says = f"A Word file may have {MOST_LINES:,} paragraphs at most; this one has more. Nothing was imported."
            raise Invalid("file_too_long", says)
        yield line


class _Reading:
    def __init__(self, package: Package) -> None:
        self._package = package
        self._styles = Styles(package)
        self._numbering = Numbering(package)
        self._runs = Runs(self._styles, package.relations(package.main))
        #: Of paragraphs that go on in the next one.
        self._before: list[Piece] = []

    def lines(self) -> Iterator[Line]:
        last, held = "", False
        for block in self._package.blocks():
            lines = list(self._block(block))
            if held and lines:
                yield _EMPTY
            # Behind a table Word puts an empty paragraph; it is kept when something follows it.
            held = (held and not lines) or (last == "tbl" and lines == [_EMPTY])
            yield from () if held else lines
            last = local(block)
        if self._before:
            yield Line(joined(self._before), {})

    def notes(self) -> list[str]:
        counts = self._runs.left_out
        return [
            (one if counts[key] == 1 else more).format(counts[key])
            for key, (one, more) in _NOTES.items()
            if counts[key]
        ]

    def _block(self, block: Element) -> Iterator[Line]:
        name = local(block)
        if name == "p":
            yield from self._paragraph(block)
        elif name == "tbl":
            yield from self._table(block)
        elif name in _AROUND:
            for inner in block:
                yield from self._block(inner)
        elif name == "sectPr":
            self._count_running(block)

    def _paragraph(self, paragraph: Element) -> Iterator[Line]:
        properties = child(paragraph, "pPr")
        style = self._styles.named(value(properties, "pStyle"))
        pieces = self._runs.pieces(paragraph, style)
        self._count_running(child(properties, "sectPr"))
        if is_contents(style):
            self._runs.left_out["contents"] += 1
            return
        if is_deleted(properties):
            self._before += pieces
            return
        if self._before:
            pieces, self._before = joined([*self._before, *pieces]), []
        if not pieces and (self._runs.rule or child(properties, "pBdr", "bottom") is not None):
            yield Line([Piece({"divider": True}, {})], {})
            return
        block: Attributes = {}
        if (header := header_of(style, properties)) is not None:
            block["header"] = header
        elif is_code(style):
            block["code-block"] = True
            pieces = joined(Piece(one.insert, _not_code(one.attributes)) for one in pieces)
        else:
            block |= self._numbering.list_of(style, properties)
            pieces, box = _boxed(pieces)
            if box:
                block["list"] = box
        if is_quote(style):
            block["blockquote"] = True
        if "list" not in block:
            block |= indented(left_indent(properties))
        yield Line(pieces, block | align_of(properties) | _direction(properties))

    def _table(self, table: Element) -> Iterator[Line]:
        rows = [row for row in _within(table, "tr") if child(row, "trPr", "del") is None]
        cells = [list(_within(row, "tc")) for row in rows]
        if len(cells) == 1 and len(cells[0]) == 1:
            for block in cells[0][0]:
                yield from self._block(block)
            return
        self._runs.left_out["tables"] += 1
        for row in cells:
            pieces: list[Piece] = []
            for number, cell in enumerate(row):
                pieces += [Piece("\t", {})] if number else []
                pieces += self._cell(cell)
            yield Line(joined(pieces), {})

    def _cell(self, cell: Element) -> list[Piece]:
        """Its words in one line: what is one below the other in it is parted by spaces."""
        pieces: list[Piece] = []
        for block in cell:
            for line in self._block(block):
                words = [one for one in line.pieces if one.insert not in ({"divider": True}, {"break": True})]
                pieces += [Piece(" ", {})] if pieces and words else []
                pieces += words
        return pieces

    def _count_running(self, section: Element | None) -> None:
        if section is not None and any(local(one) in ("headerReference", "footerReference") for one in section):
            self._runs.left_out["running"] += 1


def _within(parent: Element, name: str) -> Iterator[Element]:
    """The rows of a table or the cells of a row, also those in controls."""
    for element in parent:
        if local(element) == name:
            yield element
        elif local(element) in _AROUND:
            yield from _within(element, name)


def _boxed(pieces: list[Piece]) -> tuple[list[Piece], str]:
    """Without the box that a line of a checklist begins with, and what kind of line it makes of it."""
    if not pieces or not isinstance(first := pieces[0].insert, str):
        return pieces, ""
    match = _BOX.match(first)
    if match is None and first in ("☐", "☑", "☒") and len(pieces) > 1 and isinstance(second := pieces[1].insert, str):
        # Word's own box is a control, with the words behind it in a run of their own.
        return [Piece(second.lstrip(" \t\u00a0"), pieces[1].attributes), *pieces[2:]], box_of(first)
    if match is None:
        return pieces, ""
    rest = first[match.end() :]
    return [*([Piece(rest, pieces[0].attributes)] if rest else []), *pieces[1:]], box_of(match[1])


def _not_code(attributes: Attributes) -> Attributes:
    return {
        name: given for name, given in attributes.items() if name != "code" and (name, given) != ("font", "monospace")
    }


def _direction(properties: Element | None) -> Attributes:
    bidi = child(properties, "bidi")
    on = bidi is not None and (attribute(bidi, "val") or "1") not in ("0", "false", "off")
    return {"direction": "rtl"} if on else {}
