"""A document as lines: what stands in each, and the attributes of its newline. Pure."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from cuelight.documents import delta
from cuelight.documents.delta import Attributes, Delta
from cuelight.documents.schema import BLOCK, INLINE

Insert = str | dict[str, Any]


class Piece(NamedTuple):
    """A stretch of a line with the same attributes, or an embed. Only attributes of text."""

    insert: Insert
    attributes: Attributes


class Line(NamedTuple):
    """A line without its newline; ``block`` are the newline's attributes, only those of lines."""

    pieces: list[Piece]
    block: Attributes


def lines_of(document: Delta) -> list[Line]:
    """The lines of a document. Attributes where they mean nothing (a header of text) are left out."""
    lines: list[Line] = []
    pieces: list[Piece] = []
    for op in document:
        insert, attributes = op["insert"], op.get("attributes") or {}
        inline = {name: value for name, value in attributes.items() if name in INLINE}
        if not isinstance(insert, str):
            pieces.append(Piece(insert, inline))
            continue
        block = {name: value for name, value in attributes.items() if name in BLOCK}
        first, *rest = insert.split("\n")
        if first:
            pieces.append(Piece(first, inline))
        for text in rest:
            lines.append(Line(pieces, block))
            pieces = [Piece(text, inline)] if text else []
    if pieces:
        lines.append(Line(pieces, {}))
    return lines


def document_of(lines: Iterable[Line]) -> Delta:
    """The canonical document of these lines; of none, one empty line."""
    return joined(_ops(lines)) or [{"insert": "\n"}]


def joined(inserts: Iterable[delta.Op]) -> Delta:
    """The canonical document of inserts, each text of which is copied once: ``delta.push`` copies what it adds to, and
    takes minutes for megabytes of plain lines."""
    document: Delta = []
    texts: list[str] = []
    for op in inserts:
        insert = op["insert"]
        if insert == "":
            continue
        if not isinstance(insert, str):
            _close(document, texts)
            document.append(op)
        elif texts and delta.same(document[-1].get("attributes"), op.get("attributes")):
            texts.append(insert)
        else:
            _close(document, texts)
            document.append(op)
            texts = [insert]
    _close(document, texts)
    return document


def visible(document: Delta) -> Delta:
    """The canonical document of what can be seen: attributes of lines on newlines, those of text elsewhere."""
    return document_of(lines_of(document))


def is_divider(line: Line) -> bool:
    """Whether a line is a rule across the page: it holds that and nothing else."""
    return [piece.insert for piece in line.pieces] == [{"divider": True}]


def _ops(lines: Iterable[Line]) -> Iterator[delta.Op]:
    for line in lines:
        for piece in line.pieces:
            yield _op(piece.insert, piece.attributes)
        yield _op("\n", line.block)


def _close(document: Delta, texts: list[str]) -> None:
    """The last operation gets all of its text; none is ever changed, so it is a new one."""
    if len(texts) > 1:
        document[-1] = {**document[-1], "insert": "".join(texts)}
    texts.clear()


def _op(insert: Insert, attributes: Attributes) -> delta.Op:
    return {"insert": insert, "attributes": attributes} if attributes else {"insert": insert}
