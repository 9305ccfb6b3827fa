"""What is kept of an order: one line of it. Pure."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from msgspec import Struct

from cuelight.catalog.importing.problems import Problems
from cuelight.errors import Invalid

LONGEST_NAME, LONGEST_ORDER = 300, 200


class Line(Struct, frozen=True):
    """One product of one order. ``file_line`` is where it stands in the file; ``line`` counts within the order, from 0.

    ``quantity`` 0: it was cancelled or refunded; what an earlier file said of it counts no more. ``amount_cents`` is of
    the whole line, in minor units.
    """

    file_line: int
    order_id: str
    line: int
    at: datetime
    sku: str
    pid: str
    name: str
    quantity: int
    amount_cents: int
    currency: str


@dataclass(slots=True)
class Findings:
    """What one pass over a file found: ``errors`` are lines that are left out, ``warnings`` lines that are read all the
    same; ``skipped`` counts lines by why they are no sale."""

    errors: Problems = field(default_factory=Problems)
    warnings: Problems = field(default_factory=Problems)
    skipped: Counter[str] = field(default_factory=Counter)
    lines: int = 0


class OrderNumbers:
    """Counts the lines of each order. An order's lines stand together in a file; one that comes again apart from its
    first lines is a file that was pasted together, and would count twice. Costs about 70 bytes an order."""

    def __init__(self) -> None:
        self._over: set[int] = set()
        self._order_id = ""
        self._next = 0

    def next_line(self, order_id: str) -> int:
        """The number of this line in its order. Raises Invalid for an order that was over already."""
        if order_id != self._order_id:
            self._end()
            if hash(order_id) in self._over:
                raise Invalid("order_again", "This order stands in the file a second time, apart from its first lines")
            self._order_id = order_id
        self._next += 1
        return self._next - 1

    def pass_over(self) -> None:
        """A line that could not be read: those behind it keep their numbers when it is repaired."""
        self._next += 1

    def _end(self) -> None:
        if self._order_id:
            self._over.add(hash(self._order_id))
        self._order_id, self._next = "", 0
