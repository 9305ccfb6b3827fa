"""A document as Markdown, and Markdown as a document. Pure.

The dialect is that of talking points (`catalog.markdown`): CommonMark, ``~~struck~~``, a line break is a break, HTML
is text. Lost on the way out is what Markdown has no word for: colors, sizes, alignment, comments, empty lines between
paragraphs. On the way in: the number a list starts with, titles of links, a quote within a quote.
"""

import re
from collections.abc import Iterator

from markdown_it.token import Token

from cuelight.documents import plain
from cuelight.documents.delta import Attributes, Delta
from cuelight.documents.lines import Line, Piece, document_of, is_divider, lines_of
from cuelight.documents.markdown_inline import PARSER, inline, pieces_of
from cuelight.documents.schema import ATTRIBUTES
from cuelight.documents.suggestions import unsuggested

_BOX = re.compile(r"\[([ xX])\] ")
_DEEPEST = 8


def read(text: str) -> Delta:
    """The document of a Markdown text."""
    return document_of(_Reading().lines(PARSER.parse(text)))


class _Reading:
    """Goes through the tokens once; what is open says what a line is."""

    def __init__(self) -> None:
        self._lists: list[str] = []
        self._quotes = self._header = 0
        #: Whether the next line is the first of its list item.
        self._begins = False

    def lines(self, tokens: list[Token]) -> Iterator[Line]:
        for token in tokens:
            match token.type:
                case "bullet_list_open" | "ordered_list_open":
                    if self._begins:
                        # An item that holds nothing but a list.
                        yield Line([], self._block())
                    self._lists.append("bullet" if token.type.startswith("b") else "ordered")
                case "list_item_close":
                    if self._begins:
                        yield Line([], self._block())
                case "inline":
                    yield self._inline(token)
                case "fence" | "code_block":
                    yield from self._code(token)
                case "hr":
                    yield Line([Piece({"divider": True}, {})], self._block())
                case _:
                    self._turn(token)

    def _turn(self, token: Token) -> None:
        """Something opens or closes that shows in the lines to come."""
        match token.type:
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
                self._begins = False
            case "list_item_open":
                self._begins = True
            case "blockquote_open":
                self._quotes += 1
            case "blockquote_close":
                self._quotes -= 1
            case "heading_open":
                self._header = int(token.tag[1])
            case "heading_close":
                self._header = 0

    def _block(self) -> Attributes:
        """Attributes of a line that starts here. Behind the first of its item it is only indented."""
        block: Attributes = {}
        depth = len(self._lists) - 1
        if self._lists and self._begins:
            block["list"] = self._lists[-1]
        elif self._lists:
            depth += 1
        self._begins = False
        if depth > 0:
            block["indent"] = min(depth, _DEEPEST)
        return block | ({"blockquote": True} if self._quotes else {})

    def _inline(self, token: Token) -> Line:
        block = self._block() | ({"header": self._header} if self._header else {})
        pieces = pieces_of(token.children or [])
        if block.get("list") == "bullet" and pieces and isinstance(pieces[0].insert, str) and not pieces[0].attributes:
            box = _BOX.match(pieces[0].insert)
            # A box that was escaped is text.
            if box and token.content.startswith(box.group()):
                block["list"] = "unchecked" if box[1] == " " else "checked"
                pieces[0] = Piece(pieces[0].insert[box.end() :], {})
        return Line(pieces, block)

    def _code(self, token: Token) -> Iterator[Line]:
        words = token.info.split() if token.type == "fence" else []
        language = words[0].lower() if words else ""
        value = language if language and ATTRIBUTES["code-block"](language) else True
        block = self._block()
        block = {name: block[name] for name in block if name == "indent"} | {"code-block": value}
        for text in token.content.removesuffix("\n").split("\n"):
            yield Line([Piece(text, {})] if text else [], block)


