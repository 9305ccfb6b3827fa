"""The inside of one line as Markdown. Pure.

Emphasis is where Markdown has corners: whether ``**`` opens or closes depends on the characters around it. Each line is
written as a person would; if it does not read back the same, its marks get character references as neighbours
(``&#32;``), which always reads back; and if even that did not, the words stay and the marks go.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from cuelight.documents import plain
from cuelight.documents.delta import Attributes, same
from cuelight.documents.lines import Piece
from cuelight.documents.schema import ATTRIBUTES, EMBEDS

PARSER = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("strikethrough")

#: Names of attributes that Markdown has a word for, from the outside in.
_MARKS = ("link", "bold", "italic", "strike")
_PLAIN = {"bold": "**", "italic": "*", "strike": "~~"}
#: With ``_`` two signs side by side are never one longer sign.
_CAREFUL = {"bold": "**", "italic": "_", "strike": "~~"}

_SPECIAL = re.compile(r"[\\`*\[\]]|(?<![^\W_])_|_(?![^\W_])|~~|~(?=$)|^~|<(?=[A-Za-z/!?])|&(?=#?\w+;)|!(?=$)")
_AT_START = re.compile(
    r"(?P<sign>[-+](?=\s|$)|#(?=#{0,5}(?:\s|$))|>|=(?==*\s*$)|-(?=[-\s]*$))|(?P<number>\d{1,9})[.)](?=\s|$)|~(?=~~)"
)
_OPENING = {"strong_open": "bold", "em_open": "italic", "s_open": "strike"}


def pieces_of(tokens: list[Token]) -> list[Piece]:
    """What a line's tokens say."""
    return known(list(_read(tokens)))


def _read(tokens: list[Token]) -> Iterator[Piece]:
    """A line's pieces. A link that a document cannot hold stays as words: those it had, and where it led."""
    marks: Attributes = {}
    #: Of the link that is open and was not taken.
    left_out = ""
    for token in tokens:
        match token.type:
            case "text" | "text_special":
                yield Piece(token.content.replace("\0", "\ufffd"), dict(marks))
            case "code_inline":
                yield Piece(token.content.replace("\0", "\ufffd"), {**marks, "code": True})
            case "softbreak" | "hardbreak":
                yield Piece({"break": True}, dict(marks))
            case "image":
                yield _image(token, marks)
            case "link_open":
                address = str(token.attrGet("href") or "")
                if ATTRIBUTES["link"](address):
                    marks["link"] = address
                else:
                    left_out = address
            case "link_close":
                marks.pop("link", None)
                if left_out:
                    yield Piece(f" ({left_out})", dict(marks))
                    left_out = ""
            case name if name in _OPENING:
                marks[_OPENING[name]] = True
            case name if name.replace("_close", "_open") in _OPENING:
                marks.pop(_OPENING[name.replace("_close", "_open")], None)


def _image(token: Token, marks: Attributes) -> Piece:
    source, alt = str(token.attrGet("src") or ""), "".join(child.content for child in token.children or [])
    if not EMBEDS["image"](source):
        return Piece(f"{alt} ({source})" if source else alt, dict(marks))
    return Piece({"image": source}, dict(marks) | ({"alt": alt} if ATTRIBUTES["alt"](alt) else {}))


def inline(pieces: list[Piece]) -> str:
    """Markdown of a line's pieces; a break becomes a new line."""
    wanted = known(pieces)
    if not any(one.attributes for one in wanted):
        return _written(wanted, _PLAIN, careful=False)
    for signs, careful in ((_PLAIN, False), (_CAREFUL, True)):
        text = _written(wanted, signs, careful=careful)
        if _reads_as(text, wanted):
            return text
    return _written([Piece(one.insert, {}) for one in wanted], _PLAIN, careful=False)


def known(pieces: list[Piece]) -> list[Piece]:
    """Only what Markdown has a word for. Marks do not begin or end at spaces and breaks: nobody sees the difference,
    and what closes behind a space does not close."""
    found = _joined(map(_translated, pieces))
    while True:
        # Nor does anybody see a break behind which nothing comes.
        while found and found[-1].insert == {"break": True}:
            found.pop()
        before, found = found, _joined(_trimmed(found))
        if found == before:
            return found


def _translated(piece: Piece) -> Piece:
    kept = {name: value for name, value in piece.attributes.items() if name in (*_MARKS, "code")}
    insert: Any = piece.insert
    if isinstance(insert, str):
        return Piece(insert, kept)
    if "image" not in insert and insert != {"break": True}:
        return Piece(plain.said(piece), kept)
    kept.pop("code", None)
    alt = {name: value for name, value in piece.attributes.items() if name == "alt" and "image" in insert}
    return Piece(insert, kept | alt)


