"""The pieces of a chat message, as `wanting` reads them. Pure."""

import re
from typing import NamedTuple

from cuelight.catalog.words import fold
from cuelight.streams import wanting_words as said

#: Of a message that is looked at, in characters and in words.
LONGEST_READ, MOST_TOKENS = 300, 60

_TOKEN = re.compile(
    r"(?P<other>(?:https?://|www\.)\S+|[@]\w[\w.]*|<3+|(?:^|(?<=\s))[:;=]['-]?\d\b|\d+(?:[.:/x×-]\d+)+|\d+,\d{3}\b)"
    r"|(?P<word>[^\W_]+(?:['’][^\W\d_]+)*)|(?P<sign>[#$€£¥₹₩%+&,./:!?~<>=\"”″'()⭐★-])"
)
_ATTACHED = re.compile(rf"(?:({said.MARKS_ATTACHED})(\d{{1,4}})|(\d{{1,4}})({said.BEHIND_ATTACHED}))")
_CHINESE = re.compile(r"(\d{1,4})([番号번號].*)")


class Token(NamedTuple):
    """A piece of a message. ``number``: what it may stand for, else None; ``tight``: nothing parts it from what is
    before it."""

    text: str
    number: int | None
    tight: bool


def tokens_of(text: str) -> list[Token]:
    """The pieces of a message in order, folded; numbers with letters stuck to them are numbers where that is usual."""
    plain = fold(text[:LONGEST_READ].lower())
    tokens: list[Token] = []
    before = -1
    for match in _TOKEN.finditer(plain):
        tight = match.start() == before
        before = match.end()
        for piece in _pieces(match.lastgroup or "", match.group(), tight):
            # "number twelve"; a number in words without such a mark is one of something.
            meant = said.NUMBER_WORDS.get(piece.text) if tokens and said.is_mark(tokens[-1].text) else None
            tokens.append(piece if meant is None else Token(str(meant), meant, False))
        if len(tokens) >= MOST_TOKENS:
            break
    if len(tokens) == 2 and tokens[0].text in said.NUMBER_WORDS and said.is_please(tokens[1].text):
        number = said.NUMBER_WORDS[tokens[0].text]
        return [Token(str(number), number, False), tokens[1]]
    return tokens


def _pieces(kind: str, text: str, tight: bool) -> list[Token]:
    if kind != "word":
        return [Token(text if kind == "sign" else "\0", None, tight)]
    text = text.replace("'", "").replace("’", "")
    if text.isdecimal():
        return [Token(text, _number(text), tight)]
    if text[0].isdecimal() or text[-1].isdecimal():
        if attached := _ATTACHED.fullmatch(text):
            mark, number, other, behind = attached.groups()
            if mark:
                return [Token(mark if said.is_wish(mark) else "#", None, tight), Token(number, _number(number), False)]
            return [Token(other, _number(other), tight), Token(behind, None, False)]
        if chinese := _CHINESE.fullmatch(text):
            return [Token("#", None, tight), Token(chinese[1], _number(chinese[1]), False)]
        return [Token(text, None, tight)]
    return [Token(text, None, tight)]


def _number(text: str) -> int | None:
    """What digits stand for: no line is number 007, or one of five digits."""
    return int(text) if len(text) <= 4 and text.isascii() and not text.startswith("0") else None


def words_of(text: str) -> list[str]:
    return [token.text for token in tokens_of(text) if token.text[0].isalnum()]
