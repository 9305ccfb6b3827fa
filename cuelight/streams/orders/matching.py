"""Which product of the catalogue an ordered article is."""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from cuelight.catalog import queries as catalog
from cuelight.streams.orders.lines import Line

BATCH = 2_000


class Products:
    """The products of one studio by what they are sold as. Remembers what was asked: an article is asked for once."""

    def __init__(self, studio_id: int) -> None:
        self._studio_id = studio_id
        self._known: dict[str, int | None] = {}

    def matched(self, lines: Collection[Line]) -> list[tuple[Line, int | None]]:
        """Each line with its product, None where there is none. Three queries at most."""
        self.ask({word for line in lines for word in (line.pid, line.sku)})
        return [(line, self.of(line.pid, line.sku)) for line in lines]

    def of(self, pid: str, sku: str) -> int | None:
        """The platform's own id counts before the seller's article number."""
        return self._known.get(pid.upper()) or self._known.get(sku.upper())

    def ask(self, words: Collection[str]) -> None:
        """Makes these ids and article numbers known."""
        unknown = {word.upper() for word in words if word} - self._known.keys()
        found = catalog.products_sold_as(self._studio_id, unknown)
        # Two products with one article number: nobody knows which of them it was.
        self._known |= {word: min(ids) if len(ids := found.get(word, set())) == 1 else None for word in unknown}


def batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """The lines in lists of `BATCH` at most."""
    left = iter(lines)
    while batch := list(islice(left, BATCH)):
        yield batch
