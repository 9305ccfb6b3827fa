"""Word files out and back in: all that Word has a word for comes back equal.

Left out of what is drawn, since Word has no equal for it: mentions, cues and comments (they are words then, or gone),
the language of code, the width of a picture, looks inside of code, two looks of a font, named colors and short ones,
black text on white, an item of a list that is a heading, and words that begin with a box.
"""

import zipfile
from io import BytesIO
from typing import Any

import docx
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cuelight.documents import delta, docx_reading, docx_writing
from cuelight.documents.delta import Delta
from cuelight.documents.lines import Line, Piece, document_of
from cuelight.documents.tests.test_formats import evil_documents

INLINE: dict[str, list[Any]] = {
    "bold": [True], "italic": [True], "underline": [True], "strike": [True], "script": ["sub", "super"],
    "link": ["https://a.example/?q=1&b=ü#c", "mailto:a@b.example"], "color": ["#aa0000", "#0563c2"],
    "background": ["#ffee88"], "size": ["small", "large", "huge"],
}  # fmt: skip
FONTS: list[dict[str, Any]] = [{}, {}, {"font": "serif"}, {"font": "monospace"}, {"code": True}]
ASIDE: dict[str, list[Any]] = {"align": ["center", "right", "justify"], "direction": ["rtl"]}
KINDS: list[dict[str, Any]] = [
    {}, {}, {"header": 1}, {"header": 3}, {"header": 6}, {"blockquote": True}, {"code-block": True},
    *({"list": kind} for kind in ("bullet", "ordered", "checked", "unchecked")), {"blockquote": True, "list": "bullet"},
]  # fmt: skip
PICTURE = "/media/products/7/full/0123456789abcdef0123456789abcdef.png"


def a_picture(size: tuple[int, int] = (40, 20)) -> bytes:
    written = BytesIO()
    Image.new("RGB", size, "gold").save(written, "PNG")
    return written.getvalue()


DATA = a_picture()
texts = st.text(st.sampled_from("ab  cé→\t😀<&\"'\u0301\u05d0\u2028"), min_size=1, max_size=8)


@st.composite
def some(draw: st.DrawFn, values: dict[str, list[Any]], most: int) -> dict[str, Any]:
    names = draw(st.lists(st.sampled_from(sorted(values)), max_size=most, unique=True))
    return {name: draw(st.sampled_from(values[name])) for name in names}


@st.composite
def pieces(draw: st.DrawFn, *, of_code: bool) -> Piece:
    if of_code:
        return Piece(draw(texts), {})
    looks = draw(some(INLINE, 3)) | draw(st.sampled_from(FONTS))
    insert: Any = draw(st.one_of(texts, texts, st.just({"break": True}), st.just({"image": PICTURE})))
    if insert == {"image": PICTURE}:
        looks = {name: one for name, one in looks.items() if name == "link"} | draw(some({"alt": ["A <hoop>"]}, 1))
    return Piece(insert, looks)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    if draw(st.integers(0, 9)) == 0:
        return Line([Piece({"divider": True}, {})], {})
    kind = draw(st.sampled_from(KINDS))
    block = kind | draw(some(ASIDE, 1)) | draw(some({"indent": [1, 2, 8]}, 1))
    return Line(draw(st.lists(pieces(of_code="code-block" in kind), max_size=4)), block)


def again(document: Delta) -> Delta:
    return docx_reading.read(docx_writing.write(document, "Opening", {PICTURE: DATA}))[0]


@settings(deadline=None)
@given(st.lists(lines(), min_size=1, max_size=6))
def test_what_word_has_a_word_for_comes_back_equal(drawn: list[Line]) -> None:
    document = document_of(drawn)
    delta.validate_document(document)
    assert again(document) == document


@settings(deadline=None, max_examples=60)
@given(evil_documents())
def test_any_document_is_a_file_and_is_read_as_a_valid_document(document: Delta) -> None:
    data = docx_writing.write(document, "<a> & b \x0b")
    docx.Document(BytesIO(data))
    read, notes = docx_reading.read(data)
    delta.validate_document(read)
    assert notes == []


def listed(*rows: tuple[str, int]) -> list[tuple[str, int]]:
    """The list and its depth that Word is told for each row; "" is a plain line."""
    document = document_of(
        Line([Piece("x", {})], ({"list": kind} if kind else {}) | ({"indent": depth} if depth else {}))
        for kind, depth in rows
    )
    found = []
    for paragraph in docx.Document(BytesIO(docx_writing.write(document, ""))).paragraphs:
        properties: Any = paragraph._p.pPr
        numbered = properties.numPr if properties is not None else None
        found.append((str(numbered.numId.val), numbered.ilvl.val) if numbered is not None else ("", 0))
    return found


