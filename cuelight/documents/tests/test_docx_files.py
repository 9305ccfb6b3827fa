"""Word files of other programs, and files that are none or mean harm.

The samples were written by hand after what Word, Google Docs and LibreOffice write: ``samples/word_files.py``.
"""

import random
import runpy
import tracemalloc
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from cuelight.documents import delta, docx_package, docx_reading, docx_writing, formats
from cuelight.documents.delta import Delta
from cuelight.errors import Invalid

SAMPLES = Path(__file__).parents[3] / "samples"
MAKE = runpy.run_path(str(SAMPLES / "word_files.py"))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def packed(made: dict[str, Any]) -> bytes:
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in made.items():
            archive.writestr(name, data)
    return written.getvalue()


def of_body(body: str, **more: Any) -> dict[str, str]:
    parts: dict[str, str] = MAKE["parts"](body, **more)
    return parts


def read(body: str, **more: Any) -> Delta:
    return docx_reading.read(packed(of_body(body, **more)))[0]


def sample(name: str) -> tuple[list[tuple[Any, dict[str, Any]]], list[str]]:
    document, notes = docx_reading.read((SAMPLES / "documents" / f"{name}.docx").read_bytes())
    delta.validate_document(document)
    return [(op["insert"], op.get("attributes", {})) for op in document], notes


def line(text: str, **block: Any) -> list[tuple[Any, dict[str, Any]]]:
    return [(text, {}), ("\n", block)]


def test_a_file_of_a_german_word() -> None:
    found, notes = sample("word-german")
    assert found == [
        *line("Holiday Vault", header=1), *line("Opening", header=1),
        ("Say ", {}), ("hello", {"bold": True}), (" to everyone.", {}), ({"break": True}, {}),
        ("Then\twait\nSee ", {}), ("the shop", {"link": "https://a.example/?a=1&b=2"}), (" or ", {}),
        ("the other", {"link": "https://b.example/"}), (", above\nHoops", {}), ("\n", {"list": "bullet"}),
        *line("gold", list="bullet", indent=1), *line("Rings", list="bullet"),
        *line("first", list="ordered"), *line("second", list="ordered", indent=1),
        *line("Guests", header=2), *line("Wonderful", blockquote=True), *line("lights on", list="checked"),
        ("big", {"size": "huge"}), ("\n", {"align": "center"}), ("marked", {"background": "#ffff00"}),
        ("\nHoop\t", {}), ("$24", {"bold": True}), (" new\nRing\t\nend\n", {}),
    ]  # fmt: skip
    assert notes == [
        "1 picture was left out.", "1 text box was left out.", "1 footnote was left out.", "1 comment was left out.",
        "1 table became lines: a line for each row, its cells parted by tabs.",
        "2 tracked changes were taken as accepted.", "Hidden text was left out.",
        "The table of contents was left out.",
    ]  # fmt: skip


def test_a_file_of_google_docs() -> None:
    found, notes = sample("google-docs")
    assert found == [
        *line("Rundown", header=2), ("black on white\n", {}), ("link", {"link": "https://docs.example/x%20y"}),
        ("\none", {}), ("\n", {"list": "bullet"}), *line("in it", list="bullet", indent=1),
        *line("to do", list="unchecked"), ({"divider": True}, {}), ("\n", {}),
        ("further in", {"font": "serif"}), ("\n", {"indent": 1}), ("framed\ntwice\n", {}),
    ]  # fmt: skip
    assert notes == []


def test_a_file_of_libreoffice() -> None:
    found, notes = sample("libreoffice")
    assert found == [
        *line("Three", header=3), *line("quoted", blockquote=True), ("x = 1", {}), ("\n", {"code-block": True}),
        ("run()", {"code": True}), ("\nsame font\nby style", {}), ("\n", {"list": "bullet"}),
        *line("ימין", direction="rtl"), ({"divider": True}, {}), ("\nJoined line\n", {}),
    ]  # fmt: skip
    assert notes == []