def _trimmed(pieces: list[Piece]) -> Iterator[Piece]:
    for index, (insert, marks) in enumerate(pieces):
        if not marks or "code" in marks or (isinstance(insert, dict) and "image" in insert):
            yield pieces[index]
            continue
        before = pieces[index - 1].attributes if index else {}
        behind = pieces[index + 1].attributes if index + 1 < len(pieces) else {}
        inner = insert.strip() if isinstance(insert, str) else ""
        if not inner or isinstance(insert, dict):
            yield Piece(insert, _both(_both(marks, before), behind))
            continue
        start = insert.index(inner)
        yield Piece(insert[:start], _both(marks, before))
        yield Piece(inner, marks)
        yield Piece(insert[start + len(inner) :], _both(marks, behind))


def _both(marks: Attributes, others: Attributes) -> Attributes:
    return {name: value for name, value in marks.items() if same(others.get(name), value)}


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Neighbours that are alike become one."""
    joined: list[Piece] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if (
            last
            and isinstance(piece.insert, str)
            and isinstance(last.insert, str)
            and same(last.attributes, piece.attributes)
        ):
            joined[-1] = Piece(last.insert + piece.insert, piece.attributes)
        elif piece.insert:
            joined.append(piece)
    return joined


def _written(pieces: list[Piece], signs: dict[str, str], *, careful: bool) -> str:
    out: list[str] = []
    stack: list[tuple[str, Any]] = []
    for index, piece in enumerate(pieces):
        marks = [(name, piece.attributes[name]) for name in _MARKS if name in piece.attributes]
        keep = 0
        while keep < len(stack) and stack[keep] in marks:
            keep += 1
        while len(stack) > keep:
            out.append(_closing(stack.pop(), signs))
        new = [mark for mark in marks if mark not in stack]
        # The one that goes on for longest is opened first, so that it need not be opened twice.
        new.sort(key=lambda mark: -_reach(pieces, index, mark))
        for mark in new:
            out.append("[" if mark[0] == "link" else signs[mark[0]])
            stack.append(mark)
        if piece.insert == {"break": True} and _at_start(pieces, index):
            # A new line with nothing before it would end the paragraph.
            out.append("\\")
        out.append(_one(piece, first=_at_start(pieces, index), last=_at_end(pieces, index), careful=careful))
        if out[-1].endswith("!") and index + 1 < len(pieces) and "link" in pieces[index + 1].attributes:
            out[-1] = out[-1][:-1] + "\\!"
    while stack:
        out.append(_closing(stack.pop(), signs))
    return "".join(out)


def _reach(pieces: list[Piece], index: int, mark: tuple[str, Any]) -> int:
    name, value = mark
    end = index
    while end < len(pieces) and pieces[end].attributes.get(name) == value:
        end += 1
    return end


def _closing(mark: tuple[str, Any], signs: dict[str, str]) -> str:
    name, value = mark
    return (
        f"](<{value}>)"
        if name == "link" and re.search("[()]", value)
        else f"]({value})"
        if name == "link"
        else signs[name]
    )


def _at_start(pieces: list[Piece], index: int) -> bool:
    return index == 0 or pieces[index - 1].insert == {"break": True}


def _at_end(pieces: list[Piece], index: int) -> bool:
    return index + 1 == len(pieces) or pieces[index + 1].insert == {"break": True}


def _one(piece: Piece, *, first: bool, last: bool, careful: bool) -> str:
    insert = piece.insert
    if isinstance(insert, dict):
        if "image" in insert:
            alt = re.sub(r"([\\`*_\[\]<&])", r"\\\1", piece.attributes.get("alt", ""))
            return f"![{alt}]({insert['image']})"
        return "\n"
    if piece.attributes.get("code"):
        return _code(insert)
    return _escaped(insert, first=first, last=last, careful=careful)


def _code(text: str) -> str:
    runs = {len(ticks) for ticks in re.findall("`+", text)}
    fence = "`" * next(count for count in range(1, len(runs) + 2) if count not in runs)
    padded = text.startswith("`") or text.endswith("`") or (text[0] == text[-1] == " " and text.strip(" ") != "")
    return f"{fence} {text} {fence}" if padded else f"{fence}{text}{fence}"


def _escaped(text: str, *, first: bool, last: bool, careful: bool) -> str:
    head = tail = ""
    if careful or (first and text[0].isspace()):
        head, text = _reference(text[0]), text[1:]
    if text and (careful or (last and text[-1].isspace())):
        text, tail = text[:-1], _reference(text[-1])
    body = _SPECIAL.sub(lambda found: "".join("\\" + one for one in found.group()), text)
    body = re.sub(r"[\r\t\v\f\x1c-\x1f\x85\u2028\u2029]", lambda found: _reference(found.group()), body)
    body = re.sub(r" (?= +$)|(?<=  ) ", " ", body)
    if first and not head:
        begins = _AT_START.match(body)
        if begins:
            at = len(begins["number"]) if begins["number"] else 0
            body = body[:at] + "\\" + body[at:]
    return head + body + tail


def _reference(character: str) -> str:
    return f"&#{ord(character)};"


def _reads_as(text: str, wanted: list[Piece]) -> bool:
    """Whether a line, read, is what was to be written."""
    [token] = PARSER.parseInline(text)
    return pieces_of(token.children or []) == wanted
