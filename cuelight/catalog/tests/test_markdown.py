import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuelight.catalog.markdown import render


def test_renders_bullets_bold_and_links() -> None:
    html = render("- **18k** gold\n- [care](https://example.org/care)")
    assert html.count("<li>") == 2
    assert "<strong>18k</strong>" in html
    assert 'href="https://example.org/care"' in html


def test_links_open_elsewhere_and_cannot_reach_back() -> None:
    html = render("[x](https://example.org)")
    assert 'target="_blank"' in html
    assert "noopener" in html


def test_lines_of_a_sheet_stay_lines() -> None:
    assert "<br>" in render("first\nsecond")


def test_blank_text_is_nothing() -> None:
    assert render(" \n ") == ""


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "<javascript:alert(1)>",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        '[x](https://example.org "\\" onmouseover=alert(1) ")',
        "![x](javascript:alert(1))",
        "[x]: javascript:alert(1)\n\n[x]",
        "<a href='javascript:alert(1)'>x</a>",
        "`<script>alert(1)</script>`",
        "<svg/onload=alert(1)>",
        "<!--<script>-->",
        "[x](/sign-out)",
        "[x](//evil.example)",
    ],
)
def test_nothing_runs(attack: str) -> None:
    assert_harmless(render(attack))


@given(st.text(max_size=300))
def test_any_text_renders_harmlessly(text: str) -> None:
    assert_harmless(render(text))


PARTS = st.sampled_from(
    ["<script>", "</script>", "<img onerror=", "javascript:", "[a](", ")", "`", "*", "- ", "> ", '"', "&#", "\n", "<a "]
)


@given(st.lists(PARTS, max_size=30).map("".join))
def test_any_broken_markdown_renders_harmlessly(text: str) -> None:
    assert_harmless(render(text))


@pytest.mark.parametrize("text", [">" * 20_000, "[" * 20_000, "*a " * 6_000, "`" * 19_999, "- " * 9_000])
def test_hostile_nesting_comes_back(text: str) -> None:
    assert_harmless(render(text))


def assert_harmless(html: str) -> None:
    """Every tag is one we allow, with attributes we allow; whatever else there is, is escaped text."""
    for tag in re.findall(r"<[^>]*>", html):
        name = re.match(r"</?([a-z0-9]+)", tag)
        assert name is not None, tag
        assert name[1] in ALLOWED, tag
        attributes = dict(re.findall(r'\s([a-z]+)="([^"]*)"', tag))
        assert set(attributes) <= {"href", "title", "target", "rel", "start"}, tag
        assert re.match(r"(https?|mailto):", attributes.get("href", "https:")), tag
    assert "<" not in re.sub(r"<[^>]*>", "", html)


ALLOWED = {"a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "s", "strong", "ul"} | {
    f"h{level}" for level in range(1, 7)
}