def test_the_samples_are_what_their_script_writes() -> None:
    for name, make in MAKE["FILES"].items():
        with zipfile.ZipFile(SAMPLES / "documents" / f"{name}.docx") as archive:
            assert {part: archive.read(part).decode() for part in archive.namelist()} == make()


def test_a_strict_file_is_read_as_well() -> None:
    strict = {"space": MAKE["STRICT"]}
    assert read(MAKE["paragraph"]("a", '<w:jc w:val="end"/>'), **strict) == [
        {"insert": "a"}, {"insert": "\n", "attributes": {"align": "right"}}
    ]  # fmt: skip


def test_links_lead_to_the_web_only() -> None:
    body = '<w:p><w:hyperlink r:id="rId7"><w:r><w:t>a</w:t></w:r></w:hyperlink></w:p>'
    for target in ("javascript:alert(1)", "file:///etc/passwd", "\\\\host\\share", "data:text/html,x", "#top"):
        assert read(body, links=(("rId7", "hyperlink", target, True),)) == [{"insert": "a\n"}]


def test_what_is_missing_is_done_without() -> None:
    made = of_body(MAKE["paragraph"]("a", '<w:pStyle w:val="No"/><w:numPr><w:numId w:val="7"/></w:numPr>'))
    del made["word/_rels/document.xml.rels"], made["[Content_Types].xml"], made["_rels/.rels"]
    assert docx_reading.read(packed(made))[0] == [{"insert": "a\n"}]


def test_a_style_that_is_based_on_itself_is_followed_no_further() -> None:
    loop = MAKE["style"]("A", "a", '<w:basedOn w:val="B"/>') + MAKE["style"]("B", "b", '<w:basedOn w:val="A"/>')
    assert read(MAKE["paragraph"]("a", '<w:pStyle w:val="A"/>'), styles=loop) == [{"insert": "a\n"}]


LAUGHS = '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><w:document/>'
OUTSIDE = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document>&x;</w:document>'


