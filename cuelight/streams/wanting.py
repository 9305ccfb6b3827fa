"""Which lineup items a message of the chat asks for, by number or by name. Pure.

A number counts only where something says that it means a line: a mark ("#12", "item 12"), a wish ("sold 12", "do you
have 12"), or nothing else being there ("12 pls"). Sizes, prices, times, ages and amounts look the same, so what is in
doubt is not counted. A name counts as a whole, as two words of it that no other line has together, or as one word that
is the whole short name of one line only.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from cuelight.catalog.words import fold
from cuelight.streams import wanting_words as said

#: Of a message that is looked at, in characters and in words.
LONGEST_READ, MOST_TOKENS = 300, 60
#: A message that names more than this is a list, and asks for nothing.
MOST_WANTED = 8
#: Spellings that a matcher remembers.
MOST_REMEMBERED = 20_000

_TOKEN = re.compile(
    r"(?P<other>(?:https?://|www\.)\S+|[@]\w[\w.]*|<3+|(?:^|(?<=\s))[:;=]['-]?\d\b|\d+(?:[.:/x×-]\d+)+|\d+,\d{3}\b)"
    r"|(?P<word>[^\W_]+(?:['’][^\W\d_]+)*)|(?P<sign>[#$€£¥₹₩%+&,./:!?~<>=\"”″'()⭐★-])"
)
_ATTACHED = re.compile(rf"(?:({said.MARKS_ATTACHED})(\d{{1,4}})|(\d{{1,4}})({said.BEHIND_ATTACHED}))")
_CHINESE = re.compile(r"(\d{1,4})([番号번號].*)")
_LONG = re.compile(r"([^\W\d_])\1{2,}")


class Line(NamedTuple):
    """A line of the lineup, as far as it can be asked for. ``variants``: words of what it comes in."""

    item_id: int
    number: int
    name: str
    short_name: str = ""
    variants: tuple[str, ...] = ()


class Token(NamedTuple):
    """A piece of a message. ``number``: what it may stand for, else None; ``tight``: nothing parts it from what is
    before it."""

    text: str
    number: int | None
    tight: bool


class Matcher:
    """A lineup made ready to be looked for. Immutable but for what it remembers of spellings; one thread at a time."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._by_number: dict[int, int] = {}
        #: Word → the lines that have it in their name; and those that also come in it.
        self._named: dict[str, set[int]] = {}
        self._owners: dict[str, set[int]] = {}
        #: Words that are all of a short name or name.
        self._whole: dict[str, set[int]] = {}
        pairs: dict[tuple[str, str], set[int]] = {}
        whole_pairs: dict[tuple[str, str], set[int]] = {}
        for line in lines:
            self._by_number.setdefault(line.number, line.item_id)
            for text in {line.name, line.short_name} - {""}:
                words = [said.stem(word) for word in _words(text)]
                for word in words:
                    self._named.setdefault(word, set()).add(line.item_id)
                for pair in combinations(words, 2):
                    pairs.setdefault(pair, set()).add(line.item_id)
                if len(words) == 1:
                    self._whole.setdefault(words[0], set()).add(line.item_id)
                elif len(words) == 2:
                    whole_pairs.setdefault((words[0], words[1]), set()).add(line.item_id)
            for word in [*_words(line.name), *_words(line.short_name), *_words(" ".join(line.variants))]:
                self._owners.setdefault(said.stem(word), set()).add(line.item_id)
        self._pairs = {pair: next(iter(found)) for pair, found in pairs.items() if self._is_telling(pair, found)}
        self._pairs |= {pair: next(iter(found)) for pair, found in whole_pairs.items() if len(found) == 1}
        self._single = {word: next(iter(found)) for word, found in self._named.items() if self._is_own(word, found)}
        self._spelled: dict[str, str] = {}
        self._mistakes = self._likely_mistakes()

    def wanted(self, text: str) -> list[int]:
        """The item ids that a message asks for, each once, in its order; numbers first."""
        tokens = tokens_of(text)
        told = " ".join(token.text for token in tokens)
        if said.is_owned(told):
            return []
        found = list(dict.fromkeys([*self._numbered(tokens, told), *self._called(tokens)]))
        return found if len(found) <= MOST_WANTED else []

    # --- by number

    def _numbered(self, tokens: Sequence[Token], told: str) -> list[int]:
        places = [place for place, token in enumerate(tokens) if token.number in self._by_number]
        if not places or said.is_no_number(told):
            return []
        taken: set[int] = set()
        for run in _runs(tokens):
            if any(_means_something_else(tokens, place, run) for place in run):
                continue
            if any(place in places and _is_asked(tokens, place) for place in run):
                taken.update(run)
        return [self._by_number[number] for place in places if place in taken and (number := tokens[place].number)]

    # --- by name

    def _called(self, tokens: Sequence[Token]) -> list[int]:
        words = [self._word(token.text) if token.number is None else "" for token in tokens]
        places = [place for place, word in enumerate(words) if word in self._named]
        found: list[int] = []
        used: set[int] = set()
        for first, second in combinations(places, 2):
            item_id = self._pairs.get((words[first], words[second]))
            near = second - first == 1 or (second - first == 2 and words[first + 1] in self._owners)
            if item_id is not None and near and not said.is_mine(tokens, first):
                found.append(item_id)
                used |= {first, second}
        for place in places:
            if place not in used and (item_id := self._single.get(words[place])) is not None and item_id not in found:
                is_whole = item_id in self._whole.get(words[place], ())
                if not said.is_mine(tokens, place) and said.is_named(tokens, place, is_whole=is_whole):
                    found.append(item_id)
        return found

    def _is_telling(self, pair: tuple[str, str], found: set[int]) -> bool:
        """Whether two words, one after the other, are one line's and no other comes in them."""
        shared = self._owners[pair[0]] & self._owners[pair[1]]
        return len(found) == 1 == len(shared) and not said.is_generic(*pair)

    def _is_own(self, word: str, found: set[int]) -> bool:
        """Whether one word alone can only mean one line: long, not of everyday's, nobody else's, not even as what it
        comes in."""
        return len(found) == 1 == len(self._owners[word]) and len(word) > 3 and word not in said.EVERYDAY

    def _word(self, text: str) -> str:
        """A word as the lineup spells it: without its plural, and of a long one with one letter wrong."""
        known = self._spelled.get(text)
        if known is None:
            if len(self._spelled) >= MOST_REMEMBERED:
                self._spelled.clear()
            known = self._spelled[text] = self._corrected(said.stem(_LONG.sub(r"\1", text)))
        return known

    def _corrected(self, word: str) -> str:
        if word in self._named or len(word) < LEAST_CORRECTED - 1 or not word.isalpha():
            return word
        for mistake in (word, *_shortened(word)):
            for meant in self._mistakes.get(mistake, ()):
                if meant[0] == word[0] and abs(len(meant) - len(word)) <= 1:
                    return meant
        return word

    def _likely_mistakes(self) -> dict[str, list[str]]:
        """Each long word with one letter left out → the word; what was typed is looked up the same way."""
        found: dict[str, list[str]] = {}
        for word in self._named:
            if len(word) >= LEAST_CORRECTED and word.isalpha():
                for mistake in (word, *_shortened(word)):
                    found.setdefault(mistake, []).append(word)
        return found


