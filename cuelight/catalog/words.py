"""The words a product is found by: lower case, without accents. And how far a mistyped word is from one. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_WORD = re.compile(r"[^\W_]+")
#: Letters that no decomposition takes apart.
_LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i", "ħ": "h"}
LONGEST_TEXT = 20_000
LONGEST_WORD = 60
#: Of what somebody types.
MOST_TYPED = 10
#: Ends the words of the name in a `search_text`.
NAME_ENDS = " \n"


class _Folding(dict[int, str]):
    """Character → what it is searched as; worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        text, before = chr(code), ""
        while text != before:
            before = text
            text = "".join(_LETTERS.get(letter, letter) for letter in unicodedata.normalize("NFKD", text).casefold())
            text = "".join(letter for letter in text if unicodedata.category(letter)[0] != "M")
        self[code] = text
        return text


_FOLDING = _Folding()


def fold(text: str) -> str:
    """As it is searched for: "Crème BRÛLÉE" → "creme brulee"."""
    return text.lower() if text.isascii() else text.translate(_FOLDING)


def words(text: str) -> list[str]:
    return [word[:LONGEST_WORD] for word in _WORD.findall(fold(text))]


def typed_words(text: str) -> list[str]:
    """The words of what somebody typed into a search field, each once, the first ten."""
    return list(dict.fromkeys(words(text[:300])))[:MOST_TYPED]


def search_text(product: Mapping[str, Any], brand: str = "") -> str:
    """All words of a product (columns of `models.Product`) and of its brand's name, each once.

    Before each is a blank, so that `" " + prefix` is in the text of what it finds; behind those of the name is
    `NAME_ENDS`, and so it is never empty: " gold hoops \\n pavoi pv 100 pv100".
    """
    name = dict.fromkeys(words(str(product.get("name") or "")))
    rest = [word for word in dict.fromkeys(_rest(product, brand)) if word not in name]
    text = "".join(f" {word}" for word in name) + NAME_ENDS + "".join(f" {word}" for word in rest)
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT].rpartition(" ")[0]


def _rest(product: Mapping[str, Any], brand: str) -> Iterator[str]:
    yield from words(str(product.get("short_name") or ""))
    number = product.get("display_number")
    if number is not None:
        yield str(number)
    yield from words(brand)
    yield from _id_words(product.get("sku"))
    yield from words(f"{product.get('pid') or ''} {product.get('barcode') or ''}")
    yield from words(" ".join(product.get("tags") or ()))
    for variant in product.get("variants") or ():
        yield from words(str(variant.get("title") or ""))
        yield from _id_words(variant.get("sku"))
        yield from words(str(variant.get("barcode") or ""))
    yield from words(str(product.get("description") or ""))


def _id_words(written: object) -> Iterator[str]:
    """ "PV-100" is found as "pv", as "100", and typed in one as "pv100"."""
    parts = words(str(written or ""))
    yield from parts
    if len(parts) > 1:
        yield "".join(parts)[:LONGEST_WORD]


def is_correctable(word: str) -> bool:
    """Whether a word can be taken for a mistyped one, or be what was meant: ids and sizes cannot."""
    return 3 <= len(word) <= 30 and word.isalpha()


def trigrams(word: str) -> list[str]:
    """Each three letters in a row, with the word's beginning and end: "gold" → "^^g", "^go", "gol", "old", "ld$"."""
    framed = f"^^{word}$"
    return list(dict.fromkeys(framed[place : place + 3] for place in range(len(framed) - 2)))


def most_edits(word: str) -> int:
    """How many letters may be wrong in a word of this length."""
    return 1 if len(word) < 7 else 2


def swapped(word: str) -> list[str]:
    """The word with each two letters in a row the other way round."""
    return [word[:place] + word[place + 1] + word[place] + word[place + 2 :] for place in range(len(word) - 1)]


def edits(typed: str, word: str) -> tuple[int, int]:
    """Letters put in, left out, replaced or swapped between ``typed`` and ``word``; and between ``typed`` and that
    beginning of ``word`` which is nearest to it."""
    before: list[int] = []
    row = list(range(len(word) + 1))
    for place, letter in enumerate(typed, start=1):
        above_before, before = before, row
        row = [place]
        for column, other in enumerate(word, start=1):
            cost = min(before[column] + 1, row[-1] + 1, before[column - 1] + (letter != other))
            if place > 1 and column > 1 and letter == word[column - 2] and typed[place - 2] == other:
                cost = min(cost, above_before[column - 2] + 1)
            row.append(cost)
    return row[-1], min(row)


def nearest(typed: str, candidates: Iterable[str], most: int) -> list[tuple[float, str]]:
    """(distance, word) of those that may have been meant, the nearest first. A word that ``typed`` may be the beginning
    of is half an edit further away than one that it may be all of."""
    allowed = most_edits(typed)
    near = []
    for word in candidates:
        whole, beginning = edits(typed, word)
        distance = min(float(whole), beginning + 0.5)
        if whole and min(whole, beginning) <= allowed:
            near.append((distance, word))
    return sorted(near, key=lambda pair: (pair[0], len(pair[1]), pair[1]))[:most]
