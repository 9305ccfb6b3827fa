"""Which lineup items a message of the chat asks for, by number or by name. Pure.

A number counts only where something says that it means a line: a mark ("#12", "item 12"), a wish ("sold 12", "do you
have 12"), or nothing else being there ("12 pls"). Sizes, prices, times, ages and amounts look the same, so what is in
doubt is not counted. A name counts as a whole, as two words of it that no other line has together, or as one word that
is the whole short name of one line only. What one line alone comes in (a stone, a color that is not everyday's) counts
like a word of its name, and a SKU that one line alone has, its own or a variant's, is that line. Sizes in digits are
never read so.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from types import MappingProxyType
from typing import NamedTuple, Protocol

from cuelight.streams import wanting_words as said
from cuelight.streams.wanting_tokens import Token, tokens_of, words_of

#: A message that names more than this is a list, and asks for nothing.
MOST_WANTED = 8
#: Spellings that a matcher remembers.
MOST_REMEMBERED = 20_000

_LONG = re.compile(r"([^\W\d_])\1{2,}")


class Line(NamedTuple):
    """A line of the lineup, as far as it can be asked for. ``variants``: words of what it comes in; ``skus``: of it and
    of them."""

    item_id: int
    number: int
    name: str
    short_name: str = ""
    variants: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()


class ComesIn(Protocol):
    """What a product comes in (`catalog.queries.ComesIn`)."""

    @property
    def values(self) -> tuple[str, ...]: ...

    @property
    def skus(self) -> tuple[str, ...]: ...


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
        lines = list(lines)
        for line in lines:
            self._by_number.setdefault(line.number, line.item_id)
            for text in {line.name, line.short_name} - {""}:
                words = [said.stem(word) for word in words_of(text)]
                for word in words:
                    self._named.setdefault(word, set()).add(line.item_id)
                for pair in combinations(words, 2):
                    pairs.setdefault(pair, set()).add(line.item_id)
                if len(words) == 1:
                    self._whole.setdefault(words[0], set()).add(line.item_id)
                elif len(words) == 2:
                    whole_pairs.setdefault((words[0], words[1]), set()).add(line.item_id)
            for word in [*words_of(line.name), *words_of(line.short_name), *words_of(" ".join(line.variants))]:
                self._owners.setdefault(said.stem(word), set()).add(line.item_id)
        self._pairs = {pair: next(iter(found)) for pair, found in pairs.items() if self._is_telling(pair, found)}
        self._pairs |= {pair: next(iter(found)) for pair, found in whole_pairs.items() if len(found) == 1}
        self._single = {word: next(iter(found)) for word, found in self._named.items() if self._is_own(word, found)}
        self._variants = self._own_variants(lines)
        self._pairs |= {
            pair: item_id
            for variant, item_id in self._variants.items()
            for word, found in self._named.items()
            if item_id in found
            for pair in ((variant, word), (word, variant))
        }
        self._skus = _own_skus(lines)
        self._spelled: dict[str, str] = {}
        self._mistakes = self._likely_mistakes()

    def wanted(self, text: str) -> list[int]:
        """The item ids that a message asks for, each once, in its order; numbers first."""
        tokens, named = self._without_skus(tokens_of(text))
        told = " ".join(token.text for token in tokens)
        if said.is_owned(told):
            return []
        found = list(dict.fromkeys([*self._numbered(tokens, told), *named, *self._called(tokens)]))
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
        places = [place for place, word in enumerate(words) if word in self._named or word in self._variants]
        found: list[int] = []
        used: set[int] = set()
        for first, second in combinations(places, 2):
            item_id = self._pairs.get((words[first], words[second]))
            near = second - first == 1 or (second - first == 2 and words[first + 1] in self._owners)
            if item_id is not None and near and not said.is_mine(tokens, first):
                found.append(item_id)
                used |= {first, second}
        for place in places:
            item_id = self._single.get(words[place], self._variants.get(words[place]))
            if place not in used and item_id is not None and item_id not in found:
                is_whole = item_id in self._whole.get(words[place], ())
                if not said.is_mine(tokens, place) and said.is_named(tokens, place, is_whole=is_whole):
                    found.append(item_id)
        return found

    def _own_variants(self, lines: Iterable[Line]) -> dict[str, int]:
        """Words of what one line alone comes in, which no name has."""
        return {
            word: line.item_id
            for line in lines
            for word in (said.stem(word) for text in line.variants for word in words_of(text))
            if word.isalpha() and word not in self._named and self._is_own(word, {line.item_id})
        }

    # --- by SKU

    def _without_skus(self, tokens: list[Token]) -> tuple[list[Token], list[int]]:
        """The pieces with something unreadable in the place of each SKU, and whose SKUs these are."""
        if not self._skus:
            return tokens, []
        left, found, place = [], [], 0
        while place < len(tokens):
            length, item_id = self._sku_at(tokens, place)
            if item_id is not None:
                found.append(item_id)
                left.append(Token("\0", None, False))
            else:
                left += tokens[place : place + length]
            place += length
        return left, found

    def _sku_at(self, tokens: Sequence[Token], place: int) -> tuple[int, int | None]:
        """How many pieces from here on are a SKU, and whose; else one piece, and None. A piece of a longer code is
        none."""
        if tokens[place].tight and place and tokens[place - 1].text in _IN_CODES:
            return 1, None
        for length in range(min(MOST_SKU_TOKENS, len(tokens) - place), 0, -1):
            item_id = self._skus.get(tuple(token.text for token in tokens[place : place + length]))
            if item_id is not None and not _goes_on(tokens, place + length):
                return length, item_id
        return 1, None

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
#: Letters and digits of the shortest SKU that is looked for, and pieces of the longest.
LEAST_SKU, MOST_SKU_TOKENS = 4, 12
#: What joins the pieces of a code.
_IN_CODES = frozenset("-./:")


def lines_of(rows: Iterable[Mapping[str, object]], come_in: Mapping[int, ComesIn] = MappingProxyType({})) -> list[Line]:
    """Of rows as the lineup has them (`sessions.queries.lineup`); ``come_in`` by product id."""
    lines = []
    for row in rows:
        comes_in = come_in.get(int(str(row.get("product_id") or 0)))
        line = Line(
            item_id=int(str(row["id"])),
            number=int(str(row["position"])),
            name=str(row["name"] or ""),
            short_name=str(row["short_name"] or ""),
        )
        lines.append(line if comes_in is None else line._replace(variants=comes_in.values, skus=comes_in.skus))
    return lines


def _goes_on(tokens: Sequence[Token], place: int) -> bool:
    """Whether a code that ends before this place is only the beginning of a longer one: "BR-70-XL", not "BR-70."."""
    behind = tokens[place : place + 2]
    if not behind or not behind[0].tight:
        return False
    if behind[0].text not in _IN_CODES:
        return behind[0].text[0].isalnum()
    return len(behind) == 2 and behind[1].tight and behind[1].text[0].isalnum()


def _own_skus(lines: Iterable[Line]) -> dict[tuple[str, ...], int]:
    """SKUs as they are read in a message → the one line that has them. A code without letters or without digits looks
    like something else."""
    owners: dict[tuple[str, ...], set[int]] = {}
    for line in lines:
        for sku in line.skus:
            owners.setdefault(tuple(token.text for token in tokens_of(sku)), set()).add(line.item_id)
    return {code: next(iter(found)) for code, found in owners.items() if len(found) == 1 and _is_code(code)}


def _is_code(texts: Sequence[str]) -> bool:
    letters = "".join(texts)
    plain = [letter for letter in letters if letter.isalnum()]
    is_mixed = any(map(str.isdecimal, plain)) and any(map(str.isalpha, plain))
    # "#" is what "item12" is read as: that asks for a number.
    return is_mixed and len(plain) >= LEAST_SKU and "\0" not in letters and "#" not in letters


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


def _shortened(word: str) -> list[str]:
    return [word[:place] + word[place + 1 :] for place in range(len(word))]
