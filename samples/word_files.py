"""Writes the sample Word files: ``python samples/word_files.py``.

Nothing here was saved by Word, Google Docs or LibreOffice: the XML is written by hand after what those programs write,
with what matters for reading it (names and ids of styles, numbering, fields, controls) as they have it.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent / "documents"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SPACES = (
    f'xmlns:r="{R}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
)
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TYPES = (
    HEAD + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
    "</Types>"
)


def relations(*rows: tuple[str, str, str, bool]) -> str:
    """A part of relationships: id, kind, target, whether that is outside of the file."""
    inside = "".join(
        f'<Relationship Id="{key}" Type="{R}/{kind}" Target="{target}"{" TargetMode=" + chr(34) + "External" + chr(34) if outside else ""}/>'
        for key, kind, target, outside in rows
    )
    return f'{HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inside}</Relationships>'


def parts(
    body: str,
    styles: str = "",
    numbering: str = "",
    links: tuple[tuple[str, str, str, bool], ...] = (),
    space: str = W,
) -> dict[str, str]:
    """The parts of a file by name."""
    made = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": relations(("rId1", "officeDocument", "word/document.xml", False)),
        "word/document.xml": f'{HEAD}<w:document xmlns:w="{space}" {SPACES}><w:body>{body}<w:sectPr/></w:body></w:document>',
        "word/_rels/document.xml.rels": relations(
            ("rId1", "styles", "styles.xml", False), ("rId2", "numbering", "numbering.xml", False), *links
        ),
    }
    if styles:
        made["word/styles.xml"] = f'{HEAD}<w:styles xmlns:w="{space}">{styles}</w:styles>'
    if numbering:
        made["word/numbering.xml"] = f'{HEAD}<w:numbering xmlns:w="{space}">{numbering}</w:numbering>'
    return made


def pack(path: object, made: dict[str, str]) -> None:
    """``path`` may be an open file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        for name, text in made.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)


def style(key: str, name: str, inside: str = "", kind: str = "paragraph", more: str = "") -> str:
    return f'<w:style w:type="{kind}" w:styleId="{key}"{more}><w:name w:val="{name}"/>{inside}</w:style>'


def paragraph(text: str, properties: str = "", run: str = "") -> str:
    looks = f"<w:rPr>{run}</w:rPr>" if run else ""
    ahead = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f'<w:p>{ahead}<w:r>{looks}<w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def levels(*kinds: tuple[str, str]) -> str:
    return "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{sign}"/></w:lvl>'
        for depth, (form, sign) in enumerate(kinds)
    )