def test_numbers_begin_anew_where_they_do_on_the_screen() -> None:
    number, bullet = "ordered", "bullet"
    rows = [
        (number, 0), (number, 1), (number, 0), (bullet, 1), (number, 1), (number, 0), (bullet, 0), (number, 0),
        ("", 0), (number, 0),
    ]  # fmt: skip
    keys = [key for key, _ in listed(*rows)]
    assert keys[0] == keys[2] == keys[5], "a bullet further in does not end a list"
    assert len({keys[0], keys[1], keys[4], keys[7], keys[9]}) == 5
    assert [depth for _, depth in listed(*rows)] == [depth for _, depth in rows]


def test_a_new_list_begins_with_one() -> None:
    document = document_of([Line([Piece("x", {})], {"list": "ordered"}), Line([], {}), Line([], {"list": "ordered"})])
    numbering = docx.Document(BytesIO(docx_writing.write(document, ""))).part.numbering_part.element
    starts = numbering.xpath("w:num/w:lvlOverride/w:startOverride/@w:val")
    assert starts == ["1", "1"]


def test_word_is_told_its_own_styles() -> None:
    document = document_of(
        [
            Line([Piece("Head", {})], {"header": 2}),
            Line([Piece("Said", {})], {"blockquote": True}),
            Line([Piece("x", {})], {"code-block": True}),
            Line([Piece("a", {})], {"list": "bullet"}),
            Line([Piece("b", {"code": True})], {"list": "ordered"}),
        ]
    )
    file = docx.Document(BytesIO(docx_writing.write(document, "Opening")))
    names = [paragraph.style.name if paragraph.style else "" for paragraph in file.paragraphs]
    assert names == ["Heading 2", "Quote", "HTML Preformatted", "List Bullet", "List Number"]
    assert file.paragraphs[-1].runs[0].style.name == "HTML Code"
    assert file.core_properties.title == "Opening"


def test_a_file_says_nothing_of_who_made_it() -> None:
    with zipfile.ZipFile(BytesIO(docx_writing.write([{"insert": "a\n"}], "Opening"))) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist()).lower()
        assert "docProps/app.xml" not in archive.namelist()
    for word in (b"python", b"macintosh", b"creator", b"lastmodifiedby"):
        assert word not in everything


def test_a_link_is_one_of_the_file() -> None:
    document: Delta = [{"insert": "shop", "attributes": {"link": "https://a.example/?a=1&b=2"}}, {"insert": "\n"}]
    [paragraph] = docx.Document(BytesIO(docx_writing.write(document, ""))).paragraphs
    assert [(one.address, one.text) for one in paragraph.hyperlinks] == [("https://a.example/?a=1&b=2", "shop")]


def test_a_picture_is_as_wide_as_it_was_set_and_no_wider_than_the_page() -> None:
    document: Delta = [
        {"insert": {"image": PICTURE}, "attributes": {"width": 80}}, {"insert": {"image": PICTURE}},
        {"insert": {"image": PICTURE}, "attributes": {"width": 4_000}}, {"insert": "\n"},
    ]  # fmt: skip
    file = docx.Document(BytesIO(docx_writing.write(document, "", {PICTURE: DATA})))
    widths = [(int(shape.width), int(shape.height)) for shape in file.inline_shapes]
    natural = widths[1]
    assert widths[0] == (80 * 9_525, 40 * 9_525)
    assert natural[0] == 2 * natural[1]
    assert widths[2] == (6 * 914_400, 3 * 914_400)


def test_a_picture_that_is_not_at_hand_is_words_and_a_link() -> None:
    document: Delta = [
        {"insert": {"image": "https://a.example/x.png"}, "attributes": {"alt": "Hoop"}},
        {"insert": {"image": "/media/y.png"}}, {"insert": {"cue": "Turn"}},
        {"insert": {"mention": {"kind": "person", "id": 3, "label": "Mia"}}}, {"insert": "\n"},
    ]  # fmt: skip
    assert again(document) == [
        {"insert": "[Hoop: https://a.example/x.png]", "attributes": {"link": "https://a.example/x.png"}},
        {"insert": "[/media/y.png][Turn]@Mia\n"},
    ]
