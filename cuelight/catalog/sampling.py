"""How common words are among the products of a big studio: what decides which way a search goes through them.

PostgreSQL does not know: its statistics are of all studios together, and a word's beginning stands for thousands of
words. A thousand products picked here and there tell it within a percent.
"""

import math
import random
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from django.db import connection

from cuelight.catalog.models import Product
from cuelight.catalog.words import NAME_ENDS

#: Up to so many products everything is asked of the index.
SMALL = 5_000
PLACES = 50
AT_EACH = 24
#: Seconds that a sample is believed. It decides how fast an answer is, never which.
FRESH_S = 600.0
#: A small studio may have grown by an import.
FRESH_SMALL_S = 30.0
#: Studios that are kept, about half a megabyte each.
MOST_KEPT = 20


@dataclass(slots=True)
class Sample:
    """Some of the ``size`` products (about) of a studio: id → the words of its name, and all its words."""

    names: dict[int, str]
    texts: dict[int, str]
    size: int
    passing: dict[object, frozenset[int]] = field(default_factory=dict)
    having: dict[tuple[str, bool], set[int]] = field(default_factory=dict)

    def with_word(self, word: str, *, of_name: bool = False) -> set[int]:
        """Those that have a word that begins like this."""
        start, asked = f" {word}", (word, of_name)
        if asked not in self.having:
            if len(self.having) > 500:
                self.having.clear()
            texts = self.names if of_name else self.texts
            self.having[asked] = {product_id for product_id, text in texts.items() if start in text}
        return self.having[asked]

    def share(self, products: Collection[int]) -> float:
        return len(products) / len(self.texts)

    def together(self, sets: Iterable[set[int]], among: frozenset[int] | None) -> float:
        """The share of products that are in all of these sets: half what the sample says, which hardly knows a
        thousandth, and half what it would be if they had nothing to do with each other. Never none."""
        sets = [*sets] if among is None else [*sets, set(among)]
        counted = self.share(set.intersection(*sets))
        expected = math.prod(self.share(one) for one in sets)
        return max(counted + expected, 0.5 / len(self.texts)) / 2

    def narrowed(self, narrowing: object, ids_of: Callable[[Collection[int]], Collection[int]]) -> frozenset[int]:
        """Those of the sample that a narrowing leaves, as ``ids_of`` finds them; asked once."""
        if narrowing not in self.passing:
            if len(self.passing) > 50:
                self.passing.clear()
            self.passing[narrowing] = frozenset(ids_of(list(self.texts)))
        return self.passing[narrowing]


_samples: dict[int, tuple[float, Sample | None]] = {}


def sample_of(studio_id: int) -> Sample | None:
    """A studio's sample; None for one that is small."""
    kept = _samples.get(studio_id)
    if kept is not None and time.monotonic() < kept[0]:
        return kept[1]
    sample = _sample(studio_id)
    if len(_samples) >= MOST_KEPT:
        _samples.pop(next(iter(_samples)), None)
    _samples.pop(studio_id, None)
    _samples[studio_id] = (time.monotonic() + (FRESH_S if sample else FRESH_SMALL_S), sample)
    return sample


def forget() -> None:
    _samples.clear()


def _sample(studio_id: int) -> Sample | None:
    ids = Product.objects.filter(studio_id=studio_id).order_by("id").values_list("id", flat=True)
    if not ids[SMALL : SMALL + 1]:
        return None
    first, last = ids[0], ids.reverse()[0]
    chance = random.Random(f"{studio_id} {last}")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT place, p.id, p.search_text FROM unnest(%s::bigint[]) AS place CROSS JOIN LATERAL ("
            " SELECT id, search_text FROM catalog_product WHERE studio_id = %s AND id >= place ORDER BY id LIMIT %s) p",
            [sorted({chance.randint(first, last) for _ in range(PLACES)}), studio_id, AT_EACH],
        )
        rows = cursor.fetchall()
    texts = {product_id: text for _, product_id, text in rows}
    # How far apart the ids are tells how many there are.
    furthest = {place: product_id for place, product_id, _ in sorted(rows)}
    size = (last - first + 1) * len(rows) // sum(product_id - place + 1 for place, product_id in furthest.items())
    names = {product_id: text.partition(NAME_ENDS)[0] for product_id, text in texts.items()}
    return Sample(names, texts, max(size, SMALL))