def write(document: Delta) -> str:
    """Markdown that `read` makes the same document of, where Markdown has a word for it. It has none for
    suggestions: the text is told as if there were none."""
    blocks: list[tuple[str, str]] = []
    lists = _Lists()
    lines = lines_of(unsuggested(document))
    at = 0
    while at < len(lines):
        line, end = lines[at], at + 1
        if "code-block" in line.block:
            while end < len(lines) and _same_code(lines[end], line):
                end += 1
            blocks.append(lists.after(line.block, _fence(lines[at:end])))
        elif "list" in line.block:
            blocks.append(lists.item(line))
        elif (text := _block(line)) or "header" in line.block:
            blocks.append(lists.after(line.block, text))
        at = end
    return _joined(blocks)


def _same_code(line: Line, other: Line) -> bool:
    return all(line.block.get(name) == other.block.get(name) for name in ("code-block", "indent"))


def _joined(blocks: list[tuple[str, str]]) -> str:
    """Lines of one list stand close together, everything else apart; a quote goes on through the gap."""
    out = ""
    for index, (kind, text) in enumerate(blocks):
        if index:
            before = blocks[index - 1][0]
            tight = kind == before and kind.startswith("list")
            gap = "" if tight else ">\n" if kind.startswith(("quote", "list>")) and before == kind else "\n"
            out += gap
        out += text + "\n"
    return out


class _Lists:
    """The list items that are open: how far in each one's text stands, and what number comes next."""

    def __init__(self) -> None:
        self._open: list[tuple[str, int, int]] = []

    def item(self, line: Line) -> tuple[str, str]:
        kind = line.block["list"]
        quoted = bool(line.block.get("blockquote"))
        depth = min(line.block.get("indent", 0), len(self._open))
        number = 1
        if len(self._open) > depth and self._open[depth][0] == kind:
            number = self._open[depth][2] + 1
        del self._open[depth:]
        inset = self._open[-1][1] if self._open else 0
        sign = f"{number}." if kind == "ordered" else "-"
        box = {"checked": "[x] ", "unchecked": "[ ] "}.get(kind, "")
        self._open.append((kind, inset + len(sign) + 1, number))
        text = _block(
            Line(line.pieces, {k: v for k, v in line.block.items() if k == "header"}), in_bullet=kind == "bullet"
        )
        first = f"{sign} {box}{_shifted(text, inset + len(sign) + 1)}".rstrip(" ")
        return self._quoted("list", " " * inset + first, quoted)

    def after(self, block: Attributes, text: str) -> tuple[str, str]:
        """Something that is no item: part of the one before it, if it is indented and that is open."""
        depth = min(block.get("indent", 0), len(self._open))
        del self._open[depth:]
        quoted = bool(block.get("blockquote"))
        if not depth:
            return self._quoted("quote" if quoted else "block", text, quoted)
        inset = self._open[-1][1]
        return self._quoted("part", " " * inset + _shifted(text, inset), quoted)

    @staticmethod
    def _quoted(kind: str, text: str, quoted: bool) -> tuple[str, str]:
        if not quoted:
            return kind, text
        return kind if kind == "quote" else f"{kind}>", "\n".join(f"> {line}".rstrip(" ") for line in text.split("\n"))


def _shifted(text: str, inset: int) -> str:
    """Every line but the first begins further in; empty ones stay empty."""
    return "\n".join(f"{' ' * inset}{line}" if line and n else line for n, line in enumerate(text.split("\n")))


def _block(line: Line, *, in_bullet: bool = False) -> str:
    if is_divider(line):
        return "***" if in_bullet else "---"
    header = line.block.get("header")
    if header:
        # A heading is one line: a break in it becomes a space.
        pieces = [Piece(" ", one.attributes) if one.insert == {"break": True} else one for one in line.pieces]
        # Signs at its end would be taken for decoration.
        text = re.sub(r"(?<!\\)(?=#+$)", r"\\", inline(pieces), count=1)
        return f"{'#' * header} {text}".rstrip(" ")
    text = inline(line.pieces)
    return "\\" + text if in_bullet and _BOX.match(text) else text


def _fence(lines: list[Line]) -> str:
    text = "\n".join(plain.words(line) for line in lines)
    longest = max((len(ticks) for ticks in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    language = lines[0].block["code-block"]
    return f"{fence}{language if isinstance(language, str) else ''}\n{text}\n{fence}"
