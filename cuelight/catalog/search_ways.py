"""The soonest way through a studio's products for some words: which are asked of the index, and as what. Pure.

The index keeps every word, and the first two and the first four letters of each (`catalog_search_starts`). What it
keeps is one list of products, in order, and the lists of several words are gone through together. The beginning of a
word that is not kept stands for all words that begin so: their lists are put together first, which costs six times as
much.
"""

from collections.abc import Sequence
from typing import NamedTuple

from cuelight.catalog.sampling import Sample

#: Beginnings of these lengths are kept in the index.
KEPT = (2, 4)
#: What it costs to find a product in a list of the index, in lists put together, and to fetch it then, beside looking
#: at the next in order.
IN_LIST = 0.08
IN_LISTS = 0.5
IN_TABLE = 2.0


class Key(NamedTuple):
    """What the index is asked for: the products with a word that begins with ``start``, on behalf of ``word``."""

    word: str
    start: str

    @property
    def is_kept(self) -> bool:
        return len(self.start) in KEPT


class Way(NamedTuple):
    """``keys``: asked of the index; none: products are looked at one after the other. ``compared``: words that the
    text of each product is looked through for."""

    keys: Sequence[Key]
    compared: Sequence[str]


def everything_asked(typed: Sequence[str]) -> Way:
    """For a studio that is too small for a sample."""
    return Way([Key(word, word) for word in typed], [])


def soonest(
    sample: Sample, typed: Sequence[str], need: int, *, of_name: bool = False, among: frozenset[int] | None = None
) -> Way:
    """The cheapest way to ``need`` products that have all of these words; ``among``: those the filters leave."""
    having = {word: sample.with_word(word, of_name=of_name) for word in typed}
    by_share = sorted(typed, key=lambda word: (len(having[word]), -len(word)))
    keys, cost = _cheapest_keys(sample, typed, of_name)
    each = sample.size / len(sample.texts)
    together = sample.together(having.values(), among)
    if min(need / together, sample.size) <= cost * each:
        return Way([], by_share)
    exact = {key.word for key in keys if key.start == key.word}
    return Way(keys, [word for word in by_share if word not in exact])


def _cheapest_keys(sample: Sample, typed: Sequence[str], of_name: bool) -> tuple[list[Key], float]:
    """One key at least, and others as long as what they leave out is worth more than they cost. With the cost of all,
    per product of the sample."""
    found = {key: sample.with_word(key.start, of_name=of_name) for word in typed for key in keys_of(word)}
    chosen: list[Key] = []
    left, asking, total = set(sample.texts), 0.0, float("inf")
    while found:

        def with_it(key: Key) -> float:
            return asking + _asking(key, found[key], left) + len(left & found[key]) * IN_TABLE  # noqa: B023

        best = min(found, key=with_it)
        if with_it(best) >= total:
            break
        total = with_it(best)
        asking += _asking(best, found[best], left)
        left &= found[best]
        chosen.append(best)
        found = {key: products for key, products in found.items() if key.word != best.word}
    return chosen, total


def _asking(key: Key, products: set[int], left: set[int]) -> float:
    # Lists that are gone through together are left where the shortest has nothing.
    return min(len(products), len(left)) * IN_LIST if key.is_kept else len(products) * IN_LISTS


def keys_of(word: str) -> list[Key]:
    """What can be asked for a word: it, and its longest beginning that is kept."""
    kept = [size for size in KEPT if size < len(word)]
    return [Key(word, word), *(Key(word, word[:size]) for size in kept[-1:])]
