"""What the styles and the numbering of a Word file mean here: headings, quotes, code, lists. Pure.

A style is known by its English name, which Word keeps in files of every language, and by its outline level; what a
style says is looked up through those that it is based on.
"""

import re
from typing import NamedTuple

from cuelight.documents.delta import Attributes
from cuelight.documents.docx_package import Element, Package, attribute, child, local, value, whole

#: Half points of a text whose file says nothing.
_USUAL_SIZE = 20
_DEEPEST = 8
#: How far a style is followed to what it is based on; a hostile one is based on itself.
_MOST_BASES = 12
_HEADING = re.compile(r"heading ([1-9])")
_LIST = re.compile(r"list (bullet|number)(?: ([2-5]))?")
_TITLES = {"title": 1, "subtitle": 2}
_QUOTES = {"quote", "intense quote", "block text", "quotations", "block quotation"}
_CODES = {"html preformatted", "preformatted text", "source code", "plain text code", "code", "code block", "macro"}
_CODE_CHARACTERS = {"html code", "html typewriter", "source text", "verbatim char", "code", "inline code", "code char"}
_BOXES = {"☐": "unchecked", "□": "unchecked", "❏": "unchecked", "☑": "checked", "☒": "checked"}
#: Those of Wingdings, which stand in a part of Unicode where anything may.
_BOXES |= {"\uf0a8": "unchecked", "\uf06f": "unchecked", "\uf0fe": "checked", "\uf0fd": "checked"}


class Style(NamedTuple):
    """As the file has it; ``names`` are its own and those of what it is based on."""

    names: tuple[str, ...]
    #: From the style that everything is based on to this one.
    elements: tuple[Element, ...]


class Styles:
    """The styles of a file, by id."""

    def __init__(self, package: Package) -> None:
        root = package.related("styles")
        self._elements: dict[str, Element] = {}
        self._standard = ""
        for one in root if root is not None else ():
            if local(one) == "style" and (key := attribute(one, "styleId")):
                self._elements[key] = one
                if attribute(one, "type") == "paragraph" and attribute(one, "default") in ("1", "true", "on"):
                    self._standard = key
        self._known: dict[str, Style] = {}
        defaults = child(root, "docDefaults", "rPrDefault", "rPr")
        self._size = whole(value(defaults, "sz")) or _USUAL_SIZE
        fonts = child(defaults, "rFonts")
        self._font = (attribute(fonts, "ascii") if fonts is not None else None) or ""

    def named(self, key: str | None) -> Style:
        """A style by id; the standard one for None."""
        key = self._standard if key is None else key
        if key not in self._known:
            self._known[key] = self._followed(key)
        return self._known[key]

    def size(self, style: Style) -> int:
        """Half points of a text in a paragraph of this style."""
        sizes = [whole(value(child(one, "rPr"), "sz")) for one in style.elements]
        return next((size for size in reversed(sizes) if size), self._size)

    def font(self, style: Style) -> str:
        fonts = [child(one, "rPr", "rFonts") for one in style.elements]
        names = [attribute(one, "ascii") for one in fonts if one is not None]
        return next((name for name in reversed(names) if name), self._font)

    def _followed(self, key: str) -> Style:
        elements: list[Element] = []
        while (one := self._elements.get(key)) is not None and len(elements) < _MOST_BASES:
            elements.append(one)
            key = value(one, "basedOn") or ""
        names = tuple((value(one, "name") or "").strip().lower() for one in elements)
        return Style(names, tuple(reversed(elements)))


def header_of(style: Style, properties: Element | None) -> int | None:
    """The level of a heading: by the style's name or an outline level; titles are headings, too."""
    level = whole(value(properties, "outlineLvl"))
    if level is not None:
        return min(level + 1, 6) if 0 <= level < 9 else None
    for name, element in zip(style.names, reversed(style.elements), strict=True):
        if name in _TITLES:
            return _TITLES[name]
        level = whole(value(child(element, "pPr"), "outlineLvl"))
        if level is not None:
            return min(level + 1, 6) if 0 <= level < 9 else None
        if match := _HEADING.fullmatch(name):
            return min(int(match[1]), 6)
    return None


def is_quote(style: Style) -> bool:
    return not _QUOTES.isdisjoint(style.names)


def is_code(style: Style) -> bool:
    return not _CODES.isdisjoint(style.names)


def is_code_text(style: Style) -> bool:
    """Of a style for characters."""
    return not _CODE_CHARACTERS.isdisjoint(style.names)


def is_contents(style: Style) -> bool:
    """Whether it is of a table of contents, whose lines are made of the headings."""
    return bool(style.names) and (style.names[0] == "toc heading" or bool(re.match(r"toc \d", style.names[0])))


class Numbering:
    """The lists of a file: what each level of each puts before its lines."""

    def __init__(self, package: Package) -> None:
        root = package.related("numbering")
        every = list(root) if root is not None else []
        abstract = {attribute(one, "abstractNumId"): one for one in every if local(one) == "abstractNum"}
        by_style = {value(one, "styleLink"): one for one in abstract.values() if child(one, "styleLink") is not None}
        self._levels: dict[str, dict[int, str]] = {}
        for one in every:
            key = attribute(one, "numId") if local(one) == "num" else None
            if key is None:
                continue
            definition = abstract.get(value(one, "abstractNumId"))
            if (link := value(definition, "numStyleLink")) is not None:
                definition = by_style.get(link, definition)
            levels = {level: kind for level, kind in map(_level, definition if definition is not None else ()) if kind}
            overrides = (child(over, "lvl") for over in one if local(over) == "lvlOverride")
            levels |= {level: kind for level, kind in map(_level, overrides) if kind}
            self._levels[key] = levels

    def list_of(self, style: Style, properties: Element | None) -> Attributes:
        """``list`` and ``indent`` of a paragraph; nothing where it is no line of a list."""
        own = child(properties, "numPr")
        given = [own, *(child(one, "pPr", "numPr") for one in reversed(style.elements))]
        number = next((found for one in given if (found := value(one, "numId")) is not None), None)
        level = next((depth for one in given if (depth := whole(value(one, "ilvl"))) is not None), 0)
        match = next((named for name in style.names if (named := _LIST.fullmatch(name))), None)
        if number == "0":
            return {}
        kind = self._levels.get(number, {}).get(level, "") if number is not None else ""
        if not kind and (number is None or number not in self._levels) and match:
            kind = "bullet" if match[1] == "bullet" else "ordered"
        if not kind:
            return {}
        if match and match[2] and value(own, "ilvl") is None:
            level = max(level, int(match[2]) - 1)
        return {"list": kind} | indented(level)


def indented(depth: int) -> Attributes:
    return {"indent": min(depth, _DEEPEST)} if depth > 0 else {}


def box_of(text: str) -> str:
    """The kind of list that a sign before a line stands for; nothing if it is no box."""
    return _BOXES.get(text, "")


def _level(element: Element | None) -> tuple[int, str]:
    if element is None or local(element) != "lvl":
        return -1, ""
    level = whole(attribute(element, "ilvl"))
    kind = value(element, "numFmt") or "decimal"
    sign = value(element, "lvlText") or ""
    if kind == "none" or level is None:
        return -1, ""
    return level, (box_of(sign) or "bullet") if kind == "bullet" else "ordered"
