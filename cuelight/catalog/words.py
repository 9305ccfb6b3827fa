"""The words a product is found by: lower case, without accents. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

_WORD = re.compile(r"\w+")
#: Letters that no decomposition takes apart.
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i", "ħ": "h"}
)
LONGEST_TEXT = 20_000


def fold(text: str) -> str:
    """As it is searched for: "Crème BRÛLÉE" → "creme brulee"."""
    taken_apart = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in taken_apart if not unicodedata.combining(letter)).translate(_LETTERS)


def words(text: str) -> list[str]:
    return _WORD.findall(fold(text))


def search_text(product: Mapping[str, Any]) -> str:
    """All words of a product (columns of `models.Product`), each once, those of its name first."""
    texts: list[str] = [
        str(product.get(name) or "") for name in ("name", "short_name", "sku", "pid", "barcode", "description")
    ]
    texts[5:5] = list(product.get("tags") or ())
    for variant in product.get("variants") or ():
        texts += [str(variant.get(name) or "") for name in ("title", "sku", "barcode")]
    return " ".join(_once(texts))[:LONGEST_TEXT]


def _once(texts: Iterable[str]) -> dict[str, None]:
    return dict.fromkeys(word for text in texts for word in words(text))
