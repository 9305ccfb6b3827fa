"""A document as a Word file, with Word's own styles, lists and links. Pure.

Lost on the way out is what Word has no word for: who is mentioned, that a cue is one, comments, the language of code.
A picture that is not at hand is its description and its address.
"""

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu
from PIL import ImageColor

from cuelight.documents import docx_frame, plain
from cuelight.documents.delta import Attributes, Delta
from cuelight.documents.docx_frame import HEADER_SIZES, SIZE, STEP, legal
from cuelight.documents.docx_looks import LINK_COLOR
from cuelight.documents.lines import Line, Piece, is_divider, lines_of
from cuelight.documents.schema import INLINE
from cuelight.documents.suggestions import unsuggested

_JUSTIFIED = {"center": "center", "right": "right", "justify": "both"}
_FONTS = {"serif": "Times New Roman", "monospace": "Courier New"}
_TIMES = {"small": 0.8, "large": 1.5, "huge": 2.0}
_TOGGLES = (("bold", ("b", "bCs")), ("italic", ("i", "iCs")), ("strike", ("strike",)))
_LIST_STYLES = {"ordered": "ListNumber", "bullet": "ListBullet"}
#: English metric units in a pixel of the screen, and the width of a page's text.
_PIXEL = 9_525
_WIDEST = 6 * 914_400
_MOST_LINKS = 20_000


def write(document: Delta, title: str, pictures: Mapping[str, bytes] | None = None) -> bytes:
    """The file, as if nothing had been suggested. ``pictures`` by their address: JPEG, PNG or GIF."""
    writing = _Writing(docx_frame.empty(title), pictures or {})
    for line in lines_of(unsuggested(document)):
        writing.line(line)
    file = BytesIO()
    writing.document.save(file)
    return file.getvalue()


