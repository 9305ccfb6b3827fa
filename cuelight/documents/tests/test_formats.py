"""Files: HTML that is safe whatever the document, and what comes back out of each format."""

import re
from html.parser import HTMLParser
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuelight.documents import delta, formats, html, html_reading, plain
from cuelight.documents.delta import Delta
from cuelight.documents.lines import lines_of
from cuelight.documents.schema import ATTRIBUTES, BLOCK, EMBEDS
from cuelight.errors import Invalid

EVIL = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "]]>",
    "&lt;",
    "' onload='x",
]
VALUES: dict[str, list[Any]] = {
    "bold": [True], "italic": [True], "underline": [True], "strike": [True], "code": [True], "script": ["sub", "super"],
    "link": ["https://a.example/?q='&b", "mailto:a@b.example", "https://x/<", "http://a/&quot;onclick=1"],
    "color": ["#aa0000", "red"], "background": ["#fff"], "font": ["serif"], "size": ["huge"],
    "comment": ["6f1e2b3c-0000-4000-8000-000000000000"], "alt": EVIL, "width": [100],
    "inserted": ["7:6f1e2b3c-0000-4000-8000-000000000000"], "deleted": ["8:6f1e2b3c-0000-4000-8000-000000000000"],
    "header": [1, 6], "align": ["center"], "list": ["bullet", "ordered", "checked", "unchecked"], "indent": [1, 2, 8],
    "direction": ["rtl"], "blockquote": [True], "code-block": [True, "python"],
}  # fmt: skip
CHIPS: list[dict[str, Any]] = [
    {"break": True}, {"divider": True}, {"image": "/media/a.webp"}, {"image": "https://a.example/x?a=1&amp;b.png"},
    {"mention": {"kind": "person", "id": 3, "label": EVIL[1]}}, {"cue": EVIL[0]}, {"cue": EVIL[1]},
]  # fmt: skip


@st.composite
def evil_documents(draw: st.DrawFn) -> Delta:
    ops: Delta = []
    words = st.lists(st.sampled_from([*EVIL, "a", "\n", " ", "😀"]), min_size=1, max_size=4).map("".join)
    for _ in range(draw(st.integers(0, 8))):
        names = draw(st.lists(st.sampled_from(sorted(VALUES)), max_size=4, unique=True))
        attributes = {name: draw(st.sampled_from(VALUES[name])) for name in names}
        attributes = {name: value for name, value in attributes.items() if ATTRIBUTES[name](value)}
        insert = draw(st.one_of(words, st.just("\n"), st.sampled_from(CHIPS)))
        ops.append({"insert": insert, "attributes": attributes} if attributes else {"insert": insert})
    document = delta.canonical([*ops, {"insert": "\n"}])
    delta.validate_document(document)
    return document


