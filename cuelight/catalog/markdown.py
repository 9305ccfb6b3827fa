"""Talking points: Markdown in, safe HTML out. Pure, and it never raises: no text may blank a host's screen."""

import html
import re
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt

LONGEST_TEXT = 20_000
"""Characters that are rendered; the rest of a longer text is cut off. A host reads a tenth of this."""

_TAGS = {
    "a",
    "blockquote",
    "br",
    "code",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "s",
} | {
    "strong",
    "ul",
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}
_ABSOLUTE = re.compile("(?:https?|mailto):", re.IGNORECASE)

# "breaks": the lines of a sheet's cell stay lines. Pictures belong to the product, not into its text.
_PARSER = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("strikethrough").disable("image")


@lru_cache(maxsize=2048)
def render(text: str) -> str:
    """Safe HTML of one Markdown text; ``""`` for blank text. HTML in the text is shown as text; scripts never run.

    Kept for the texts used last: a lineup of 100 products is rendered once per process, not once per joining screen.
    """
    text = text[:LONGEST_TEXT]
    try:
        rendered = _PARSER.render(text)
    except Exception:
        # Whatever trips the parser, the host still needs the words.
        rendered = f"<p>{html.escape(text)}</p>"
    return nh3.clean(
        rendered,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        attribute_filter=_absolute_links_only,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    ).strip()


def _absolute_links_only(_tag: str, attribute: str, value: str) -> str | None:
    """A relative link in talking points would lead into our own pages."""
    return None if attribute == "href" and not _ABSOLUTE.match(value) else value