#: As a German Word writes it: ids of styles in German, their names in English.
WORD_STYLES = (
    '<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:asciiTheme="minorHAnsi"/><w:sz w:val="22"/></w:rPr></w:rPrDefault></w:docDefaults>'
    + style("Standard", "Normal", more=' w:default="1"')
    + style(
        "berschrift1",
        "heading 1",
        '<w:basedOn w:val="Standard"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:sz w:val="32"/></w:rPr>',
    )
    + style("berschrift2", "heading 2", '<w:basedOn w:val="Standard"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr>')
    + style("Titel", "Title", '<w:basedOn w:val="Standard"/><w:rPr><w:sz w:val="56"/></w:rPr>')
    + style("Listenabsatz", "List Paragraph", '<w:basedOn w:val="Standard"/>')
    + style("Zitat", "Quote", '<w:basedOn w:val="Standard"/><w:rPr><w:i/></w:rPr>')
    + style("Verzeichnis1", "toc 1", '<w:basedOn w:val="Standard"/>')
    + style("Eigene", "Show heading", '<w:basedOn w:val="berschrift2"/>')
    + style("Fett", "Strong", "<w:rPr><w:b/></w:rPr>", "character")
    + style("Hyperlink", "Hyperlink", '<w:rPr><w:color w:val="0563C1"/><w:u w:val="single"/></w:rPr>', "character")
)
WORD_NUMBERING = (
    f'<w:abstractNum w:abstractNumId="0">{levels(("bullet", chr(0xF0B7)), ("bullet", "o"), ("bullet", chr(0xF0A7)))}</w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="1">{levels(("decimal", "%1."), ("lowerLetter", "%2."))}</w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
)
FIELD = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
PICTURE = (
    '<w:r><w:drawing><wp:inline><wp:docPr id="1" name="Picture 1" descr="A hoop"/><a:graphic><a:graphicData><pic:pic>'
    '<pic:nvPicPr><pic:cNvPr id="1" name="hoop.png"/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rId9"/></pic:blipFill>'
    "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
)
TEXT_BOX = (
    "<w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:wsp><wps:txbx><w:txbxContent><w:p><w:r><w:t>Boxed</w:t></w:r></w:p>"
    "</w:txbxContent></wps:txbx></wps:wsp></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent><w:p><w:r>"
    "<w:t>Boxed</w:t></w:r></w:p></w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)


def item(text: str, number: int, depth: int = 0) -> str:
    numbered = f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
    return paragraph(text, f'<w:pStyle w:val="Listenabsatz"/>{numbered}')


def word() -> dict[str, str]:
    """With tracked changes, a comment, a footnote, a field, a table, a control and pictures."""
    body = (
        paragraph("Holiday Vault", '<w:pStyle w:val="Titel"/>')
        + '<w:sdt><w:sdtContent><w:p><w:pPr><w:pStyle w:val="Verzeichnis1"/></w:pPr><w:r><w:t>Opening\t1</w:t></w:r></w:p></w:sdtContent></w:sdt>'
        + paragraph("Opening", '<w:pStyle w:val="berschrift1"/>')
        + '<w:p><w:r><w:t xml:space="preserve">Say </w:t></w:r><w:r><w:rPr><w:rStyle w:val="Fett"/></w:rPr><w:t>hello</w:t></w:r>'
        '<w:proofErr w:type="spellStart"/><w:smartTag><w:r><w:t xml:space="preserve"> to </w:t></w:r></w:smartTag>'
        '<w:ins w:author="Mia"><w:r><w:t>everyone</w:t></w:r></w:ins><w:del w:author="Mia"><w:r><w:delText>nobody</w:delText></w:r></w:del>'
        '<w:r><w:rPr><w:rStyle w:val="CommentReference"/></w:rPr><w:commentReference w:id="0"/></w:r><w:r><w:t>.</w:t></w:r>'
        '<w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:br/><w:t>Then</w:t><w:tab/><w:t>wait</w:t></w:r></w:p>'
        + '<w:p><w:r><w:t xml:space="preserve">See </w:t></w:r><w:hyperlink r:id="rId5"><w:r><w:rPr><w:rStyle w:val="Hyperlink"/></w:rPr><w:t>the shop</w:t></w:r></w:hyperlink>'
        + '<w:r><w:t xml:space="preserve"> or </w:t></w:r>'
        + FIELD.format("begin")
        + '<w:r><w:instrText xml:space="preserve"> HYPERLINK "https://b.example/" </w:instrText></w:r>'
        + FIELD.format("separate")
        + "<w:r><w:t>the other</w:t></w:r>"
        + FIELD.format("end")
        + '<w:hyperlink w:anchor="_Toc1"><w:r><w:t>, above</w:t></w:r></w:hyperlink></w:p>'
        + item("Hoops", 1)
        + item("gold", 1, 1)
        + item("Rings", 1)
        + item("first", 2)
        + item("second", 2, 1)
        + paragraph("Guests", '<w:pStyle w:val="Eigene"/>')
        + paragraph("Wonderful", '<w:pStyle w:val="Zitat"/>')
        + '<w:p><w:sdt><w:sdtPr><w14:checkbox/></w:sdtPr><w:sdtContent><w:r><w:t>☒</w:t></w:r></w:sdtContent></w:sdt><w:r><w:t xml:space="preserve"> lights on</w:t></w:r></w:p>'
        + paragraph("big", '<w:jc w:val="center"/>', '<w:sz w:val="44"/>')
        + paragraph("marked", "", '<w:highlight w:val="yellow"/>')
        + "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Hoop</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:rPr><w:b/></w:rPr><w:t>$24</w:t></w:r></w:p><w:p><w:r><w:t>new</w:t></w:r></w:p></w:tc></w:tr>"
        "<w:tr><w:tc><w:p><w:r><w:t>Ring</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>"
        + f"<w:p>{PICTURE}{TEXT_BOX}<w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r><w:r><w:t>end</w:t></w:r></w:p>"
    )
    links = (("rId5", "hyperlink", "https://a.example/?a=1&amp;b=2", True), ("rId9", "image", "NULL", False))
    return parts(body, WORD_STYLES, WORD_NUMBERING, links)


def google() -> dict[str, str]:
    """As Google Docs exports: everything said of every run, links colored by hand, lines as VML."""
    styles = (
        '<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial"/><w:sz w:val="22"/></w:rPr></w:rPrDefault></w:docDefaults>'
        + style("Normal", "normal", more=' w:default="1"')
        + style("Heading2", "heading 2", '<w:basedOn w:val="Normal"/><w:rPr><w:sz w:val="32"/></w:rPr>')
    )
    bullets = levels(("bullet", "●"), ("bullet", "○"))
    boxes = levels(("bullet", "☐"))
    numbering = (
        f'<w:abstractNum w:abstractNumId="1">{bullets}</w:abstractNum><w:abstractNum w:abstractNumId="2">{boxes}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num>'
    )
    plain = '<w:rtl w:val="0"/>'

    def listed(text: str, number: int, depth: int = 0) -> str:
        ind = f'<w:ind w:left="{(depth + 1) * 720}" w:hanging="360"/>'
        return paragraph(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>{ind}', plain)

    body = (
        paragraph("Rundown", '<w:pStyle w:val="Heading2"/>', plain)
        + paragraph(
            "black on white",
            "",
            '<w:b w:val="0"/><w:color w:val="000000"/><w:sz w:val="22"/><w:shd w:fill="ffffff" w:val="clear"/>',
        )
        + '<w:p><w:hyperlink r:id="rId7"><w:r><w:rPr><w:color w:val="1155cc"/><w:u w:val="single"/></w:rPr><w:t>link</w:t></w:r></w:hyperlink></w:p>'
        + listed("one", 1)
        + listed("in it", 1, 1)
        + listed("to do", 2)
        + '<w:p><w:r><w:pict><v:rect style="width:0.0pt;height:1.5pt" o:hr="t" o:hrstd="t"/></w:pict></w:r></w:p>'
        + paragraph(
            "further in", '<w:ind w:left="720" w:firstLine="0"/>', '<w:rFonts w:ascii="Georgia" w:hAnsi="Georgia"/>'
        )
        + "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>framed</w:t></w:r></w:p><w:p><w:r><w:t>twice</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p/>"
    )
    return parts(body, styles, numbering, (("rId7", "hyperlink", "https://docs.example/x y", True),))


def libreoffice() -> dict[str, str]:
    """As LibreOffice exports: its own names of styles, fonts said again, a border as a line."""
    styles = (
        '<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Liberation Serif"/><w:sz w:val="24"/></w:rPr></w:rPrDefault></w:docDefaults>'
        + style("Normal", "Normal", more=' w:default="1"')
        + style("Heading3", "heading 3", '<w:pPr><w:outlineLvl w:val="2"/></w:pPr>')
        + style("Quotations", "Quotations")
        + style("PreformattedText", "Preformatted Text", '<w:rPr><w:rFonts w:ascii="Liberation Mono"/></w:rPr>')
        + style("SourceText", "Source Text", '<w:rPr><w:rFonts w:ascii="Liberation Mono"/></w:rPr>', "character")
        + style("ListBullet", "List Bullet")
    )
    body = (
        paragraph("Three", '<w:pStyle w:val="Heading3"/>')
        + paragraph("quoted", '<w:pStyle w:val="Quotations"/>')
        + paragraph("x = 1", '<w:pStyle w:val="PreformattedText"/>', '<w:rFonts w:ascii="Liberation Mono"/>')
        + paragraph("run()", "", '<w:rStyle w:val="SourceText"/>')
        + paragraph("same font", "", '<w:rFonts w:ascii="Liberation Serif"/>')
        + paragraph("by style", '<w:pStyle w:val="ListBullet"/>')
        + paragraph("ימין", '<w:bidi/><w:jc w:val="left"/>')
        + '<w:p><w:pPr><w:pBdr><w:bottom w:val="single"/></w:pBdr></w:pPr></w:p>'
        + paragraph("Joined ", "<w:rPr><w:del/></w:rPr>")
        + paragraph("line")
    )
    return parts(body, styles)


FILES = {"word-german": word, "google-docs": google, "libreoffice": libreoffice}

if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for name, make in FILES.items():
        pack(HERE / f"{name}.docx", make())
