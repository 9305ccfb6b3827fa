"""HTML as a document: what a person would copy out of it. Pure, and it never raises.

nh3 takes away scripts, styles and whatever is no text first; the rest is read with the standard library's parser.
"""

import re
from html.parser import HTMLParser
from typing import Any

import nh3

from cuelight.documents.delta import Attributes, Delta
from cuelight.documents.html import ALLOWED, SCHEMES
from cuelight.documents.lines import Line, Piece, document_of
from cuelight.documents.schema import ATTRIBUTES, EMBEDS

_MARKS: dict[str, tuple[str, Any]] = {
    "strong": ("bold", True), "b": ("bold", True), "em": ("italic", True), "i": ("italic", True),
    "u": ("underline", True), "ins": ("underline", True), "s": ("strike", True), "del": ("strike", True),
    "strike": ("strike", True), "code": ("code", True), "kbd": ("code", True), "samp": ("code", True),
    "sub": ("script", "sub"), "sup": ("script", "super"),
}  # fmt: skip
_HEADERS = {f"h{level}": level for level in range(1, 7)}
#: Where a line ends, before and behind.
_BLOCKS = {
    "p",
    "div",
    "section",
    "article",
    "header",
    "footer",
    "main",
    "table",
    "tr",
    "dl",
    "dt",
    "dd",
    "li",
    "ul",
} | {*("ol", "blockquote", "pre", "figure", "figcaption", *_HEADERS)}
_EXTRA: dict[str, set[str]] = {tag: set() for tag in (_BLOCKS | _MARKS.keys() | {"td", "th"}) - ALLOWED.keys()}
_KNOWN = {**ALLOWED, **_EXTRA}
_SPACE = re.compile(r"[ \t\n\r\f]+")
_DEEPEST = 8


def read(html: str) -> Delta:
    """The document of an HTML text."""
    reading = _Reading()
    reading.feed(
        nh3.clean(
            html,
            tags=set(_KNOWN),
            clean_content_tags={"script", "style", "title", "template", "textarea"} - _KNOWN.keys(),
            attributes={tag: names for tag, names in _KNOWN.items() if names},
            url_schemes=SCHEMES,
            link_rel=None,
        )
    )
    reading.close()
    reading.end_line()
    return document_of(reading.lines)