def with_main(text: Any) -> bytes:
    return packed(of_body("") | {"word/document.xml": text})


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"hello", "not a Word file"),
        (b"%PDF-1.7", "not a Word file"),
        (b"{\\rtf1", "RTF"),
        (OLE + "WordDocument".encode("utf-16-le"), "old Word file .*Save it as .docx"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"PK\x03\x04" + bytes(40), "damaged"),
        (packed({"xl/workbook.xml": "<a/>"}), "workbook"),
        (packed({"ppt/presentation.xml": "<a/>"}), "presentation"),
        (packed({"META-INF/manifest.xml": "<a/>", "content.xml": "<a/>"}), "OpenDocument"),
        (packed({"a.txt": "x"}), "text is missing"),
        (with_main("<w:document"), "damaged"),
        (with_main(""), "damaged"),
        (with_main("<a/>"), "damaged"),
        (with_main(LAUGHS), "document type"),
        (with_main(OUTSIDE), "document type"),
        (with_main(OUTSIDE.encode("utf-16")), "document type"),
        (with_main(b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE d+AD4-<a/>'), "damaged"),
        (packed(of_body("") | {"word/styles.xml": LAUGHS}), "document type"),
        (packed(of_body("") | {"_rels/.rels": "<broken"}), "damaged"),
        (with_main("<d><body>" + "<x>" * 5_000 + "</x>" * 5_000 + "</body></d>"), "damaged"),
    ],
)
def test_what_is_no_word_file_is_said_in_a_sentence(data: bytes, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        formats.read(data, "docx")


def test_a_file_of_empty_paragraphs_is_refused_by_their_number() -> None:
    with pytest.raises(Invalid, match="50,000 paragraphs at most"):
        formats.read(packed(of_body("<w:p/>" * (docx_reading.MOST_LINES + 1))), "docx")


@pytest.mark.parametrize(
    "data",
    [
        with_main(b"<d><body>" + b" " * (docx_package.MOST_TEXT + 1) + b"</body></d>"),
        with_main(b"<d><body><p>" + b"<r/>" * docx_package.MOST_TOGETHER + b"</p></body></d>"),
        packed(of_body("") | {"word/styles.xml": bytes(docx_package.MOST_OTHER + 1)}),
        packed(of_body("") | {f"{number}": "" for number in range(docx_package.MOST_PARTS)}),
    ],
    ids=["long", "wide", "styles", "parts"],
)
def test_a_bomb_is_refused_before_it_goes_off(data: bytes) -> None:
    assert len(data) < 2_000_000
    tracemalloc.start()
    try:
        with pytest.raises(Invalid, match="too large when unpacked"):
            formats.read(data, "docx")
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()


def test_pictures_are_not_unpacked() -> None:
    made = of_body(MAKE["paragraph"]("a")) | {"word/media/image1.bmp": bytes(200 << 20)}
    data = packed(made)
    del made
    tracemalloc.start()
    try:
        assert formats.read(data, "docx") == [{"insert": "a\n"}]
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_a_part_that_says_it_is_smaller_than_it_is_is_refused() -> None:
    data = bytearray(with_main(b"<d><body>" + b"<p/>" * 10_000 + b"</body></d>"))
    at = data.rindex(b"word/document.xml") - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    data[at + 24 : at + 28] = (100).to_bytes(4, "little")
    with pytest.raises(Invalid, match="damaged"):
        formats.read(bytes(data), "docx")


def test_more_than_a_document_may_hold_is_refused() -> None:
    body = MAKE["paragraph"]("x" * 100_000) * 21
    with pytest.raises(Invalid, match="2,000,000 characters at most"):
        formats.read(packed(of_body(body)), "docx")
    assert len(read(MAKE["paragraph"]("x" * 99_999) * 20)[0]["insert"]) == 2_000_000


def test_a_long_document_of_short_lines_goes_out_and_comes_in() -> None:
    document: Delta = [{"insert": ("x" * 39 + "\n") * 10_000}]
    assert docx_reading.read(docx_writing.write(document, ""))[0] == document


def test_damaged_files_give_a_document_or_a_sentence() -> None:
    chance = random.Random(7)
    whole = [(SAMPLES / "documents" / f"{name}.docx").read_bytes() for name in MAKE["FILES"]]
    read_or_said = [0, 0]
    for number in range(600):
        data = bytearray(chance.choice(whole))
        if number % 3 == 0:
            del data[chance.randrange(len(data)) :]
        for _ in range(chance.randrange(1, 6)):
            if data:
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        read_or_said[_is_refused(bytes(data))] += 1
    assert min(read_or_said) > 10


def test_damaged_xml_gives_a_document_or_a_sentence() -> None:
    """Packed well, so that what is damaged is read."""
    chance = random.Random(8)
    read_or_said = [0, 0]
    for _ in range(900):
        made = {name: bytearray(text.encode()) for name, text in chance.choice([*MAKE["FILES"].values()])().items()}
        text = made[chance.choice([name for name in made if name != "[Content_Types].xml"])]
        start = chance.randrange(len(text))
        match chance.randrange(4):
            case 0:
                del text[start:]
            case 1:
                del text[start : start + chance.randrange(20)]
            case 2:
                text[start : start + 1] = bytes([chance.randrange(256)])
            case 3:
                # Digits are counts, ids and levels.
                places = [place for place, byte in enumerate(text) if chr(byte).isdigit()]
                place = chance.choice(places)
                text[place : place + 1] = chance.choice([b"-1", b"99999999999", b"1e309", b"nan", b"x", b""])
        read_or_said[_is_refused(packed({name: bytes(text) for name, text in made.items()}))] += 1
    assert min(read_or_said) > 10


def _is_refused(data: bytes) -> bool:
    said = ""
    try:
        delta.validate_document(formats.read(data, "docx"))
    except Invalid as error:
        said = error.message
    assert said == "" or said.endswith(".")
    return said != ""
