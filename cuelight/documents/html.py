"""A document as safe HTML. Pure.

Text and values are escaped where they are written, and nh3 looks at the whole once more: what is not in the allow-list
cannot come out. Nothing needs an inline style: what CSS should draw stands in ``data-`` attributes.
"""

import re
from collections.abc import Iterator
from html import escape
from typing import Any

import nh3

from cuelight.documents.delta import Attributes, Delta
from cuelight.documents.lines import Line, Piece, is_divider, lines_of
from cuelight.documents.plain import said

_DATA = {"data-color", "data-background", "data-font", "data-size"}
_BLOCK = {"data-align", "data-indent", "dir"}
#: What may come out: tags with their attributes.
ALLOWED: dict[str, set[str]] = {
    **{tag: set() for tag in ("strong", "em", "u", "s", "code", "sub", "sup", "br", "hr", "ol")},
    **dict.fromkeys(("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"), _BLOCK),
    "ul": {"data-checklist"},
    "li": {*_BLOCK, "data-checked"},
    "pre": {"data-language"},
    "a": {"href"},
    "ins": {"data-suggested"},
    "del": {"data-suggested"},
    "img": {"src", "alt", "width"},
    "span": {*_DATA, "data-mention", "data-id", "data-cue", "data-divider"},
}
SCHEMES = {"http", "https", "mailto"}
_LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_PICTURE = re.compile(r"(?:https?://|/media/)", re.IGNORECASE)

#: Around a text, the outermost first.
_MARKS = (("bold", "strong"), ("italic", "em"), ("underline", "u"), ("strike", "s"), ("code", "code"))
_SUGGESTED = (("inserted", "ins"), ("deleted", "del"))
#: Comments are not the text, and stay where they were made.
_TO_DATA = ("color", "background", "font", "size")


def render(document: Delta) -> str:
    """Safe HTML of a whole document, a block to a line."""
    return clean("\n".join(_blocks(lines_of(document))))


def clean(html: str) -> str:
    """Only what is in the allow-list."""
    return nh3.clean(
        html,
        tags=set(ALLOWED),
        attributes={tag: names for tag, names in ALLOWED.items() if names},
        url_schemes=SCHEMES,
        attribute_filter=_addresses_only,
        link_rel="noopener noreferrer nofollow",
    )


def _addresses_only(tag: str, attribute: str, value: str) -> str | None:
    """A relative link of a document would lead into our own pages."""
    pattern = {("a", "href"): _LINK, ("img", "src"): _PICTURE}.get((tag, attribute))
    return value if pattern is None or pattern.match(value) else None


def _blocks(lines: list[Line]) -> Iterator[str]:
    """One block after another: lines of code, of a quote and of a list belong together."""
    at = 0
    while at < len(lines):
        block = lines[at].block
        end = at + 1
        if "code-block" in block:
            while end < len(lines) and lines[end].block.get("code-block") == block["code-block"]:
                end += 1
            yield _code(lines[at:end])
        elif "list" in block:
            while end < len(lines) and _is_item(lines[end].block):
                end += 1
            yield _lists(lines[at:end])
        elif block.get("blockquote"):
            while end < len(lines) and _is_quote(lines[end].block):
                end += 1
            yield f"<blockquote>{''.join(map(_block, lines[at:end]))}</blockquote>"
        else:
            yield _block(lines[at])
        at = end


def _is_item(block: Attributes) -> bool:
    return "list" in block and "code-block" not in block


def _is_quote(block: Attributes) -> bool:
    return bool(block.get("blockquote")) and "code-block" not in block and "list" not in block


def _block(line: Line) -> str:
    if is_divider(line):
        return "<hr>"
    tag = f"h{int(line.block['header'])}" if "header" in line.block else "p"
    return f"<{tag}{_of_line(line.block)}>{_inside(line)}</{tag}>"