#: Shorter words are too near to others: "chain" and "chair".
LEAST_CORRECTED = 6


def lines_of(rows: Iterable[Mapping[str, object]]) -> list[Line]:
    """Of rows as the lineup has them (`sessions.queries.lineup`)."""
    return [
        Line(
            item_id=int(str(row["id"])),
            number=int(str(row["position"])),
            name=str(row["name"] or ""),
            short_name=str(row["short_name"] or ""),
        )
        for row in rows
    ]


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


def _runs(tokens: Sequence[Token]) -> list[list[int]]:
    """The places of numbers, those of one list together: "12, 14 and 20", "12 14", "5 or 6"."""
    runs: list[list[int]] = []
    before = -9
    for place, token in enumerate(tokens):
        if token.number is None:
            continue
        between = [one.text for one in tokens[before + 1 : place]] if before >= 0 else []
        if before >= 0 and len(between) <= 2 and all(text in said.JOINING for text in between):
            runs[-1].append(place)
        else:
            runs.append([place])
        before = place
    return runs


def _means_something_else(tokens: Sequence[Token], place: int, run: Sequence[int]) -> bool:
    """Whether a number is a size, a price, a time, an age or an amount: by what stands beside it."""
    left = [token.text for token in tokens[max(0, place - 4) : place]]
    right = [token.text for token in tokens[place + 1 : place + 5]]
    left_tight = tokens[place].tight
    right_tight = place + 1 < len(tokens) and tokens[place + 1].tight
    return (
        said.is_amount_before(left, tight=left_tight, is_first=place == run[0])
        or said.is_amount_behind(right, tight=right_tight, is_last=place == run[-1], quoted=left[-1:] == ['"'])
        or said.is_small_amount(tokens[place].number or 0, left, right)
    )


def _is_asked(tokens: Sequence[Token], place: int) -> bool:
    left = [token.text for token in tokens[:place]]
    right = [token.text for token in tokens[place + 1 :]]
    return said.is_marked(left) or said.is_wished(left, right) or said.is_alone(left, right)


def _words(text: str) -> list[str]:
    return [token.text for token in tokens_of(text) if token.text[0].isalnum()]


def _shortened(word: str) -> list[str]:
    return [word[:place] + word[place + 1 :] for place in range(len(word))]
