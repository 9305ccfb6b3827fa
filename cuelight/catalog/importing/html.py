"""Descriptions of shops are HTML; ours are text. Pure."""

import html
import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    ("p", "div", "section", "article", "ul", "ol", "table", "tr", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6")
)
_UNSEEN = frozenset(("script", "style", "template", "head", "title", "noscript", "svg", "iframe", "object"))
_PRE_WRAP = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.IGNORECASE)
_VOID = frozenset(("br", "img", "hr", "input", "meta", "link", "source", "wbr", "col", "area", "embed"))


def text_of(markup: str) -> tuple[str, list[str]]:
    """(the text as people read it, its list items). A list item is a line that begins with ``- ``."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.text(), reader.items


def markup_of(text: str) -> str:
    """A text as simple HTML that `text_of` reads back as it was."""
    paragraphs = (html.escape(part, quote=False).replace("\n", "<br>") for part in text.split("\n\n"))
    simple = "".join(f"<p>{part}</p>" for part in paragraphs) if text else ""
    if text_of(simple)[0] == text:
        return simple
    return f'<div style="white-space: pre-wrap">{html.escape(text, quote=False)}</div>'


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.items: list[str] = []
        self._out: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._item: list[str] | None = None
        self._unseen = 0

    def text(self) -> str:
        whole = "".join(self._out)
        if any(piece.startswith("\0") for piece in self._out):
            whole = whole.replace("\0", "")
            return whole.strip()
        lines = [line.strip(" ") for line in whole.split("\n")]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        if tag == "br":
            self._write("\n")
        elif tag == "li":
            self._end_item()
            self._break("\n")
            self._write("- ")
            self._item = []
        elif tag in _BLOCKS:
            self._break("\n" if self._item is not None or tag == "tr" else "\n\n")
        if tag not in _VOID:
            pre = tag == "pre" or any(name == "style" and _PRE_WRAP.search(value or "") for name, value in attributes)
            self._open.append((tag, pre or self._keeps))

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN and self._unseen:
            self._unseen -= 1
        if tag == "li":
            self._end_item()
            self._break("\n")
        elif tag in _BLOCKS:
            self._break("\n" if self._item is not None or tag == "tr" else "\n\n")
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                break

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        if self._keeps:
            self._out.append("\0" + data)  # as it is: marked, so that nothing tidies it
            return
        text = re.sub(r"[ \t\r\n\f]+", " ", data)
        if not self._out or self._out[-1].endswith(("\n", " ")):
            text = text.lstrip(" ")
        if text:
            self._write(text)

    def close(self) -> None:
        super().close()
        self._end_item()

    @property
    def _keeps(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def _write(self, text: str) -> None:
        if self._unseen:
            return
        self._out.append(text)
        if self._item is not None and text != "- ":
            self._item.append(text)

    def _break(self, mark: str) -> None:
        """At most one blank line between two blocks, none at the beginning."""
        tail = "".join(self._out[-3:])
        if not tail.strip("\n") and not self._out:
            return
        have = len(tail) - len(tail.rstrip("\n"))
        if have < len(mark):
            self._out.append("\n" * (len(mark) - have))

    def _end_item(self) -> None:
        if self._item is not None:
            item = " ".join("".join(self._item).split())
            if item:
                self.items.append(item)
            self._item = None