def _code(lines: list[Line]) -> str:
    language = lines[0].block["code-block"]
    # Inside of code there is no mark that could tell what was suggested.
    there = [[piece for piece in line.pieces if "inserted" not in piece.attributes] for line in lines]
    text = "\n".join("".join(map(said, pieces)) for pieces in there)
    named = _attribute("data-language", language) if isinstance(language, str) else ""
    # A newline right behind <pre> is not part of it, so one is given away.
    return (
        f"<pre{named}><code>\n{escape(text)}</code></pre>"
        if text[:1] != "\n"
        else f"<pre{named}><code>{escape(text)}</code></pre>"
    )


def _lists(lines: list[Line]) -> str:
    """Nested as deep as the indents say, one step at a time: a list inside of nothing is no HTML."""
    out: list[str] = []
    open_tags: list[str] = []
    for line in lines:
        kind = line.block["list"]
        tag = "ol" if kind == "ordered" else "ul"
        opening = "<ul data-checklist>" if kind in ("checked", "unchecked") else f"<{tag}>"
        depth = min(int(line.block.get("indent", 0)), len(open_tags))
        while len(open_tags) > depth + 1:
            out.append(f"</li></{_tag(open_tags.pop())}>")
        if len(open_tags) == depth + 1:
            out.append("</li>")
            if open_tags[-1] != opening:
                out.append(f"</{_tag(open_tags.pop())}>")
        if len(open_tags) == depth:
            out.append(opening)
            open_tags.append(opening)
        checked = _attribute("data-checked", "true" if kind == "checked" else "false") if "data-" in opening else ""
        attributes = {name: value for name, value in line.block.items() if name != "indent"}
        inside = (
            _block(Line(line.pieces, {"header": line.block["header"]})) if "header" in line.block else _inside(line)
        )
        out.append(f"<li{checked}{_of_line(attributes)}>{inside}")
    while open_tags:
        out.append(f"</li></{_tag(open_tags.pop())}>")
    return "".join(out)


def _tag(opening: str) -> str:
    return opening[1:3]


def _of_line(block: Attributes) -> str:
    align, indent = block.get("align"), block.get("indent")
    return (
        (_attribute("data-align", align) if align else "")
        + (_attribute("data-indent", indent) if indent else "")
        + (' dir="rtl"' if block.get("direction") == "rtl" else "")
    )


def _inside(line: Line) -> str:
    """An empty line is as high as any other."""
    return "".join(map(_piece, line.pieces)) or "<br>"


def _piece(piece: Piece) -> str:
    inner = escape(piece.insert) if isinstance(piece.insert, str) else _embed(piece.insert, piece.attributes)
    given = piece.attributes
    if script := given.get("script"):
        inner = f"<sub>{inner}</sub>" if script == "sub" else f"<sup>{inner}</sup>"
    for name, tag in reversed(_MARKS):
        if given.get(name):
            inner = f"<{tag}>{inner}</{tag}>"
    if data := "".join(_attribute(f"data-{name}", given[name]) for name in _TO_DATA if name in given):
        inner = f"<span{data}>{inner}</span>"
    if _LINK.match(given.get("link", "")):
        inner = f"<a{_attribute('href', given['link'])}>{inner}</a>"
    for name, tag in _SUGGESTED:
        if name in given:
            inner = f"<{tag} data-suggested>{inner}</{tag}>"
    return inner


def _embed(embed: dict[str, Any], attributes: Attributes) -> str:
    [(kind, value)] = embed.items()
    match kind:
        case "break":
            return "<br>"
        case "divider":
            return "<span data-divider>―</span>"
        case "image":
            width = _attribute("width", attributes["width"]) if "width" in attributes else ""
            return f"<img{_attribute('src', value)}{_attribute('alt', attributes.get('alt', ''))}{width}>"
        case "mention":
            data = _attribute("data-mention", value["kind"]) + _attribute("data-id", value["id"])
            return f"<span{data}>@{escape(value['label'])}</span>"
        case "cue":
            return f"<span{_attribute('data-cue', value)}>{escape(value)}</span>"
    return ""


def _attribute(name: str, value: Any) -> str:
    return f' {name}="{escape(str(value))}"'
