"""The words of a paragraph of a Word file as pieces: runs, links, fields, tracked changes. Pure.

What was tracked is taken as accepted: insertions stay, deletions go. Of a field its result stays.
"""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import quote

from cuelight.documents import units
from cuelight.documents.delta import MOST_LENGTH, Attributes
from cuelight.documents.docx_looks import checked, is_hidden, looks_of
from cuelight.documents.docx_package import Element, Relation, attribute, child, local, value, whole
from cuelight.documents.docx_styles import Style, Styles
from cuelight.documents.lines import Piece
from cuelight.errors import Invalid

#: What else holds runs, and means nothing for them.
_AROUND = {
    "smartTag", "sdt", "sdtContent", "customXml", "dir", "bdo", "ins", "moveTo", "ruby", "rubyBase", "oMath",
    "oMathPara", "fldSimple", "hyperlink",
}  # fmt: skip
_COUNTED = {"footnoteReference": "footnotes", "endnoteReference": "footnotes", "commentReference": "comments"}
_SIGNS = {"tab": "\t", "ptab": "\t", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
#: Signs of Wingdings and Symbol that Unicode has.
_SYMBOLS = {
    "f0fc": "✓", "f0fb": "✗", "f0fe": "☑", "f0fd": "☒", "f0a8": "☐", "f06f": "☐", "f0e0": "→", "f0df": "←",
    "f0e8": "➔", "f04a": "☺", "f04c": "☹", "f0b7": "•", "f0a7": "▪", "f0d8": "➢", "f0ae": "→", "f0b0": "°",
}  # fmt: skip
_ADDRESS = re.compile(r'HYPERLINK\s+(?:\\[nt]\s+)*"([^"]*)"(?:.*\\l\s+"([^"]*)")?', re.IGNORECASE | re.DOTALL)
_OURS = re.compile(r"/media/products/[0-9]+/(?:full|thumb|sized)/[0-9a-f]{32}\.(?:jpg|png|webp)")
_SPACES = re.compile(r"[\t\n\r ]")
#: Fields in fields; what is opened deeper counts as text.
_MOST_FIELDS = 20


class _Field(NamedTuple):
    instruction: list[str]
    #: Once its result has begun: the address that it links to, if any.
    link: list[str | None]


class Runs:
    """Reads runs, and counts what it left out. One for a whole file: fields go on over the ends of paragraphs."""

    def __init__(self, styles: Styles, relations: dict[str, Relation]) -> None:
        self._styles = styles
        self._relations = relations
        self._fields: list[_Field] = []
        self._length = 0
        self.left_out: Counter[str] = Counter()
        #: Whether the paragraph that was read last had a line across the page in it.
        self.rule = False

    def pieces(self, paragraph: Element, style: Style) -> list[Piece]:
        """The words of one paragraph. Raises Invalid when the file has more than a document may."""
        self.rule = False
        pieces: list[Piece] = []
        self._inside(paragraph, style, None, pieces)
        self._length += 1 + sum(units.length(one.insert) if isinstance(one.insert, str) else 1 for one in pieces)
        if self._length > MOST_LENGTH:
            says = f"A document may have {MOST_LENGTH:,} characters at most; this file has more. Nothing was imported."
            raise Invalid("document_full", says)
        return joined(pieces)

    def _inside(self, parent: Element, style: Style, link: str | None, pieces: list[Piece]) -> None:
        for element in parent:
            name = local(element)
            if name == "r":
                self._run(element, style, link, pieces)
            elif name == "hyperlink":
                self._inside(element, style, self._target(element) or link, pieces)
            elif name == "fldSimple":
                self._inside(element, style, _linked(attribute(element, "instr") or "") or link, pieces)
            elif name in ("del", "moveFrom"):
                self.left_out["changes"] += 1
            elif name in _AROUND:
                self.left_out["changes"] += name in ("ins", "moveTo")
                self._inside(element, style, link, pieces)
            elif name == "AlternateContent":
                self._inside(next(iter(element), []), style, link, pieces)

    def _run(self, run: Element, style: Style, link: str | None, pieces: list[Piece]) -> None:
        properties = child(run, "rPr")
        if is_hidden(properties):
            self.left_out["hidden"] += local(run) == "r" and child(run, "t") is not None
            return
        link = next((found for one in reversed(self._fields) for found in one.link if found), None) or link
        looks = looks_of(properties, self._styles, style, in_link=link is not None)
        looks |= checked("link", link)
        for element in run:
            self._part(element, looks, pieces)

    def _part(self, element: Element, looks: Attributes, pieces: list[Piece]) -> None:
        name = local(element)
        if name == "fldChar":
            self._field(attribute(element, "fldCharType") or "")
        elif name == "instrText" and self._fields:
            self._fields[-1].instruction.append((element.text or "")[:4_000])
        elif any(not one.link for one in self._fields):
            return  # between the beginning of a field and its result
        elif name == "t":
            _add(pieces, _said(element), looks)
        elif name in _SIGNS:
            _add(pieces, _SIGNS[name], looks)
        elif name == "sym":
            code = (attribute(element, "char") or "").lower()
            _add(pieces, _SYMBOLS.get(code, ""), looks)
        elif name == "cr" or (name == "br" and attribute(element, "type") in (None, "textWrapping")):
            pieces.append(Piece({"break": True}, looks))
        elif name in ("drawing", "pict", "object"):
            self._drawing(element, looks, pieces)
        elif name == "AlternateContent":
            for one in next(iter(element), []):
                self._part(one, looks, pieces)
        elif name in _COUNTED:
            self.left_out[_COUNTED[name]] += 1

    def _field(self, kind: str) -> None:
        if kind == "begin" and len(self._fields) < _MOST_FIELDS:
            self._fields.append(_Field([], []))
        elif kind == "separate" and self._fields and not self._fields[-1].link:
            self._fields[-1].link.append(_linked("".join(self._fields[-1].instruction)))
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _target(self, element: Element) -> str | None:
        relation = self._relations.get(attribute(element, "id") or "")
        if relation is None or not relation.outside:
            return None
        anchor = attribute(element, "anchor")
        return _address(f"{relation.target}#{anchor}" if anchor and "#" not in relation.target else relation.target)

    def _drawing(self, drawing: Element, looks: Attributes, pieces: list[Piece]) -> None:
        """A picture of ours, or one that stands elsewhere on the web; everything else is left out."""
        names = {local(one): one for one in drawing.iter() if local(one)}
        if "rect" in names and (attribute(names["rect"], "hr") or "") in ("t", "true", "1"):
            self.rule = True
        elif "txbxContent" in names or "textbox" in names:
            self.left_out["boxes"] += 1
        elif (source := self._picture(names)) is not None:
            described = names.get("docPr", names.get("cNvPr"))
            alt = ((attribute(described, "descr") if described is not None else None) or "")[:500]
            looks = {name: given for name, given in looks.items() if name == "link"}
            pieces.append(Piece({"image": source}, looks | checked("alt", alt)))
        elif local(drawing) != "pict" or "imagedata" in names:
            self.left_out["pictures"] += 1

    def _picture(self, names: dict[str, Element]) -> str | None:
        """Its address. Of a picture of ours it is the name of its file."""
        name = (attribute(names["cNvPr"], "name") if "cNvPr" in names else None) or ""
        if _OURS.fullmatch(name):
            return name
        relation = self._relations.get((attribute(names["blip"], "link") or "") if "blip" in names else "")
        if relation is None or not relation.outside:
            return None
        return relation.target if re.match("https?://", relation.target) and checked("link", relation.target) else None


def joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Texts that look the same and stand side by side as one, each copied once: a word may be in a hundred runs."""
    out: list[Piece] = []
    for _, some in groupby(enumerate(pieces), _alike):
        same = [piece for _, piece in some]
        texts = [piece.insert for piece in same if isinstance(piece.insert, str)]
        out += [Piece("".join(texts), same[0].attributes)] if texts else same
    return out


def _alike(numbered: tuple[int, Piece]) -> Any:
    number, piece = numbered
    return sorted(piece.attributes.items()) if isinstance(piece.insert, str) else number


def is_deleted(properties: Element | None) -> bool:
    """Whether the end of a paragraph was deleted as a tracked change: it goes on in the next one."""
    return child(properties, "rPr", "del") is not None


def left_indent(properties: Element | None) -> int:
    """Steps of half an inch, the nearest."""
    given = child(properties, "ind")
    if given is None:
        return 0
    twips = whole(attribute(given, "left") or attribute(given, "start")) or 0
    return max(twips + 240, 0) // 720


def align_of(properties: Element | None) -> Attributes:
    """Right and end are the same here: the side where a line ends."""
    name = value(properties, "jc") or ""
    found = {"center": "center", "right": "right", "end": "right", "both": "justify", "distribute": "justify"}.get(name)
    return {"align": found} if found else {}


def _add(pieces: list[Piece], text: str, looks: Attributes) -> None:
    if text:
        pieces.append(Piece(text, looks))


def _said(element: Element) -> str:
    text = _SPACES.sub(" ", element.text or "")
    return text if attribute(element, "space") == "preserve" else text.strip(" ")


def _linked(instruction: str) -> str | None:
    """The address that a field leads to. Places in the same file are none."""
    match = _ADDRESS.search(instruction)
    if match is None or not match[1]:
        return None
    return _address(f"{match[1]}#{match[2]}" if match[2] else match[1])


def _address(target: str) -> str | None:
    """As the schema has it, or nothing: links into a disk, to a place in the file, or to a script."""
    target = re.sub(r"[\s\"'<>\\]", lambda found: quote(found[0]), target.strip())
    return target if checked("link", target) else None