class _Writing:
    def __init__(self, document: Document, pictures: Mapping[str, bytes]) -> None:
        self.document = document
        self._pictures = pictures
        self._end = document.element.body.sectPr
        #: The list that is being counted at each depth.
        self._lists: list[int] = []
        self._next_list = len(docx_frame.LISTS) + 1
        self._links: dict[str, str] = {}
        self._pictured: dict[str, Any] = {}

    def line(self, line: Line) -> None:
        paragraph = OxmlElement("w:p")
        self._end.addprevious(paragraph)
        number = self._numbered(line.block)
        if is_divider(line):
            properties = _added(paragraph, "pPr")
            _added(_added(properties, "pBdr"), "bottom", val="single", sz="8", space="1", color="A6A6A6")
            return
        _set_block(paragraph, line.block, number)
        size = HEADER_SIZES.get(line.block.get("header", 0), SIZE)
        for piece in line.pieces:
            self._piece(paragraph, piece, size)

    def _numbered(self, block: Attributes) -> int | None:
        """The list that a line is in. As on the screen, a line of no list ends all counts, one of another kind those
        from its depth on."""
        kind, depth = block.get("list"), block.get("indent", 0)
        if kind != "ordered":
            del self._lists[depth if kind else 0 :]
            return docx_frame.list_number(kind) if kind else None
        del self._lists[depth + 1 :]
        self._lists += [0] * (depth + 1 - len(self._lists))
        if not self._lists[depth]:
            docx_frame.add_number(self.document, self._next_list, depth)
            self._lists[depth] = self._next_list
            self._next_list += 1
        return self._lists[depth]

    def _piece(self, paragraph: Any, piece: Piece, size: int) -> None:
        given = piece.attributes
        address = given.get("link", "")
        missing = self._missing(piece.insert)
        if missing is not None and not address and missing.startswith("http"):
            address = missing
        linked = address if INLINE["link"](address) else ""
        parent = self._linked(paragraph, linked) if linked else paragraph
        run = _added(parent, "r")
        _set_looks(run, given, size, linked=parent is not paragraph)
        if isinstance(piece.insert, str):
            _write_text(run, piece.insert)
        elif "break" in piece.insert:
            _added(run, "br")
        elif missing is not None:
            alt = given.get("alt")
            _write_text(run, f"[{alt}: {missing}]" if alt else f"[{missing}]")
        elif "image" in piece.insert:
            self._picture(run, piece.insert["image"], given)
        else:
            _write_text(run, plain.said(piece))

    def _missing(self, insert: Any) -> str | None:
        """The address of a picture that is not at hand."""
        source = insert.get("image") if isinstance(insert, dict) else None
        return None if source in self._pictures else source

    def _linked(self, paragraph: Any, address: str) -> Any:
        if address not in self._links:
            if len(self._links) >= _MOST_LINKS:
                return paragraph
            self._links[address] = docx_frame.relate(self.document, legal(address))
        link = _added(paragraph, "hyperlink")
        link.set(qn("r:id"), self._links[address])
        return link

    def _picture(self, run: Any, source: str, given: Attributes) -> None:
        """Its own size or the one it was given, and never wider than the page. Its file's name is its address, by which
        it is known when the file comes back."""
        part = self.document.part
        inline = part.new_pic_inline(BytesIO(self._pictures[source]))
        width, height = int(inline.extent.cx), int(inline.extent.cy)
        wanted = min(given["width"] * _PIXEL if "width" in given else width, _WIDEST)
        inline.extent.cx, inline.extent.cy = Emu(wanted), Emu(max(1, height * wanted // width))
        shape: Any = inline.graphic.graphicData.pic
        shape.spPr.cx, shape.spPr.cy = inline.extent.cx, inline.extent.cy
        shape.nvPicPr.cNvPr.set("name", source)
        described: Any = inline.docPr
        described.set("descr", legal(given.get("alt", "")))
        _added(run, "drawing").append(inline)


def _set_block(paragraph: Any, block: Attributes, number: int | None) -> None:
    """In the order that the file format wants."""
    properties = _added(paragraph, "pPr")
    if (style := _style_of(block)) is not None:
        _added(properties, "pStyle", val=style)
    if number is not None:
        numbering = _added(properties, "numPr")
        _added(numbering, "ilvl", val=str(block.get("indent", 0)))
        _added(numbering, "numId", val=str(number))
    if block.get("direction") == "rtl":
        _added(properties, "bidi")
    if number is None and (indent := block.get("indent")):
        # A style of its own indents what it is for; ours says all of it.
        _added(properties, "ind", left=str(indent * STEP))
    if align := _JUSTIFIED.get(block.get("align", "")):
        _added(properties, "jc", val=align)
    if not len(properties):
        paragraph.remove(properties)


def _style_of(block: Attributes) -> str | None:
    if "header" in block:
        return f"Heading{block['header']}"
    if "code-block" in block:
        return "HTMLPreformatted"
    if block.get("blockquote"):
        return "Quote"
    return _LIST_STYLES.get(block["list"], "ListParagraph") if "list" in block else None


def _set_looks(run: Any, given: Attributes, size: int, *, linked: bool) -> None:
    """In the order that the file format wants. What is for letters is said for Arabic and Hebrew ones, too."""
    looks = _added(run, "rPr")
    if given.get("code"):
        _added(looks, "rStyle", val="HTMLCode")
    elif linked:
        _added(looks, "rStyle", val="Hyperlink")
    if font := _FONTS.get("monospace" if given.get("code") else given.get("font", "")):
        _added(looks, "rFonts", ascii=font, hAnsi=font, cs=font)
    for tag in (tag for name, tags in _TOGGLES for tag in tags if given.get(name)):
        _added(looks, tag)
    # A run has one style: a link in code shows that it is one by its color.
    color = given.get("color") or (LINK_COLOR if linked and given.get("code") else None)
    _add_color(looks, "color", color, "val")
    if times := _TIMES.get(given.get("size", "")):
        for tag in ("sz", "szCs"):
            _added(looks, tag, val=str(round(size * times)))
    if given.get("underline"):
        _added(looks, "u", val="single")
    _add_color(looks, "shd", given.get("background"), "fill", val="clear", color="auto")
    if script := given.get("script"):
        _added(looks, "vertAlign", val="subscript" if script == "sub" else "superscript")
    if not len(looks):
        run.remove(looks)


def _add_color(looks: Any, tag: str, given: str | None, name: str, **more: str) -> None:
    """As six digits, which is what Word knows; nothing for a name that no browser knows either."""
    try:
        red, green, blue = ImageColor.getrgb(given or "")[:3]
    except ValueError:
        return
    _added(looks, tag, **more, **{name: f"{red:02X}{green:02X}{blue:02X}"})


def _write_text(run: Any, text: str) -> None:
    for number, line in enumerate(legal(text).split("\n")):
        if number:
            _added(run, "br")
        for place, words in enumerate(line.split("\t")):
            if place:
                _added(run, "tab")
            if words:
                written = _added(run, "t")
                written.set(qn("xml:space"), "preserve")
                written.text = words


def _added(parent: Any, tag: str, **values: str) -> Any:
    element = parent.makeelement(qn(f"w:{tag}"))
    for name, one in values.items():
        element.set(qn(f"w:{name}"), one)
    parent.append(element)
    return element


def addresses(document: Delta) -> Iterable[str]:
    """Of all pictures in it, in order."""
    for op in document:
        if isinstance(op["insert"], dict) and "image" in op["insert"]:
            yield op["insert"]["image"]