class _Reading(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[Line] = []
        self._pieces: list[Piece] = []
        self._open: list[tuple[str, dict[str, str | None]]] = []
        #: Of the item that has begun and has no line yet.
        self._item: Attributes | None = None
        #: The words of a mention or a cue stand in its attributes, too.
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "br":
            if not self._skipped:
                self._pieces.append(Piece({"break": True}, {}))
            return
        if tag in ("hr", "img"):
            if not self._skipped:
                self._leaf(tag, values)
            return
        if tag in ("td", "th") and self._pieces:
            self._pieces.append(Piece("\t", {}))
        if tag in _BLOCKS:
            self.end_line()
        self._open.append((tag, values))
        if tag == "li":
            self._item = self._of_item(values)
        elif tag == "span":
            self._chip(values)
        elif _is_suggested(tag, values):
            self._skipped += 1

    def handle_endtag(self, tag: str) -> None:
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index][0] == tag:
                break
        else:
            return
        if tag in _BLOCKS:
            # A paragraph is a line even with nothing in it.
            self.end_line(even_empty=tag in ("p", "li", *_HEADERS) and self._is_bare(tag))
        _, values = self._open[index]
        del self._open[index:]
        if (tag == "span" and _chip_of(values)) or _is_suggested(tag, values):
            self._skipped -= 1

    def _is_bare(self, tag: str) -> bool:
        return bool(self._pieces) or (tag == "li" and self._item is not None) or tag != "li"

    def handle_data(self, data: str) -> None:
        if self._skipped:
            return
        if self._is_open("pre"):
            if self._open[-1][0] in ("pre", "code") and not self._pieces and data.startswith("\n"):
                data = data[1:]
            first, *rest = data.replace("\r\n", "\n").split("\n")
            self._text(first)
            for text in rest:
                self.end_line(even_empty=True)
                self._text(text)
            return
        text = _SPACE.sub(" ", data)
        if (
            not self._pieces
            or self._pieces[-1].insert == {"break": True}
            or (isinstance(last := self._pieces[-1].insert, str) and last.endswith(" "))
        ):
            text = text.lstrip(" ")
        self._text(text)

    def _text(self, text: str) -> None:
        text = text.replace("\0", "\ufffd")
        if text:
            self._pieces.append(Piece(text, self._marks()))

    def _marks(self) -> Attributes:
        marks: Attributes = {}
        in_code = self._is_open("pre")
        for tag, values in self._open:
            if tag in _MARKS and "data-suggested" not in values and not (in_code and tag == "code"):
                name, value = _MARKS[tag]
                marks[name] = value
            elif tag == "a":
                marks |= _checked("link", values.get("href"))
            elif tag == "span":
                for name in ("color", "background", "font", "size"):
                    marks |= _checked(name, values.get(f"data-{name}"))
        return marks

    def _leaf(self, tag: str, values: dict[str, str | None]) -> None:
        if tag == "hr":
            self.end_line()
            self._pieces.append(Piece({"divider": True}, {}))
            self.end_line()
            return
        source, alt = values.get("src") or "", values.get("alt") or ""
        if not EMBEDS["image"](source):
            self._text(alt)
            return
        width = values.get("width") or ""
        given = _checked("alt", alt) | (_checked("width", int(width)) if width.isascii() and width.isdecimal() else {})
        self._pieces.append(Piece({"image": source}, self._marks() | given))

    def _chip(self, values: dict[str, str | None]) -> None:
        chip = _chip_of(values)
        if chip:
            if not self._skipped:
                self._pieces.append(Piece(chip, self._marks()))
            self._skipped += 1

    def _of_item(self, values: dict[str, str | None]) -> Attributes:
        lists = [(tag, held) for tag, held in self._open if tag in ("ul", "ol")]
        tag, held = lists[-1] if lists else ("ul", {})
        kind = "ordered" if tag == "ol" else "bullet"
        if "data-checklist" in held or "data-checked" in values:
            kind = "checked" if values.get("data-checked") == "true" else "unchecked"
        return {"list": kind} | _indented(len(lists) - 1)

    def end_line(self, *, even_empty: bool = False) -> None:
        """What was gathered becomes a line."""
        while self._pieces and self._pieces[-1].insert == {"break": True} and not self._is_open("pre"):
            self._pieces.pop()
            even_empty = True
        if not self._pieces and not even_empty:
            return
        if not self._is_open("pre") and self._pieces:
            last = self._pieces[-1]
            if isinstance(last.insert, str):
                self._pieces[-1] = Piece(last.insert.rstrip(" "), last.attributes)
        self.lines.append(Line(self._pieces, self._block()))
        self._pieces = []

    def _block(self) -> Attributes:
        block: Attributes = {}
        depth = sum(tag in ("ul", "ol") for tag, _ in self._open)
        if self._item is not None:
            block, self._item = dict(self._item), None
        elif depth:
            block = _indented(depth)
        for tag, values in self._open:
            if tag in _HEADERS:
                block["header"] = _HEADERS[tag]
            elif tag == "blockquote":
                block["blockquote"] = True
            elif tag == "pre":
                block |= {"code-block": True} | _checked("code-block", values.get("data-language"))
            block |= _checked("align", values.get("data-align")) | _checked("direction", values.get("dir"))
            indent = values.get("data-indent") or ""
            block |= _indented(int(indent)) if indent.isascii() and indent.isdecimal() else {}
        return block

    def _is_open(self, tag: str) -> bool:
        return any(one == tag for one, _ in self._open)


def _chip_of(values: dict[str, str | None]) -> dict[str, Any] | None:
    """The embed that a span stands for; of a mention only the words are kept, since nobody says who it is here."""
    if "data-divider" in values:
        return {"divider": True}
    cue = values.get("data-cue")
    return {"cue": cue} if EMBEDS["cue"](cue) else None


def _is_suggested(tag: str, values: dict[str, str | None]) -> bool:
    """Whether it is a text that somebody has suggested: it is not there yet. What is suggested to go still is."""
    return tag == "ins" and "data-suggested" in values


def _checked(name: str, value: Any) -> Attributes:
    return {name: value} if ATTRIBUTES[name](value) else {}


def _indented(depth: int) -> Attributes:
    return {"indent": min(depth, _DEEPEST)} if depth > 0 else {}
