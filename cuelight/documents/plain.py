"""A document as plain text, and a text as a document. Pure."""

from cuelight.documents.delta import Attributes, Delta
from cuelight.documents.lines import Line, Piece, document_of, is_divider, lines_of
from cuelight.documents.suggestions import unsuggested

RULE = "―――"
_BOXES = {"checked": "[x] ", "unchecked": "[ ] "}


def write(document: Delta) -> str:
    """Its words, a line each; lists keep their bullets, numbers and boxes. Ends with a newline. As if
    nothing had been suggested."""
    numbers: list[int] = []
    return "".join(f"{_before(line.block, numbers)}{words(line)}\n" for line in lines_of(unsuggested(document)))


def read(text: str) -> Delta:
    """A document with the same lines."""
    lines = text.split("\n")
    if lines[-1] == "" and len(lines) > 1:
        lines.pop()
    return document_of(Line([Piece(line, {})] if line else [], {}) for line in lines)


def words(line: Line) -> str:
    """What a line says, without its look."""
    return RULE if is_divider(line) else "".join(map(said, line.pieces))


def said(piece: Piece) -> str:
    """What a piece says: of a picture its description, of a cue its direction in brackets."""
    if isinstance(piece.insert, str):
        return piece.insert
    [(kind, value)] = piece.insert.items()
    match kind:
        case "break":
            return "\n"
        case "divider":
            return RULE
        case "image":
            return f"[{piece.attributes.get('alt') or value}]"
        case "mention":
            return f"@{value['label']}"
    return f"[{value}]"


def _before(block: Attributes, numbers: list[int]) -> str:
    """``numbers`` counts the ordered lines of each depth; anything else ends the count of its depth."""
    depth: int = block.get("indent", 0)
    kind = block.get("list")
    if kind != "ordered":
        del numbers[depth:]
        return "  " * depth + (_BOXES.get(str(kind), "• ") if kind else "")
    del numbers[depth + 1 :]
    numbers += [0] * (depth + 1 - len(numbers))
    numbers[depth] += 1
    return "  " * depth + f"{numbers[depth]}. "
