"""Lengths and places in text are counted in UTF-16 code units, as JavaScript counts them. Pure.

Python counts code points, which is the same except above U+FFFF: "👍" is one for Python and two for everybody else.
"""

from cuelight.errors import Invalid

#: The last character that is one unit.
_LAST_SINGLE = "\uffff"


def length(text: str) -> int:
    """How many UTF-16 units a text has."""
    if text.isascii() or max(text) <= _LAST_SINGLE:
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, start: int, end: int) -> str:
    """The units from ``start`` up to ``end``. Raises Invalid ``split_surrogate`` where that would halve a pair."""
    if text.isascii() or max(text) <= _LAST_SINGLE:
        return text[start:end]
    try:
        return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")
    except UnicodeError:
        raise Invalid("split_surrogate", "An edit cuts a character in half (a surrogate pair).") from None


def is_whole(text: str) -> bool:
    """Whether a text can be stored: no half of a surrogate pair, no NUL."""
    if "\0" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
