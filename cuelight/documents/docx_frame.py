"""A Word file before its text: styles that Word has built in, the lists, and nothing about the machine. Pure."""

import re
from collections.abc import Iterator
from typing import Any

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

#: Half points of plain text, and of each level of heading.
SIZE = 22
HEADER_SIZES = {1: 40, 2: 32, 3: 26, 4: 22, 5: 22, 6: 22}
#: Twips of one step of indentation.
STEP = 720
DEPTHS = 9
#: Lists by what they put before a line: each a definition in the numbering.
LISTS = {"ordered": 0, "bullet": 1, "unchecked": 2, "checked": 3}
_NUMBERS = ("decimal", "lowerLetter", "lowerRoman")
_SIGNS = {"unchecked": "☐", "checked": "☑"}
#: What XML cannot hold at all.
_NO_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Parts of python-docx's own template that say where it was made, or that nothing here needs.
_DROPPED = {"extended-properties", "thumbnail", "customXml", "stylesWithEffects", "webSettings", "theme", "fontTable"}


def empty(title: str) -> Document:
    """A file without a line; its name is the title."""
    document = docx.Document()
    for relations in (document.part.package.rels, document.part.rels):
        for key in [key for key, one in relations.items() if one.reltype.rpartition("/")[2] in _DROPPED]:
            del relations[key]
    properties = document.core_properties._element
    for one in list(properties):
        properties.remove(one)
    document.core_properties.title = legal(title)[:255]
    _replace(document.styles.element, "".join(_styles()))
    _replace(document.part.numbering_part.element, "".join(map(_list, LISTS)) + "".join(map(_plain_number, LISTS)))
    return document


def add_number(document: Document, number: int, depth: int) -> None:
    """A numbered list that begins with one at ``depth``, as list ``number``."""
    numbering = document.part.numbering_part.element
    numbering.append(
        _parsed(
            f'<w:num w:numId="{number}"><w:abstractNumId w:val="0"/>'
            f'<w:lvlOverride w:ilvl="{depth}"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
        )
    )


def list_number(kind: str) -> int:
    """The list of all lines of a kind that need not be counted."""
    return LISTS[kind] + 1


def legal(text: str) -> str:
    """Without the characters that no XML can hold."""
    return _NO_XML.sub("", text)


def relate(document: Document, address: str) -> str:
    """The id of a relationship with an address elsewhere."""
    return document.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)


def _replace(root: Any, inside: str) -> None:
    for one in list(root):
        root.remove(one)
    for one in _parsed(f"<w:body>{inside}</w:body>"):
        root.append(one)


def _parsed(xml: str) -> Any:
    return parse_xml(re.sub(r"^<([\w:]+)", rf"<\1 {nsdecls('w')}", xml, count=1))


def _styles() -> Iterator[str]:
    fonts = '<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:eastAsia="Calibri" w:cs="Calibri"/>'
    yield (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{fonts}{_size(SIZE)}</w:rPr></w:rPrDefault>"
        '<w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="276" w:lineRule="auto"/></w:pPr></w:pPrDefault>'
        "</w:docDefaults>"
    )
    yield (
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>'
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>'
    )
    for level, size in HEADER_SIZES.items():
        look = f'<w:keepNext/><w:keepLines/><w:spacing w:before="{480 - 40 * level}" w:after="120"/>'
        look += f'<w:outlineLvl w:val="{level - 1}"/>'
        yield _style(f"Heading{level}", f"heading {level}", look, f"<w:b/><w:bCs/>{_size(size)}")
    yield _style("ListParagraph", "List Paragraph", '<w:spacing w:after="60"/><w:contextualSpacing/>')
    yield _style("ListBullet", "List Bullet", '<w:spacing w:after="60"/><w:contextualSpacing/>')
    yield _style("ListNumber", "List Number", '<w:spacing w:after="60"/><w:contextualSpacing/>')
    bar = '<w:pBdr><w:left w:val="single" w:sz="18" w:space="10" w:color="BFBFBF"/></w:pBdr>'
    yield _style("Quote", "Quote", f'{bar}<w:ind w:left="360"/>', "<w:i/><w:iCs/>")
    mono = '<w:rFonts w:ascii="Courier New" w:hAnsi="Courier New" w:cs="Courier New"/>'
    shade = (
        '<w:shd w:val="clear" w:color="auto" w:fill="F3F3F3"/><w:spacing w:after="0" w:line="240" w:lineRule="auto"/>'
    )
    yield _style("HTMLPreformatted", "HTML Preformatted", shade, mono)
    yield _character("HTMLCode", "HTML Code", mono)
    yield _character("Hyperlink", "Hyperlink", '<w:color w:val="0563C1"/><w:u w:val="single"/>')


def _style(key: str, name: str, paragraph: str, run: str = "") -> str:
    return (
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/><w:basedOn w:val="Normal"/>'
        f"<w:qFormat/><w:pPr>{paragraph}</w:pPr>{f'<w:rPr>{run}</w:rPr>' if run else ''}</w:style>"
    )


def _character(key: str, name: str, run: str) -> str:
    return (
        f'<w:style w:type="character" w:styleId="{key}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="DefaultParagraphFont"/><w:rPr>{run}</w:rPr></w:style>'
    )


def _size(half_points: int) -> str:
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


def _list(kind: str) -> str:
    levels = "".join(_level(kind, depth) for depth in range(DEPTHS))
    return (
        f'<w:abstractNum w:abstractNumId="{LISTS[kind]}"><w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
    )


def _level(kind: str, depth: int) -> str:
    """As on the screen: numbers, letters, small Roman numbers, and again; a dot, and rings further in."""
    ordered = kind == "ordered"
    form = _NUMBERS[depth % 3] if ordered else "bullet"
    sign = f"%{depth + 1}." if ordered else _SIGNS.get(kind, "◦" if depth else "•")
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{sign}"/>'
        f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{(depth + 1) * STEP}" w:hanging="360"/></w:pPr></w:lvl>'
    )


def _plain_number(kind: str) -> str:
    return f'<w:num w:numId="{list_number(kind)}"><w:abstractNumId w:val="{LISTS[kind]}"/></w:num>'