class Seen(HTMLParser):
    """All tags of an HTML text, and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


@given(evil_documents())
def test_nothing_outside_the_allow_list_comes_out(document: Delta) -> None:
    seen = Seen(html.render(document))
    for tag, attributes in seen.tags:
        assert tag in html.ALLOWED
        assert attributes.keys() <= html.ALLOWED[tag] | ({"rel"} if tag == "a" else set())
        assert re.match("https?://|mailto:", attributes.get("href") or "http://")
        assert re.match("https?://|/media/", attributes.get("src") or "/media/")


@given(evil_documents())
def test_html_is_safe_before_anybody_cleans_it_and_says_every_word(document: Delta) -> None:
    written = "\n".join(html._blocks(lines_of(document)))
    assert Seen(written).words == Seen(html.clean(written)).words
    assert [tag for tag, _ in Seen(written).tags] == [tag for tag, _ in Seen(html.clean(written)).tags]


def test_a_link_that_got_past_the_schema_is_not_written() -> None:
    document: Delta = [{"insert": "a", "attributes": {"link": "javascript:alert(1)"}}, {"insert": "\n"}]
    assert html.render(document) == "<p>a</p>"


def test_indents_become_lists_in_lists() -> None:
    document: Delta = []
    for text, kind, indent in (("a", "bullet", 0), ("b", "ordered", 1), ("c", "ordered", 1), ("d", "bullet", 0)):
        block = {"list": kind} | ({"indent": indent} if indent else {})
        document += [{"insert": text}, {"insert": "\n", "attributes": block}]
    assert html.render(document) == "<ul><li>a<ol><li>b</li><li>c</li></ol></li><li>d</li></ul>"
    assert plain.write(document) == "• a\n  1. b\n  2. c\n• d\n"


def test_the_rest_of_a_page() -> None:
    document: Delta = [
        {"insert": "Head"}, {"insert": "\n", "attributes": {"header": 2}},
        {"insert": "buy"}, {"insert": "\n", "attributes": {"list": "checked"}},
        {"insert": "said"}, {"insert": "\n", "attributes": {"blockquote": True}},
        {"insert": "x < 1"}, {"insert": "\n", "attributes": {"code-block": "js"}},
        {"insert": {"divider": True}}, {"insert": "\n"},
        {"insert": {"mention": {"kind": "person", "id": 3, "label": "Mia"}}}, {"insert": {"cue": "Turn"}},
        {"insert": "\n"},
    ]  # fmt: skip
    assert html.render(document).split("\n") == [
        "<h2>Head</h2>",
        '<ul data-checklist=""><li data-checked="true">buy</li></ul>',
        "<blockquote><p>said</p></blockquote>",
        '<pre data-language="js"><code>',
        "x &lt; 1</code></pre>",
        "<hr>",
        '<p><span data-mention="person" data-id="3">@Mia</span><span data-cue="Turn">Turn</span></p>',
    ]


@given(evil_documents())
def test_delta_json_comes_back_exactly(document: Delta) -> None:
    assert formats.read(formats.write_json(document, ""), "json") == document


@given(evil_documents())
def test_html_that_was_written_is_read_as_a_valid_document(document: Delta) -> None:
    again = html_reading.read(html.render(document))
    delta.validate_document(again)
    letters = [re.sub(r"[\s•\d.\[\]―]|x(?=\])", "", plain.write(one)) for one in (again, document)]
    assert letters[0] == letters[1]


def test_html_from_elsewhere_keeps_its_words_and_its_look() -> None:
    page = """<html><head><title>T</title><style>p{}</style></head><body><h1>Head</h1>
      <p>One <b>bold</b>,<br>two&nbsp;<a href="https://a.example">link</a> <a href="javascript:x()">bad</a></p>
      <script>alert(1)</script><ul><li>a<ul><li>deep</li></ul></li><li>b</li></ul>
      <table><tr><td>x</td><td>y</td></tr></table><p onclick="x()">end</p></body></html>"""
    assert formats.read(page.encode(), "html") == [
        {"insert": "Head"}, {"insert": "\n", "attributes": {"header": 1}},
        {"insert": "One "}, {"insert": "bold", "attributes": {"bold": True}}, {"insert": ","},
        {"insert": {"break": True}}, {"insert": "two\u00a0"},
        {"insert": "link", "attributes": {"link": "https://a.example"}}, {"insert": " bad\na"},
        {"insert": "\n", "attributes": {"list": "bullet"}},
        {"insert": "deep"}, {"insert": "\n", "attributes": {"list": "bullet", "indent": 1}},
        {"insert": "b"}, {"insert": "\n", "attributes": {"list": "bullet"}},
        {"insert": "x\ty\nend\n"},
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_files_of_any_encoding_and_any_line_end_are_read(encoding: str) -> None:
    assert formats.read("Héllo\r\nwörld\rend".encode(encoding), "txt") == [{"insert": "Héllo\nwörld\nend\n"}]


def test_a_file_of_an_old_program_is_read() -> None:
    assert formats.read("Prix 5 €".encode("cp1252"), "txt") == [{"insert": "Prix 5 €\n"}]


@pytest.mark.parametrize(
    ("data", "key", "says"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "txt", "not a text"),
        (b"\xef\xbb\xbf\xff", "txt", "not a text"),
        (b'{"ops": [', "json", "not JSON: line 1"),
        (b'{"a": 1}', "json", "not a document"),
        (b'[{"insert": "a", "attributes": {"onclick": "x"}}]', "json", "no attribute"),
        (b'[{"retain": 1}]', "json", "inserts only"),
        (b'[{"insert": {"image": "javascript:x"}}, {"insert": "\\n"}]', "json", "image cannot"),
        (b"x" * (formats.MOST_BYTES + 1), "txt", "8 MB"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(data: bytes, key: str, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        formats.read(data, key)


def test_formats_are_known_by_the_name() -> None:
    names = ("a.md", "b.HTM", "c.x.txt", "d.json", "E.DOCX")
    assert [formats.of_name(name) for name in names] == ["md", "html", "txt", "json", "docx"]
    with pytest.raises(Invalid, match=r"must end with \.md, \.html, \.docx"):
        formats.of_name("show.pdf")
    with pytest.raises(Invalid, match=r"A \.doc file cannot be read here.*save it as \.docx"):
        formats.of_name("show.doc")


def test_every_attribute_and_embed_of_the_schema_is_tried_here() -> None:
    assert VALUES.keys() == ATTRIBUTES.keys()
    assert {name for chip in CHIPS for name in chip} == EMBEDS.keys()
    assert BLOCK.keys() <= VALUES.keys()


def test_a_long_text_of_short_lines_is_read_in_a_moment() -> None:
    """Longer than the time that a test has, when each line was added to a copy of all before it."""
    text = ("x" * 39 + "\n") * 50_000
    assert formats.read(text.encode(), "txt") == [{"insert": text}]
    letters = orjson.dumps([{"insert": "x"}] * 260_000)
    assert formats.read(letters, "json") == [{"insert": "x" * 260_000 + "\n"}]
