"""What a document may hold: the attributes with their values, and the embeds. Everything else is refused. Pure.

The same table stands in the browser (``frontend/src/documents/schema.ts``); a recorded contract keeps them alike.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import orjson

from cuelight.documents import units
from cuelight.errors import Invalid

MOST_ATTRIBUTES = 20
#: UTF-16 units of a text value; and how deep an embed may nest.
MOST_VALUE = 2_000
MOST_DEPTH = 4
MOST_EMBED_BYTES = 4_000

Check = Callable[[Any], bool]

_COLOR = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})|[a-z]{3,20}", re.IGNORECASE)
_LINK = re.compile(r"(?:https?://|mailto:)[^\s\"'<>\\]+", re.IGNORECASE)
_PICTURE = re.compile(r"(?:https?://|/media/)[^\s\"'<>\\]+", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z0-9+#.-]{1,30}")
_AUTHOR = re.compile(r"[1-9][0-9]{0,15}")


def _is_true(value: Any) -> bool:
    return value is True


def _one_of(*values: str) -> Check:
    return lambda value: isinstance(value, str) and value in values


def _whole(least: int, most: int) -> Check:
    return lambda value: type(value) is int and least <= value <= most


def _like(pattern: "re.Pattern[str]") -> Check:
    return lambda value: isinstance(value, str) and len(value) <= MOST_VALUE and pattern.fullmatch(value) is not None


def _is_uuid(value: Any) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        return False


def _is_suggestion(value: Any) -> bool:
    """Whose it is and which: a person's id and a UUID."""
    author, _, number = value.partition(":") if isinstance(value, str) else ("", "", "")
    return _AUTHOR.fullmatch(author) is not None and _is_uuid(number)


def _text(most: int, *, empty: bool = False) -> Check:
    return lambda value: (
        isinstance(value, str) and (empty or value != "") and len(value) <= most and units.is_whole(value)
    )


#: Of anything: text, embeds and newlines (`suggestions`).
SUGGESTED: Mapping[str, Check] = {"inserted": _is_suggestion, "deleted": _is_suggestion}
#: Of text and of embeds.
INLINE: Mapping[str, Check] = {
    "bold": _is_true,
    "italic": _is_true,
    "underline": _is_true,
    "strike": _is_true,
    "code": _is_true,
    "script": _one_of("sub", "super"),
    "link": _like(_LINK),
    "color": _like(_COLOR),
    "background": _like(_COLOR),
    "font": _one_of("serif", "monospace"),
    "size": _one_of("small", "large", "huge"),
    "comment": _is_uuid,
    "alt": _text(500),
    "width": _whole(16, 4_000),
    **SUGGESTED,
}
#: Of a line; they stand on its newline.
BLOCK: Mapping[str, Check] = {
    "header": _whole(1, 6),
    "align": _one_of("center", "right", "justify"),
    "list": _one_of("bullet", "ordered", "checked", "unchecked"),
    "indent": _whole(1, 8),
    "direction": _one_of("rtl"),
    "blockquote": _is_true,
    "code-block": lambda value: value is True or (isinstance(value, str) and bool(_LANGUAGE.fullmatch(value))),
    **SUGGESTED,
}
ATTRIBUTES: Mapping[str, Check] = {**INLINE, **BLOCK}

_MENTION: Mapping[str, Check] = {
    "kind": _one_of("person", "product"),
    "id": _whole(1, 2**53 - 1),
    "label": _text(200),
}


def _is_mention(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == _MENTION.keys() and all(_MENTION[k](v) for k, v in value.items())


#: By type. ``break`` is a line break inside a line, ``cue`` a chip with a stage direction.
EMBEDS: Mapping[str, Check] = {
    "break": _is_true,
    "divider": _is_true,
    "image": _like(_PICTURE),
    "mention": _is_mention,
    "cue": _text(200),
}


def validate_attributes(op: Mapping[str, Any], kind: str) -> None:
    """Raises Invalid ``invalid_attributes`` unless all are in the table, with values as it says.

    None removes one, where a text is retained and nowhere else.
    """
    if "attributes" not in op:
        return
    attributes = op["attributes"]
    if kind == "delete" or not isinstance(attributes, dict) or not attributes:
        raise Invalid("invalid_attributes", "Attributes must be an object with entries, of an insert or a retain.")
    if len(attributes) > MOST_ATTRIBUTES:
        raise Invalid("invalid_attributes", f"There may be {MOST_ATTRIBUTES} attributes at most.")
    for name, value in attributes.items():
        check = ATTRIBUTES.get(name)
        if check is None:
            raise Invalid("invalid_attributes", f"There is no attribute {ascii(name)[:60]}.")
        if value is None and kind == "retain":
            continue
        if not check(value):
            raise Invalid("invalid_attributes", f"The attribute {name} cannot have this value.")


def validate_embed(embed: Any) -> None:
    """Raises Invalid ``invalid_embed`` unless it is one of the table's."""
    if not isinstance(embed, dict) or len(embed) != 1:
        raise Invalid("invalid_embed", "What is inserted is a text, or an object with one key.")
    [(name, value)] = embed.items()
    check = EMBEDS.get(name)
    if check is None:
        raise Invalid("invalid_embed", f"There is no embed {ascii(name)[:60]}.")
    if _depth(embed) > MOST_DEPTH or not check(value) or len(orjson.dumps(embed)) > MOST_EMBED_BYTES:
        raise Invalid("invalid_embed", f"The embed {name} cannot have this value.")


def _depth(value: Any) -> int:
    """How deep it nests. Level by level: a hostile value must not meet the recursion limit."""
    depth, level = 0, [value]
    while level and depth <= MOST_DEPTH:
        nested = [part for part in level if isinstance(part, dict | list)]
        level = [inner for part in nested for inner in (part.values() if isinstance(part, dict) else part)]
        depth += bool(nested)
    return depth
