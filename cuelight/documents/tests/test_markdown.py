"""Markdown to documents and back, against what the host's screen makes of it."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuelight.catalog import markdown as talking_points
from cuelight.documents import delta, markdown, plain
from cuelight.documents.lines import Line, Piece, document_of, lines_of
from cuelight.documents.markdown_inline import known
from cuelight.documents.tests.strategies import documents

SAMPLES = Path(__file__).resolve().parents[3] / "samples"


def shown(text: str) -> str:
    """What the host sees; how far the lines of a list are apart is not kept."""
    return re.sub(r"<li>\s*<p>(.*?)</p>\s*</li>", r"<li>\1</li>", talking_points.render(text), flags=re.DOTALL)


def sample_points() -> list[str]:
    pavoi = json.loads((SAMPLES / "pavoi" / "products.json").read_text())
    found = re.findall(r'"talking_points_md": ("(?:[^"\\]|\\.)*")', json.dumps(pavoi))
    with (SAMPLES / "holiday-vault.csv").open(newline="") as vault:
        lines = [row["talking_points"].replace("\\n", "\n").strip() for row in csv.DictReader(vault)]
    return [*(json.loads(text) for text in found), *filter(None, lines)]


def test_the_samples_talking_points_come_back_as_they_were() -> None:
    points = sample_points()
    assert len(points) > 40
    for text in points:
        assert markdown.write(markdown.read(text)).rstrip("\n") == text


@pytest.mark.parametrize(
    "text",
    [
        "One\nline\n\nand **bold**, *slanted*, ~~was $20~~, `code`",
        "# Opening\n\n- one\n  - deeper\n    - deepest\n- two\n\n1. first\n2. second\n   - in it",
        "> said\n>\n> and more",
        "```python\nprint('*')\n\nx\n```",
        "[shop](https://a.example/x?y=1) and <https://b.example>",
        "a\n\n---\n\nb",
        "- one\n\n  more of it\n\n- two",
        "***both*** and **bold *and* slanted**",
        "2024\\. was a year, \\# no heading, \\- no point",
        "- > quoted point",
        "* a\n\n\n+ b",
    ],
)
def test_what_a_host_sees_survives_the_way_through_a_document(text: str) -> None:
    document = markdown.read(text)
    delta.validate_document(document)
    again = markdown.write(document)
    assert markdown.read(again) == document
    if not text.startswith(("- > ", "* a")):
        assert shown(again) == shown(text)


PIECES = [
    "a", "Ring", " ", "  ", "\n", "\n\n", "- ", "1. ", "# ", "> ", "**", "*", "_", "`", "~~", "[x](https://a.b)",
    "[ ] ",
    "\\", "<b>", "&amp;", "---", "    ", "```", "!", "(", ")", "#", "2)", "+", "😀", "=", "é",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_whatever_was_read_reads_the_same_once_written(text: str) -> None:
    document = markdown.read(text)
    delta.validate_document(document)
    assert markdown.read(markdown.write(document)) == document, markdown.write(document)


SIMPLE = st.text(st.sampled_from("ab c*_`~[]()<>&#-+.!1\\|😀é\u00a0\t=:/"), min_size=1, max_size=8)
MARKS: dict[str, Any] = {"bold": True, "italic": True, "strike": True, "code": True, "link": "https://a.example/(x)"}


@st.composite
def marked_lines(draw: st.DrawFn) -> Line:
    names = st.lists(st.sampled_from(sorted(MARKS)), unique=True, max_size=3)
    pieces = [Piece(draw(SIMPLE), {name: MARKS[name] for name in draw(names)}) for _ in range(draw(st.integers(1, 4)))]
    blocks: list[dict[str, Any]] = [
        {},
        {},
        {"header": 2},
        {"list": "bullet"},
        {"blockquote": True},
        {"list": "checked"},
    ]
    block = draw(st.sampled_from(blocks))
    return Line(pieces, block)


@given(marked_lines())
def test_every_mark_of_a_line_comes_back(line: Line) -> None:
    [line] = lines_of(document_of([line]))
    if not any(isinstance(piece.insert, str) and piece.insert.strip() for piece in line.pieces):
        return
    wanted = document_of([Line(known(line.pieces), line.block)])
    assert markdown.read(markdown.write(document_of([line]))) == wanted, markdown.write(document_of([line]))


@given(documents())
def test_any_document_keeps_its_words(document: delta.Delta) -> None:
    once = markdown.read(markdown.write(document))
    delta.validate_document(once)
    assert letters(once) == letters(document)


def letters(document: delta.Delta) -> str:
    return re.sub(r"[\s\-―•\d.]", "", plain.write(document))
